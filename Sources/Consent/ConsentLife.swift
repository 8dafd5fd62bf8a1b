package import ResidentModel

/// Where a consent stands in its life.
///
/// The raw values are stored and stable.
package enum ConsentState: String, Hashable, Sendable, CaseIterable {
    /// A department has asked; the resident has said nothing yet.
    case requested
    /// A helper registered a yes that has no effect before a second person confirms it.
    case awaitingConfirmation = "awaiting-confirmation"
    case given
    case refused
    case paused
    case withdrawn
    case expired
    /// Another consent has taken its place.
    case replaced
}

/// A step in a consent's life.
package enum ConsentStep: String, Hashable, Sendable, CaseIterable {
    case give
    case refuse
    case confirm
    case pause
    case resume
    case withdraw
    case expire
    case replace

    /// The states in which the step can be taken.
    ///
    /// Whoever has agreed can always stop.
    package var possibleIn: Set<ConsentState> {
        switch self {
        case .give, .refuse: [.requested]
        case .confirm: [.awaitingConfirmation]
        case .pause: [.given]
        case .resume: [.paused]
        case .withdraw: [.awaitingConfirmation, .given, .paused]
        case .expire: [.requested, .awaitingConfirmation, .given, .paused]
        case .replace: [.requested, .awaitingConfirmation, .given, .paused]
        }
    }
}

extension ConsentRecord {
    /// The next version after a step.
    ///
    /// - Parameters:
    ///   - step: What happened.
    ///   - statement: Who said it, how and when.
    ///   - day: Today, in the gateway's zone.
    ///   - isHighRisk: Whether a yes that a helper registers waits for a second person.
    /// - Returns: The next version.
    /// - Throws: ``ConsentError`` where the step is not possible now, or not by this person.
    package func taking(
        _ step: ConsentStep, statement: ConsentStatement, on day: CalendarDate, isHighRisk: Bool
    ) throws(ConsentError) -> ConsentRecord {
        guard step.possibleIn.contains(state) else {
            throw .notPossible(step: step, state: state)
        }
        var next: ConsentState
        switch step {
        case .give: next = .given
        case .refuse: next = .refused
        case .confirm:
            if let confirmBy, day > confirmBy { throw .confirmationTooLate }
            let registrar = self.statement
            let others = [registrar.registeredBy, registrar.helper, registrar.witness]
            guard !others.contains(statement.registeredBy) else { throw .confirmedByTheSame }
            // The word that counts is the resident's, at its own moment: a no said since then stands above it.
            return ConsentRecord(
                id: id, version: version + 1, state: .given, scope: scope, terms: terms,
                statement: registrar, confirmedBy: statement.registeredBy)
        case .pause: next = .paused
        case .resume: next = .given
        case .withdraw: next = .withdrawn
        case .expire:
            guard hasEnded(on: day) else { throw .notPossible(step: step, state: state) }
            // Nobody said anything new: the last statement stands, and with it the moment of the resident's word.
            return ConsentRecord(
                id: id, version: version + 1, state: .expired, scope: scope, terms: terms,
                statement: self.statement, confirmedBy: confirmedBy, endedAs: state)
        case .replace: next = .replaced
        }
        var confirmBy: CalendarDate?
        if next == .given, day > terms.until { throw .endsBeforeItStarts }
        if next == .given, isHighRisk, statement.isAssisted {
            next = .awaitingConfirmation
            confirmBy = CalendarDate(dayNumber: day.dayNumber + ConsentRegister.confirmationDays)
        }
        return ConsentRecord(
            id: id, version: version + 1, state: next, scope: scope, terms: terms,
            statement: statement, confirmBy: confirmBy)
    }

    /// Whether the consent, or the time to confirm it, is over.
    package func hasEnded(on day: CalendarDate) -> Bool {
        if day > terms.until { return true }
        guard state == .awaitingConfirmation, let confirmBy else { return false }
        return day > confirmBy
    }

    /// The last day before the consent ends by itself; nil where nothing is left that could end.
    package var lastOpenDay: CalendarDate? {
        guard ConsentStep.expire.possibleIn.contains(state) else { return nil }
        guard state == .awaitingConfirmation, let confirmBy else { return terms.until }
        return min(terms.until, confirmBy)
    }
}

/// Why a step of a consent is refused.
package enum ConsentError: Error, Hashable, Sendable, CustomStringConvertible {
    case notPossible(step: ConsentStep, state: ConsentState)
    case confirmedByTheSame
    case confirmationTooLate
    case endsBeforeItStarts
    case tooLong(daysMax: Int)
    case itemOutsidePurpose(FieldID)
    case noItems
    case recipientOutsidePurpose
    case witnessNotIndependent
    case evidenceMissing(ConsentChannel)
    case alreadyAsked(until: CalendarDate)
    case assuranceTooLow(found: Int, needed: Int)
    case wider(than: String)
    case askedTooSoon(until: CalendarDate)

    package var description: String {
        switch self {
        case .notPossible(let step, let state):
            "the step '\(step.rawValue)' is not possible for a consent that is \(state.rawValue)"
        case .confirmedByTheSame:
            "a second person confirms: not who registered, helped or was witness"
        case .confirmationTooLate:
            "the time to confirm is over; register the resident's word again"
        case .endsBeforeItStarts: "the consent would end before it starts"
        case .tooLong(let daysMax): "a consent may hold for at most \(daysMax) days"
        case .itemOutsidePurpose(let item): "the purpose never needs '\(item)'"
        case .noItems: "the consent names no field"
        case .recipientOutsidePurpose: "the purpose is not one of that department"
        case .witnessNotIndependent:
            "a witness is neither the helper nor who registers"
        case .evidenceMissing(.paper):
            "a consent on paper names the SHA-256 of its form"
        case .evidenceMissing:
            "a consent by telephone names the SHA-256 of a recording, or a witness who listened"
        case .alreadyAsked(let day):
            "the resident has been asked and has not answered; that question stands until \(day)"
        case .assuranceTooLow(let found, let needed):
            "the purpose needs a consent of assurance \(needed), this way of giving it has \(found)"
        case .wider(let limit): "the consent allows more than the purpose: at most \(limit)"
        case .askedTooSoon(let day):
            "the resident has refused; ask again after \(day) at the earliest, or on the resident's own wish"
        }
    }
}
