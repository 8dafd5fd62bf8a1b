import CZlib

/// Inflates gzip (RFC 1952) as it is read, with any number of members one after the other.
///
/// Memory is one chunk and zlib's window, however much the file inflates to.
final class GzipInput: ByteInput {
    private let file: any ByteInput
    /// At a fixed place, since zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let chunk: UnsafeMutableRawBufferPointer
    private var isWithinMember = false
    private var isAtEnd = false
    private var fault: InputFault?

    init(_ file: any ByteInput) throws(InputFault) {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        chunk = .allocate(byteCount: 1 << 16, alignment: 16)
        let gzipOnly = MAX_WBITS + 16
        let status = inflateInit2_(
            stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw .unreadable("zlib did not start (\(status))")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        chunk.deallocate()
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
        if let fault { throw fault }
        let target = room.bindMemory(to: UInt8.self)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(clamping: target.count)
        let capacity = stream.pointee.avail_out
        do throws(InputFault) {
            while !isAtEnd, stream.pointee.avail_out == capacity { try step() }
        } catch {
            fault = error
            // What came out before the fault is handed out first.
            if stream.pointee.avail_out == capacity { throw error }
        }
        return Int(capacity - stream.pointee.avail_out)
    }

    private func step() throws(InputFault) {
        if stream.pointee.avail_in == 0 { try refill() }
        guard stream.pointee.avail_in > 0 else {
            guard !isWithinMember else { throw .truncated }
            isAtEnd = true
            return
        }
        if !isWithinMember {
            guard try startMember() else { return }
        }
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isWithinMember = false
        default: throw .damaged("its gzip data does not fit its checks")
        }
    }

    /// Begins the next member; false where zero bytes fill up the file's last block, as tapes leave them.
    private func startMember() throws(InputFault) -> Bool {
        if stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
            return false
        }
        guard inflateReset(stream) == Z_OK else { throw .unreadable("zlib did not start again") }
        isWithinMember = true
        return true
    }

    private func refill() throws(InputFault) {
        let count = try file.read(into: chunk)
        stream.pointee.next_in = chunk.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
    }
}
