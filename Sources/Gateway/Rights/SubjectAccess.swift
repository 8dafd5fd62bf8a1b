import FieldCrypto
import JSONText
package import ResidentModel
import TransparencyLog

/// Somebody asks for everything that is held about a resident (PIPL article 45), untrusted until decided.
package struct SubjectAccessRequest: Sendable, CustomStringConvertible {
    package var citizenNumber: String
    package var claimant: Claimant
    /// Who serves the request and has checked who asks.
    package var officer: String
    /// The number under which the request is filed; empty where there is none.
    package var reference: String
    /// How the request came: `command-line`.
    package var channel: String

    package init(
        citizenNumber: String, claimant: Claimant, officer: String, reference: String = "",
        channel: String
    ) {
        self.citizenNumber = citizenNumber
        self.claimant = claimant
        self.officer = officer
        self.reference = reference
        self.channel = channel
    }

    package var description: String { "<redacted>" }
}

/// Who asks for a resident's data, with what shows their right.
package enum Claimant: Hashable, Sendable {
    case resident
    /// PIPL article 31, Civil Code articles 27 and 28.
    case guardian(evidence: String)
    /// Civil Code article 161.
    case delegate(evidence: String)
    /// PIPL article 49: a near relative of somebody who has died, for their own lawful interest.
    case nearRelative(evidence: String)

    package static let words = ["resident", "guardian", "delegate", "near-relative"]

    package var word: String {
        switch self {
        case .resident: "resident"
        case .guardian: "guardian"
        case .delegate: "delegate"
        case .nearRelative: "near-relative"
        }
    }

    package var evidence: String? {
        switch self {
        case .resident: nil
        case .guardian(let evidence), .delegate(let evidence), .nearRelative(let evidence): evidence
        }
    }

    /// - Throws: ``GatewayError/request(_:)`` for another word, or without the evidence that one needs.
    package init(word: String, evidence: String?) throws(GatewayError) {
        if word == "resident" {
            self = .resident
            return
        }
        guard Self.words.contains(word) else {
            throw .request(.unknownWord(word, of: "claimant", allowed: Self.words))
        }
        guard let evidence, !evidence.isEmpty else {
            throw .request(.empty("what shows the right to ask"))
        }
        switch word {
        case "guardian": self = .guardian(evidence: evidence)
        case "delegate": self = .delegate(evidence: evidence)
        default: self = .nearRelative(evidence: evidence)
        }
    }
}

/// Why a request for everything is refused.
///
/// The raw values are stable.
package enum AccessRefusal: String, Hashable, Sendable, CaseIterable {
    case unknownResident = "access.unknown-resident"
    /// Below 14, a guardian asks.
    case needsGuardian = "access.needs-guardian"
    /// Near relatives ask for somebody who has died.
    case residentDeceased = "access.resident-deceased"
    case noDeath = "access.no-death"
    case deathNotConfirmed = "access.death-not-confirmed"
    /// The deceased wished it otherwise (PIPL article 49).
    case arrangedOtherwise = "access.arranged-otherwise"
}

/// A request that was granted, with its entry durable in the log; only ``SubjectAccess`` makes one.
package struct SubjectGrant: Sendable {
    package let resident: LocatedResident
    package let receipt: AuditReceipt
    package let request: SubjectAccessRequest
    /// The day of the decision: what is withheld on it stays withheld in the export.
    package let day: CalendarDate
    /// Minutes since 1970.
    package let minute: Int64

    fileprivate init(
        resident: LocatedResident, receipt: AuditReceipt, request: SubjectAccessRequest,
        day: CalendarDate, minute: Int64
    ) {
        self.resident = resident
        self.receipt = receipt
        self.request = request
        self.day = day
        self.minute = minute
    }
}

/// How a request for everything ended.
package enum SubjectAccessOutcome: Sendable {
    case refused([AccessRefusal], AuditReceipt)
    case delivered(SubjectGrant, ExportCounts)
}

