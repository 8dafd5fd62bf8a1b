import FieldCrypto
import ResidentModel

/// The second data path: admission, basis, locate, consent, decision, audit, opening, obligations, release.
///
/// Everything up to the decision's audit entry happens in the transaction that keeps it, so that a withdrawal either
/// came before the decision or waits for the next one. Values are opened only after that entry is durable.
package struct DisclosurePath: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Answers one request and returns when its outcome is durable too; for a program that answers one request.
    ///
    /// - Parameters:
    ///   - request: What a department asks.
    ///   - deliver: Hands the answer over. What it throws is recorded as a failed release.
    /// - Returns: The answer that was delivered.
    /// - Throws: ``GatewayError/request(_:)`` for a request without the right form; a refusal is no error. Where
    ///   the log cannot be written, nothing is opened and nothing leaves.
    package func answer(
        _ request: DisclosureRequest, deliver: (Answer) throws -> Void
    ) throws(GatewayError) -> Answer {
        let recording = Recording(parts: parts)
        let recorded = try recording.recordAlone(try admitted(request))
        let answer: Answer
        do { answer = try finished(recorded) } catch {
            try recording.recordOutcomeAlone(of: recorded, answer: nil)
            throw error
        }
        do { try deliver(answer) } catch {
            try recording.recordOutcomeAlone(of: recorded, answer: nil)
            throw Self.undelivered
        }
        try recording.recordOutcomeAlone(of: recorded, answer: answer)
        return answer
    }

    /// Answers one of many concurrent requests: its entry shares a batch with those of the others, and its outcome
    /// goes into a later batch, for which nobody waits.
    ///
    /// - Parameters:
    ///   - request: What a department asks.
    ///   - deliver: Hands the answer over. What it throws is recorded as a failed release.
    /// - Returns: The answer that was delivered.
    /// - Throws: As ``answer(_:deliver:)``, and ``StoreError/overloaded(waitingMax:)`` where too many wait already.
    package func answerConcurrently(
        _ request: DisclosureRequest, deliver: (Answer) async throws -> Void
    ) async throws(GatewayError) -> Answer {
        let recording = Recording(parts: parts)
        let recorded = try await recording.record(try admitted(request))
        let answer: Answer
        do {
            answer = try await parts.threads.run { () throws(GatewayError) in
                try finished(recorded)
            }
        } catch {
            recording.recordOutcomeLater(of: recorded, answer: nil)
            throw error
        }
        do { try await deliver(answer) } catch {
            recording.recordOutcomeLater(of: recorded, answer: nil)
            throw Self.undelivered
        }
        recording.recordOutcomeLater(of: recorded, answer: answer)
        return answer
    }

    private func admitted(_ request: DisclosureRequest) throws(GatewayError) -> BasedRequest {
        let requestID = hexadecimal(try randomBytes(12, from: parts.random))
        let admitted = try Admission(catalogue: parts.catalogue, clock: parts.clock)
            .admit(request, requestID: requestID)
        return BasisStage(catalogue: parts.catalogue).attach(to: admitted)
    }

    private func finished(_ recorded: RecordedDecision) throws(GatewayError) -> Answer {
        let opened = try Opening(parts: parts).open(recorded)
        var answer = ObligationStage(catalogue: parts.catalogue).answer(opened)
        if recorded.decided.consented.located.based.admitted.request.wantsExplanation {
            answer.explanations = RefusalExplainer(
                catalogue: parts.catalogue, policies: parts.policies
            ).explain(recorded.decided)
        }
        return answer
    }

    private static let undelivered = GatewayError.request(
        .unreadable("the answer could not be delivered; nothing counts as released"))
}

/// A decision whose audit entry is durable; only ``Recording`` makes one.
package struct RecordedDecision: Sendable {
    package let decided: DecidedRequest
    package let receipt: AuditReceipt
    /// The caller's own name of the resident; nil where nothing was permitted or nobody is known.
    package let pseudonym: String?

    fileprivate init(decided: DecidedRequest, receipt: AuditReceipt, pseudonym: String?) {
        self.decided = decided
        self.receipt = receipt
        self.pseudonym = pseudonym
    }
}

/// Third to sixth stage, in one transaction of the log's writer: who is asked about, what they have said, what is
/// decided, and its entry in the log, whether it allows or refuses.
struct Recording {
    let parts: GatewayParts

    /// Waits for the batch that keeps the decision.
    func record(_ based: BasedRequest) async throws(GatewayError) -> RecordedDecision {
        let (outcome, receipts) = try await parts.writer.record(work(based))
        return recorded(outcome, receipts)
    }

