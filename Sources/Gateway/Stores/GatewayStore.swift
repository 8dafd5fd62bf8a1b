/// Where the gateway keeps everything but keys: the vault, the cursors, the review list, consents and the log.
///
/// What an implementation owes:
/// - ``write(_:)`` is one transaction: all of it is durable when the call returns, or nothing of it is there. Only
///   one writer is inside at a time, over all processes of the home.
/// - ``read(_:)`` sees one state of the store from its first to its last line.
/// - What the closure throws comes out unchanged, with the transaction undone.
/// - A full disk, a lock that is not released in time or a damaged file is a ``GatewayError/store(_:)``; nothing
///   that was reported as stored is lost by it.
package protocol GatewayStore: Sendable {
    func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result

    func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result
}

/// What can be asked of the store within one transaction.
package protocol StoreReader: VaultReader, AuditReader, ConsentReader, KeyWorkReader, WitnessReader,
    ResidentMapReader, QuestionReader, SubjectReader
{}

/// What can be changed within one transaction.
package protocol StoreWriter: StoreReader, VaultWriter, AuditWriter, ConsentWriter, KeyWorkWriter,
    WitnessWriter, ResidentMapWriter, QuestionWriter, SubjectWriter
{}

/// A resident's row; it means nothing outside the store.
package struct ResidentNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    package var description: String { "<redacted>" }
}

/// Why the store could not do what it was asked.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process holds the store; trying again later may help.
    case busy
    case diskFull
    case unreadable(why: String)
    /// The store's content is not what it must be; stop and keep the evidence.
    case corrupt(what: String)
    case newerFormat(found: Int, known: Int)
    /// The log was longer once: the store is an older copy, or entries were taken away.
    case logRolledBack(size: UInt64, known: UInt64)
    /// More waits to be written than may wait.
    case overloaded(waitingMax: Int)
    /// Another process writes the log of this home.
    case otherWriter(String)

    package var description: String {
        switch self {
        case .busy: "another process is writing to the store"
        case .diskFull: "the disk is full; nothing of this batch was stored"
        case .unreadable(let why): "the store cannot be read: \(why)"
        case .corrupt(let what): "the store is damaged: \(what)"
        case .newerFormat(let found, let known):
            "the store has format \(found), this program knows up to \(known)"
        case .logRolledBack(let size, let known):
            "the log has \(size) entries and once had \(known): the store is an older copy"
        case .overloaded(let max): "more than \(max) requests wait for the log"
        case .otherWriter(let who): "another process writes the log of this home: \(who)"
        }
    }
}
