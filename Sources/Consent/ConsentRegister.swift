package import ResidentModel

/// The rules of giving consent, and what is in force at one moment.
package enum ConsentRegister {
    /// The longest that a consent may hold (no infinity).
    package static let daysMax = 1_096
    /// How many days a second person has to confirm what a helper registered.
    package static let confirmationDays = 3
    /// How many days a department waits after a refusal before it asks again.
    ///
    /// No frequent asking: Network Data Security Regulation (网络数据安全管理条例) art. 22.
    package static let quietDays = 180

    /// Makes the first version of a consent within what its purpose can need.
    ///
    /// - Parameters:
    ///   - wanted: The version as it is to be: requested, given or refused.
    ///   - purpose: The purpose that it names.
    ///   - isHighRisk: Whether a yes that a helper registers waits for a second person.
    ///   - earlier: The newest version of each of the resident's consents.
    /// - Returns: The first version; a yes that needs a second person waits for one.
    /// - Throws: ``ConsentError`` where the scope, the time or the way of giving it is not allowed.
    package static func opened(
        _ wanted: ConsentRecord, purpose: Purpose, isHighRisk: Bool, earlier: [ConsentRecord]
    ) throws(ConsentError) -> ConsentRecord {
        let (scope, terms, statement) = (wanted.scope, wanted.terms, wanted.statement)
        guard [.requested, .given, .refused].contains(wanted.state) else {
            throw .notPossible(step: .give, state: wanted.state)
        }
        guard terms.until >= terms.from else { throw .endsBeforeItStarts }
        guard terms.until.dayNumber - terms.from.dayNumber < daysMax else {
            throw .tooLong(daysMax: daysMax)
        }
        guard purpose.departments.contains(scope.recipient) else { throw .recipientOutsidePurpose }
        guard !scope.items.isEmpty else { throw .noItems }
        if let outside = scope.items.sorted().first(where: { !purpose.fields.contains($0) }) {
            throw .itemOutsidePurpose(outside)
        }
        if let days = terms.dataLifeDays, !(1...purpose.dataLifeDays).contains(days) {
            throw .wider(than: "\(purpose.dataLifeDays) days")
        }
        if wanted.state == .requested, let day = quietUntil(scope, earlier: earlier),
            terms.from <= day
        {
            throw .askedTooSoon(until: day)
        }
        if wanted.state == .requested, let day = askedUntil(wanted, earlier: earlier) {
            throw .alreadyAsked(until: day)
        }
        guard wanted.state == .given else { return wanted }
        try checkYes(statement, purpose: purpose)
        guard isHighRisk, statement.isAssisted else { return wanted }
        return ConsentRecord(
            id: wanted.id, version: wanted.version, state: .awaitingConfirmation, scope: scope,
            terms: terms, statement: statement,
            confirmBy: CalendarDate(dayNumber: terms.from.dayNumber + confirmationDays))
    }

    /// The consents that a new yes takes the place of.
    ///
    /// Those of the same purpose and recipient that are still open and whose items it all names. What was said after it
    /// stays, as where a second person confirms late.
    package static func replaced(
        by record: ConsentRecord, among earlier: [ConsentRecord]
    ) -> [ConsentRecord] {
        guard record.state == .given else { return [] }
        return earlier.filter {
            $0.id != record.id && ConsentStep.replace.possibleIn.contains($0.state)
                && $0.scope.purpose == record.scope.purpose
                && $0.scope.recipient == record.scope.recipient
                && $0.scope.items.isSubset(of: record.scope.items)
                && $0.statement.recordedAt <= record.statement.recordedAt
        }
    }

    /// Checks that a yes is said in a way that its purpose takes, with what proves it.
    ///
    /// A no is taken however it is said.
    ///
    /// - Parameters:
    ///   - statement: Who said it, how and when.
    ///   - purpose: What was agreed to.
    /// - Throws: ``ConsentError`` for a witness who is not independent, evidence that is missing, or too little
    ///   assurance.
    package static func checkYes(
        _ statement: ConsentStatement, purpose: Purpose
    ) throws(ConsentError) {
        if let witness = statement.witness,
            witness == statement.helper || witness == statement.registeredBy
        {
            throw .witnessNotIndependent
        }
        if statement.channel.leavesEvidence, statement.evidence == nil {
            // Who listened on the telephone can tell what was said; a form that nobody kept tells nothing.
            guard statement.channel == .phone, statement.witness != nil else {
                throw .evidenceMissing(statement.channel)
            }
        }
        guard statement.assurance >= purpose.assuranceMin else {
            throw .assuranceTooLow(found: statement.assurance, needed: purpose.assuranceMin)
        }
    }

    /// The last day of a question about any of the same items that waits for its answer; nil where none does.
    private static func askedUntil(
        _ wanted: ConsentRecord, earlier: [ConsentRecord]
    ) -> CalendarDate? {
        earlier.filter {
            $0.state == .requested && !$0.hasEnded(on: wanted.terms.from)
                && $0.scope.purpose == wanted.scope.purpose
                && $0.scope.recipient == wanted.scope.recipient
                && !$0.scope.items.isDisjoint(with: wanted.scope.items)
        }.map(\.terms.until).max()
    }

    /// The last day on which nobody asks again after a refusal of any of these items; nil where there was none.
    private static func quietUntil(
        _ scope: ConsentScope, earlier: [ConsentRecord]
    ) -> CalendarDate? {
        earlier.filter {
            $0.state == .refused && $0.scope.purpose == scope.purpose
                && $0.scope.recipient == scope.recipient
                && !$0.scope.items.isDisjoint(with: scope.items)
        }.map { CalendarDate(dayNumber: $0.terms.from.dayNumber + quietDays) }.max()
    }

    /// What the register says of one item on one day.
    ///
    /// Nothing is cached: each decision asks anew, so a withdrawal acts on the next one. A no counts from the moment
    /// it was said against every yes said before it, under whatever record; said at the same moment, the no counts.
    ///
    /// - Parameters:
    ///   - item: The field or predicate asked for.
    ///   - purpose: The purpose of the request.
    ///   - recipient: The department that asks.
    ///   - day: Today, in the gateway's zone.
    ///   - records: The newest version of each of the resident's consents.
    /// - Returns: What is in force, or the resident's newest word.
    package static func standing(
        of item: FieldID, purpose: String, recipient: String, on day: CalendarDate,
        records: [ConsentRecord]
    ) -> ConsentStanding {
        var newestNo: ConsentStanding?
        var newestYes: ConsentStanding?
        var newestEnded: ConsentStanding?
        var other = ConsentStanding(status: .none, consent: nil)
        for record in records
        where record.scope.purpose == purpose && record.scope.recipient == recipient
            && record.scope.items.contains(item)
        {
            let standing = ConsentStanding(status: status(of: record, on: day), consent: record)
            switch (standing.status, record.state) {
            case (.inForce, _): newestYes = newer(newestYes, standing)
            case (.refused, _), (.withdrawn, _), (.paused, _):
                newestNo = newer(newestNo, standing)
            case (.expired, .expired) where record.endedAs == .paused:
                newestNo = newer(newestNo, standing)
            case (.expired, .expired) where record.endedAs == .given:
                newestEnded = newer(newestEnded, standing)
            case (.notYet, .given), (.expired, .given): newestEnded = newer(newestEnded, standing)
            default: other = newer(other, standing)
            }
        }
        let noSaidAt = newestNo?.saidAt ?? .min
        if let newestYes, newestYes.saidAt > noSaidAt { return newestYes }
        if let newestEnded, newestEnded.saidAt > noSaidAt { return newestEnded }
        return newestNo ?? other
    }

    private static func newer(
        _ known: ConsentStanding?, _ found: ConsentStanding
    ) -> ConsentStanding {
        guard let known, known.saidAt >= found.saidAt else { return found }
        return known
    }

    private static func status(of record: ConsentRecord, on day: CalendarDate) -> ConsentStatus {
        switch record.state {
        case .refused: return .refused
        case .withdrawn: return .withdrawn
        case .replaced: return .replaced
        case .expired: return .expired
        case .paused: return .paused
        case .requested: return record.hasEnded(on: day) ? .expired : .requested
        case .awaitingConfirmation: return record.hasEnded(on: day) ? .expired : .awaiting
        case .given:
            if day < record.terms.from { return .notYet }
            return day > record.terms.until ? .expired : .inForce
        }
    }
}

/// Whether there is an agreement now, and which record says so.
package struct ConsentStanding: Sendable {
    package let status: ConsentStatus
    package let consent: ConsentRecord?

    fileprivate var saidAt: Int64 { consent?.statement.recordedAt ?? .min }
}

/// What the register says.
///
/// The raw values enter policies and are stable.
package enum ConsentStatus: String, Hashable, Sendable, CaseIterable {
    case none
    case inForce = "in-force"
    case notYet = "not-yet"
    case expired
    case withdrawn
    case refused
    case paused
    /// A helper's registration that a second person has not confirmed.
    case awaiting = "awaiting-confirmation"
    case requested
    case replaced
}
