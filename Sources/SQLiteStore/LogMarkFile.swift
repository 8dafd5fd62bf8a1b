package import Foundation
package import Gateway
import Glibc
import Synchronization

/// The mark of the log in a file of two pages beside the keys.
///
/// A process writes its marks to the two by turns, so that a write that a power cut tears leaves the other. Where two
/// processes take turns with the log, each has its own turn, so the newest mark of one may go over that of the other: the
/// file may then be a mark behind, which raises no alarm. It is not synced: that would cost each request a second sync to disk, and an older mark raises no false alarm.
///
/// | offset | |
/// |---|---|
/// | 0 | a signed checkpoint, then zeros up to 4,096 |
/// | 4096 | another one |
package final class LogMarkFile: LogMark {
    private static let slotByteCount = 4_096
    private let slots: Mutex<Slots>

    private struct Slots {
        let descriptor: Int32
        var next: Int
        var last: String?
    }

    /// Opens the file, or makes an empty one.
    ///
    /// - Throws: ``GatewayError/store(_:)`` where that is not possible.
    package init(at url: URL) throws(GatewayError) {
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .store(.unreadable(why: "the log's mark '\(url.lastPathComponent)'"))
        }
        let sizes = Self.notes(in: descriptor).map { $0.map(Self.size) ?? 0 }
        slots = Mutex(Slots(descriptor: descriptor, next: sizes[0] <= sizes[1] ? 0 : 1))
        // Room is taken now, so that a full disk cannot keep a later mark out.
        var failure = posix_fallocate(descriptor, 0, Int(Self.slotByteCount) * 2)
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        guard failure == 0 else { throw writeError(failure, url) }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { _ = slots.withLock { Glibc.close($0.descriptor) } }

    package func notes() throws(GatewayError) -> [String] {
        slots.withLock { Self.notes(in: $0.descriptor) }.compactMap(\.self)
    }

    package func keep(_ note: String) {
        var page = Array(note.utf8)
        guard page.count <= Self.slotByteCount else { return }
        page += [UInt8](repeating: 0, count: Self.slotByteCount - page.count)
        slots.withLock { slots in
            guard slots.last != note else { return }
            let offset = slots.next * Self.slotByteCount
            let written = page.withUnsafeBytes {
                pwrite(slots.descriptor, $0.baseAddress, $0.count, offset)
            }
            guard written == page.count else { return }
            slots.next = 1 - slots.next
            slots.last = note
        }
    }

    /// What the two pages hold; nil for one that is empty or torn.
    private static func notes(in descriptor: Int32) -> [String?] {
        (0..<2).map { slot in
            var page = [UInt8](repeating: 0, count: slotByteCount)
            let count = page.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, slot * slotByteCount)
            }
            guard count > 0 else { return nil }
            let end = page.firstIndex(of: 0) ?? page.count
            // A whole note is text of three lines, an empty one and signatures, each ended.
            guard end > 0, page[end - 1] == 0x0A,
                page[end...].allSatisfy({ $0 == 0 }),
                let text = String(validating: page[..<end], as: UTF8.self), text.contains("\n\n")
            else { return nil }
            return text
        }
    }

    /// The size in a checkpoint's second line.
    private static func size(of note: String) -> UInt64 {
        let lines = note.split(separator: "\n", maxSplits: 2)
        return lines.count > 1 ? UInt64(lines[1]) ?? 0 : 0
    }
}
