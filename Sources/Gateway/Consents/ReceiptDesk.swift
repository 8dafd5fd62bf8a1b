import Consent
import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// Issues receipts of a resident's consents.
package struct ReceiptDesk: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// A receipt of the newest version of each consent, or of one of them.
    ///
    /// - Parameters:
    ///   - citizenNumber: Whose they are, as the caller wrote it.
    ///   - id: The one consent that is asked for; nil for all.
    /// - Returns: In the order of their ids.
    /// - Throws: ``GatewayError``; ``RequestError/unknownConsent`` also for another resident's id.
    package func receipts(
        citizenNumber: String, id: String? = nil
    ) throws(GatewayError) -> [ConsentReceipt] {
        let number: CitizenNumber
        do { number = try CitizenNumber(citizenNumber, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
        return try parts.store.read { reader throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: reader) else {
                throw .request(.noSuchResident)
            }
            let all = try ConsentBook(parts: parts).newest(of: [resident], store: reader)
            let records = (all[resident.number] ?? []).filter { id == nil || $0.id == id }
            guard id == nil || !records.isEmpty else { throw .request(.unknownConsent) }
            var wanted = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
            var receipts: [ConsentReceipt] = []
            var before = UInt64.max
            while !wanted.isEmpty {
                let page = try reader.entries(
                    of: resident.number, before: before, limit: AccessHistory.entriesMax)
                guard let last = page.last else { break }
                for entry in page {
                    let receipt = try receipt(
                        by: entry, of: resident, wanted: wanted, reader: reader)
                    guard let receipt else { continue }
                    wanted[receipt.id] = nil
                    receipts.append(receipt)
                }
                before = last.index
            }
            guard wanted.isEmpty else { throw Self.unproved }
            return receipts.sorted { $0.id < $1.id }
        }
    }

    private static let unproved = GatewayError.request(
        .unreadable(
            "the log no longer has the entry of a consent, or has it from before receipts were made"
        ))

    /// The receipt that an entry carries; nil where it is about none of the wanted versions.
    private func receipt(
        by entry: AuditEntry, of resident: LocatedResident, wanted: [String: ConsentRecord],
        reader: any StoreReader
    ) throws(GatewayError) -> ConsentReceipt? {
        let leaf = try inLog { () throws(TransparencyLogError) in try AuditLeaf(bytes: entry.leaf) }
        guard leaf.type == .consentChange,
            let subject = try parts.log.details.subject(
                of: entry, leaf: leaf, resident: resident.id),
            let record = wanted[subject.value["consent"]?.string ?? ""],
            subject.value["version"]?.integer == record.version
        else { return nil }
        let json = ConsentJSON.encoded(record)
        guard subject.value["record"]?.string == sha256(json.canonicalBytes).description else {
            throw Self.unproved
        }
        let files = LogFiles(log: parts.log, reader: reader)
        let operational = try parts.log.details.operational(of: entry, leaf: leaf)
        let evidence = AccessPackage.Evidence(
            entry: OpenedEntry(
                index: entry.index, leaf: leaf, operational: operational, subject: subject,
                isSubjectGone: false),
            leaf: entry.leaf,
            proof: try files.receipt(
                of: entry.index, under: try checkpoint(covering: entry.index, files, reader)),
            operational: operational, subject: subject)
        let content = ReceiptContent(
            record: record, catalogue: parts.catalogue, tenant: parts.tenant,
            issued: parts.clock.today)
        return try ConsentReceipt(content: content.json, record: json, entry: evidence) {
            text throws(GatewayError) in try parts.log.signed(text, in: reader)
        }
    }

    /// A checkpoint by the key that signs the receipt, cosigned where there is such a one.
    private func checkpoint(
        covering index: UInt64, _ files: LogFiles, _ reader: any StoreReader
    ) throws(GatewayError) -> StoredCheckpoint {
        let key = try parts.log.noteKey(in: reader)
        if let found = try files.checkpoint(covering: index),
            try parts.log.history(in: reader).signer(of: found.size) == key
        {
            return found
        }
        guard let newest = try reader.newestCheckpoint(), index < newest.size else {
            throw .store(.corrupt(what: "no checkpoint covers a consent's entry"))
        }
        return newest
    }
}
