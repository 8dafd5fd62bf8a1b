import Gateway
import ResidentModel
import Synchronization

/// A store whose n-th call fails; the end of a writing transaction is a call too.
final class FaultyStore: GatewayStore {
    private let store: any GatewayStore
    private let calls = Mutex<[String]>([])
    private let failingCall: Int
    private let isCountingReads: Bool

    /// - Parameters:
    ///   - store: Does the work.
    ///   - failingCall: Counted from 1 over all transactions.
    ///   - isCountingReads: Whether calls that ask can fail, or only those that change.
    init(_ store: any GatewayStore, failingCall: Int, isCountingReads: Bool = true) {
        self.store = store
        self.failingCall = failingCall
        self.isCountingReads = isCountingReads
    }

    var callCount: Int { names.count }

    /// The calls so far, by name; the end of a writing transaction is `commit`.
    var names: [String] { calls.withLock { $0 } }

    func count(_ name: String, isRead: Bool) throws(GatewayError) {
        if isRead, !isCountingReads { return }
        let call = calls.withLock { calls in
            calls.append(name)
            return calls.count
        }
        if call == failingCall { throw .store(.diskFull) }
    }

    func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try store.read { reader throws(GatewayError) in
            guard let writer = reader as? any StoreWriter else {
                preconditionFailure("the store under test reads and writes with one type")
            }
            return try body(FaultyTransaction(base: writer, store: self))
        }
    }

    func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try store.write { writer throws(GatewayError) in
            let result = try body(FaultyTransaction(base: writer, store: self))
            try count("commit", isRead: false)
            return result
        }
    }
}

struct FaultyTransaction: StoreWriter {
    let base: any StoreWriter
    let store: FaultyStore

    func asking<Result>(
        _ name: String = #function,
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try store.count(String(name.prefix { $0 != "(" }), isRead: true)
        return try body(base)
    }

    func changing<Result>(
        _ name: String = #function,
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try store.count(String(name.prefix { $0 != "(" }), isRead: false)
        return try body(base)
    }
}

extension FaultyTransaction {
    func cursor(of stream: StreamName) throws(GatewayError) -> SourceCursor? {
        try asking { base throws(GatewayError) in try base.cursor(of: stream) }
    }
    func records(
        of stream: StreamName, keyDigests: [[UInt8]]
    ) throws(GatewayError) -> [[UInt8]: StoredRecord] {
        try asking { base throws(GatewayError) in
            try base.records(of: stream, keyDigests: keyDigests)
        }
    }
    func residents(
        index: String, entries: [BlindIndexEntry]
    ) throws(GatewayError) -> [BlindIndexEntry: [ResidentNumber]] {
        try asking { base throws(GatewayError) in
            try base.residents(index: index, entries: entries)
        }
    }
    func residentIDs(
        of numbers: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: ResidentID] {
        try asking { base throws(GatewayError) in try base.residentIDs(of: numbers) }
    }
    func resident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber? {
        try asking { base throws(GatewayError) in try base.resident(id) }
    }
    func values(
        of residents: [ResidentNumber], fields: [FieldID]
    ) throws(GatewayError) -> [StoredValue] {
        try asking { base throws(GatewayError) in try base.values(of: residents, fields: fields) }
    }
    func reviews(_ filter: ReviewFilter) throws(GatewayError) -> [Review] {
        try asking { base throws(GatewayError) in try base.reviews(filter) }
    }
    func quarantineList(after: Int64, limit: Int) throws(GatewayError) -> [QuarantineItem] {
        try asking { base throws(GatewayError) in
            try base.quarantineList(after: after, limit: limit)
        }
    }
    func quarantinedKeys(
        of stream: StreamName, among keyDigests: [[UInt8]]
    ) throws(GatewayError) -> Set<[UInt8]> {
        try asking { base throws(GatewayError) in
            try base.quarantinedKeys(of: stream, among: keyDigests)
        }
    }
    func confirmedDigests(
        of field: FieldID, resident: ResidentNumber
    ) throws(GatewayError) -> Set<[UInt8]> {
        try asking { base throws(GatewayError) in
            try base.confirmedDigests(of: field, resident: resident)
        }
    }
    func questions(
        about topic: [UInt8], of resident: ResidentNumber, since day: Int64
    ) throws(GatewayError) -> Set<[UInt8]> {
        try asking { base throws(GatewayError) in
            try base.questions(about: topic, of: resident, since: day)
        }
    }
    func keep(_ count: QuestionCount) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.keep(count) }
    }
    func streamTotals() throws(GatewayError) -> [StreamTotals] {
        try asking { base throws(GatewayError) in try base.streamTotals() }
    }
    func nextBatchNumber() throws(GatewayError) -> Int64 {
        try asking { base throws(GatewayError) in try base.nextBatchNumber() }
    }
    func residentCount() throws(GatewayError) -> Int {
        try asking { base throws(GatewayError) in try base.residentCount() }
    }
    func treeSize() throws(GatewayError) -> UInt64 {
        try asking { base throws(GatewayError) in try base.treeSize() }
    }
    func tile(level: Int, index: UInt64) throws(GatewayError) -> [UInt8]? {
        try asking { base throws(GatewayError) in try base.tile(level: level, index: index) }
    }
    func newestCheckpoint() throws(GatewayError) -> StoredCheckpoint? {
        try asking { base throws(GatewayError) in try base.newestCheckpoint() }
    }
    func checkpoints(from size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint] {
        try asking { base throws(GatewayError) in try base.checkpoints(from: size, limit: limit) }
    }
    func chainRestarts() throws(GatewayError) -> [ResidentNumber: [UInt8]] {
        try asking { base throws(GatewayError) in try base.chainRestarts() }
    }

    func chainCount() throws(GatewayError) -> Int {
        try asking { base throws(GatewayError) in try base.chainCount() }
    }
    func entries(from index: UInt64, limit: Int) throws(GatewayError) -> [AuditEntry] {
        try asking { base throws(GatewayError) in try base.entries(from: index, limit: limit) }
    }
    func entries(
        of resident: ResidentNumber, before index: UInt64, limit: Int
    ) throws(GatewayError) -> [AuditEntry] {
        try asking { base throws(GatewayError) in
            try base.entries(of: resident, before: index, limit: limit)
        }
    }
    func leaves(
        from index: UInt64, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(GatewayError) -> Int {
        try asking { base throws(GatewayError) in
            try base.leaves(from: index, limit: limit, body)
        }
    }
    func chain(of resident: ResidentNumber) throws(GatewayError) -> [UInt8]? {
        try asking { base throws(GatewayError) in try base.chain(of: resident) }
    }
    func policyEpoch() throws(GatewayError) -> PolicyEpoch? {
        try asking { base throws(GatewayError) in try base.policyEpoch() }
    }
    func consents(
        of residents: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: [SealedConsent]] {
        try asking { base throws(GatewayError) in try base.consents(of: residents) }
    }
    func consent(_ id: String) throws(GatewayError) -> SealedConsent? {
        try asking { base throws(GatewayError) in try base.consent(id) }
    }
    func consentVersions(of resident: ResidentNumber) throws(GatewayError) -> [SealedConsent] {
        try asking { base throws(GatewayError) in try base.consentVersions(of: resident) }
    }
    func departmentsKnowing(_ resident: ResidentNumber) throws(GatewayError) -> [String] {
        try asking { base throws(GatewayError) in try base.departmentsKnowing(resident) }
    }
    func matter(_ id: String) throws(GatewayError) -> SealedMatter? {
        try asking { base throws(GatewayError) in try base.matter(id) }
    }
    func matters(_ filter: MatterFilter) throws(GatewayError) -> [SealedMatter] {
        try asking { base throws(GatewayError) in try base.matters(filter) }
    }
}

