import Gateway
import Synchronization

/// An index whose n-th change fails, as where the process ends before it.
final class FaultyIndex: AuditIndexStore {
    private let store: any AuditIndexStore
    private let failingCall: Int
    private let calls = Mutex(0)

    /// - Parameters:
    ///   - store: Does the work.
    ///   - failingCall: Counted from 1.
    init(_ store: any AuditIndexStore, failingCall: Int) {
        self.store = store
        self.failingCall = failingCall
    }

    private func count() throws(GatewayError) {
        let call = calls.withLock { calls in
            calls += 1
            return calls
        }
        if call == failingCall { throw .store(.diskFull) }
    }

    func state() throws(GatewayError) -> AuditIndexState? { try store.state() }

    func postings(
        of term: Int64, atOrBelow block: UInt64
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)? {
        try store.postings(of: term, atOrBelow: block)
    }

    func bundle(
        within minutes: ClosedRange<UInt64>, atOrBelow bundle: UInt64
    ) throws(GatewayError) -> UInt64? {
        try store.bundle(within: minutes, atOrBelow: bundle)
    }

    func extend(
        _ addition: AuditIndexAddition, after expected: AuditIndexState?
    ) throws(GatewayError) -> Bool {
        try count()
        return try store.extend(addition, after: expected)
    }

    func remove(_ entries: [UInt64]) throws(GatewayError) {
        try count()
        try store.remove(entries)
    }

    func prune(below entry: UInt64) throws(GatewayError) {
        try count()
        try store.prune(below: entry)
    }

    func postings(inBlock block: UInt64) throws(GatewayError) -> [Int64: IndexedPosting] {
        try store.postings(inBlock: block)
    }

    func clear() throws(GatewayError) {
        try count()
        try store.clear()
    }
}
