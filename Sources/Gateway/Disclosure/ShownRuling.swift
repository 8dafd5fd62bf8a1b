import Consent
import ResidentModel

/// What the caller may be told of a refusal.
///
/// Whether somebody is known here, and what they have said, is itself about a person. A caller learns of it only where
/// nothing but the resident's agreement, or a question too many, stands between them and an answer. To everybody else
/// the refusal is the one they would get about somebody whom nobody knows.
extension DecisionFacts {
    /// The facts of the same request about somebody of whom nothing is known.
    var aboutNobody: DecisionFacts {
        var facts = self
        facts.consentState = "none"
        facts.consentAssurance = 0
        facts.consentGiver = "none"
        facts.mandatesGiven = 0
        facts.shared.mandatesRequired = 0
        facts.isWithinBudget = true
        facts.isConsentAssured = false
        facts.isAskingWithinConsent = true
        facts.shared.isAskingWithinPurpose = true
        facts.shared.isProtected = PersonStanding.unknown.isProtected
        facts.shared.isChild = false
        facts.shared.isDeceased = false
        return facts
    }

    /// The facts if everybody who is asked had agreed and could, a child by their guardian, and nothing had been asked
    /// before.
    var withAgreement: DecisionFacts {
        var facts = self
        let isOfGuardian =
            shared.isChild || shared.basisKind == LegalBasisKind.guardianConsent.rawValue
        facts.consentState = ConsentStatus.inForce.rawValue
        facts.consentAssurance = 3
        facts.consentGiver = isOfGuardian ? "guardian" : "resident"
        facts.shared.mandatesRequired = max(1, shared.mandatesRequired)
        facts.mandatesGiven = facts.shared.mandatesRequired
        facts.isWithinBudget = true
        facts.isConsentAssured = true
        facts.shared.isDeceased = false
        facts.isAskingWithinConsent = true
        facts.shared.isAskingWithinPurpose = true
        return facts
    }
}

extension RuleBench {
    /// The facts that a refusal may be explained by: the resident's own where the caller may know of them.
    func shownFacts(of facts: DecisionFacts) -> DecisionFacts {
        let nobody = facts.aboutNobody
        if facts == nobody || rule(on: facts.withAgreement).isAllowed { return facts }
        return nobody
    }

    /// The ruling as the caller sees it; the log keeps the one that was made.
    func shown(_ ruling: Ruling, on facts: DecisionFacts) -> Ruling {
        if ruling.isAllowed { return ruling }
        let shown = shownFacts(of: facts)
        if shown == facts { return ruling }
        let told = rule(on: shown)
        guard told.isAllowed else { return told }
        // A rule refuses what it would permit about nobody: its reason tells of the resident, so none is given.
        return Ruling(
            isAllowed: false, determining: [], failed: [], reasons: [.forbiddenByRule],
            obligations: .none)
    }
}
