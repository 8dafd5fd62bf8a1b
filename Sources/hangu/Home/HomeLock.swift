import Foundation
import Gateway
import Glibc

/// Lets one process at a time do a kind of work on a home: pull, or work on keys.
///
/// The system lets go of it when the process ends, however it ends.
final class HomeLock {
    private let descriptor: Int32

    init(_ url: URL) throws(GatewayError) {
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "data/\(url.lastPathComponent) cannot be opened"))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .store(.busy)
        }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { Glibc.close(descriptor) }
}
