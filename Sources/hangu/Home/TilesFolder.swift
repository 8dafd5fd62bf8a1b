import Foundation
import Gateway
import Glibc

/// Writes the published log into a folder; a reader never sees half a file.
struct TilesFolder {
    let url: URL

    /// Writes one file: a temporary one first, made durable, then renamed.
    func write(_ path: String, _ content: [UInt8]) throws(GatewayError) {
        let target = url.appendingPathComponent(path)
        let temporary = target.appendingPathExtension("new")
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch { throw .store(.unreadable(why: "the folder of the tiles cannot be made")) }
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "a file of the tiles cannot be made"))
        }
        defer { Glibc.close(descriptor) }
        let written = content.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == content.count, fsync(descriptor) == 0,
            rename(temporary.path, target.path) == 0
        else { throw .store(.diskFull) }
    }

    /// The content of a file, or nil where there is none.
    func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: url.appendingPathComponent(path).path).map {
            [UInt8]($0)
        }
    }
}
