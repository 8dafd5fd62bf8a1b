import FieldCrypto
package import JSONText
import ResidentModel
import TransparencyLog

/// The sections of an export, in the order in which they are written.
///
/// The raw values are the names in the JSON form.
package enum ExportSection: String, Hashable, Sendable, CaseIterable {
    /// One object: who asked, and which entry of which log decided it.
    case about
    /// Every value, with where it comes from.
    case held
    /// Records at the border that carry the resident's number and were refused.
    case refusedRecords
    /// Every step of every consent.
    case consents
    /// Every entry of the log about the resident, newest first.
    case accesses
    case reviews
    /// Corrections, emergencies and what officers have found, with their state.
    case matters
    /// Departments that have a pseudonym of the resident.
    case recipients
    /// What stays for how long, and what was withheld here.
    case kept
    /// Nothing more follows; what was written is whole.
    case end
}

/// One element of an export.
package struct ExportPart: Sendable, CustomStringConvertible {
    package let section: ExportSection
    package let value: JSONValue
    /// The entry behind an access, for a form that tells it in words.
    package let entry: OpenedEntry?

    package var description: String { "<redacted>" }
}

/// Writes the parts of an export in one form.
package protocol ExportSink: AnyObject {
    /// Takes the next part; what it throws ends the export, which then counts as not released.
    func take(_ part: ExportPart) throws
}

/// How much an export held.
package struct ExportCounts: Hashable, Sendable {
    package var values = 0
    package var accesses = 0
    package var withheld = 0
}

/// Walks everything that is held about a resident, page by page; memory does not grow with the number of accesses.
///
/// The same grant over the same store gives the same parts, whatever the clock says: what is withheld is judged on the
/// day of the decision, and the list of accesses ends with the decision's own entry.
package struct SubjectExport: Sendable {
    private let parts: GatewayParts
    private static let pageEntries = 256

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// - Parameters:
    ///   - grant: Proves that the decision is durable.
    ///   - sink: Is given each part; what it throws ends the walk.
    /// - Returns: How much there was.
    /// - Throws: ``GatewayError``.
    package func write(
        _ grant: SubjectGrant, to sink: some ExportSink
    ) throws(GatewayError) -> ExportCounts {
        try parts.store.read { reader throws(GatewayError) in
            var walk = ExportWalk(parts: parts, grant: grant, reader: reader, sink: sink)
            try walk.about()
            try walk.held()
            try walk.refusedRecords()
            try walk.consents()
            try walk.accesses(pageEntries: Self.pageEntries)
            try walk.reviews()
            try walk.matters()
            try walk.recipients()
            try walk.kept()
            try walk.give(.end, .null)
            return walk.counts
        }
    }
}

/// One walk over one state of the store.
private struct ExportWalk {
    let parts: GatewayParts
    let grant: SubjectGrant
    let reader: any StoreReader
    let sink: any ExportSink
    var counts = ExportCounts()
    /// How many entries are withheld, by what is told of them.
    private var withheld: [Withholding: Int] = [:]

    init(
        parts: GatewayParts, grant: SubjectGrant, reader: any StoreReader, sink: any ExportSink
    ) {
        self.parts = parts
        self.grant = grant
        self.reader = reader
        self.sink = sink
    }

    func give(
        _ section: ExportSection, _ value: JSONValue, entry: OpenedEntry? = nil
    ) throws(GatewayError) {
        do { try sink.take(ExportPart(section: section, value: value, entry: entry)) } catch {
            if let error = error as? GatewayError { throw error }
            throw .request(
                .unreadable("the export could not be delivered; nothing counts as released"))
        }
    }

    func about() throws(GatewayError) {
        let request = grant.request
        try give(
            .about,
            .object([
                "log": .string(parts.log.origin), "gateway": .string(parts.tenant),
                "entry": .integer(Int(clamping: grant.receipt.index)),
                "logSize": .integer(Int(clamping: grant.receipt.index) + 1),
                "minute": .integer(Int(grant.minute)), "day": .string(grant.day.description),
                "claimant": .string(request.claimant.word), "officer": .string(request.officer),
                "reference": .string(request.reference),
            ]))
    }

