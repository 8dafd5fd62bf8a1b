import Cedar
package import Gateway
import ResidentModel

/// Checks invariants over the whole domain.
///
/// Requests that no permit's conditions on department, purpose and item can meet are refused without looking further:
/// deny is the default. What remains is worked out 64 requests a word. Before anything is reported, the engine that
/// serves production decides the request once more, and so it does a sample of all requests.
package struct InvariantCheck {
    private let tables: RuleTables
    private let rehearsal: Rehearsal

    /// How many random requests are decided by the engine too, for each check.
    package static let sampleCount = 500

    package init(_ rehearsal: Rehearsal) throws(ScenarioFault) {
        self.rehearsal = rehearsal
        tables = try RuleTables(Domain(rehearsal), rehearsal)
    }

    package var combinations: Int { tables.domain.combinations }

    /// Checks one statement for every request that it is about.
    package func check(_ invariant: Invariant) throws(ScenarioFault) -> InvariantResult {
        let clock = ContinuousClock()
        let start = clock.now
        let scope = InvariantScope(invariant.limits, domain: tables.domain)
        var violations = 0
        var counterexample: Domain.Point?
        for candidate in AllowedPlaces(tables).places(within: scope) {
            for basis in scope.indexes(.basis) {
                var outer = candidate.point
                outer[.basis] = basis
                let found = tables.ruling(at: outer)
                let broken = violated(invariant.claim, found, at: outer)
                    .meeting(scope.innerMask)
                guard let bit = broken.firstBit else { continue }
                let point = tables.domain.point(outer, bit: bit)
                guard try isConfirmed(invariant.claim, at: point) else { continue }
                violations += broken.bitCount
                counterexample = counterexample ?? point
            }
        }
        let spent = start.duration(to: clock.now)
        let seconds =
            Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
        return InvariantResult(
            invariant: invariant, combinations: scope.combinations, violations: violations,
            seconds: seconds,
            counterexample: counterexample.map {
                tables.domain.scenario(
                    at: $0, named: "counterexample: \(invariant.name)",
                    expecting: invariant.claim.wantedOutcome)
            })
    }

    /// Decides random requests by the tables and by the engine.
    ///
    /// - Parameter seed: Of the choice.
    /// - Returns: How many agree, of ``sampleCount``.
    /// - Throws: ``ScenarioFault`` at the first that does not.
    package func sample(seed: UInt64) throws(ScenarioFault) -> Int {
        var random = SplitMix(state: seed)
        let places = AllowedPlaces(tables).places(
            within: InvariantScope(.init(), domain: tables.domain))
        for number in 0..<Self.sampleCount {
            // Half of them where a permit could meet, else nearly all would be refused.
            var point = Domain.Point()
            for axis in Domain.Axis.allCases {
                point[axis] = random.below(tables.domain.count(axis))
            }
            if number % 2 == 0, !places.isEmpty {
                let place = places[random.below(places.count)].point
                for axis in [Domain.Axis.department, .purpose, .item] { point[axis] = place[axis] }
            }
            let ruling = tables.ruling(at: point)
            let decision = try tables.decided(at: point, by: rehearsal).decisions[0]
            let bit = tables.domain.bit(of: point)
            // Obligations can still keep back what the rules permit, so only the rules are compared.
            let isPermitted = ruling.allowed.hasBit(bit)
            guard Set(ruling.determining(at: bit)) == Set(decision.determining),
                isPermitted || !decision.isAllowed
            else {
                throw ScenarioFault(
                    .rule, at: Domain.place, "遍历表与裁决引擎不一致",
                    "the tables and the engine disagree on:\n"
                        + tables.domain.scenario(at: point, named: "differs", expecting: "allow"))
            }
        }
        return Self.sampleCount
    }

    private func violated(
        _ claim: Invariant.Claim, _ ruling: PlaceRuling, at outer: Domain.Point
    ) -> [UInt64] {
        switch claim {
        case .never(.anything), .always(.denied): return ruling.allowed
        case .never(.clear):
            guard tables.domain.vocabulary.catalogue.field(tables.domain.items[outer[.item]]) != nil
            else { return tables.nothing }
            return ruling.allowedWithout { $0.form != .clear }
        case .always(.notifiesResident): return ruling.allowedWithout(\.notifiesResident)
        case .always(.needsHumanConfirmation):
            return ruling.allowedWithout(\.needsHumanConfirmation)
        case .always(.retainsAtMost(let days)):
            return ruling.allowedWithout { ($0.retainDaysMax ?? .max) <= days }
        case .neverMoreVisible(let before, let after):
            return wider(ruling.allowed, than: before, after: after)
        }
    }

    /// The places under another standing of the consent that allow what the granted one does not.
    private func wider(_ allowed: [UInt64], than before: String, after: String) -> [UInt64] {
        let domain = tables.domain
        let shapes = domain.consents
        guard let granted = shapes.firstIndex(where: { $0.word.rawValue == before }) else {
            return tables.nothing
        }
        var wider = tables.nothing
        for bit in 0..<domain.innerCount where allowed.hasBit(bit) {
            var point = domain.point(Domain.Point(), bit: bit)
            guard shapes[point[.consent]].word.rawValue == after else { continue }
            point[.consent] = granted
            if !allowed.hasBit(domain.bit(of: point)) { wider[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        return wider
    }

    /// Whether the engine breaks the claim too.
    private func isConfirmed(
        _ claim: Invariant.Claim, at point: Domain.Point
    ) throws(ScenarioFault) -> Bool {
        let decision = try tables.decided(at: point, by: rehearsal).decisions[0]
        guard decision.isAllowed else { return false }
        switch claim {
        case .never(.clear): return decision.obligations.form == .clear
        case .never(.anything), .always(.denied), .neverMoreVisible: return true
        case .always(.notifiesResident): return !decision.obligations.notifiesResident
        case .always(.needsHumanConfirmation): return !decision.obligations.needsHumanConfirmation
        case .always(.retainsAtMost(let days)):
            return (decision.obligations.retainDaysMax ?? .max) > days
        }
    }
}

extension Invariant.Claim {
    /// What a scenario of a counterexample expects, so that it fails until the rules are mended.
    var wantedOutcome: String {
        switch self {
        case .never, .always(.denied), .neverMoreVisible: "deny"
        case .always(.notifiesResident): "{obligations: {notify_resident: true}}"
        case .always(.needsHumanConfirmation): "{obligations: {human_confirmation: true}}"
        case .always(.retainsAtMost(let days)): "{obligations: {retain_at_most: \(days)d}}"
        }
    }
}

/// What the rules say at one outer place, for all inner places at once.
struct PlaceRuling {
    var allowed: [UInt64]
    var permits: [(rule: RuleTables.RuleTable, isTrue: [UInt64])] = []
    var forbids: [(rule: RuleTables.RuleTable, isTrue: [UInt64])] = []
    var failed: [UInt64]

    /// Where something is allowed and no rule that permits it asks for this.
    func allowedWithout(_ asks: (Obligations) -> Bool) -> [UInt64] {
        var rest = allowed
        for permit in permits where asks(permit.rule.obligations) { rest.remove(permit.isTrue) }
        return rest
    }

    /// The rules that decide at one inner place.
    func determining(at bit: Int) -> [String] {
        let satisfied = forbids.filter { $0.isTrue.hasBit(bit) }
        let deciding = satisfied.isEmpty ? permits.filter { $0.isTrue.hasBit(bit) } : satisfied
        return deciding.map(\.rule.policy.id.text)
    }
}

extension RuleTables {
    /// What all rules say at an outer place.
    ///
    /// - Parameters:
    ///   - outer: Department, purpose, basis and item.
    ///   - replacing: A rule to take in place of the one of the same name.
    ///   - dropping: A rule to leave out.
    /// - Returns: Where they allow, and by which rules.
    func ruling(
        at outer: Domain.Point, replacing: RuleTable? = nil, dropping: RuleTable? = nil
    ) -> PlaceRuling {
        var ruling = PlaceRuling(allowed: nothing, failed: nothing)
        var forbidden = nothing
        for rule in rules where rule.policy.id != dropping?.policy.id {
            let own = rule.policy.id == replacing?.policy.id ? replacing ?? rule : rule
            let found = satisfied(own, at: outer)
            ruling.failed.unite(found.fails)
            if found.isTrue.isBlank { continue }
            if own.policy.effect == .permit {
                ruling.permits.append((own, found.isTrue))
                ruling.allowed.unite(found.isTrue)
            } else {
                ruling.forbids.append((own, found.isTrue))
                forbidden.unite(found.isTrue)
            }
        }
        ruling.allowed.remove(forbidden)
        ruling.allowed.remove(ruling.failed)
        return ruling
    }
}
