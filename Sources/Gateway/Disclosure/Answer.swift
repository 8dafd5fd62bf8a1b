package import ResidentModel

/// What leaves the gateway for one request: an outcome for each item, and where the log keeps the decision.
///
/// Only ``DisclosurePath`` makes one, after the decision's audit entry is durable.
package struct Answer: Sendable, CustomStringConvertible {
    package let requestID: String
    package let items: [AnswerItem]
    package let receipt: AuditReceipt
    /// How long the receiver may keep the values.
    package let retainDays: Int?
    /// Whether anybody is known by the number asked for; nil where nothing was permitted, since it too tells of them.
    package let isResidentKnown: Bool?
    /// The asking department's own name of the resident, by which it can ask again; nil where nothing was permitted or
    /// nobody is known.
    package let pseudonym: String?
    /// One for each refused item, where the request wanted to know.
    package var explanations: [RefusalExplanation] = []

    init(
        requestID: String, items: [AnswerItem], receipt: AuditReceipt, retainDays: Int?,
        isResidentKnown: Bool?, pseudonym: String?
    ) {
        self.requestID = requestID
        self.items = items
        self.receipt = receipt
        self.retainDays = retainDays
        self.isResidentKnown = isResidentKnown
        self.pseudonym = pseudonym
    }

    /// Whether anything was given.
    package var outcome: AnswerOutcome {
        let refused = items.filter(\.isRefused).count
        if refused == items.count { return .refused }
        return refused == 0 ? .allowed : .partlyAllowed
    }

    package var description: String { "<redacted>" }
}

/// How a request as a whole ended.
package enum AnswerOutcome: String, Hashable, Sendable, CaseIterable {
    case allowed
    case partlyAllowed = "partly-allowed"
    case refused
}

/// The outcome of one item.
package struct AnswerItem: Sendable {
    package let item: FieldID
    package let outcome: Outcome
    /// The rules that decided.
    package let rules: [String]
    package let obligations: Obligations
    /// How many values stay because the form asked for does not fit them.
    package let withheldCount: Int

    package enum Outcome: Sendable {
        /// The values in the form that the obligations ask for; empty where no source has one.
        case values([AnswerValue], hasConflict: Bool)
        case predicate(PredicateResult)
        case refused([RefusalReason])
    }

    package var isRefused: Bool {
        if case .refused = outcome { true } else { false }
    }
}

/// One value as it leaves, with where it comes from.
package struct AnswerValue: Sendable, CustomStringConvertible {
    package let text: String
    package let source: SourceName
    package let observedAt: CalendarDate

    package var description: String { "<redacted>" }
}

/// Where the log keeps a decision.
package struct AuditReceipt: Hashable, Sendable {
    /// The entry's index in the log.
    package let index: UInt64
    /// The first checkpoint that covers it: a signed note.
    package let checkpoint: String

    package init(index: UInt64, checkpoint: String) {
        self.index = index
        self.checkpoint = checkpoint
    }
}
