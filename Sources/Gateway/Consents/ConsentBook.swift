package import Consent
import FieldCrypto
import JSONText
package import ResidentModel

/// The consent register of a home: records sealed under their resident's key.
package struct ConsentBook: Sendable {
    let parts: GatewayParts
    /// The class whose key, with the resident's, seals consents.
    package static let consentClass = "consent"

    package init(parts: GatewayParts) { self.parts = parts }

    /// What is wanted of a new consent.
    package struct Draft: Sendable {
        package var purpose: String
        package var recipient: String
        /// Empty for everything that the purpose can need.
        package var items: [String] = []
        /// Requested, given or refused.
        package var state: ConsentState = .given
        package var until: CalendarDate
        package var frequency: AskingFrequency?
        package var dataLifeDays: Int?
        package var saying: Saying

        package init(
            purpose: String, recipient: String, until: CalendarDate, saying: Saying
        ) {
            self.purpose = purpose
            self.recipient = recipient
            self.until = until
            self.saying = saying
        }
    }

    /// How something was said; the register adds the time.
    package struct Saying: Sendable {
        package var channel: ConsentChannel
        package var giver: ConsentGiver = .resident
        package var registeredBy: String
        package var helper: String?
        package var witness: String?
        /// SHA-256 in hexadecimal of the form or recording.
        package var evidence: String?
        package var language: String
        package var textVersion = 1

        package init(channel: ConsentChannel, registeredBy: String, language: String) {
            self.channel = channel
            self.registeredBy = registeredBy
            self.language = language
        }
    }

    /// Registers what a resident has said, with its audit entry in the same transaction.
    ///
    /// A yes takes the place of earlier ones to no more than the same; each of these steps has its entry too.
    ///
    /// - Parameters:
    ///   - draft: What was said.
    ///   - citizenNumber: Whose it is, as the caller wrote it.
    /// - Returns: The first version of the consent.
    /// - Throws: ``GatewayError``.
    package func register(
        _ draft: Draft, citizenNumber: String
    ) throws(GatewayError) -> ConsentRecord {
        guard let purpose = parts.catalogue.purposes[draft.purpose] else {
            throw .request(.unknownName(draft.purpose, of: "purpose"))
        }
        guard parts.catalogue.departments[draft.recipient] != nil else {
            throw .request(.unknownName(draft.recipient, of: "department"))
        }
        let items = draft.items.isEmpty ? purpose.fields : Set(draft.items.map { FieldID($0) })
        let wanted = ConsentRecord(
            id: "C-" + hexadecimal(try randomBytes(8, from: parts.random)), version: 1,
            state: draft.state,
            scope: ConsentScope(
                purpose: draft.purpose, recipient: draft.recipient, items: items),
            terms: ConsentTerms(
                from: parts.clock.today, until: draft.until, frequency: draft.frequency,
                dataLifeDays: draft.dataLifeDays),
            statement: try statement(draft.saying))
        let number = try parsedNumber(citizenNumber)
        return try parts.write { writer throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: writer) else {
                throw .request(.noSuchResident)
            }
            let earlier = try newest(of: [resident], store: writer)[resident.number] ?? []
            let record = try inConsent { () throws(ConsentError) in
                try ConsentRegister.opened(
                    wanted, purpose: purpose, isHighRisk: isHighRisk(items), earlier: earlier)
            }
            try keep(record, of: resident, in: writer)
            try replaceEarlier(earlier, by: record, of: resident, in: writer)
            return record
        }
    }

    /// Takes the next step in a consent's life; it acts on the next decision.
    ///
    /// - Parameters:
    ///   - step: What happened.
    ///   - id: The consent's id.
    ///   - saying: Who said it, and how.
    /// - Returns: The version that says so.
    /// - Throws: ``GatewayError/consent(_:)`` where the step is not possible now or not by this person.
    package func take(
        _ step: ConsentStep, of id: String, saying: Saying
    ) throws(GatewayError) -> ConsentRecord {
        let statement = try statement(saying)
        return try parts.write { writer throws(GatewayError) in
            guard let sealed = try writer.consent(id),
                let resident = try writer.residentIDs(of: [sealed.resident])[sealed.resident]
            else { throw .request(.unknownConsent) }
            let located = LocatedResident(number: sealed.resident, id: resident)
            let record = try open(sealed, of: located)
            if step == .give || step == .resume {
                guard let purpose = parts.catalogue.purposes[record.scope.purpose] else {
                    throw .request(.unknownName(record.scope.purpose, of: "purpose"))
                }
                try inConsent { () throws(ConsentError) in
                    try ConsentRegister.checkYes(statement, purpose: purpose)
                }
            }
            let next = try inConsent { () throws(ConsentError) in
                try record.taking(
                    step, statement: statement, on: parts.clock.today,
                    isHighRisk: isHighRisk(record.scope.items))
            }
            try keep(next, of: located, in: writer)
            if next.state == .given, step != .resume {
                let earlier = try newest(of: [located], store: writer)[located.number] ?? []
                try replaceEarlier(earlier, by: next, of: located, in: writer)
            }
            return next
        }
    }

    private func replaceEarlier(
        _ earlier: [ConsentRecord], by record: ConsentRecord, of resident: LocatedResident,
        in writer: any StoreWriter
    ) throws(GatewayError) {
        for old in ConsentRegister.replaced(by: record, among: earlier) {
            let next = try inConsent { () throws(ConsentError) in
                try old.taking(
                    .replace, statement: record.statement, on: parts.clock.today,
                    isHighRisk: false)
            }
            try keep(next, of: resident, in: writer)
        }
    }

    private func isHighRisk(_ items: Set<FieldID>) -> Bool {
        parts.catalogue.isHighRisk(items)
    }

    private func statement(_ saying: Saying) throws(GatewayError) -> ConsentStatement {
        try checkName(saying.registeredBy, "officer")
        try checkName(saying.helper ?? "", "helper")
        try checkName(saying.witness ?? "", "witness")
        if let evidence = saying.evidence {
            let isDigest =
                evidence.utf8.count == 64
                && evidence.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                }
            guard isDigest else {
                throw .request(
                    .unreadable("the evidence is a SHA-256 digest: 64 hexadecimal digits"))
            }
        }
        return ConsentStatement(
            channel: saying.channel, giver: saying.giver, registeredBy: saying.registeredBy,
            helper: saying.helper, witness: saying.witness, evidence: saying.evidence,
            language: saying.language, textVersion: saying.textVersion,
            recordedAt: parts.clock.milliseconds)
    }

    func inConsent<Result>(
        _ body: () throws(ConsentError) -> Result
    ) throws(GatewayError) -> Result {
        do { return try body() } catch { throw .consent(error) }
    }

    /// The newest version of each consent of one resident.
    package func list(citizenNumber: String) throws(GatewayError) -> [ConsentRecord] {
        let number = try parsedNumber(citizenNumber)
        return try parts.store.read { reader throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: reader) else {
                throw .request(.noSuchResident)
            }
            return try newest(of: [resident], store: reader)[resident.number] ?? []
        }
    }

    /// The newest version of each consent of some residents.
    func newest(
        of residents: [LocatedResident], store: any StoreReader
    ) throws(GatewayError) -> [ResidentNumber: [ConsentRecord]] {
        let sealed = try store.consents(of: residents.map(\.number))
        var opened: [ResidentNumber: [ConsentRecord]] = [:]
        for resident in residents {
            for consent in sealed[resident.number] ?? [] {
                opened[resident.number, default: []].append(try open(consent, of: resident))
            }
        }
        return opened
    }

    private func parsedNumber(_ text: String) throws(GatewayError) -> CitizenNumber {
        try CitizenNumber(asked: text, today: parts.clock.today)
    }

    func keep(
        _ record: ConsentRecord, of resident: LocatedResident, in writer: any StoreWriter
    ) throws(GatewayError) {
        let sealed: [UInt8]
        do {
            sealed = try parts.keyring.seal(
                ConsentJSON.encoded(record).canonicalBytes,
                at: address(of: record.id, record.version, resident),
                padding: .bucket32)
        } catch { throw .crypto(error) }
        try writer.insert(
            SealedConsent(
                id: record.id, version: record.version, resident: resident.number, sealed: sealed))
        try writer.setOpen(record.id, of: resident.number, until: record.lastOpenDay)
        _ = try parts.log.append([.consentChange(record, resident: resident)], in: writer)
    }

    func open(
        _ consent: SealedConsent, of resident: LocatedResident
    ) throws(GatewayError) -> ConsentRecord {
        let bytes: [UInt8]
        do {
            bytes = try parts.keyring.open(
                consent.sealed, at: address(of: consent.id, consent.version, resident))
        } catch { throw .crypto(error) }
        guard let record = ConsentJSON.decoded(bytes), record.id == consent.id,
            record.version == consent.version
        else { throw .store(.corrupt(what: "a consent is not what was registered")) }
        return record
    }

    private func address(
        of id: String, _ version: Int, _ resident: LocatedResident
    ) -> FieldAddress {
        FieldAddress(
            tenant: parts.tenant, table: "consent", resident: resident.id.keyID,
            field: id, fieldClass: Self.consentClass, recordVersion: Int64(version))
    }
}

extension Catalogue {
    /// Whether a yes to these items could do harm if the resident never said it.
    ///
    /// It could where one of them is sensitive: T3 and above, PIPL art. 28.
    package func isHighRisk(_ items: Set<FieldID>) -> Bool {
        items.contains { item in
            guard let carrier = carrier(of: item) else { return true }
            return carrier.tier >= .t3
        }
    }
}
