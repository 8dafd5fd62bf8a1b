import FieldCrypto
import Foundation
import ResidentModel
import SQLiteStore
import Synchronization
import TestSupport

import Gateway

/// A gateway over a store of its own, with a clock that a test moves.
struct TestGateway {
    let folder: TemporaryFolder
    let store: HomeStore
    let keys: MemoryKeyStore
    let clock: TestClock
    let mapping: SourceMapping
    let parts: GatewayParts

    /// - Parameters:
    ///   - rules: The department rules.
    ///   - seed: Where identifiers and salts come from.
    ///   - fields: The catalogue's fields.
    ///   - purposes: The catalogue's purposes.
    ///   - moreItems: Items that every purpose and basis reaches beside its own.
    /// - Throws: What a part of it throws.
    init(
        rules: String = TestPolicies.rules, seed: UInt64 = 1, fields: String = TestPolicies.fields,
        purposes: String = TestPolicies.purposes, moreItems: [String] = []
    ) throws {
        folder = try TemporaryFolder()
        store = try HomeStore(at: folder.file("hangu.db"))
        keys = MemoryKeyStore()
        clock = TestClock()
        let catalogue = try TestPolicies.catalogue(
            fields: fields, purposes: purposes, moreItems: moreItems)
        mapping = try TestPolicies.mapping(of: catalogue)
        let random = SeededRandom(seed: seed)
        let rootKey = try RootKey(
            fileContent: SecretBytes(copying: [UInt8](repeating: 7, count: 32)),
            name: RootKeyName(id: "test", version: 1))
        let own = ["provenance", "quarantine", "consent", "matter", "audit", "audit-subject"]
        let keyring = try Keyring.create(
            classes: catalogue.classes.map(\.name) + own, rootKey: rootKey, store: keys,
            random: random)
        let declared = catalogue.fields.filter { $0.index != nil }.map(\.id.text)
        let further = [
            "record-key", "record-content", "audit-term", "audit-map", ValueTokens.keyName,
            QuestionBudget.keyName, AskingCount.keyName,
        ]
        for index in Set(declared).union(further).sorted() {
            _ = try keyring.addVersion(of: .blindIndex, name: index)
        }
        for department in catalogue.departments.keys.sorted() {
            _ = try keyring.addVersion(of: .pseudonym, name: department)
        }
        let signing = try keyring.createSigningKey("audit-log", fieldClass: "audit")
        let log = AuditLog(
            origin: "test.example/audit", key: signing, keyring: keyring, tenant: "test",
            clock: clock.gatewayClock, random: random)
        parts = GatewayParts(
            store: store, keyring: keyring, catalogue: catalogue,
            policies: try TestPolicies.bundle(rules, catalogue: catalogue), tenant: "test",
            log: log,
            clock: clock.gatewayClock, random: random, threads: StoreThreads())
        try PolicyActivation.activate(parts)
    }

    /// The same gateway with another store, other rules, another catalogue or other threads.
    func parts(
        over other: (any GatewayStore)? = nil, policies: PolicyBundle? = nil,
        catalogue: Catalogue? = nil, threads: (any BlockingThreads)? = nil
    ) -> GatewayParts {
        GatewayParts(
            store: other ?? store, keyring: parts.keyring, catalogue: catalogue ?? parts.catalogue,
            policies: policies ?? parts.policies, tenant: parts.tenant, log: parts.log,
            clock: parts.clock, random: parts.random, threads: threads ?? parts.threads)
    }

    /// The gateway as a process of its own has it that opened the home by now.
    func secondProcess(over other: (any GatewayStore)? = nil) throws -> GatewayParts {
        let rootKey = try RootKey(
            fileContent: SecretBytes(copying: [UInt8](repeating: 7, count: 32)),
            name: RootKeyName(id: "test", version: 1))
        let random = SecureRandom()
        let keyring = try Keyring.open(rootKey: rootKey, store: keys, random: random)
        let log = AuditLog(
            origin: parts.log.origin, keyring: keyring, tenant: parts.tenant, clock: parts.clock,
            random: random)
        return GatewayParts(
            store: other ?? store, keyring: keyring, catalogue: parts.catalogue,
            policies: parts.policies, tenant: parts.tenant, log: log, clock: parts.clock,
            random: random, threads: parts.threads)
    }

    func indexCounts(_ name: String) throws -> [UInt32: Int] {
        try store.read { reader throws(GatewayError) in try reader.indexCounts()[name] ?? [:] }
    }