    /// Keeps the decision in a batch of its own.
    func recordAlone(_ based: BasedRequest) throws(GatewayError) -> RecordedDecision {
        let (outcome, receipts) = try parts.writer.recordAlone(work(based))
        return recorded(outcome, receipts)
    }

    /// Tells released from merely authorised; nil for an answer that failed or was not delivered.
    func recordOutcomeAlone(
        of recorded: RecordedDecision, answer: Answer?
    ) throws(GatewayError) {
        let draft = AuditDraft.outcome(of: recorded, answer: answer)
        _ = try parts.writer.recordAlone { _ throws(GatewayError) in ((), [draft]) }
    }

    /// The same with a later batch.
    func recordOutcomeLater(of recorded: RecordedDecision, answer: Answer?) {
        parts.writer.recordLater(.outcome(of: recorded, answer: answer))
    }

    /// What was decided, and the name by which the department may go on asking.
    private typealias Decided = (decided: DecidedRequest, pseudonym: String?)

    private func work(_ based: BasedRequest) -> LogWriter.Work<Decided> {
        { [parts] writer throws(GatewayError) in
            let located = try Locate(parts: parts).locate(based, store: writer)
            let consented = try ConsentStage(parts: parts).attach(to: located, store: writer)
            let decided = try DecisionStage(catalogue: parts.catalogue, policies: parts.policies)
                .decide(consented) { predicate throws(GatewayError) in
                    guard let resident = located.resident else { return true }
                    return try QuestionBudget(
                        keyring: parts.keyring, catalogue: parts.catalogue,
                        department: based.admitted.request.department, resident: resident,
                        today: based.admitted.day
                    ).take(predicate, in: writer)
                }
            var pseudonym: String?
            if let resident = located.resident, decided.decisions.contains(where: \.isAllowed) {
                pseudonym = try parts.namePseudonym(
                    of: resident, department: based.admitted.request.department, in: writer)
            }
            // Where the entry cannot be kept after all, a request too many is counted: never one too few.
            for slot in consented.slots(of: decided.allowedItems) {
                try writer.countAsking(slot, on: based.admitted.day)
            }
            let draft = AuditDraft.decision(
                DecisionRecord(decided, bundleHash: parts.policies.hash),
                resident: located.resident)
            return ((decided, pseudonym), [draft])
        }
    }

    private func recorded(
        _ outcome: Decided, _ receipts: [AuditReceipt]
    ) -> RecordedDecision {
        guard let receipt = receipts.first else { preconditionFailure("one entry, one receipt") }
        return RecordedDecision(
            decided: outcome.decided, receipt: receipt, pseudonym: outcome.pseudonym)
    }
}

/// A recorded decision with the values it permits, opened; only ``Opening`` makes one.
struct OpenedDecision {
    let recorded: RecordedDecision
    /// By field; only fields of permitted items.
    let values: [FieldID: [OpenedValue]]
    /// The values, by record and field, whose content a person has confirmed.
    let confirmed: Set<ValuePlace>
    /// What stands in the place of values of items that leave as tokens, in the order of the values.
    let tokens: [FieldID: [String]]
    /// Permitted items that were not opened, because a resident said no after the decision.
    let stopped: [FieldID: RefusalReason]

    fileprivate init(
        recorded: RecordedDecision, values: [FieldID: [OpenedValue]] = [:],
        confirmed: Set<ValuePlace> = [], tokens: [FieldID: [String]] = [:],
        stopped: [FieldID: RefusalReason] = [:]
    ) {
        self.recorded = recorded
        self.values = values
        self.confirmed = confirmed
        self.tokens = tokens
        self.stopped = stopped
    }
}

/// Where a value stands: one field of one record.
struct ValuePlace: Hashable, Sendable {
    let record: Int64
    let field: FieldID
}

/// Seventh stage: opens what was permitted, and nothing else.
struct Opening {
    let parts: GatewayParts

