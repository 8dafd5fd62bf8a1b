package import FieldCrypto
package import Foundation
import Glibc
package import TransparencyLog

/// The folder of a witness: its name, its key, the logs it knows, and what it cosigned last of each.
///
/// | file | holds |
/// |---|---|
/// | `name` | the witness's name, one line |
/// | `key` | the 32 bytes of its seed, readable by the owner alone |
/// | `vkey` | its public key, to be given to others |
/// | `logs` | the keys of the logs it knows, one a line; `#` begins a comment |
/// | `state/<SHA-256 of the origin>` | the newest checkpoint it cosigned, as it was signed |
/// | `lock` | nothing; keeps a second process out |
package struct WitnessFolder: Sendable {
    package let url: URL

    package init(_ url: URL) { self.url = url }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    func stateName(of origin: String) -> String { "state/\(sha256(Array(origin.utf8)))" }

    /// Makes a witness with a new key in a folder that is absent or empty.
    ///
    /// - Parameters:
    ///   - name: As its key has it: no spaces, no `+`; a URL without its scheme tells others whose it is.
    ///   - random: Where the seed comes from.
    /// - Returns: Its public key.
    /// - Throws: ``WitnessError``; an existing key is never replaced.
    package func create(name: String, random: any RandomSource) throws(WitnessError) -> NoteKey {
        do {
            try FileManager.default.createDirectory(
                at: file("state"), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw .unavailable(what: "the witness's folder cannot be made") }
        let seed: SecretBytes
        let key: SigningKey
        do {
            seed = try random.secret(SigningKey.seedByteCount)
            key = try SigningKey(seed: seed)
        } catch { throw .log(.crypto(error)) }
        let noteKey = try inEngine { () throws(TransparencyLogError) in
            try NoteKey(name: name, kind: .cosignature, key: key.publicKey)
        }
        guard !FileManager.default.fileExists(atPath: file("key").path) else {
            throw .folder(reason: "there is a witness here already: its key is never replaced")
        }
        var bytes = seed.withUnsafeBytes { [UInt8]($0) }
        defer { wipe(&bytes) }
        // The key comes last: without it the folder is no witness, and init can be run again.
        try write("name", Array((name + "\n").utf8))
        try write("vkey", Array((noteKey.encoded + "\n").utf8), mode: 0o644)
        let note = "# The public key (vkey) of each log that this witness knows, one a line.\n"
        if !FileManager.default.fileExists(atPath: file("logs").path) {
            try write("logs", Array(note.utf8), mode: 0o644)
        }
        try write("key", bytes, mode: 0o400)
        return noteKey
    }

    func readName() throws(WitnessError) -> String {
        let name = try text("name")
        guard name.last == "\n", !name.dropLast().contains("\n") else {
            throw .corrupt(file: "name", reason: "expected one line")
        }
        return String(name.dropLast())
    }

    /// Reads the key, and refuses one that others may read.
    func readKey() throws(WitnessError) -> SigningKey {
        var status = stat()
        guard stat(file("key").path, &status) == 0 else {
            throw .folder(reason: "there is no witness here: its key is absent")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .folder(reason: "the witness's key may be read by others; chmod 400 it first")
        }
        guard var bytes = try content("key"), bytes.count == SigningKey.seedByteCount else {
            throw .corrupt(file: "key", reason: "expected 32 bytes")
        }
        do { return try SigningKey(seed: SecretBytes(wiping: &bytes)) } catch {
            throw .log(.crypto(error))
        }
    }

    /// Reads the logs that the witness knows.
    func readLogs() throws(WitnessError) -> [NoteKey] {
        var keys: [NoteKey] = []
        let lines = try text("logs").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let word = line.trimmingCharacters(in: .whitespaces)
            if word.isEmpty || word.hasPrefix("#") { continue }
            let key: NoteKey
            do { key = try NoteKey(encoded: word) } catch {
                throw .logs(file: "logs", line: index + 1, reason: "\(error)")
            }
            guard key.kind == .ed25519 else {
                throw .logs(
                    file: "logs", line: index + 1, reason: "a witness's key, expected a log's")
            }
            guard !keys.contains(key) else {
                throw .logs(file: "logs", line: index + 1, reason: "this key stands here twice")
            }
            keys.append(key)
        }
        return keys
    }

    func text(_ name: String) throws(WitnessError) -> String {
        guard let bytes = try content(name), let text = String(validating: bytes, as: UTF8.self)
        else { throw .folder(reason: "the witness's file '\(name)' is absent or not UTF-8") }
        return text
    }

    /// The content of a file, or nil where there is none.
    func content(_ name: String) throws(WitnessError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file(name).path) else { return nil }
        do { return [UInt8](try Data(contentsOf: file(name))) } catch {
            throw .unavailable(what: "the witness's file '\(name)' cannot be read")
        }
    }

    /// Replaces a file: all of it is durable when the call returns, or the old one is still there.
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(WitnessError) {
        let target = file(name)
        let temporary = target.appendingPathExtension("new")
        let failure = WitnessError.unavailable(what: "the witness's '\(name)' cannot be written")
        unlink(temporary.path)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure }
        defer { Glibc.close(descriptor) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0,
            rename(temporary.path, target.path) == 0
        else { throw failure }
        // The rename itself is durable once the folder is.
        let folder = open(
            target.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw failure }
    }
}

/// Keeps a second process away from a witness's state; the system lets go of it however the process ends.
final class WitnessLock: Sendable {
    private let descriptor: Int32

    init(_ folder: WitnessFolder) throws(WitnessError) {
        descriptor = open(folder.file("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable(what: "the witness's lock cannot be opened")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .busy
        }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { Glibc.close(descriptor) }
}
