import CZlib
import Foundation
import Glibc

/// Writes a text file as it comes, packed with gzip or encoded in GB18030 where asked for.
final class TextFileWriter {
    /// The file's path within the town's folder.
    let name: String
    private let handle: FileHandle
    private let gzip: GzipEncoder?
    private let gb18030: iconv_t?
    private var pending: [UInt8] = []

    enum Form { case plain, gzip, gb18030 }

    init(folder: URL, name: String, form: Form) throws(TownError) {
        self.name = name
        handle = try newFile(folder: folder, name: name)
        gzip = form == .gzip ? try GzipEncoder(file: name) : nil
        gb18030 = form == .gb18030 ? iconv_open("GB18030", "UTF-8") : nil
        if gb18030 == iconv_t(bitPattern: -1) {
            throw .notWritten(file: name, why: "this system cannot encode GB18030")
        }
    }

    deinit { if let gb18030 { iconv_close(gb18030) } }

    func write(_ text: String) throws(TownError) {
        pending.append(contentsOf: text.utf8)
        if pending.count >= 1 << 16 { try flush(isLast: false) }
    }

    func finish() throws(TownError) {
        try flush(isLast: true)
        do {
            try handle.close()
        } catch {
            throw .notWritten(file: name, why: "\(error)")
        }
    }

    /// Call with whole characters pending, which whole texts are.
    private func flush(isLast: Bool) throws(TownError) {
        var bytes = try encoded(pending)
        pending.removeAll(keepingCapacity: true)
        if let gzip { bytes = try gzip.encode(bytes, isLast: isLast) }
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw .notWritten(file: name, why: "\(error)")
        }
    }

    private func encoded(_ bytes: [UInt8]) throws(TownError) -> [UInt8] {
        guard let gb18030 else { return bytes }
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
        let free = input.withUnsafeMutableBytes { source in
            output.withUnsafeMutableBytes { target -> Int? in
                var next = source.baseAddress?.assumingMemoryBound(to: CChar.self)
                var remaining = source.count
                var place = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                var free = target.count
                let result = iconv(gb18030, &next, &remaining, &place, &free)
                return result == -1 || remaining > 0 ? nil : free
            }
        }
        guard let free else {
            throw .notWritten(file: name, why: "a character has no code in GB18030")
        }
        return Array(output[..<(output.count - free)])
    }
}

/// Packs with gzip, without time and name, so that the same text gives the same bytes.
private final class GzipEncoder {
    private let stream: UnsafeMutablePointer<z_stream>
    private let file: String

    init(file: String) throws(TownError) {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw .notWritten(file: file, why: "zlib did not start (\(status))")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func encode(_ bytes: [UInt8], isLast: Bool) throws(TownError) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        var status = Z_OK
        input.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            repeat {
                let written = room.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return target.count - Int(stream.pointee.avail_out)
                }
                output.append(contentsOf: room[..<written])
            } while stream.pointee.avail_out == 0
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw .notWritten(file: file, why: "zlib failed (\(status))")
        }
        return output
    }
}

/// Makes a file that is not there yet, and the folders it stands in.
func newFile(folder: URL, name: String) throws(TownError) -> FileHandle {
    let place = folder.appendingPathComponent(name)
    let files = FileManager.default
    guard !files.fileExists(atPath: place.path) else { throw .alreadyThere(file: name) }
    do {
        try files.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: place, options: .withoutOverwriting)
        return try FileHandle(forWritingTo: place)
    } catch {
        throw .notWritten(file: name, why: "\(error)")
    }
}
