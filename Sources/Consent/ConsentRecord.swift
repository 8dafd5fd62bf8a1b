package import ResidentModel

/// One version of what a resident has said about one purpose and one recipient.
///
/// Each step of a consent's life is a new version; none is changed in place. PIPL art. 14 (informed, explicit),
/// 15 (withdrawal), 23 and 29 (separate consent), 31 (guardians).
package struct ConsentRecord: Hashable, Sendable {
    /// Random; means nothing outside the register.
    package let id: String
    /// From 1, one more for each step.
    package let version: Int
    package let state: ConsentState
    package let scope: ConsentScope
    package let terms: ConsentTerms
    /// What was said last, by whom, and how that is known.
    package let statement: ConsentStatement
    /// The last day on which a second person may confirm; only while the consent waits for that.
    package let confirmBy: CalendarDate?
    /// The second person, where one confirmed what ``statement`` says.
    package let confirmedBy: String?
    /// What the consent was when it ended, only of one that has expired: a pause stays a no.
    package let endedAs: ConsentState?

    package init(
        id: String, version: Int, state: ConsentState, scope: ConsentScope, terms: ConsentTerms,
        statement: ConsentStatement, confirmBy: CalendarDate? = nil, confirmedBy: String? = nil,
        endedAs: ConsentState? = nil
    ) {
        self.id = id
        self.version = version
        self.state = state
        self.scope = scope
        self.terms = terms
        self.statement = statement
        self.confirmBy = confirmBy
        self.confirmedBy = confirmedBy
        self.endedAs = endedAs
    }
}

/// What a consent is about.
package struct ConsentScope: Hashable, Sendable {
    package let purpose: String
    /// The department that may receive.
    package let recipient: String
    /// The fields and predicates agreed to.
    package let items: Set<FieldID>

    package init(purpose: String, recipient: String, items: Set<FieldID>) {
        self.purpose = purpose
        self.recipient = recipient
        self.items = items
    }
}

/// How long, how often, and how long the answer may be kept.
package struct ConsentTerms: Hashable, Sendable {
    package let from: CalendarDate
    /// The last day on which it holds; there is no consent without an end.
    package let until: CalendarDate
    /// How often the recipient may ask; nil where the purpose's own limit is enough.
    package let frequency: AskingFrequency?
    /// How many days the recipient may keep an answer; nil where the purpose's own limit is enough.
    package let dataLifeDays: Int?

    package init(
        from: CalendarDate, until: CalendarDate, frequency: AskingFrequency? = nil,
        dataLifeDays: Int? = nil
    ) {
        self.from = from
        self.until = until
        self.frequency = frequency
        self.dataLifeDays = dataLifeDays
    }
}

/// One statement: who said it, in whose presence, after which text, and what proves it.
package struct ConsentStatement: Hashable, Sendable {
    package let channel: ConsentChannel
    package let giver: ConsentGiver
    /// Who registered the step: an officer, or the resident's own session.
    package let registeredBy: String
    /// Who helped the resident to say it, where somebody did.
    package let helper: String?
    /// A person who saw it and is neither the helper nor who registered it.
    package let witness: String?
    /// SHA-256 in hexadecimal of the form, recording or photograph, which is kept elsewhere.
    package let evidence: String?
    /// Language of the text that was shown or read out.
    package let language: String
    /// Which version of that text.
    package let textVersion: Int
    /// Milliseconds since 1970.
    package let recordedAt: Int64

    package init(
        channel: ConsentChannel, giver: ConsentGiver = .resident, registeredBy: String,
        helper: String? = nil, witness: String? = nil, evidence: String? = nil, language: String,
        textVersion: Int = 1, recordedAt: Int64
    ) {
        self.channel = channel
        self.giver = giver
        self.registeredBy = registeredBy
        self.helper = helper
        self.witness = witness
        self.evidence = evidence
        self.language = language
        self.textVersion = textVersion
        self.recordedAt = recordedAt
    }

    /// How sure the register can be that the resident said it, from 1 to 3.
    ///
    /// A witness who belongs to neither side raises what voice or paper alone can give by one step.
    package var assurance: Int {
        min(3, channel.assurance + (witness != nil && channel.assurance < 3 ? 1 : 0))
    }

    /// Whether somebody other than the resident wrote down what the resident said.
    package var isAssisted: Bool { helper != nil || !channel.isResidentActing }
}

/// Who has the right to say it.
package enum ConsentGiver: Hashable, Sendable {
    case resident
    /// A guardian (Civil Code art. 27 and 28; PIPL art. 31 under 14 years), with the evidence of the guardianship.
    case guardian(evidence: String)
    /// Somebody whom the resident has named (Civil Code art. 161), with the evidence of the mandate.
    case delegate(evidence: String)

    /// The word that enters policies and records.
    package var word: String {
        switch self {
        case .resident: "resident"
        case .guardian: "guardian"
        case .delegate: "delegate"
        }
    }

    /// What shows the right to act: a document's number or digest; nil for residents themselves.
    package var evidence: String? {
        switch self {
        case .resident: nil
        case .guardian(let evidence), .delegate(let evidence): evidence
        }
    }

    /// Reads the word that ``word`` writes; nil where it is none or lacks its evidence.
    package init?(word: String, evidence: String?) {
        switch (word, evidence) {
        case ("resident", nil): self = .resident
        case ("guardian", let evidence?) where !evidence.isEmpty:
            self = .guardian(evidence: evidence)
        case ("delegate", let evidence?) where !evidence.isEmpty:
            self = .delegate(evidence: evidence)
        default: return nil
        }
    }
}

/// How the resident said it, and how sure the register can be that it was the resident.
///
/// The raw values are stored and stable.
package enum ConsentChannel: String, Hashable, Sendable, CaseIterable {
    case own = "self"
    case counter
    case homeVisit = "home-visit"
    case paper
    case phone
    case textMessage = "text-message"

    /// 3: identity checked and the resident acted; 2: on paper or face to face; 1: by voice or text alone.
    package var assurance: Int {
        switch self {
        case .own, .counter: 3
        case .homeVisit, .paper: 2
        case .phone, .textMessage: 1
        }
    }

    /// Whether the resident presses or signs at a place where identity is checked.
    package var isResidentActing: Bool { assurance == 3 }

    /// Whether a yes said so leaves a thing that can be shown, whose digest the register keeps.
    package var leavesEvidence: Bool { self == .paper || self == .phone }
}
