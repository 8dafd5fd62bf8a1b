import Foundation
import Glibc
import Testing

/// Waits until something new has its final name in a folder, without looking again and again (inotify(7)).
struct FolderWatch {
    private let descriptor: Int32

    init(_ folder: URL) throws {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        try #require(descriptor >= 0)
        let watch = inotify_add_watch(
            descriptor, folder.path, UInt32(IN_MOVED_TO) | UInt32(IN_CREATE))
        try #require(watch >= 0)
    }

    /// Returns with the next change, or false after so many seconds without one.
    func hasChanged(within seconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, seconds * 1_000) == 1 else { return false }
        var events = [UInt8](repeating: 0, count: 4_096)
        return read(descriptor, &events, events.count) > 0
    }

    func close() { Glibc.close(descriptor) }
}
