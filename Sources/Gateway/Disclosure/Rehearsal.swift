package import Consent
package import ResidentModel

/// Decides as the disclosure path does, about residents and consents that are supposed: no store is read, nothing is
/// recorded and no value is opened.
///
/// Admission, basis, consent and decision are the stages of ``DisclosurePath``; only the looking for a resident is left
/// out. What is decided here is therefore what would be decided for a resident of whom the same is known.
package struct Rehearsal: Sendable {
    package let catalogue: Catalogue
    package let policies: PolicyBundle

    package init(catalogue: Catalogue, policies: PolicyBundle) {
        self.catalogue = catalogue
        self.policies = policies
    }

    /// What each resident concerned has said: the newest version of each of their consents.
    package struct World: Hashable, Sendable {
        /// Nobody where nobody is known by the number; else first the resident, then the other adults of the household.
        package var said: [[ConsentRecord]]
        package var person = SupposedPerson()

        package init(said: [[ConsentRecord]]) { self.said = said }
    }

    /// Decides one request at one moment.
    ///
    /// - Parameters:
    ///   - request: What a department asks; its subject is not looked at.
    ///   - clock: Milliseconds since 1970.
    ///   - world: What is supposed.
    /// - Returns: The decision about each item.
    /// - Throws: ``GatewayError/request(_:)`` for a request without the right form.
    package func decide(
        _ request: DisclosureRequest, at clock: Int64, in world: World
    ) throws(GatewayError) -> RehearsedDecision {
        let admitted = try Admission(catalogue: catalogue, clock: GatewayClock { clock })
            .admit(request, requestID: "rehearsal")
        let based = BasisStage(catalogue: catalogue).attach(to: admitted)
        var residents: [LocatedResident] = []
        var records: [ResidentNumber: [ConsentRecord]] = [:]
        for (row, said) in world.said.enumerated() {
            let number = ResidentNumber(Int64(row))
            guard let id = ResidentID(bytes: Self.bytes(of: row)) else { continue }
            residents.append(LocatedResident(number: number, id: id))
            records[number] = said
        }
        let located = SupposedResidents(residents: residents, person: world.person)
            .locate(based, catalogue: catalogue)
        let consented = try ConsentStage.attach(
            to: located, records: records,
            isAskingWithinPurpose: !world.person.isAskedTooOften,
            isAskingWithinConsent: !world.person.isAskedMoreThanAgreed)
        let decided = try DecisionStage(catalogue: catalogue, policies: policies)
            .decide(consented) { _ in !world.person.hasSpentQuestions }
        return RehearsedDecision(decided: decided, policies: policies)
    }

    private static func bytes(of row: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: 8)
            + (0..<8).map { UInt8(truncatingIfNeeded: row >> (56 - 8 * $0)) }
    }
}

/// What was decided in a rehearsal.
package struct RehearsedDecision: Sendable {
    private let decided: DecidedRequest
    private let policies: PolicyBundle

    fileprivate init(decided: DecidedRequest, policies: PolicyBundle) {
        self.decided = decided
        self.policies = policies
    }

    /// One for each item asked for, in its order.
    package var decisions: [ItemDecision] { decided.decisions }

    /// Whether the legal basis needs the resident's agreement.
    package var isConsentRequired: Bool { decided.consented.isConsentRequired }

    /// The resident's own standing on an item; nil where nobody is known.
    package func standing(of item: FieldID) -> ConsentStanding? {
        decided.consented.standings[item]
    }

    /// What the rules were asked about each item, in the order of ``decisions``.
    package var inquiries: [RuleInquiry] {
        let bench = RuleBench(policies, for: DecisionFacts.Shared(decided.consented))
        return decided.decisions.map { bench.inquiry(on: $0.facts) }
    }
}
