package import Consent
import FieldCrypto
import JSONText
package import ResidentModel

/// The consent register of a home: records sealed under their resident's key.
package struct ConsentBook: Sendable {
    private let parts: GatewayParts
    /// The class whose key, with the resident's, seals consents.
    package static let consentClass = "consent"

    package init(parts: GatewayParts) { self.parts = parts }

    /// What is wanted of a new consent.
    package struct Draft: Sendable {
        package var purpose: String
        package var recipient: String
        /// Empty for everything that the purpose can need.
        package var items: [String]
        package var state: ConsentState
        package var until: CalendarDate
        package var channel: ConsentChannel
        package var registeredBy: String
        package var helper: String?
        package var language: String

        package init(
            purpose: String, recipient: String, items: [String] = [],
            state: ConsentState = .given, until: CalendarDate, channel: ConsentChannel,
            registeredBy: String, helper: String? = nil, language: String
        ) {
            self.purpose = purpose
            self.recipient = recipient
            self.items = items
            self.state = state
            self.until = until
            self.channel = channel
            self.registeredBy = registeredBy
            self.helper = helper
            self.language = language
        }
    }

    /// Registers what a resident has said, with its audit entry in the same transaction.
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
        let record: ConsentRecord
        let wanted = ConsentRecord(
            id: "C-" + hexadecimal(try randomBytes(8, from: parts.random)), version: 1,
            state: draft.state, purpose: draft.purpose, recipient: draft.recipient, items: items,
            from: parts.clock.today, until: draft.until, channel: draft.channel,
            registeredBy: draft.registeredBy, helper: draft.helper, language: draft.language,
            recordedAt: parts.clock.milliseconds)
        do { record = try ConsentRegister.opened(wanted, purpose: purpose) } catch {
            throw .consent(error)
        }
        let number = try parsedNumber(citizenNumber)
        return try parts.write { writer throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: writer) else {
                throw .request(.noSuchResident)
            }
            return try keep(record, of: resident, in: writer)
        }
    }

    /// Withdraws a consent.
    ///
    /// It acts on the next decision.
    ///
    /// - Parameters:
    ///   - id: The consent's id.
    ///   - registeredBy: Who registers the withdrawal.
    /// - Returns: The version that says so.
    /// - Throws: ``GatewayError``.
    package func withdraw(
        _ id: String, registeredBy: String
    ) throws(GatewayError) -> ConsentRecord {
        try parts.write { writer throws(GatewayError) in
            guard let sealed = try writer.consent(id),
                let resident = try writer.residentIDs(of: [sealed.resident])[sealed.resident]
            else { throw .request(.unknownConsent) }
            let located = LocatedResident(number: sealed.resident, id: resident)
            let record = try open(sealed, of: located)
            let next: ConsentRecord
            do throws(ConsentError) {
                next = try record.stepping(
                    to: .withdrawn, registeredBy: registeredBy, at: parts.clock.milliseconds)
            } catch { throw .consent(error) }
            return try keep(next, of: located, in: writer)
        }
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
        do { return try CitizenNumber(text, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
    }

    private func keep(
        _ record: ConsentRecord, of resident: LocatedResident, in writer: any StoreWriter
    ) throws(GatewayError) -> ConsentRecord {
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
        _ = try parts.log.append([.consentChange(record, resident: resident)], in: writer)
        return record
    }

    private func open(
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
