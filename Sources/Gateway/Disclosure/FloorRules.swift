/// The rules that ship in the binary, stand before every department's rules and cannot be removed.
///
/// Each is a forbid, so that no permit outweighs it, and carries the stable reason code that a refusal shows.
package enum FloorRules {
    /// The name by which errors show the rules.
    package static let file = "floor.cedar"

    /// The rules, in Cedar.
    package static let text = """
        @id("floor.department-known") @reason("admission.unknown-department")
        forbid (principal, action, resource) unless { context.known.department };

        @id("floor.purpose-known") @reason("purpose.unknown")
        forbid (principal, action, resource) unless { context.known.purpose };

        @id("floor.purpose-department") @reason("purpose.not-of-department")
        forbid (principal, action, resource)
        when { context.known.purpose } unless { context.purposeListsDepartment };

        @id("floor.basis-known") @reason("basis.unknown")
        forbid (principal, action, resource) unless { context.known.basis };

        @id("floor.basis-in-force") @reason("basis.not-in-force")
        forbid (principal, action, resource)
        when { context.known.basis } unless { context.basis.inForce };

        @id("floor.basis-purpose") @reason("basis.not-for-purpose")
        forbid (principal, action, resource)
        when { context.known.basis && context.known.purpose }
        unless { context.purposeListsBasis };

        @id("floor.basis-authority") @reason("basis.no-authority")
        forbid (principal, action, resource)
        when { context.known.basis } unless { context.basis.authorityHolds };

        @id("floor.emergency-open") @reason("emergency.not-open")
        forbid (principal, action, resource)
        when { context.basis.kind == "emergency" && context.emergency.state == "none" };

        @id("floor.emergency-over") @reason("emergency.expired")
        forbid (principal, action, resource)
        when { context.basis.kind == "emergency" && context.emergency.state == "expired" };

        @id("floor.emergency-scope") @reason("emergency.outside-scope")
        forbid (principal, action, resource)
        when { context.basis.kind == "emergency" && context.emergency.state == "open" }
        unless { context.emergency.coversItem };

        @id("floor.item-known") @reason("item.unknown")
        forbid (principal, action, resource) unless { context.known.item };

        @id("floor.item-shared") @reason("item.never-shared")
        forbid (principal, action, resource)
        when { context.known.item && resource.share == "none" };

        @id("floor.purpose-ceiling") @reason("item.outside-purpose")
        forbid (principal, action, resource)
        when { context.known.item && context.known.purpose } unless { context.purposeCoversItem };

        @id("floor.basis-ceiling") @reason("item.outside-basis")
        forbid (principal, action, resource)
        when { context.known.item && context.known.basis } unless { context.basis.coversItem };

        @id("floor.tier-4") @reason("item.predicate-only")
        forbid (principal, action == Hangu::Action::"disclose", resource)
        when { context.known.item && resource.tier >= 4 };

        @id("floor.purpose-predicate-only") @reason("item.predicate-only")
        forbid (principal, action == Hangu::Action::"disclose", resource)
        when { context.purposePredicateOnly };

        @id("floor.purpose-frequency") @reason("purpose.asked-too-often")
        forbid (principal, action, resource) unless { context.asking.withinPurpose };

        @id("floor.consent-refused") @reason("consent.refused")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "refused" };

        @id("floor.consent-withdrawn") @reason("consent.withdrawn")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "withdrawn" };

        @id("floor.consent-expired") @reason("consent.expired")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "expired" };

        @id("floor.consent-not-yet") @reason("consent.not-yet")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "not-yet" };

        @id("floor.consent-missing") @reason("consent.missing")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "none" };

        @id("floor.consent-paused") @reason("consent.paused")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "paused" };

        @id("floor.consent-awaiting") @reason("consent.awaiting-confirmation")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.state == "awaiting-confirmation" };

        @id("floor.consent-guardian") @reason("consent.not-of-guardian")
        forbid (principal, action, resource)
        when { context.basis.kind == "guardian-consent" && context.consent.inForce }
        unless { context.consent.giver == "guardian" };

        @id("floor.consent-child") @reason("consent.not-of-guardian")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.inForce && context.subject.child }
        unless { context.consent.giver == "guardian" };

        @id("floor.consent-deceased") @reason("consent.resident-deceased")
        forbid (principal, action, resource)
        when { context.consent.required && context.subject.deceased };
        @id("floor.consent-assurance") @reason("consent.assurance-too-low")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.inForce }
        unless { context.consent.assured };

        @id("floor.consent-frequency") @reason("consent.asked-too-often")
        forbid (principal, action, resource)
        when { context.consent.required && context.consent.inForce }
        unless { context.asking.withinConsent };

        @id("floor.consent-in-force") @reason("consent.missing")
        forbid (principal, action, resource)
        when {
            context.consent.required &&
            ![
                "refused", "withdrawn", "expired", "not-yet", "none", "paused", "awaiting-confirmation"
            ].contains(context.consent.state)
        }
        unless { context.consent.inForce };

        @id("floor.household-mandate") @reason("household.mandate-incomplete")
        forbid (principal, action, resource)
        when { context.household.mandateRequired } unless { context.household.complete };
        """
}

/// The reasons a refusal can give, in the order in which they are given.
///
/// The raw values are stable.
package enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    case unknownDepartment = "admission.unknown-department"
    case unknownPurpose = "purpose.unknown"
    case purposeNotOfDepartment = "purpose.not-of-department"
    case unknownBasis = "basis.unknown"
    case basisNotInForce = "basis.not-in-force"
    case basisNotForPurpose = "basis.not-for-purpose"
    case noAuthority = "basis.no-authority"
    case emergencyNotOpen = "emergency.not-open"
    case emergencyExpired = "emergency.expired"
    case emergencyScope = "emergency.outside-scope"
    case unknownItem = "item.unknown"
    case neverShared = "item.never-shared"
    case outsidePurpose = "item.outside-purpose"
    case outsideBasis = "item.outside-basis"
    case predicateOnly = "item.predicate-only"
    case askedTooOften = "purpose.asked-too-often"
    case consentRefused = "consent.refused"
    case consentWithdrawn = "consent.withdrawn"
    case consentExpired = "consent.expired"
    case consentNotYet = "consent.not-yet"
    case consentPaused = "consent.paused"
    case consentAwaiting = "consent.awaiting-confirmation"
    case consentAssuranceTooLow = "consent.assurance-too-low"
    case consentAskedTooOften = "consent.asked-too-often"
    case consentNotOfGuardian = "consent.not-of-guardian"
    case consentDeceased = "consent.resident-deceased"
    case consentMissing = "consent.missing"
    case mandateIncomplete = "household.mandate-incomplete"
    case excludedByRule = "policy.purpose-excludes-item"
    case forbiddenByRule = "policy.forbidden"
    /// The forms that the rules ask for fit neither each other nor the value.
    case noForm = "policy.no-form"
    /// The caller has asked too many different questions about this field of this resident.
    case budgetExhausted = "predicate.budget-exhausted"
    case policyError = "policy.error"
    case noPermit = "policy.no-permit"
}