extension FaultyTransaction {
    func keep(_ matter: SealedMatter) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.keep(matter) }
    }
    func insertResident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber {
        try changing { base throws(GatewayError) in try base.insertResident(id) }
    }
    func insert(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64 {
        try changing { base throws(GatewayError) in
            try base.insert(record, of: stream, resident: resident)
        }
    }
    func replace(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64 {
        try changing { base throws(GatewayError) in
            try base.replace(record, of: stream, resident: resident)
        }
    }
    func insertIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError) {
        try changing { base throws(GatewayError) in
            try base.insertIndex(index, entry: entry, resident: resident)
        }
    }
    func finishBatch(_ number: Int64) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.finishBatch(number) }
    }
    func setCursor(_ cursor: SourceCursor, of stream: StreamName) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.setCursor(cursor, of: stream) }
    }
    func quarantine(_ record: QuarantinedRecord, of stream: StreamName) throws(GatewayError) -> Bool
    {
        try changing { base throws(GatewayError) in try base.quarantine(record, of: stream) }
    }
    func releaseFromQuarantine(keyDigests: [[UInt8]], of stream: StreamName) throws(GatewayError) {
        try changing { base throws(GatewayError) in
            try base.releaseFromQuarantine(keyDigests: keyDigests, of: stream)
        }
    }
    func openReview(_ draft: ReviewDraft) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.openReview(draft) }
    }
    func decideReview(
        _ number: Int64, as decision: ReviewState, by officer: String, at minute: Int64,
        digest: [UInt8]?
    ) throws(GatewayError) -> Bool {
        try changing { base throws(GatewayError) in
            try base.decideReview(
                number, as: decision, by: officer, at: minute, digest: digest)
        }
    }
    func append(_ entry: AuditEntry) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.append(entry) }
    }
    func putTile(level: Int, index: UInt64, hashes: [UInt8]) throws(GatewayError) {
        try changing { base throws(GatewayError) in
            try base.putTile(level: level, index: index, hashes: hashes)
        }
    }
    func putCheckpoint(_ checkpoint: StoredCheckpoint) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putCheckpoint(checkpoint) }
    }
    func removeEntries(below index: UInt64) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.removeEntries(below: index) }
    }

    func setChain(_ chain: [UInt8], of resident: ResidentNumber) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.setChain(chain, of: resident) }
    }
    func startPolicyEpoch(_ epoch: PolicyEpoch) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.startPolicyEpoch(epoch) }
    }
}
