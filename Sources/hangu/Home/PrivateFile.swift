import FieldCrypto
import Foundation
import Gateway
import Glibc

/// Files that only their owner may read, and what makes them last.
enum PrivateFile {
    /// Writes a new file, durable when the call returns; an existing one is never replaced.
    ///
    /// - Parameters:
    ///   - content: All of it.
    ///   - url: Where.
    ///   - shown: The file's name in errors.
    /// - Throws: ``GatewayError``; nothing is left behind then.
    static func create(
        _ content: UnsafeRawBufferPointer, at url: URL, shown: String
    ) throws(GatewayError) {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard descriptor >= 0 else {
            throw .request(.unreadable("\(shown) cannot be made: it may be there already"))
        }
        var count = 0
        while count < content.count {
            let written = Glibc.write(
                descriptor, content.baseAddress.map { $0 + count }, content.count - count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { break }
            count += written
        }
        let isDurable = count == content.count && fsync(descriptor) == 0
        Glibc.close(descriptor)
        guard isDurable else {
            unlink(url.path)
            throw .store(.diskFull)
        }
        try syncFolder(of: url)
    }

    /// Refuses early where ``create(_:at:shown:)`` would refuse after the work.
    static func checkAbsent(_ url: URL, shown: String) throws(GatewayError) {
        guard access(url.path, F_OK) != 0 else {
            throw .request(.unreadable("\(shown) is there already"))
        }
        guard access(url.deletingLastPathComponent().path, W_OK | X_OK) == 0 else {
            throw .request(.unreadable("the folder of \(shown) cannot be written to"))
        }
    }

    static func create(_ text: String, at url: URL, shown: String) throws(GatewayError) {
        var bytes = Array(text.utf8)
        defer { wipe(&bytes) }
        try create(bytes, at: url, shown: shown)
    }

    static func create(_ bytes: [UInt8], at url: URL, shown: String) throws(GatewayError) {
        try bytes.withUnsafeBufferPointer { bytes throws(GatewayError) in
            try create(UnsafeRawBufferPointer(bytes), at: url, shown: shown)
        }
    }

    /// Makes what was added to or removed from a file's folder durable.
    static func syncFolder(of url: URL) throws(GatewayError) {
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .store(.unreadable(why: "a folder cannot be opened")) }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw .store(.diskFull) }
    }

    /// Makes the content of a file durable.
    static func sync(_ url: URL) throws(GatewayError) {
        let file = open(url.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .store(.unreadable(why: "a file cannot be opened")) }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 else { throw .store(.diskFull) }
    }

    /// SHA-256 of a file, read in parts.
    static func digest(of url: URL, shown: String) throws(GatewayError) -> [UInt8] {
        let file = open(url.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .store(.unreadable(why: "\(shown) cannot be opened")) }
        defer { Glibc.close(file) }
        var hasher = SHA256Hasher()
        var part = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .store(.unreadable(why: "\(shown) cannot be read")) }
            if count == 0 { return hasher.finish().bytes }
            part.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
