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
        let number: CitizenNumber
        do { number = try CitizenNumber(text, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
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
        let salt = try randomBytes(AuditCommitment.saltByteCount, from: parts.random)
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
                try writer.removeQuarantined(quarantined(naming: numbers, in: writer)))
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

    /// The refused records whose cells carry one of some numbers.
    func quarantined(
        naming numbers: Set<String>, in reader: any StoreReader
    ) throws(GatewayError) -> [Int64] {
        if numbers.isEmpty { return [] }
        let registry = SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
        var filter = SealedFilter(column: .quarantine, limit: 1_024)
        var found: [Int64] = []
        while true {
            let cells = try reader.sealedCells(filter)
            guard let last = cells.last else { return found }
            var sealed: [SealedValue] = []
            for cell in cells {
                let address = try registry.address(of: cell, in: .quarantine) { _ in nil }
                sealed.append(SealedValue(address: address, envelope: cell.sealed))
            }
            let opened = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.open(sealed)
            }
            for (cell, bytes) in zip(cells, opened) {
                let text = String(decoding: bytes, as: UTF8.self)
                if numbers.contains(where: { Self.names($0, in: text) }) {
                    found.append(cell.place.first)
                }
            }
            filter.after = last.place
        }
    }

    /// Whether a text has a number in it, in half or full width, with a small or a large X.
    private static func names(_ number: String, in text: String) -> Bool {
        var folded = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF10...0xFF19:
                folded.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30)))
            case 0x78, 0xFF38, 0xFF58: folded += "X"
            default: folded.unicodeScalars.append(scalar)
            }
        }
        return folded.contains(number)
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
