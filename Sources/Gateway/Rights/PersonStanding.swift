import JSONText
import ResidentModel
import TransparencyLog

/// What officers have found of a person, beside what sources say of them.
package struct PersonStanding: Hashable, Sendable {
    /// Whether somebody needs protection; what nobody has looked at counts as yes.
    package enum Protection: String, Hashable, Sendable, CaseIterable {
        case unknown
        case protected
        case notProtected = "not-protected"
    }

    /// Nothing was found of anybody so far.
    static let unknown = PersonStanding()

    package internal(set) var protection = Protection.unknown
    /// Nobody lives under this number: whoever asks has no case.
    package internal(set) var isDecoy = false
    /// Whether the deceased wished that near relatives are not given their data (PIPL article 49).
    package internal(set) var isClosedToRelatives = false

    /// Whether the person is to be treated as one who needs protection.
    package var isProtected: Bool { protection != .notProtected }

    /// What an entry about the person carries in the part that only oversight opens, where it is an incident.
    var incidentMembers: [(String, JSONValue)] {
        isDecoy ? [("incident", .string("decoy"))] : []
    }
}

extension PersonStanding {
    private static let format = "hangu/standing-matter/1"

    /// Reads it as it stands in a transaction.
    init(of resident: LocatedResident, parts: GatewayParts, reader: any StoreReader)
        throws(GatewayError)
    {
        let matter = try Self.matter(of: resident, parts: parts, reader: reader)
        self = try matter.map { matter throws(GatewayError) in try Self(matter.detail) } ?? .unknown
    }

    static func matter(
        of resident: LocatedResident, parts: GatewayParts, reader: any StoreReader
    ) throws(GatewayError) -> Matter? {
        let filter = MatterFilter(
            kind: .standing, resident: resident.number, includesClosed: true, limit: 1)
        return try MatterBook(parts: parts).matters(filter, in: reader).first
    }

    init(_ value: JSONValue) throws(GatewayError) {
        guard value["format"]?.string == Self.format,
            let protection = value["protection"]?.string.flatMap(Protection.init(rawValue:)),
            let isDecoy = value["decoy"]?.bool, let isClosed = value["closedToRelatives"]?.bool
        else { throw .store(.corrupt(what: "a finding about a person is not what was kept")) }
        self.init(protection: protection, isDecoy: isDecoy, isClosedToRelatives: isClosed)
    }

    func json(by officer: String, reference: String) -> JSONValue {
        .object([
            "format": .string(Self.format), "protection": .string(protection.rawValue),
            "decoy": .bool(isDecoy), "closedToRelatives": .bool(isClosedToRelatives),
            "officer": .string(officer), "reference": .string(reference),
        ])
    }
}

/// What an officer can find of a person.
package enum StandingFinding: String, Hashable, Sendable, CaseIterable {
    case protected
    case notProtected = "not-protected"
    case decoy
    case notDecoy = "not-decoy"
    case closedToRelatives = "closed-to-relatives"
    case openToRelatives = "open-to-relatives"
}

/// Keeps what officers find of people; each finding is an entry and acts on the next decision.
package struct StandingDesk: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Keeps a finding.
    ///
    /// - Parameters:
    ///   - finding: What was found; what was found before of other things stays.
    ///   - citizenNumber: Of whom, as the caller wrote it.
    ///   - officer: Who answers for it.
    ///   - reference: The number under which the finding is filed.
    /// - Throws: ``RequestError/noSuchResident`` where nobody is known by the number.
    package func find(
        _ finding: StandingFinding, citizenNumber: String, officer: String, reference: String
    ) throws(GatewayError) {
        _ = try AuditReading(officer: officer, reason: .maintenance, reference: reference)
        guard !reference.isEmpty else { throw .request(.empty("the reference")) }
        let number: CitizenNumber
        do { number = try CitizenNumber(citizenNumber, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
        let book = MatterBook(parts: parts)
        let id = try book.newID(.standing)
        try parts.write { writer throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: writer) else {
                throw .request(.noSuchResident)
            }
            let known = try PersonStanding.matter(of: resident, parts: parts, reader: writer)
            var standing =
                try known.map { matter throws(GatewayError) in
                    try PersonStanding(matter.detail)
                } ?? .unknown
            standing.take(finding)
            let detail = standing.json(by: officer, reference: reference)
            let next =
                known?.next(state: .closed, due: nil, detail: detail)
                ?? Matter(
                    id: id, version: 1, kind: .standing, resident: resident.number, state: .closed,
                    openedAt: parts.clock.minute, due: nil, detail: detail)
            try book.keep(next, in: writer)
            _ = try parts.log.append(
                [.standing(finding, of: resident, officer: officer, reference: reference)],
                in: writer)
        }
    }
}

extension PersonStanding {
    fileprivate mutating func take(_ finding: StandingFinding) {
        switch finding {
        case .protected: protection = .protected
        case .notProtected: protection = .notProtected
        case .decoy: isDecoy = true
        case .notDecoy: isDecoy = false
        case .closedToRelatives: isClosedToRelatives = true
        case .openToRelatives: isClosedToRelatives = false
        }
    }
}

extension AuditDraft {
    /// A finding about a person; what it is stands only in the part that dies with the resident's key.
    fileprivate static func standing(
        _ finding: StandingFinding, of resident: LocatedResident, officer: String,
        reference: String
    ) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .none,
            operational: .object(["format": .string("hangu/standing/1")]),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/standing-subject/1"),
                    "finding": .string(finding.rawValue), "officer": .string(officer),
                    "reference": .string(reference),
                ])
            ))
    }
}