    func open(_ recorded: RecordedDecision) throws(GatewayError) -> OpenedDecision {
        let decided = recorded.decided
        let allowed = decided.decisions.filter(\.isAllowed)
        guard let resident = decided.consented.located.resident, !allowed.isEmpty else {
            return OpenedDecision(recorded: recorded)
        }
        let found = try parts.store.read { reader throws(GatewayError) in
            let stopped = try ConsentStage(parts: parts).objections(to: decided, store: reader)
            let open = allowed.filter { stopped[$0.item] == nil }
            let fields = Set(open.flatMap(\.fields))
            let asked = Set(
                open.compactMap { parts.catalogue.predicates[$0.item] }
                    .filter(\.needsConfirmation).flatMap(\.fields))
            let stored = try reader.values(of: [resident.number], fields: fields.sorted())
            let opener = ValueOpener(
                keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
            let opened = try opener.open(stored) { $0 == resident.number ? resident.id : nil }
            var digests: [FieldID: Set<[UInt8]>] = [:]
            for field in asked {
                digests[field] = try reader.confirmedDigests(of: field, resident: resident.number)
            }
            return (opened: opened, digests: digests, stopped: stopped)
        }
        var confirmed: Set<ValuePlace> = []
        for value in found.opened {
            let field = value.stored.field
            guard let digests = found.digests[field], !digests.isEmpty else { continue }
            let digest = try ValueDigest.of(
                value.text, field: field, resident: resident.id, keyring: parts.keyring)
            if digests.contains(digest) {
                confirmed.insert(ValuePlace(record: value.stored.record, field: field))
            }
        }
        let values = Dictionary(grouping: found.opened, by: \.stored.field)
        var tokens: [FieldID: [String]] = [:]
        for decision in allowed
        where decision.obligations.form == .token && !decision.isPredicate
            && found.stopped[decision.item] == nil
        {
            tokens[decision.item] = try ValueTokens(
                keyring: parts.keyring,
                department: decided.consented.located.based.admitted.request.department
            ).tokens(of: (values[decision.item] ?? []).map(\.text), field: decision.item)
        }
        return OpenedDecision(
            recorded: recorded, values: values, confirmed: confirmed, tokens: tokens,
            stopped: found.stopped)
    }
}

/// Eighth stage: puts each value into the form it may leave in, and answers predicates.
struct ObligationStage {
    let catalogue: Catalogue

    func answer(_ opened: OpenedDecision) -> Answer {
        let decided = opened.recorded.decided
        let located = decided.consented.located
        let day = located.based.admitted.day
        let items = decided.decisions.map { decision in
            AnswerItem(
                item: decision.item, outcome: outcome(of: decision, opened: opened, day: day),
                rules: decision.shown.determining, obligations: decision.shown.obligations,
                withheldCount: withheldCount(of: decision, opened: opened))
        }
        let isGiven = items.contains { !$0.isRefused }
        return Answer(
            requestID: located.based.admitted.requestID, items: items,
            receipt: opened.recorded.receipt, retainDays: decided.keepDays,
            isResidentKnown: isGiven ? located.resident != nil : nil,
            pseudonym: isGiven ? opened.recorded.pseudonym : nil)
    }

    private func outcome(
        of decision: ItemDecision, opened: OpenedDecision, day: CalendarDate
    ) -> AnswerItem.Outcome {
        guard decision.isAllowed else { return .refused(decision.shown.reasons) }
        if let reason = opened.stopped[decision.item] { return .refused([reason]) }
        if let predicate = catalogue.predicates[decision.item] {
            return .predicate(result(of: predicate, opened: opened, day: day))
        }
        let values = opened.values[decision.item] ?? []
        let distinct = Set(values.map(\.text)).count
        let repeats = catalogue.field(decision.item)?.repeats ?? false
        let given = zip(values, shown(decision, opened: opened)).compactMap { value, text in
            text.map {
                AnswerValue(
                    text: $0, source: value.stored.stream.source,
                    observedAt: value.stored.observedAt)
            }
        }
        return .values(given, hasConflict: distinct > 1 && !repeats)
    }

    /// Each value as it may leave; nil for one that the form does not fit.
    private func shown(_ decision: ItemDecision, opened: OpenedDecision) -> [String?] {
        if let tokens = opened.tokens[decision.item] { return tokens }
        return (opened.values[decision.item] ?? []).map {
            decision.obligations.form.applied(to: $0.text)
        }
    }

    private func withheldCount(of decision: ItemDecision, opened: OpenedDecision) -> Int {
        guard decision.isAllowed, !decision.isPredicate else { return 0 }
        return shown(decision, opened: opened).filter { $0 == nil }.count
    }

    private func result(
        of predicate: PredicateDefinition, opened: OpenedDecision, day: CalendarDate
    ) -> PredicateResult {
        let located = opened.recorded.decided.consented.located
        var evidence: [FieldID: [PredicateEvidence]] = [:]
        for field in predicate.fields {
            evidence[field] = (opened.values[field] ?? []).map {
                PredicateEvidence(
                    text: $0.text, source: $0.stored.stream.source.text,
                    observedAt: $0.stored.observedAt,
                    isConfirmed: opened.confirmed.contains(
                        ValuePlace(record: $0.stored.record, field: field)))
            }
        }
        return catalogue.answer(
            to: predicate, from: evidence, isResidentKnown: located.resident != nil,
            purpose: located.based.purpose, on: day)
    }
}
