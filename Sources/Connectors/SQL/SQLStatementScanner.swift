/// Cuts an SQL script into statements as it is read, comments left out.
///
/// Knows strings, quoted names and comments, so that a semicolon within one ends nothing. Memory is one statement.
struct SQLStatementScanner {
    struct Statement {
        var bytes: [UInt8] = []
        /// The line of its first word, counted from 1.
        var line = 0
    }

    enum Fault: Error {
        case input(InputFault)
        case tooLong(line: Int)
        /// The script ends within a statement.
        case unfinished
    }

    private enum State: Equatable {
        case plain
        case quoted(closing: UInt8)
        case lineComment
        case blockComment
    }

    private let input: any ByteInput
    private let digest: any StreamingDigest
    private let statementBytesMax: Int
    private var chunk: [UInt8] = []
    private var index = 0
    private var line = 1
    private var state = State.plain

    init(_ input: any ByteInput, digest: any StreamingDigest, statementBytesMax: Int) {
        self.input = input
        self.digest = digest
        self.statementBytesMax = statementBytesMax
    }

    /// The next statement, without its semicolon; nil at the end.
    mutating func next() throws(Fault) -> Statement? {
        var statement = Statement()
        while let byte = try peek() {
            index += 1
            if byte == 0x0A { line += 1 }
            if state == .plain, byte == UInt8(ascii: ";") {
                if statement.line == 0 { continue }
                return statement
            }
            try take(byte, into: &statement)
            guard statement.bytes.count <= statementBytesMax else {
                throw .tooLong(line: statement.line)
            }
        }
        guard statement.line == 0, state == .plain || state == .lineComment else {
            throw .unfinished
        }
        return nil
    }

    private mutating func take(_ byte: UInt8, into statement: inout Statement) throws(Fault) {
        switch state {
        case .quoted(let closing):
            statement.bytes.append(byte)
            // A doubled quote closes and opens again, which comes to the same.
            if byte == closing { state = .plain }
        case .lineComment:
            if byte == 0x0A { state = .plain }
        case .blockComment:
            if byte == UInt8(ascii: "*"), try peek() == UInt8(ascii: "/") {
                index += 1
                state = .plain
            }
        case .plain:
            let next = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") ? try peek() : nil
            if byte == UInt8(ascii: "-"), next == byte {
                state = .lineComment
            } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                index += 1
                state = .blockComment
            } else {
                takePlain(byte, into: &statement)
                return
            }
            if statement.line != 0 { statement.bytes.append(0x20) }
        }
    }

    private mutating func takePlain(_ byte: UInt8, into statement: inout Statement) {
        if statement.line == 0 {
            if (1...0x20).contains(byte) { return }
            statement.line = line
        }
        statement.bytes.append(byte)
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            state = .quoted(closing: byte)
        case UInt8(ascii: "["): state = .quoted(closing: UInt8(ascii: "]"))
        default: break
        }
    }

    private mutating func peek() throws(Fault) -> UInt8? {
        if index == chunk.count { try fill() }
        return index < chunk.count ? chunk[index] : nil
    }

    private mutating func fill() throws(Fault) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { room.deallocate() }
        let count: Int
        do throws(InputFault) {
            count = try input.read(into: room)
        } catch {
            throw .input(error)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
        digest.update(bytes)
        chunk = Array(bytes)
        index = 0
    }
}
