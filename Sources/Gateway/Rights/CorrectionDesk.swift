import JSONText
package import ResidentModel
import TransparencyLog

/// A challenge to what a field says of a resident (PIPL article 46), untrusted.
package struct CorrectionRequest: Sendable, CustomStringConvertible {
    package var citizenNumber: String
    /// The field that is said to be wrong.
    package var field: String
    /// `resident`, `guardian`, `delegate`, `near-relative`, or the department that challenges.
    package var challenger: String
    /// What is said to be right, and why; sealed, at most 500 characters.
    package var claim: String
    package var officer: String
    package var reference: String

    package init(
        citizenNumber: String, field: String, challenger: String, claim: String, officer: String,
        reference: String = ""
    ) {
        self.citizenNumber = citizenNumber
        self.field = field
        self.challenger = challenger
        self.claim = claim
        self.officer = officer
        self.reference = reference
    }

    package var description: String { "<redacted>" }
}

/// How a source answers a challenge.
package enum CorrectionAnswer: String, Hashable, Sendable, CaseIterable {
    /// The source has delivered another value.
    case corrected
    /// The source stands by what it said.
    case upheld
}

/// Routes challenges to the sources that said it, within working-day deadlines, and tells those who were given the old
/// value once it is corrected.
///
/// The gateway corrects nothing itself: the source does, and delivers. What past recipients get is that the field of the
/// resident they know by their pseudonym was corrected; the new value leaves by a decision of its own, when they ask.
package struct CorrectionDesk: Sendable {
    /// Within how many working days a source checks (政务数据共享条例: 校核).
    package static let checkWorkingDays = 10
    private static let claimCharactersMax = 500

    private let parts: GatewayParts
    private let book: MatterBook

    package init(_ parts: GatewayParts) {
        self.parts = parts
        book = MatterBook(parts: parts)
    }

    /// Takes a challenge, with its entry in the same transaction.
    ///
    /// - Returns: The matter, with the sources that have to check and the last day for it.
    package func open(_ request: CorrectionRequest) throws(GatewayError) -> Matter {
        _ = try AuditReading(
            officer: request.officer, reason: .residentRequest, reference: request.reference)
        guard let field = parts.catalogue.field(FieldID(request.field)) else {
            throw .request(.unknownName(request.field, of: "field"))
        }
        guard
            Claimant.words.contains(request.challenger)
                || parts.catalogue.departments[request.challenger] != nil
        else { throw .request(.unknownName(request.challenger, of: "department")) }
        guard !request.claim.isEmpty, request.claim.count <= Self.claimCharactersMax else {
            throw .request(.unreadable("a challenge says in 1 to 500 characters what is right"))
        }
        let number: CitizenNumber
        do { number = try CitizenNumber(request.citizenNumber, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
        let id = try book.newID(.correction)
        return try parts.write { writer throws(GatewayError) in
            guard let resident = try Locate.find(number, parts: parts, store: writer) else {
                throw .request(.noSuchResident)
            }
            let stored = try writer.values(of: [resident.number], fields: [field.id])
            let sources = Set(stored.map(\.stream.source.text)).sorted()
            let matter = Matter(
                id: id, version: 1, kind: .correction, resident: resident.number, state: .open,
                openedAt: parts.clock.minute, due: due(),
                detail: .object([
                    "format": .string("hangu/correction-matter/1"),
                    "field": .string(field.id.text),
                    "sources": .array(
                        (sources.isEmpty ? [field.owner] : sources).map { .string($0) }),
                    "versions": .array(versions(stored)),
                    "challenger": .string(request.challenger), "claim": .string(request.claim),
                    "officer": .string(request.officer),
                    "reference": .string(request.reference), "answer": .string(""),
                ]))
            try book.keep(matter, in: writer)
            try record("opened", matter, of: resident, by: request.officer, in: writer)
            return matter
        }
    }

    /// Keeps what the source answers; a correction queues a delta for every past recipient.
    ///
    /// - Parameters:
    ///   - id: The challenge.
    ///   - answer: What the source says.
    ///   - officer: Who keeps the answer.
    /// - Returns: The deltas that were queued.
    /// - Throws: ``RequestError/notDelivered`` for a correction of which no delivery has brought anything yet.
    package func answer(
        _ id: String, _ answer: CorrectionAnswer, officer: String
    ) throws(GatewayError) -> [Matter] {
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        return try parts.write { writer throws(GatewayError) in
            let matter = try book.matter(id, kind: .correction, in: writer)
            guard matter.state != .closed else { throw .request(.matterClosed(id)) }
            let resident = try book.located(matter.resident, in: writer)
            let field = FieldID(matter.detail["field"]?.string ?? "")
            if answer == .corrected {
                let now = versions(
                    try writer.values(of: [resident.number], fields: [field]))
                guard now != matter.detail["versions"]?.array else {
                    throw .request(.notDelivered)
                }
            }
            let closed = matter.next(
                state: .closed, due: nil,
                detail: matter.detail.replacing("answer", with: .string(answer.rawValue)))
            try book.keep(closed, in: writer)
            try record(answer.rawValue, closed, of: resident, by: officer, in: writer)
            guard answer == .corrected else { return [] }
            let recipients = try PastRecipients(parts: parts, reader: writer)
                .recipients(of: field, resident: resident)
            var deltas: [Matter] = []
            for recipient in recipients {
                deltas.append(
                    try queue(recipient, of: closed, field: field, resident, officer, in: writer))
            }
            return deltas
        }
    }

    private func queue(
        _ recipient: PastRecipients.Recipient, of correction: Matter, field: FieldID,
        _ resident: LocatedResident, _ officer: String, in writer: any StoreWriter
    ) throws(GatewayError) -> Matter {
        let delta = Matter(
            id: try book.newID(.delta), version: 1, kind: .delta, resident: resident.number,
            state: .open, openedAt: parts.clock.minute, due: due(),
            detail: .object([
                "format": .string("hangu/delta-matter/1"), "correction": .string(correction.id),
                "field": .string(field.text), "department": .string(recipient.department),
                "items": .array(recipient.items.map { .string($0.text) }),
                "entries": .array(recipient.entries.map { .integer(Int(clamping: $0)) }),
            ]))
        try book.keep(delta, in: writer)
        try record("queued", delta, of: resident, by: officer, in: writer)
        return delta
    }

    /// Challenges, or deltas, that are open or all; looking is an entry.
    package func list(
        _ kind: MatterKind, by reading: AuditReading, includesClosed: Bool = false,
        limit: Int = 100
    ) throws(GatewayError) -> [Matter] {
        try parts.write { writer throws(GatewayError) in
            let matters = try book.matters(
                MatterFilter(kind: kind, includesClosed: includesClosed, limit: limit), in: writer)
            _ = try parts.log.append(
                [.auditRead(reading, filter: "\(kind.rawValue)s", count: matters.count)],
                in: writer)
            return matters
        }
    }

    /// What a department has to take note of: each with its own pseudonym of the resident.
    ///
    /// The entry that it was sent is durable before it is answered.
    package func deltas(
        for department: String, officer: String, limit: Int = 100
    ) throws(GatewayError) -> [CorrectionDelta] {
        guard parts.catalogue.departments[department] != nil else {
            throw .request(.unknownName(department, of: "department"))
        }
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        return try parts.write { writer throws(GatewayError) in
            var sent: [CorrectionDelta] = []
            var filter = MatterFilter(kind: .delta, limit: 256)
            while sent.count < limit {
                let page = try book.matters(filter, in: writer)
                for matter in page where matter.detail["department"]?.string == department {
                    let resident = try book.located(matter.resident, in: writer)
                    let pseudonym = try parts.namePseudonym(
                        of: resident, department: department, in: writer)
                    try record("sent", matter, of: resident, by: officer, in: writer)
                    sent.append(CorrectionDelta(matter, pseudonym: pseudonym))
                    if sent.count == limit { break }
                }
                guard page.count == filter.limit, let last = page.last else { break }
                filter.after = (last.openedAt, last.id)
            }
            return sent
        }
    }

    /// A department has taken note of a delta.
    package func acknowledge(
        _ id: String, department: String, officer: String
    ) throws(GatewayError) {
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        try parts.write { writer throws(GatewayError) in
            let matter = try book.matter(id, kind: .delta, in: writer)
            guard matter.detail["department"]?.string == department else {
                throw .request(.unknownMatter(id))
            }
            guard matter.state != .closed else { throw .request(.matterClosed(id)) }
            let resident = try book.located(matter.resident, in: writer)
            let closed = matter.next(state: .closed, due: nil, detail: matter.detail)
            try book.keep(closed, in: writer)
            try record("acknowledged", closed, of: resident, by: officer, in: writer)
        }
    }

    private func due() -> CalendarDate {
        parts.catalogue.calendar.day(
            workingDays: Self.checkWorkingDays, after: parts.clock.today)
    }

    private func versions(_ stored: [StoredValue]) -> [JSONValue] {
        stored.map(\.recordVersion).sorted().map { .integer(Int($0)) }
    }

    private func record(
        _ step: String, _ matter: Matter, of resident: LocatedResident, by officer: String,
        in writer: any StoreWriter
    ) throws(GatewayError) {
        let draft = AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/correction/1"), "step": .string(step),
                "kind": .string(matter.kind.rawValue),
                "field": matter.detail["field"] ?? .null,
                "recipient": matter.detail["department"] ?? .string(""),
                "sources": matter.detail["sources"] ?? .array([]),
                "due": .string(matter.due?.description ?? ""),
            ]),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/correction-subject/1"),
                    "matter": .string(matter.id), "officer": .string(officer),
                ])
            ))
        _ = try parts.log.append([draft], in: writer)
    }
}

/// What a past recipient is told: ask again, the field was corrected.
package struct CorrectionDelta: Sendable {
    package let id: String
    /// The department's own; nil where it has no key.
    package let pseudonym: String?
    package let field: String
    /// What of it the department was given.
    package let items: [String]
    package let due: CalendarDate?

    fileprivate init(_ matter: Matter, pseudonym: String?) {
        id = matter.id
        self.pseudonym = pseudonym
        field = matter.detail["field"]?.string ?? ""
        items = (matter.detail["items"]?.array ?? []).compactMap(\.string)
        due = matter.due
    }
}

extension JSONValue {
    /// The object with another value for one of its members.
    fileprivate func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        .object(
            JSONObject(
                distinctMembers: (object?.members ?? []).map {
                    ($0.name, $0.name == name ? value : $0.value)
                }))
    }
}
