package import FieldCrypto
package import Foundation
import GRDB
package import Gateway

/// Copies of the key store, and what must be known before one of them takes its place.
extension KeyDatabase {
    /// Writes a consistent copy while the store is in use, without its free pages.
    ///
    /// - Parameter url: A file that does not exist.
    /// - Throws: ``GatewayError/store(_:)``.
    package func copy(to url: URL) throws(GatewayError) {
        try inStore {
            guard !FileManager.default.fileExists(atPath: url.path),
                FileManager.default.createFile(
                    atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw GatewayError.store(.unreadable(why: "the copy cannot be made")) }
            try withQueue { queue in
                try queue.writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: [url.path])
                }
            }
        }
        guard let epochs else { return }
        // The copy is whole in itself.
        let copy = try KeyDatabase(at: url)
        do {
            let root = try wrappedKeys().first?.rootKey
            try copy.insert(try epochs.keys(under: root))
        } catch { throw .crypto(.store(error)) }
        try copy.closeAsOneFile()
    }

    /// Closes the store so that all of it stands in the one file, with nothing of what was replaced.
    package func closeAsOneFile() throws(GatewayError) {
        try inStore {
            try withQueue { queue in
                try queue.writeWithoutTransaction { database in
                    _ = try database.checkpoint(.truncate)
                    try database.execute(sql: "PRAGMA journal_mode = DELETE")
                    try database.execute(sql: "VACUUM")
                }
                try queue.close()
            }
        }
    }

    /// Every resident that has a key.
    package func residentsWithKeys() throws(GatewayError) -> Set<ResidentKeyID> {
        try inStore {
            try withQueue { queue in
                try queue.read { database in
                    Set(
                        try Data.fetchAll(
                            database, sql: "SELECT DISTINCT resident FROM resident_key"
                        ).map { bytes in
                            guard let id = ResidentKeyID(bytes: [UInt8](bytes)) else {
                                throw GatewayError.store(
                                    .corrupt(what: "keys.db: a resident's id is not 16 bytes"))
                            }
                            return id
                        })
                }
            }
        }
    }
}
