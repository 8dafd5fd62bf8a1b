import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// Forgets a resident: destroys their keys, and removes what could still be linked to them.
///
/// In this order, each step durable before the next, so that a run that was killed is finished by the next command
/// that opens the home:
/// 1. The order is recorded, with its entry in the log; refused records that carry the resident's number go with it,
///    since nobody can find them by the number later.
/// 2. The resident's keys are destroyed. From here on nothing of the resident opens, in this home or a copy of it.
/// 3. Values, consents, matters, index entries, pseudonyms, reviews and refused records are removed, and the log says so.
///
/// What stays: the resident's row under a random number, their entries in the log, whose details no key opens, and
/// keyed digests of the names that sources gave their records. By these the same record is refused when it is
/// delivered again. No digest of the citizen number is kept: a new record, under a name never seen, opens a new
/// resident.
package struct Forgetting: Sendable {
    let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Who orders it and why.
    package struct Order: Sendable {
        package var officer: String
        /// A reference to the decision, such as a file number; it must not name the resident.
        package var reason: String

        package init(officer: String, reason: String) {
            self.officer = officer
            self.reason = reason
        }
    }

    /// Forgets the resident who is known by a citizen number.
    ///
    /// - Returns: Where the log says so, and the salt by which the number can be shown to be the one meant.
    /// - Throws: ``GatewayError/request(_:)`` with ``RequestError/noSuchResident`` where nobody is known by it.
    package func forget(
        citizenNumber text: String, _ order: Order
    ) throws(GatewayError) -> ForgottenReceipt {
        let number = try CitizenNumber(asked: text, today: parts.clock.today)
        return try forget(order, number: number) { store throws(GatewayError) in
            try Locate.find(number, parts: parts, store: store)
        }
    }

    /// Forgets the resident behind a department's pseudonym.
    package func forget(
        pseudonym: String, of department: String, _ order: Order
    ) throws(GatewayError) -> ForgottenReceipt {
        try forget(order, number: nil) { store throws(GatewayError) in
            try Locate.find(
                pseudonym: pseudonym, of: department, parts: parts, store: store)
        }
    }

    private func forget(
        _ order: Order, number: CitizenNumber?,
        find: (any StoreReader) throws(GatewayError) -> LocatedResident?
    ) throws(GatewayError) -> ForgottenReceipt {
        if order.officer.isEmpty { throw .request(.empty("the officer")) }
        if order.reason.isEmpty { throw .request(.empty("the reason")) }
        try checkName(order.officer, "officer")
        try checkName(order.reason, "reason")
        let salt = try randomBytes(AuditCommitment.saltByteCount, from: parts.random)
        let scanned = try scan(for: number, find: find)
        let (job, digits) = try parts.write { writer throws(GatewayError) in
            guard let resident = try find(writer) else { throw .request(.noSuchResident) }
            var numbers = try self.numbers(of: resident, in: writer)
            if let number { numbers.insert(number.digits) }
            let chosen = number?.digits ?? numbers.min()
            let commitment = try chosen.map { digits throws(GatewayError) in
                try inLog { () throws(TransparencyLogError) in
                    try AuditCommitment.commitment(to: Array(digits.utf8), salt: salt)
                }
            }
            let detail: JSONValue = .object([
                "officer": .string(order.officer), "reason": .string(order.reason),
                "subject": .string(commitment.map { hexadecimal($0.bytes) } ?? ""),
            ])
            var job = try writer.startJob(
                .shred, name: detail.canonicalText, version: 0, resident: resident.number,
                at: parts.clock.minute)
            job.done = Int64(
                try writer.removeQuarantined(
                    quarantined(naming: numbers, in: writer, after: scanned)))
            try writer.keep(job)
            try writer.advanceRing()
            _ = try parts.log.append([.forgettingOrdered(job)], in: writer)
            return (job, chosen)
        }
        let entry = try finish(job)
        return ForgottenReceipt(entry: entry, subjectSalt: digits == nil ? nil : salt)
    }

    /// Finishes what a killed run has begun, and removes again what an older copy of the data has brought back.
    ///
    /// - Returns: How many residents were concerned.
    package func finishPending() throws(GatewayError) -> Int {
        let (jobs, forgotten) = try parts.store.read { reader throws(GatewayError) in
            (
                try reader.keyJobs().filter { $0.kind == .shred && $0.state != .done },
                try reader.forgottenResidents()
            )
        }
        for job in jobs { _ = try finish(job) }
        let shredded = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.shreddedResidents()
        }
        guard shredded.count != forgotten.count + jobs.count else { return jobs.count }
        var count = jobs.count
        for key in shredded {
            guard let id = ResidentID(bytes: key.bytes) else { continue }
            let again = try parts.write { writer throws(GatewayError) -> KeyJob? in
                guard let row = try writer.resident(id),
                    try writer.forgotten(among: [row]).isEmpty
                else { return nil }
                let detail: JSONValue = .object([
                    "officer": .string(""), "reason": .string("restored-copy"),
                    "subject": .string(""),
                ])
                return try writer.startJob(
                    .shred, name: detail.canonicalText, version: 0, resident: row,
                    at: parts.clock.minute)
            }
            if let again {
                _ = try finish(again)
                count += 1
            }
        }
        return count
    }

    /// Steps 2 and 3 of a recorded order.
    ///
    /// - Returns: The entry that says that the resident was forgotten.
    private func finish(_ job: KeyJob) throws(GatewayError) -> UInt64 {
        guard let resident = job.resident else {
            throw .store(.corrupt(what: "an order to forget names no resident"))
        }
        let id = try parts.store.read { reader throws(GatewayError) in
            try reader.residentIDs(of: [resident])[resident]
        }
        guard let id else {
            throw .store(.corrupt(what: "an order to forget names a resident who is not there"))
        }
        try inCrypto { () throws(FieldCryptoError) in try parts.keyring.shred([id.keyID]) }
        return try parts.write { writer throws(GatewayError) in
            let present = try writer.keyJobs().first { $0.number == job.number }
            if present?.state == .done, let entry = try writer.forgottenResidents()[resident] {
                return entry
            }
            let index = try writer.treeSize()
            var counts = try writer.forget(resident, entry: index)
            counts.quarantined += Int(job.done)
            var ended = job
            ended.state = .done
            ended.finishedAt = parts.clock.minute
            try writer.keep(ended)
            try writer.advanceRing()
            let receipts = try parts.log.append([.forgotten(ended, counts)], in: writer)
            guard receipts.first?.index == index else {
                preconditionFailure("the entry stands at the end of the log")
            }
            return index
        }
    }

    /// Every citizen number that is stored of a resident.
    func numbers(
        of resident: LocatedResident, in reader: any StoreReader
    ) throws(GatewayError) -> Set<String> {
        let opener = ValueOpener(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
        let values = try reader.values(of: [resident.number], fields: [.citizenNumber])
        return Set(try opener.open(values) { _ in resident.id }.map(\.text))
    }

    /// What is known of refused records: who was looked for, and by their envelopes' ends which cells were looked at.
    private struct QuarantineScan {
        var numbers: Set<String> = []
        /// By the record's number: the last bytes of its envelope, which no other envelope has, and whether it names
        /// one of the numbers.
        var looked: [Int64: (end: [UInt8], isNamed: Bool)] = [:]
    }

    /// Looks through the refused records while others write, so that the transaction has only what came since.
    private func scan(
        for number: CitizenNumber?,
        find: (any StoreReader) throws(GatewayError) -> LocatedResident?
    ) throws(GatewayError) -> QuarantineScan {
        var scan = QuarantineScan()
        var next: SealedPlace?
        scan.numbers = try parts.store.read { reader throws(GatewayError) in
            guard let resident = try find(reader) else { return [] }
            return try numbers(of: resident, in: reader)
        }
        if let number, !scan.numbers.isEmpty { scan.numbers.insert(number.digits) }
        repeat {
            let start = scan
            (scan, next) = try parts.store.read { reader throws(GatewayError) in
                var part = start
                let last = try look(from: next, into: &part, in: reader)
                return (part, last)
            }
        } while next != nil && !scan.numbers.isEmpty
        return scan
    }

    /// The refused records whose cells carry one of some numbers.
    func quarantined(
        naming numbers: Set<String>, in reader: any StoreReader
    ) throws(GatewayError) -> [Int64] {
        try quarantined(naming: numbers, in: reader, after: QuarantineScan())
    }

    private func quarantined(
        naming numbers: Set<String>, in reader: any StoreReader, after scanned: QuarantineScan
    ) throws(GatewayError) -> [Int64] {
        if numbers.isEmpty { return [] }
        var scan = scanned
        if scan.numbers != numbers { scan = QuarantineScan(numbers: numbers) }
        var present: Set<Int64> = []
        var next: SealedPlace?
        repeat {
            next = try look(from: next, into: &scan, in: reader) { present.insert($0) }
        } while next != nil
        return present.filter { scan.looked[$0]?.isNamed == true }.sorted()
    }

    /// Looks at the next refused records that were not looked at, or have changed since.
    ///
    /// One that does not open because it is damaged names nobody: it must not keep anybody from being forgotten.
    ///
    /// - Returns: Where to go on; nil at the end.
    private func look(
        from place: SealedPlace?, into scan: inout QuarantineScan, in reader: any StoreReader,
        _ isPresent: (Int64) -> Void = { _ in }
    ) throws(GatewayError) -> SealedPlace? {
        let registry = SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
        var filter = SealedFilter(column: .quarantine, limit: 1_024)
        if let place { filter.after = place }
        let batch = try registry.read(filter, from: reader)
        var unknown: [(number: Int64, end: [UInt8])] = []
        var sealed = SealedValues()
        for (index, cell) in batch.cells.cells.enumerated() {
            let number = cell.place.first
            isPresent(number)
            let envelope = batch.values.envelopes[index]
            let end = Array(envelope.suffix(16))
            if scan.looked[number]?.end == end { continue }
            unknown.append((number, end))
            sealed.append(envelope, at: batch.values.addresses[index])
        }
        let changed = sealed
        let opened = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.openEach(changed)
        }
        for (index, (number, end)) in unknown.enumerated() {
            var isNamed = false
            do throws(FieldCryptoError) {
                let text = Self.folded(try opened.text(index))
                isNamed = scan.numbers.contains { text.contains($0) }
            } catch {
                switch error {
                case .notAuthentic, .malformedEnvelope, .unknownFormat: break
                default: throw .crypto(error)
                }
            }
            scan.looked[number] = (end, isNamed)
        }
        return batch.lastPlace
    }

    /// A text in which a number stands as it is kept, whether it was written in half or full width, with a small or a
    /// large X.
    private static func folded(_ text: String) -> String {
        var folded = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF10...0xFF19:
                folded.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30)))
            case 0x78, 0xFF38, 0xFF58: folded += "X"
            default: folded.unicodeScalars.append(scalar)
            }
        }
        return folded
    }
}

