import Glibc
import ResidentModel

/// Decodes lines of GB18030 into UTF-8, one, two and four-byte forms alike.
///
/// Lines are decoded before they are split: the second byte of a character may equal a letter, `|` or `\`.
final class GB18030Decoder {
    private let descriptor: iconv_t

    init(container: String) throws(SourceError) {
        descriptor = iconv_open("UTF-8", "GB18030")
        // iconv_open answers -1 as a pointer where it knows no such encoding.
        guard descriptor != iconv_t(bitPattern: -1) else {
            throw .unsupported(
                container: container, what: "GB18030 on this system",
                expected: "a C library with its conversion tables")
        }
    }

    deinit { iconv_close(descriptor) }

    /// Decodes one line into `text`, which it overwrites.
    ///
    /// A byte that belongs to no character becomes 0xFF, which no UTF-8 has, so that it is found again after the
    /// line has been split, and reading goes on behind it.
    func decode(_ line: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        let input = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(line))
        var next = input.baseAddress?.assumingMemoryBound(to: CChar.self)
        var remaining = line.count
        var chunk = [UInt8](repeating: 0, count: 1 << 12)
        while remaining > 0 {
            let (written, failure) = chunk.withUnsafeMutableBytes { room in
                var target = room.baseAddress?.assumingMemoryBound(to: CChar.self)
                var free = room.count
                let result = iconv(descriptor, &next, &remaining, &target, &free)
                return (room.count - free, result == -1 ? errno : 0)
            }
            text.append(contentsOf: chunk[0..<written])
            if failure == EILSEQ || failure == EINVAL {
                text.append(0xFF)
                next = next.map { $0 + 1 }
                remaining -= 1
                // Nothing of the line before may be waited for.
                iconv(descriptor, nil, nil, nil, nil)
            }
        }
    }
}
