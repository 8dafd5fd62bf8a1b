import JSONText
import ResidentModel
import TransparencyLog

/// How a person stands, as officers have marked it, beside what sources say of them.
package struct PersonStanding: Hashable, Sendable {
    /// Whether somebody needs protection; what nobody has looked at counts as yes.
    package enum Protection: String, Hashable, Sendable, CaseIterable {
        case unknown
        case protected
        case notProtected = "not-protected"
    }

    /// Nobody has marked anything so far.
    static let unknown = PersonStanding()

    package internal(set) var protection = Protection.unknown
    /// Nobody lives under this number: whoever asks has no case.
    package internal(set) var isDecoy = false
    /// Whether the deceased wished that near relatives are not given their data (PIPL article 49).
    package internal(set) var isClosedToRelatives = false

    /// Whether the person is to be treated as one who needs protection.
    package var isProtected: Bool { protection != .notProtected }
    /// Entries about a decoy before this one are reported already.
    var reportedBelow: UInt64 = 0
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
            let isDecoy = value["decoy"]?.bool, let isClosed = value["closedToRelatives"]?.bool,
            let reported = value["reportedBelow"]?.integer
        else { throw .store(.corrupt(what: "the standing of a person is not what was kept")) }
        self.init(
            protection: protection, isDecoy: isDecoy, isClosedToRelatives: isClosed,
            reportedBelow: UInt64(clamping: reported))
    }

    func json(by officer: String, reference: String) -> JSONValue {
        .object([
            "format": .string(Self.format), "protection": .string(protection.rawValue),
            "decoy": .bool(isDecoy), "closedToRelatives": .bool(isClosedToRelatives),
            "reportedBelow": .integer(Int(clamping: reportedBelow)),
            "officer": .string(officer), "reference": .string(reference),
        ])
    }

    /// What the person's own export shows of a standing; nil where it would only tell a decoy from anybody else.
    var shown: JSONValue? {
        guard protection != .unknown || isClosedToRelatives else { return nil }
        return .object([
            "format": .string(Self.format), "protection": .string(protection.rawValue),
            "closedToRelatives": .bool(isClosedToRelatives),
        ])
    }
}

/// What an officer can mark of a person.
package enum StandingMark: String, Hashable, Sendable, CaseIterable {
    case protected
    case notProtected = "not-protected"
    case decoy
    case notDecoy = "not-decoy"
    case closedToRelatives = "closed-to-relatives"
    case openToRelatives = "open-to-relatives"
}

/// Keeps what officers mark of people; each mark is an entry and acts on the next decision.
package struct StandingDesk: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Keeps a mark.
    ///
    /// - Parameters:
    ///   - mark: What is so; what was marked before of other things stays.
    ///   - citizenNumber: Of whom, as the caller wrote it.
    ///   - officer: Who answers for it.
    ///   - reference: The number under which it is filed.
    /// - Throws: ``RequestError/noSuchResident`` where nobody is known by the number.
    package func mark(
        _ mark: StandingMark, citizenNumber: String, officer: String, reference: String
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
            standing.take(mark)
            if mark == .decoy { standing.reportedBelow = try writer.treeSize() }
            let detail = standing.json(by: officer, reference: reference)
            let next =
                known?.next(state: .closed, due: nil, detail: detail)
                ?? Matter(
                    id: id, version: 1, kind: .standing, resident: resident.number, state: .closed,
                    openedAt: parts.clock.minute, due: nil, detail: detail)
            try book.keep(next, in: writer)
            _ = try parts.log.append(
                [
                    .standing(
                        mark, matter: next, of: resident, officer: officer, reference: reference)
                ], in: writer)
        }
    }
}

extension PersonStanding {
    fileprivate mutating func take(_ mark: StandingMark) {
        switch mark {
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
    /// A mark of a person; what it is stands only in the part that dies with the resident's key.
    ///
    /// The mark of a decoy is about nobody: in the decoy's own list it would tell whoever asks for that.
    fileprivate static func standing(
        _ mark: StandingMark, matter: Matter, of resident: LocatedResident, officer: String,
        reference: String
    ) -> AuditDraft {
        let format = "hangu/standing/1"
        let detail: [(String, JSONValue)] = [
            ("mark", .string(mark.rawValue)), ("matter", .string(matter.id)),
            ("officer", .string(officer)), ("reference", .string(reference)),
        ]
        func object(_ format: String) -> JSONValue {
            .object(JSONObject(distinctMembers: [("format", .string(format))] + detail))
        }
        guard mark != .decoy, mark != .notDecoy else {
            return AuditDraft(
                type: .admin, decision: .none, operational: object(format), subject: nil)
        }
        return AuditDraft(
            type: .admin, decision: .none, operational: .object(["format": .string(format)]),
            subject: (resident, object("hangu/standing-subject/1")))
    }
}
