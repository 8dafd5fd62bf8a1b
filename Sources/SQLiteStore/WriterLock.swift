package import Foundation
package import Gateway
import Glibc

/// Keeps a second writer of decisions out of a home for as long as one works.
///
/// The file tells who holds it. The system lets go of it when the process ends, however it ends, so a lock that is left
/// behind by a crash holds nobody up.
package final class WriterLock {
    private static let textBytesMax = 200
    private let descriptor: Int32

    /// - Parameters:
    ///   - url: The file `writer.lock` of the home.
    ///   - who: The program and its part, as another's error shows it, such as `hangu disclose`.
    ///   - waitSeconds: How long to wait for a writer that is about to end.
    /// - Throws: ``StoreError/otherWriter(_:)`` naming who holds it.
    package init(at url: URL, who: String, waitSeconds: Double) throws(GatewayError) {
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "'\(url.lastPathComponent)' cannot be opened"))
        }
        let deadline = ContinuousClock.now + .seconds(waitSeconds)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                let holder = Self.text(in: descriptor)
                throw .store(.otherWriter(holder))
            }
            usleep(20_000)
        }
        let text = Array("pid \(getpid()), \(who)\n".utf8.prefix(Self.textBytesMax))
        let isWritten =
            ftruncate(descriptor, 0) == 0
            && text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
                == text.count
        guard isWritten else { throw writeError(errno, url) }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { Glibc.close(descriptor) }

    /// What the holder wrote, without what does not belong on a terminal.
    private static func text(in descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: textBytesMax)
        let count = bytes.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        let shown = bytes.prefix(max(0, count)).filter { $0 >= 0x20 && $0 < 0x7F }
        return shown.isEmpty
            ? "one that has not said its name" : String(decoding: shown, as: UTF8.self)
    }
}
