import FieldCrypto
import Synchronization
package import TransparencyLog

/// A witness at work: it cosigns checkpoints of the logs it knows, each a continuation of the one before.
///
/// Checking a request against the newest cosigned checkpoint, making the new one durable and answering is one step:
/// requests come one after another, and a cosignature leaves only after the checkpoint it is for would survive a
/// power cut. A witness that answered can therefore never be brought to cosign a tree that contradicts its answer.
package final class Witness: Sendable {
    /// What it keeps of one log.
    package struct Standing: Sendable {
        package let origin: String
        /// Nil before the first cosignature.
        package let checkpoint: Checkpoint?
    }

    package let key: NoteKey
    private let folder: WitnessFolder
    private let lock: WitnessLock?
    private let signingKey: SigningKey
    private let seconds: @Sendable () -> UInt64
    /// By origin.
    ///
    /// Held while a checkpoint is made durable, on purpose: see the class.
    private let logs: Mutex<[String: WitnessedLog]>

    /// Reads the folder, and finds that what it keeps is what the witness signed.
    ///
    /// - Parameters:
    ///   - folder: One that ``WitnessFolder/create(name:random:)`` made.
    ///   - isExclusive: Whether a second process is kept out; only a reader may say no.
    ///   - seconds: The time since 1970.
    /// - Throws: ``WitnessError``.
    package init(
        _ folder: WitnessFolder, isExclusive: Bool = true,
        seconds: @escaping @Sendable () -> UInt64
    ) throws(WitnessError) {
        let signingKey = try folder.readKey()
        let name = try folder.readName()
        let key = try inEngine { () throws(TransparencyLogError) in
            try NoteKey(name: name, kind: .cosignature, key: signingKey.publicKey)
        }
        lock = isExclusive ? try WitnessLock(folder) : nil
        var logs: [String: WitnessedLog] = [:]
        for (origin, keys) in Dictionary(grouping: try folder.readLogs(), by: \.name) {
            let latest = try Self.latest(of: origin, keys: keys, witness: key, in: folder)
            logs[origin] = WitnessedLog(keys: keys, latest: latest)
        }
        self.folder = folder
        self.signingKey = signingKey
        self.key = key
        self.seconds = seconds
        self.logs = Mutex(logs)
    }

    /// The logs it knows, by origin.
    package var standings: [Standing] {
        logs.withLock { logs in
            logs.sorted { $0.key < $1.key }.map {
                Standing(origin: $0.key, checkpoint: $0.value.latest)
            }
        }
    }

    /// Answers one `add-checkpoint` request; blocks until the disk has the checkpoint.
    ///
    /// - Parameter body: The request's.
    /// - Returns: The answer as the protocol has it.
    package func answer(_ body: [UInt8]) -> WitnessReply {
        do throws(WitnessRefusal) {
            let request: AddCheckpoint
            do { request = try AddCheckpoint(parsing: body) } catch { throw .malformed(error) }
            return try cosign(request)
        } catch {
            let isSize = if case .otherSize = error { true } else { false }
            return WitnessReply(
                status: error.status,
                contentType: isSize ? WitnessReply.sizeType : "text/plain; charset=utf-8",
                body: Array("\(error)\n".utf8))
        }
    }

    private func cosign(_ request: AddCheckpoint) throws(WitnessRefusal) -> WitnessReply {
        let origin = try WitnessedLog.untrustedOrigin(of: request)
        return try logs.withLock { logs throws(WitnessRefusal) in
            guard let log = logs[origin] else { throw .unknownOrigin }
            let checkpoint = try log.judge(request)
            let line: String
            do {
                line = try checkpoint.cosignatureLine(
                    name: key.name, key: signingKey, at: seconds())
                if checkpoint != log.latest {
                    try keep(request, line: line, origin: origin)
                }
            } catch {
                // Nothing was answered, so nobody holds a cosignature; what the disk has is read again at the start.
                return WitnessReply(
                    status: 503, contentType: "text/plain; charset=utf-8",
                    body: Array("the witness cannot keep the checkpoint now\n".utf8))
            }
            logs[origin] = WitnessedLog(keys: log.keys, latest: checkpoint)
            return WitnessReply(
                status: 200, contentType: "text/plain; charset=utf-8", body: Array(line.utf8))
        }
    }

    private func keep(_ request: AddCheckpoint, line: String, origin: String) throws {
        let note = try SignedNote(parsing: request.checkpoint)
        // Lines of others are left out: a kept checkpoint is what its log and this witness signed.
        let known = logsKeys(origin, in: note)
        try folder.write(
            folder.stateName(of: origin),
            Array((note.untrustedText + "\n" + known + line).utf8))
    }

    private func logsKeys(_ origin: String, in note: SignedNote) -> String {
        note.signatures.filter { $0.name == origin }.map(\.line).joined()
    }

    private static func latest(
        of origin: String, keys: [NoteKey], witness: NoteKey, in folder: WitnessFolder
    ) throws(WitnessError) -> Checkpoint? {
        let name = folder.stateName(of: origin)
        guard let bytes = try folder.content(name) else { return nil }
        do {
            let note = try SignedNote(parsing: bytes).verified(by: keys + [witness])
            let checkpoint = try Checkpoint(parsing: note.text)
            guard note.signers.contains(witness), checkpoint.origin == origin else {
                throw TransparencyLogError.unsigned
            }
            return checkpoint
        } catch {
            throw .corrupt(file: name, reason: "it is not a checkpoint that this witness cosigned")
        }
    }
}
