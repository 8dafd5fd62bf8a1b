import FieldCrypto
import Foundation
import Gateway
import Glibc

/// The root key of a home: 32 random bytes in a file that only its owner may read.
enum RootKeyFile {
    private static let name = RootKeyName(id: "file", version: 1)

    /// Makes the file, durable before the call returns; an existing one is never replaced.
    static func create(at url: URL) throws(GatewayError) -> RootKey {
        let secret = try inCrypto { () throws(FieldCryptoError) in
            try SecureRandom().secret(RootKey.byteCount)
        }
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL, 0o400)
        guard descriptor >= 0 else {
            throw .request(.unreadable("keys/root.key cannot be made: it may be there already"))
        }
        defer { Glibc.close(descriptor) }
        let written = secret.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == secret.count, fsync(descriptor) == 0 else {
            throw .store(.diskFull)
        }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKey(fileContent: secret, name: name)
        }
    }

    /// Reads the file, and refuses one that others may read.
    static func read(_ url: URL) throws(GatewayError) -> RootKey {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
            throw .store(.unreadable(why: "keys/root.key is absent; without it nothing opens"))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .request(
                .unreadable("keys/root.key may be read by others; run chmod 400 on it first"))
        }
        let descriptor = open(url.path, O_RDONLY)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "keys/root.key cannot be opened"))
        }
        defer { Glibc.close(descriptor) }
        var count = 0
        let secret = SecretBytes(count: RootKey.byteCount) { buffer in
            count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count == RootKey.byteCount, status.st_size == RootKey.byteCount else {
            throw .store(.corrupt(what: "keys/root.key is not 32 bytes"))
        }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKey(fileContent: secret, name: name)
        }
    }
}
