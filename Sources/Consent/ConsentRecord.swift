package import ResidentModel

/// One version of what a resident has said about one purpose and one recipient.
///
/// Each step of a consent's life is a new version; none is changed in place. PIPL art. 14 (informed, explicit),
/// 15 (withdrawal), 23 and 29 (separate consent).
package struct ConsentRecord: Hashable, Sendable {
    /// Random; means nothing outside the register.
    package let id: String
    /// From 1, one more for each step.
    package let version: Int
    package let state: ConsentState
    package let purpose: String
    /// The department that may receive.
    package let recipient: String
    /// The fields and predicates agreed to.
    package let items: Set<FieldID>
    package let from: CalendarDate
    /// The last day on which it holds; there is no consent without an end.
    package let until: CalendarDate
    package let channel: ConsentChannel
    /// Who registered the step: an officer, or the resident's own session.
    package let registeredBy: String
    /// The helper or impartial witness who was there, where there was one.
    package let helper: String?
    /// Language of the text that was shown or read out.
    package let language: String
    /// Milliseconds since 1970.
    package let recordedAt: Int64

    package init(
        id: String, version: Int, state: ConsentState, purpose: String, recipient: String,
        items: Set<FieldID>, from: CalendarDate, until: CalendarDate, channel: ConsentChannel,
        registeredBy: String, helper: String?, language: String, recordedAt: Int64
    ) {
        self.id = id
        self.version = version
        self.state = state
        self.purpose = purpose
        self.recipient = recipient
        self.items = items
        self.from = from
        self.until = until
        self.channel = channel
        self.registeredBy = registeredBy
        self.helper = helper
        self.language = language
        self.recordedAt = recordedAt
    }

    /// The next version, with another state.
    ///
    /// - Parameters:
    ///   - state: What the resident has said now.
    ///   - registeredBy: Who registers it.
    ///   - milliseconds: Now, since 1970.
    /// - Returns: The next version.
    /// - Throws: ``ConsentError/alreadyEnded(state:)`` where the consent can have no next step.
    package func stepping(
        to state: ConsentState, registeredBy: String, at milliseconds: Int64
    ) throws(ConsentError) -> ConsentRecord {
        guard self.state == .given else { throw .alreadyEnded(state: self.state) }
        return ConsentRecord(
            id: id, version: version + 1, state: state, purpose: purpose, recipient: recipient,
            items: items, from: from, until: until, channel: channel, registeredBy: registeredBy,
            helper: helper, language: language, recordedAt: milliseconds)
    }
}

/// What the resident has said.
///
/// The raw values are stored and stable.
/// - Returns: The next version.
package enum ConsentState: String, Hashable, Sendable, CaseIterable {
    case given
    case refused
    case withdrawn
}

/// How the resident said it, and how sure the register can be that it was the resident.
package enum ConsentChannel: String, Hashable, Sendable, CaseIterable {
    case own = "self"
    case counter
    case homeVisit = "home-visit"
    case paper
    case phone
    case textMessage = "text-message"

    /// 3: identity checked and the resident acted; 2: a second person saw it; 1: by voice or text alone.
    package var assurance: Int {
        switch self {
        case .own, .counter: 3
        case .homeVisit, .paper: 2
        case .phone, .textMessage: 1
        }
    }
}

/// Why a step of a consent is refused.
package enum ConsentError: Error, Hashable, Sendable, CustomStringConvertible {
    case alreadyEnded(state: ConsentState)
    case endsBeforeItStarts
    case tooLong(daysMax: Int)
    case itemOutsidePurpose(FieldID)
    case noItems
    case recipientOutsidePurpose

    package var description: String {
        switch self {
        case .alreadyEnded(let state): "the consent is \(state.rawValue) already"
        case .endsBeforeItStarts: "the consent would end before it starts"
        case .tooLong(let daysMax): "a consent may hold for at most \(daysMax) days"
        case .itemOutsidePurpose(let item): "the purpose never needs '\(item)'"
        case .noItems: "the consent names no field"
        case .recipientOutsidePurpose: "the purpose is not one of that department"
        }
    }
}
