import FieldCrypto
import Gateway
import ResidentModel

/// The calls of work on keys, each of which can be made to fail.
extension FaultyTransaction {
    func ringGeneration() throws(GatewayError) -> Int64 {
        try asking { base throws(GatewayError) in try base.ringGeneration() }
    }
    func keyJobs() throws(GatewayError) -> [KeyJob] {
        try asking { base throws(GatewayError) in try base.keyJobs() }
    }
    func sealedCells(_ filter: SealedFilter) throws(GatewayError) -> SealedCells {
        try asking { base throws(GatewayError) in try base.sealedCells(filter) }
    }
    func sealedCounts(_ column: SealedColumn) throws(GatewayError) -> [SealedCount] {
        try asking { base throws(GatewayError) in try base.sealedCounts(column) }
    }
    func forgotten(
        among residents: [ResidentNumber]
    ) throws(GatewayError) -> Set<ResidentNumber> {
        try asking { base throws(GatewayError) in try base.forgotten(among: residents) }
    }
    func forgottenResidents() throws(GatewayError) -> [ResidentNumber: UInt64] {
        try asking { base throws(GatewayError) in try base.forgottenResidents() }
    }
    func indexCounts() throws(GatewayError) -> [String: [UInt32: Int]] {
        try asking { base throws(GatewayError) in try base.indexCounts() }
    }
    func hasIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError) -> Bool {
        try asking { base throws(GatewayError) in
            try base.hasIndex(index, entry: entry, resident: resident)
        }
    }
    func resident(
        department: String, pseudonym: BlindIndexEntry
    ) throws(GatewayError) -> ResidentNumber? {
        try asking { base throws(GatewayError) in
            try base.resident(department: department, pseudonym: pseudonym)
        }
    }
    func pseudonymCounts() throws(GatewayError) -> [String: [UInt32: Int]] {
        try asking { base throws(GatewayError) in try base.pseudonymCounts() }
    }
    func logKeys() throws(GatewayError) -> [LogKeyName] {
        try asking { base throws(GatewayError) in try base.logKeys() }
    }
    func remains(of resident: ResidentNumber) throws(GatewayError) -> Int {
        try asking { base throws(GatewayError) in try base.remains(of: resident) }
    }
    func advanceRing() throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.advanceRing() }
    }
    func startJob(
        _ kind: KeyJobKind, name: String, version: UInt32, resident: ResidentNumber?,
        at minute: Int64
    ) throws(GatewayError) -> KeyJob {
        try changing { base throws(GatewayError) in
            try base.startJob(kind, name: name, version: version, resident: resident, at: minute)
        }
    }
    func keep(_ job: KeyJob) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.keep(job) }
    }
    func replaceSealed(
        _ column: SealedColumn, _ cells: SealedCells, by envelopes: PackedBytes
    ) throws(GatewayError) -> Int {
        try changing { base throws(GatewayError) in
            try base.replaceSealed(column, cells, by: envelopes)
        }
    }
    func removeIndex(_ index: String, version: UInt32, limit: Int) throws(GatewayError) -> Int {
        try changing { base throws(GatewayError) in
            try base.removeIndex(index, version: version, limit: limit)
        }
    }
    func insertPseudonym(
        _ pseudonym: BlindIndexEntry, department: String, resident: ResidentNumber
    ) throws(GatewayError) {
        try changing { base throws(GatewayError) in
            try base.insertPseudonym(pseudonym, department: department, resident: resident)
        }
    }
    func removePseudonyms(department: String, version: UInt32) throws(GatewayError) -> Int {
        try changing { base throws(GatewayError) in
            try base.removePseudonyms(department: department, version: version)
        }
    }
    func addLogKey(_ key: LogKeyName) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.addLogKey(key) }
    }
    func removeQuarantined(_ numbers: [Int64]) throws(GatewayError) -> Int {
        try changing { base throws(GatewayError) in try base.removeQuarantined(numbers) }
    }
    func forget(
        _ resident: ResidentNumber, entry: UInt64
    ) throws(GatewayError) -> ForgottenCounts {
        try changing { base throws(GatewayError) in try base.forget(resident, entry: entry) }
    }
}

/// A store that does something else between two transactions, once.
final class InterruptingStore: GatewayStore {
    private let store: any GatewayStore
    private let interruption: @Sendable () -> Void

    /// - Parameters:
    ///   - store: Does the work.
    ///   - interruption: Called before every writing transaction.
    init(_ store: any GatewayStore, before interruption: @escaping @Sendable () -> Void) {
        self.store = store
        self.interruption = interruption
    }

    func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result { try store.read(body) }

    func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        interruption()
        return try store.write(body)
    }
}
