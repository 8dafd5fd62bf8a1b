import Foundation
import GRDBSQLite
import Synchronization

/// A disk on which the n-th write, truncation or sync goes wrong: SQLite's own file layer, wrapped.
///
/// It sees the database files of one folder at a time; all others pass by. What was written and not synced is known,
/// so a power cut can be played: of the unsynced sectors a random part survives.
enum FaultyDisk {
    enum Operation: String, Sendable {
        case write, truncate, sync
    }

    enum Fault: String, Sendable, CaseIterable {
        /// The call does nothing and says so.
        case failsUndone = "fails, not done"
        /// The call does its work and says that it failed.
        case failsDone = "fails, done"
        /// The machine stops before the call.
        case cutBefore = "power cut before"
        /// The machine stops after the call.
        case cutAfter = "power cut after"

        var isCut: Bool { self == .cutBefore || self == .cutAfter }
    }

    struct Call: Hashable, Sendable {
        let operation: Operation
        /// `hangu.db` or `hangu.db-wal`.
        let file: String
    }

    struct File: Sendable {
        var durable: [UInt8]
        var pending: [Change] = []
    }

    enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
    }

    struct State: Sendable {
        var folder = ""
        var files: [String: File] = [:]
        var calls: [Call] = []
        var faultAt = Int.max
        var fault = Fault.failsUndone
        var isDead = false
    }

    static let state = Mutex(State())

    /// Begins to watch the databases of a folder; `faultAt` counts calls from 0.
    static func watch(_ folder: URL, faultAt: Int, fault: Fault) throws {
        precondition(FaultyLayer.isRegistered, "the layer is registered once for the process")
        var files: [String: File] = [:]
        for name in ["hangu.db", "hangu.db-wal"] {
            let data = FileManager.default.contents(
                atPath: folder.appendingPathComponent(name).path)
            files[name] = File(durable: [UInt8](data ?? Data()))
        }
        let found = files
        state.withLock { state in
            state = State(folder: folder.path, files: found, faultAt: faultAt, fault: fault)
        }
    }

    /// Ends watching; answers the calls that were made.
    static func unwatch() -> [Call] {
        state.withLock { state in
            defer { state = State() }
            return state.calls
        }
    }

    /// Writes what a power cut would leave: all that was synced, and of the rest whatever sectors `survives` picks.
    static func writeImage(to folder: URL, survives: () -> Bool) throws {
        let files = state.withLock { $0.files }
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            var bytes = file.durable
            for change in file.pending {
                switch change {
                case .truncate(let size): if survives() { resize(&bytes, size) }
                case .write(let offset, let written):
                    for start in stride(from: 0, to: written.count, by: 512) where survives() {
                        let part = written[start..<min(start + 512, written.count)]
                        if bytes.count < offset + start + part.count {
                            resize(&bytes, offset + start + part.count)
                        }
                        bytes.replaceSubrange(
                            offset + start..<offset + start + part.count, with: part)
                    }
                }
            }
            if name == "hangu.db" || !bytes.isEmpty {
                try Data(bytes).write(to: folder.appendingPathComponent(name))
            }
        }
    }

    static func resize(_ bytes: inout [UInt8], _ size: Int) {
        if bytes.count > size { bytes.removeLast(bytes.count - size) }
        if bytes.count < size { bytes += [UInt8](repeating: 0, count: size - bytes.count) }
    }

    /// What a call is to do: its work or not, and whether it says that it failed.
    static func decide(_ operation: Operation, _ file: String) -> (isDone: Bool, fails: Bool) {
        state.withLock { state in
            if state.isDead { return (false, true) }
            let number = state.calls.count
            state.calls.append(Call(operation: operation, file: file))
            guard number == state.faultAt else { return (true, false) }
            switch state.fault {
            case .failsUndone: return (false, true)
            case .failsDone: return (true, true)
            case .cutBefore:
                state.isDead = true
                return (false, true)
            case .cutAfter: return (true, true)
            }
        }
    }

    /// Takes note of what a call has done.
    static func done(_ file: String, _ change: Change?) {
        state.withLock { state in
            guard var known = state.files[file] else { return }
            if let change {
                known.pending.append(change)
            } else {
                for change in known.pending {
                    switch change {
                    case .truncate(let size): resize(&known.durable, size)
                    case .write(let offset, let bytes):
                        if known.durable.count < offset + bytes.count {
                            resize(&known.durable, offset + bytes.count)
                        }
                        known.durable.replaceSubrange(offset..<offset + bytes.count, with: bytes)
                    }
                }
                known.pending = []
            }
            state.files[file] = known
            if state.fault == .cutAfter, state.calls.count > state.faultAt { state.isDead = true }
        }
    }
}
