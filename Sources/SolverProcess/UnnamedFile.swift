import CedarAnalysis
import Glibc

/// A file for one run, which loses its name as soon as it is open and is gone when it is no longer used.
final class UnnamedFile {
    let descriptor: Int32

    init(program: String) throws(SolverFailure) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = "\(folder)/hangu-solver-\(getpid())-\(name)"
        // Closed in every child, so that of many started at once each gets only its own.
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .notStarted(
                program: program, why: "no file in \(folder): \(String(cString: strerror(errno)))")
        }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// Writes the whole text and goes back to its start; false where there is no room.
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return lseek(descriptor, 0, SEEK_SET) == 0
    }

    /// The file's text, as far as the bound goes.
    func text(bytesMax: Int) -> String {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: min(Int(size), bytesMax))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { room in
                pread(
                    descriptor, room.baseAddress?.advanced(by: filled), room.count - filled, filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
