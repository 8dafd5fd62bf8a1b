import Foundation
import Gateway
import Glibc

/// Keeps a second pull of the same home out; the system lets go of it when the process ends, however it ends.
final class PullLock {
    private let descriptor: Int32

    init(_ url: URL) throws(GatewayError) {
        descriptor = open(url.path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "the pull lock cannot be opened"))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .store(.busy)
        }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { Glibc.close(descriptor) }
}
