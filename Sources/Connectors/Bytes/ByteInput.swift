import Glibc
import ResidentModel

/// Where bytes come from: a file, or what a compressed file holds.
package protocol ByteInput: AnyObject {
    /// Reads some bytes, at most as many as there is room for.
    ///
    /// - Parameter room: Where to put them; not empty.
    /// - Returns: How many bytes were put there; 0 at the end.
    /// - Throws: ``InputFault`` after every byte before the fault has been handed out.
    func read(into room: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int
}

/// Why bytes do not come; the reader adds the container and the record.
package enum InputFault: Error {
    case absent
    case unreadable(String)
    case truncated
    case damaged(String)

    func sourceError(container: String, afterRecord record: Int) -> SourceError {
        switch self {
        case .absent: .absent(container: container)
        case .unreadable(let why): .unreadable(container: container, why: why)
        case .truncated: .truncated(container: container, afterRecord: record)
        case .damaged(let why):
            .damaged(container: container, afterRecord: record, why: why)
        }
    }
}

/// Reads a regular file from its start.
final class FileInput: ByteInput {
    private let descriptor: Int32

    init(path: String) throws(InputFault) {
        // Not blocking, so that a pipe put in the folder cannot hold up the pull before it is refused.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.openFault(errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("it is not a regular file")
        }
    }

    // Also runs where the initialiser has thrown after opening, so nothing else closes it.
    deinit { close(descriptor) }

    func read(into room: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
        while true {
            let count = Glibc.read(descriptor, room.baseAddress, room.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .unreadable(systemText(errno)) }
        }
    }

    private static func openFault(_ code: Int32) -> InputFault {
        code == ENOENT || code == ENOTDIR ? .absent : .unreadable(systemText(code))
    }
}

/// The system's words for an error number.
func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

/// Opens a file, looking at its first bytes for gzip.
///
/// - Throws: ``InputFault``; a name ending in `.gz` promises gzip, so anything else in it is damage.
package func openInput(path: String) throws(InputFault) -> any ByteInput {
    let file = try FileInput(path: path)
    let magic = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    defer { magic.deallocate() }
    var count = 0
    while count < magic.count {
        let more = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: magic[count...]))
        if more == 0 { break }
        count += more
    }
    if count == 2, magic[0] == 0x1F, magic[1] == 0x8B {
        return try GzipInput(FileInput(path: path))
    }
    if path.hasSuffix(".gz") {
        throw count == 0 ? .truncated : .damaged("the file is not gzip as its name says")
    }
    return try FileInput(path: path)
}