/// What whoever ordered a forgetting is given.
package struct ForgottenReceipt: Sendable {
    /// The entry of the log that says so.
    package let entry: UInt64
    /// Shows, with the citizen number, that the certificate speaks of that number; kept nowhere else.
    package let subjectSalt: [UInt8]?
}

extension AuditDraft {
    /// A resident is to be forgotten; the entry does not say who.
    static func forgettingOrdered(_ job: KeyJob) -> AuditDraft {
        AuditDraft(
            type: .keyEvent, decision: .none,
            operational: .object([
                "format": .string("hangu/shred-order/1"), "job": .integer(Int(job.number)),
                "order": job.order,
            ]), subject: nil)
    }

    /// A resident was forgotten: how much of what was removed, and nothing by which they could be known.
    static func forgotten(_ job: KeyJob, _ counts: ForgottenCounts) -> AuditDraft {
        AuditDraft(
            type: .shred, decision: .none,
            operational: .object([
                "format": .string("hangu/shred/1"), "job": .integer(Int(job.number)),
                "order": job.order, "values": .integer(counts.values),
                "records": .integer(counts.records), "consents": .integer(counts.consents),
                "indexEntries": .integer(counts.indexEntries),
                "pseudonyms": .integer(counts.pseudonyms),
                "quarantined": .integer(counts.quarantined), "reviews": .integer(counts.reviews),
                "matters": .integer(counts.matters),
                "details": .integer(counts.details),
            ]), subject: nil)
    }
}

extension KeyJob {
    /// Officer, reason and commitment of an order to forget.
    fileprivate var order: JSONValue {
        do { return try JSONValue(parsing: Array(name.utf8)) } catch { return .object([:]) }
    }
}
