import Foundation
import Gateway
import Glibc

/// Writes the published log, or what is disclosed to somebody, into a folder; a reader never sees half a file.
struct TilesFolder {
    let url: URL
    /// What is published may be read by all; what is disclosed to somebody by their account alone.
    var isPrivate = false

    /// Writes one file: a temporary one first, made durable, then renamed.
    func write(_ path: String, _ content: [UInt8]) throws(GatewayError) {
        let target = url.appendingPathComponent(path)
        let temporary = target.appendingPathExtension("new")
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: isPrivate ? [.posixPermissions: 0o700] : nil)
        } catch {
            throw .store(
                .unreadable(why: "the folder of \(target.lastPathComponent) cannot be made"))
        }
        // What a killed run left behind goes; whatever else bears the name is neither followed nor written to.
        unlink(temporary.path)
        let descriptor = open(
            temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "\(target.lastPathComponent) cannot be made"))
        }
        defer { Glibc.close(descriptor) }
        let written = content.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == content.count, fsync(descriptor) == 0,
            rename(temporary.path, target.path) == 0
        else { throw .store(.diskFull) }
    }

    /// The first entry that the published log still has: what `minimum-index` says, else 0.
    func minimum() throws(GatewayError) -> UInt64 {
        guard let bytes = read("minimum-index") else { return 0 }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let minimum = UInt64(text.dropLast()), minimum % 256 == 0 else {
            throw .store(
                .corrupt(what: "minimum-index is not the number of a bundle's first entry"))
        }
        return minimum
    }

    /// The content of a file, or nil where there is none.
    func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: url.appendingPathComponent(path).path).map {
            [UInt8]($0)
        }
    }
}