    mutating func held() throws(GatewayError) {
        let opener = ValueOpener(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
        for field in parts.catalogue.fields {
            let stored = try reader.values(of: [grant.resident.number], fields: [field.id])
            for value in try opener.open(stored, resident: { _ in grant.resident.id }) {
                counts.values += 1
                let minute = value.stored.storedAt
                try give(
                    .held,
                    .object([
                        "field": .string(field.id.text), "value": .string(value.text),
                        "tier": .string(field.tier.rawValue),
                        "source": .string(value.stored.stream.source.text),
                        "stream": .string(value.stored.stream.stream),
                        "asOf": .string(value.stored.observedAt.description),
                        "storedMinute": minute.map { .integer(Int($0)) } ?? .null,
                        "owner": .string(field.owner), "definedBy": .string(field.source),
                    ]))
            }
        }
    }

    func refusedRecords() throws(GatewayError) {
        let forgetting = Forgetting(parts)
        let numbers = try forgetting.numbers(of: grant.resident, in: reader)
        for number in try forgetting.quarantined(naming: numbers, in: reader) {
            for item in try reader.quarantineList(after: number - 1, limit: 1) {
                try give(
                    .refusedRecords,
                    .object([
                        "source": .string(item.stream.source.text),
                        "stream": .string(item.stream.stream),
                        "container": .string(item.position.container),
                        "record": .integer(item.position.record),
                        "findings": .array(item.findings.map { .string($0) }),
                    ]))
            }
        }
    }

    func consents() throws(GatewayError) {
        let book = ConsentBook(parts: parts)
        for sealed in try reader.consentVersions(of: grant.resident.number) {
            try give(.consents, ConsentJSON.encoded(try book.open(sealed, of: grant.resident)))
        }
    }

    mutating func accesses(pageEntries: Int) throws(GatewayError) {
        var before = grant.receipt.index + 1
        while true {
            let page = try reader.entries(
                of: grant.resident.number, before: before, limit: pageEntries)
            guard let last = page.last else { return }
            for entry in page { try access(entry) }
            before = last.index
        }
    }

    private mutating func access(_ entry: AuditEntry) throws(GatewayError) {
        let whole = try OpenedEntry(entry, details: parts.log.details, reader: reader)
        counts.accesses += 1
        var members: [(String, JSONValue)] = [
            ("entry", .integer(Int(clamping: whole.index))),
            ("minute", .integer(Int(clamping: whole.leaf.minute))),
            ("kind", .string(whole.leaf.type.word)),
        ]
        let reason = try Withholding.of(
            whole, on: grant.day, details: parts.log.details, reader: reader)
        if let reason {
            counts.withheld += 1
            withheld[reason, default: 0] += 1
            members.append(("withheld", reason.notice))
            let shown = OpenedEntry(withheld: reason, index: whole.index, leaf: whole.leaf)
            try give(.accesses, .object(JSONObject(distinctMembers: members)), entry: shown)
            return
        }
        members.append(("decision", .string(whole.leaf.decision.word)))
        members.append(("details", whole.operational))
        if let subject = whole.subject { members.append(("subject", subject)) }
        try give(.accesses, .object(JSONObject(distinctMembers: members)), entry: whole)
    }

    func reviews() throws(GatewayError) {
        var filter = ReviewFilter(state: nil)
        filter.resident = grant.resident.number
        while true {
            let page = try reader.reviews(filter)
            for review in page {
                try give(
                    .reviews,
                    .object([
                        "review": .integer(Int(review.number)),
                        "kind": .string(review.kind.rawValue),
                        "state": .string(review.state.rawValue),
                        "source": .string(review.stream.source.text),
                        "stream": .string(review.stream.stream),
                        "field": .string(review.field?.text ?? ""),
                        "reasons": .array(review.reasons.map { .string($0) }),
                        "openedMinute": .integer(Int(review.openedAt)),
                        "decidedBy": .string(review.decidedBy ?? ""),
                    ]))
            }
            guard page.count == filter.limit, let last = page.last else { return }
            filter.after = last.number
        }
    }

    func matters() throws(GatewayError) {
        let book = MatterBook(parts: parts)
        var filter = MatterFilter(resident: grant.resident.number, includesClosed: true)
        while true {
            let page = try book.matters(filter, in: reader)
            for matter in page {
                var detail = matter.detail
                if matter.kind == .standing {
                    guard let shown = try PersonStanding(detail).shown else { continue }
                    detail = shown
                }
                try give(
                    .matters,
                    .object([
                        "matter": .string(matter.id), "kind": .string(matter.kind.rawValue),
                        "state": .string(matter.state.rawValue),
                        "openedMinute": .integer(Int(matter.openedAt)),
                        "due": .string(matter.due?.description ?? ""), "details": detail,
                    ]))
            }
            guard page.count == filter.limit, let last = page.last else { return }
            filter.after = (last.openedAt, last.id)
        }
    }

    func recipients() throws(GatewayError) {
        for department in try reader.departmentsKnowing(grant.resident.number) {
            try give(.recipients, .object(["department": .string(department)]))
        }
    }

    func kept() throws(GatewayError) {
        let reasons = withheld.sorted {
            ($0.key.visibleFrom, $0.key.basis) < ($1.key.visibleFrom, $1.key.basis)
        }
        for (reason, count) in reasons {
            try give(
                .kept,
                .object([
                    "what": .string("withheld-accesses"), "count": .integer(count),
                    "basis": .string(reason.basis), "article": .string(reason.article),
                    "visibleFrom": .string(reason.visibleFrom.description),
                ]))
        }
        try give(
            .kept,
            .object([
                "what": .string("log-entries"), "count": .integer(counts.accesses),
                "article": .string("《网络数据安全管理条例》第十二条"),
            ]))
    }
}