    /// Pulls rows as a new delivery of a stream.
    @discardableResult
    func pull(
        _ rows: [ScriptedSource.Row], stream: String = "residents", batch: Int = 1_000,
        over other: (any GatewayStore)? = nil
    ) throws -> StreamReport {
        try pull(
            ScriptedSource("register", rows: rows, isReplaced: true), stream: stream, batch: batch,
            over: other)
    }

    @discardableResult
    func pull(
        _ source: ScriptedSource, stream: String = "residents", batch: Int = 1_000,
        over other: (any GatewayStore)? = nil
    ) throws -> StreamReport {
        guard let stream = mapping.streams.first(where: { $0.name == stream }) else {
            preconditionFailure("the test's mapping has no such stream")
        }
        return try IngestPath(parts(over: other)).pull(
            stream, at: stream.location, from: source, limits: ReadLimits(batchRecordsMax: batch)
        ) { _ in false }
    }

    func request(
        _ items: [String], of number: String, department: String = "civil",
        purpose: String = "review", basis: String = "duty", caseID: String? = nil
    ) -> DisclosureRequest {
        DisclosureRequest(
            department: department, officer: "officer-7", purpose: purpose, legalBasis: basis,
            caseID: caseID, items: items, citizenNumber: number, channel: "test")
    }

    /// Asks and delivers to nobody.
    func answer(_ request: DisclosureRequest) throws -> Answer {
        try DisclosurePath(parts).answer(request) { _ in }
    }

    func reasons(_ request: DisclosureRequest) throws -> [RefusalReason] {
        guard case .refused(let reasons)? = try answer(request).items.first?.outcome else {
            return []
        }
        return reasons
    }

    var logSize: UInt64 {
        get throws { try AuditDesk(parts).size() }
    }

    func verification() throws -> AuditVerification { try AuditDesk(parts).verify() }

    func reviews(_ kind: ReviewKind? = nil) throws -> [Review] {
        try ReviewDesk(parts).list(ReviewFilter(kind: kind))
    }

    func residentCount() throws -> Int {
        try store.read { reader throws(GatewayError) in try reader.residentCount() }
    }

    /// The row of the resident who holds a number.
    func resident(_ number: String) throws -> ResidentNumber? {
        try store.read { reader throws(GatewayError) in
            try AccessHistory(parts).row(citizenNumber: number, in: reader)
        }
    }

    func totals() throws -> [StreamTotals] {
        try store.read { reader throws(GatewayError) in try reader.streamTotals() }
    }

    /// Everything known of one field of one resident.
    func texts(_ field: FieldID, of resident: ResidentNumber) throws -> [String] {
        try store.read { reader throws(GatewayError) in
            let id = try reader.residentIDs(of: [resident])[resident]
            let fieldClass = parts.catalogue.field(field)?.fieldClass ?? ""
            var sealed = SealedValues()
            for value in try reader.values(of: [resident], fields: [field]) {
                sealed.append(
                    value.sealed,
                    at: FieldAddress(
                        tenant: parts.tenant, table: "field_value",
                        resident: ResidentKeyID(bytes: id?.bytes ?? []), field: field.text,
                        fieldClass: fieldClass, recordVersion: value.recordVersion))
            }
            return try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.open(sealed).texts()
            }
        }
    }
}

/// The morning of 5 March 2026 in China, until a test moves it.
final class TestClock: Sendable {
    private let now = Mutex<Int64>(20_517 * 86_400_000 + 2 * 3_600_000)

    var gatewayClock: GatewayClock { GatewayClock { self.now.withLock { $0 } } }

    func advance(days: Int64 = 0, milliseconds: Int64 = 0) {
        now.withLock { $0 += days * 86_400_000 + milliseconds }
    }
}

/// An invented citizen number with a right check character.
func citizenNumber(_ birth: String = "19580304", _ sequence: Int = 123) -> String {
    let digits = "110101" + birth + String(sequence)
    let check = CitizenNumber.checkCharacter(of: Array(digits.utf8)[...])
    return digits + String(decoding: [check], as: UTF8.self)
}

/// A row of the stream `residents`: a man born on 4 March 1958 unless said otherwise.
func row(
    _ id: String, _ number: String? = citizenNumber(), name: String? = "张三丰",
    _ more: ScriptedSource.Row = [:]
) -> ScriptedSource.Row {
    var row = ["id": id, "updated": "2026-03-01"]
    row["number"] = number
    row["name"] = name
    return row.merging(more) { $1 }
}

/// The same of the man with the usual number and name.
func row(_ id: String, _ more: ScriptedSource.Row) -> ScriptedSource.Row {
    row(id, citizenNumber(), name: "张三丰", more)
}
