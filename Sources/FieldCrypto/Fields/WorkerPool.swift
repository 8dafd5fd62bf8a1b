internal import Glibc
internal import Synchronization

/// As many workers as processors, each behind a lock of its own.
final class WorkerPool: Sendable {
    private final class Slot: Sendable {
        let worker = Mutex(SealingWorker())
    }

    private let slots: [Slot]
    private let turn = Atomic(0)

    init() {
        slots = (0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in Slot() }
    }

    /// Lends the first worker that is not busy, else waits for one.
    func withWorker<Result: Sendable>(
        _ body: (SealingWorker) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        for slot in slots {
            let result = try slot.worker.withLockIfAvailable { worker throws(FieldCryptoError) in
                try body(worker)
            }
            if let result { return result }
        }
        let next = turn.add(1, ordering: .relaxed).newValue
        let slot = slots[next % slots.count]
        return try slot.worker.withLock { worker throws(FieldCryptoError) in try body(worker) }
    }

    /// Wipes the keys that contexts hold, waiting for each worker in turn.
    func dropKeys() throws(FieldCryptoError) {
        for slot in slots {
            try slot.worker.withLock { worker throws(FieldCryptoError) in try worker.dropKeys() }
        }
    }
}