/// Decides who is given everything that is held about a resident, and hands it over.
///
/// The decision is an entry of the log before anything is opened, refused or not, and what became of it is another.
package struct SubjectAccess: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - request: Who asks for whose data.
    ///   - sink: Is given the parts in order, the last one ``ExportSection/end``. What it throws is recorded as a
    ///     failed release.
    /// - Returns: The refusal with its reasons, or what was delivered.
    /// - Throws: ``GatewayError``; nothing counts as released then.
    package func answer(
        _ request: SubjectAccessRequest, to sink: some ExportSink
    ) throws(GatewayError) -> SubjectAccessOutcome {
        let decided = try record(request)
        guard let grant = decided.grant else { return .refused(decided.reasons, decided.receipt) }
        let counts: ExportCounts
        do { counts = try SubjectExport(parts).write(grant, to: sink) } catch {
            try recordOutcome(of: grant, values: nil)
            throw error
        }
        // Where this cannot be kept, the decision stays as authorised, outcome unknown: never as failed.
        try recordOutcome(of: grant, values: counts.values)
        return .delivered(grant, counts)
    }

    private func record(
        _ request: SubjectAccessRequest
    ) throws(GatewayError) -> (
        grant: SubjectGrant?, reasons: [AccessRefusal], receipt: AuditReceipt
    ) {
        _ = try AuditReading(
            officer: request.officer, reason: .residentRequest, reference: request.reference)
        let day = parts.clock.today
        let minute = parts.clock.minute
        let number: CitizenNumber
        do { number = try CitizenNumber(request.citizenNumber, today: day) } catch {
            throw .request(.citizenNumber(error))
        }
        typealias Decided = (resident: LocatedResident?, reasons: [AccessRefusal])
        let (decided, receipts) = try parts.writer.recordAlone {
            [parts] writer throws(GatewayError) -> (value: Decided, drafts: [AuditDraft]) in
            guard let resident = try Locate.find(number, parts: parts, store: writer) else {
                return (
                    (nil, [.unknownResident]),
                    [.subjectAccess(request, reasons: [.unknownResident], resident: nil)]
                )
            }
            let facts = try PersonFacts(of: resident, on: day, parts: parts, reader: writer)
            let standing = try PersonStanding(of: resident, parts: parts, reader: writer)
            let reasons = Self.reasons(
                against: request.claimant, facts: facts, standing: standing)
            return (
                (resident, reasons),
                [.subjectAccess(request, reasons: reasons, resident: resident)]
            )
        }
        guard let receipt = receipts.first else { preconditionFailure("one entry, one receipt") }
        guard let resident = decided.resident, decided.reasons.isEmpty else {
            return (nil, decided.reasons, receipt)
        }
        let grant = SubjectGrant(
            resident: resident, receipt: receipt, request: request, day: day, minute: minute)
        return (grant, [], receipt)
    }

    /// Why the claimant may not have it; empty where they may.
    static func reasons(
        against claimant: Claimant, facts: PersonFacts, standing: PersonStanding
    ) -> [AccessRefusal] {
        switch claimant {
        case .resident, .delegate:
            if facts.life == .deathConfirmed { return [.residentDeceased] }
            return facts.needsGuardian ? [.needsGuardian] : []
        case .guardian: return facts.life == .deathConfirmed ? [.residentDeceased] : []
        case .nearRelative:
            switch facts.life {
            case .alive: return [.noDeath]
            case .deathReported: return [.deathNotConfirmed]
            case .deathConfirmed: return standing.isClosedToRelatives ? [.arrangedOtherwise] : []
            }
        }
    }

    private func recordOutcome(
        of grant: SubjectGrant, values: Int?
    ) throws(GatewayError) {
        let draft = AuditDraft.subjectAccessOutcome(of: grant, values: values)
        _ = try parts.writer.recordAlone { _ throws(GatewayError) in ((), [draft]) }
    }
}

extension AuditDraft {
    /// The format of a decision about a request for everything; no rule of a bundle decided it, so it is not replayed.
    static let subjectAccessFormat = "hangu/subject-access/1"

    /// A decision about a request for everything.
    fileprivate static func subjectAccess(
        _ request: SubjectAccessRequest, reasons: [AccessRefusal], resident: LocatedResident?
    ) -> AuditDraft {
        var members: [(String, JSONValue)] = [
            ("format", .string(subjectAccessFormat)), ("channel", .string(request.channel)),
            ("claimant", .string(request.claimant.word)),
            ("outcome", .string(reasons.isEmpty ? "allowed" : "refused")),
            ("reasons", .array(reasons.map { .string($0.rawValue) })),
        ]
        let who: [(String, JSONValue)] = [
            ("officer", .string(request.officer)), ("reference", .string(request.reference)),
            ("evidence", .string(request.claimant.evidence ?? "")),
        ]
        if resident == nil { members += who }
        return AuditDraft(
            type: .decision, decision: reasons.isEmpty ? .allowed : .refused,
            operational: .object(JSONObject(distinctMembers: members)),
            subject: resident.map { resident in
                (
                    resident,
                    .object(
                        JSONObject(
                            distinctMembers: [
                                ("format", .string("hangu/subject-access-subject/1"))
                            ] + who))
                )
            })
    }

    /// What became of it.
    fileprivate static func subjectAccessOutcome(
        of grant: SubjectGrant, values: Int?
    ) -> AuditDraft {
        let entry = JSONValue.integer(Int(clamping: grant.receipt.index))
        return AuditDraft(
            type: .outcome, decision: values == nil ? .failed : .released,
            operational: .object([
                "format": .string("hangu/outcome/1"), "entry": entry,
                "released": .bool(values != nil), "values": .integer(values ?? 0),
            ]),
            subject: (
                grant.resident,
                .object([
                    "format": .string("hangu/outcome-subject/1"), "entry": entry,
                    "items": .array([]),
                ])
            ))
    }
}
