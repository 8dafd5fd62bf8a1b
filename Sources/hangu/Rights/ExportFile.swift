import Foundation
import Gateway
import Glibc

/// Where an export is written: a new file that only its owner may read, or standard output.
///
/// What is written is held back in parts of 64 KiB. A file that is not finished is removed.
final class ExportFile {
    private let path: String?
    private let descriptor: Int32
    private var waiting: [UInt8] = []
    private var isOpen = true
    private static let waitingMax = 1 << 16

    /// - Parameter path: A file that is not there yet; nil for standard output.
    /// - Throws: ``GatewayError/request(_:)`` where it cannot be made.
    init(path: String?) throws(GatewayError) {
        self.path = path
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .request(.unreadable("the file of --out cannot be made: it may be there already"))
        }
    }

    deinit { if isOpen { abandon() } }

    func write(_ text: String) throws(GatewayError) {
        waiting += text.utf8
        if waiting.count >= Self.waitingMax { try flush() }
    }

    /// Makes all of it durable; nothing can be written afterwards.
    func finish() throws(GatewayError) {
        try flush()
        guard let path else { return }
        guard fsync(descriptor) == 0 else { throw .store(.diskFull) }
        try PrivateFile.syncFolder(of: URL(fileURLWithPath: path))
        close()
    }

    /// Removes what was written, where that can be.
    func abandon() {
        close()
        if let path { unlink(path) }
    }

    private func close() {
        guard isOpen else { return }
        isOpen = false
        if path != nil { Glibc.close(descriptor) }
    }

    private func flush() throws(GatewayError) {
        var rest = waiting[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .store(.diskFull) }
            rest = rest.dropFirst(written)
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
