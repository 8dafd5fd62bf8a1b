import Cedar
import Gateway
import ResidentModel

/// What each condition of each rule says at each place of the domain that it can tell apart.
///
/// A condition is asked once for each combination of the axes that it reads, by the evaluator that serves production;
/// after that a rule at one outer place is a handful of word operations over all inner places at once.
struct RuleTables {
    typealias Words = [UInt64]

    let domain: Domain
    private(set) var rules: [RuleTable] = []
    let wordCount: Int
    /// All inner places.
    let everywhere: Words
    private var inquiries: [Domain.Point: RuleInquiry] = [:]
    private let rehearsal: Rehearsal

    /// One rule with its conditions worked out.
    struct RuleTable {
        let policy: Policy
        let tree: ConditionTree
        let obligations: Obligations
        var leaves: [LeafTable]
    }

    /// One condition worked out over the axes that it reads.
    struct LeafTable {
        /// Those of the outer axes that it reads.
        let outer: [Domain.Axis]
        /// By the place among the outer axes: where it is true, and where it fails, among the inner places.
        var isTrue: [Words]
        var fails: [Words]
        /// By the place among the outer axes: 1 where it is true everywhere, 0 where nowhere, -1 where that depends.
        var constant: [Int8]
    }

    /// - Throws: ``ScenarioFault`` where a rule reads something that no axis of the domain decides.
    init(_ domain: Domain, _ rehearsal: Rehearsal) throws(ScenarioFault) {
        self.domain = domain
        self.rehearsal = rehearsal
        let count = domain.innerCount
        wordCount = (count + 63) / 64
        var everywhere = Words(repeating: .max, count: wordCount)
        if count % 64 != 0 { everywhere[wordCount - 1] = (1 << UInt64(count % 64)) - 1 }
        self.everywhere = everywhere
        for policy in rehearsal.policies.policies.policies { rules.append(try table(of: policy)) }
    }

    /// Works out one more rule, such as a mutant.
    mutating func table(of policy: Policy) throws(ScenarioFault) -> RuleTable {
        let tree = ConditionTree(policy)
        var leaves: [LeafTable] = []
        for index in tree.leaves.indices { leaves.append(try leafTable(tree, index)) }
        return RuleTable(
            policy: policy, tree: tree, obligations: policy.obligations, leaves: leaves)
    }

    private mutating func leafTable(
        _ tree: ConditionTree, _ leaf: Int
    ) throws(ScenarioFault) -> LeafTable {
        var axes: Set<Domain.Axis> = []
        for path in tree.leaves[leaf].readings {
            guard let found = DomainReading.axes(of: path) else {
                let text = path.joined(separator: ".")
                throw ScenarioFault(
                    .rule, at: Domain.place, "规则 \(tree.policyID) 读取 \(text)，遍历域里没有它",
                    "rule \(tree.policyID) reads \(text), which no axis of the domain decides")
            }
            axes.formUnion(found)
        }
        let outer = Domain.Axis.outer.filter(axes.contains)
        let inner = Domain.Axis.inner.filter(axes.contains)
        var table = LeafTable(outer: outer, isTrue: [], fails: [], constant: [])
        for place in 0..<outer.reduce(1, { $0 * domain.count($1) }) {
            let base = point(Domain.Point(), outer, place)
            var values: [Bool?] = []
            for number in 0..<inner.reduce(1, { $0 * domain.count($1) }) {
                let inquiry = try inquiry(at: point(base, inner, number))
                values.append(tree.value(of: leaf, inquiry.request, inquiry.entities))
            }
            append(values, inner, to: &table)
        }
        return table
    }

    /// Spreads the values over the axes that the condition reads to all inner places.
    private func append(_ values: [Bool?], _ inner: [Domain.Axis], to table: inout LeafTable) {
        let first = values.first ?? nil
        if let first, values.allSatisfy({ $0 == first }) {
            table.constant.append(first ? 1 : 0)
            table.isTrue.append([])
            table.fails.append([])
            return
        }
        var isTrue = Words(repeating: 0, count: wordCount)
        var fails = isTrue
        let axes = Domain.Axis.inner.reversed().map { (domain.count($0), inner.contains($0)) }
        for bit in 0..<domain.innerCount {
            var (rest, index, factor) = (bit, 0, 1)
            for (count, isRead) in axes {
                if isRead {
                    index += rest % count * factor
                    factor *= count
                }
                rest /= count
            }
            let value = values[index]
            if value == true { isTrue[bit >> 6] |= 1 << UInt64(bit & 63) }
            if value == nil { fails[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        table.constant.append(-1)
        table.isTrue.append(isTrue)
        table.fails.append(fails)
    }

    private func point(
        _ base: Domain.Point, _ axes: [Domain.Axis], _ place: Int
    ) -> Domain.Point {
        var point = base
        var rest = place
        for axis in axes.reversed() {
            point[axis] = rest % domain.count(axis)
            rest /= domain.count(axis)
        }
        return point
    }

    private mutating func inquiry(
        at point: Domain.Point
    ) throws(ScenarioFault) -> RuleInquiry {
        if let known = inquiries[point] { return known }
        guard let inquiry = try decided(at: point, by: rehearsal).inquiries.first else {
            preconditionFailure("one item, one inquiry")
        }
        inquiries[point] = inquiry
        return inquiry
    }

    /// The decision of the engine at a point.
    func decided(
        at point: Domain.Point, by engine: Rehearsal
    ) throws(ScenarioFault) -> RehearsedDecision {
        let resolved = try domain.setting(at: point).resolved(
            items: [domain.items[point[.item]]], at: Domain.place)
        do {
            return try engine.decide(resolved.request, at: resolved.clock, in: resolved.world)
        } catch {
            throw ScenarioFault(.form, at: Domain.place, "网关不受理：\(error)", "not taken: \(error)")
        }
    }
}

extension RuleTables {
    /// Where a rule is satisfied, and where it fails, among the inner places of an outer one.
    func satisfied(_ rule: RuleTable, at outer: Domain.Point) -> (isTrue: Words, fails: Words) {
        evaluate(rule.tree.root, rule, outer, everywhere)
    }

    private func evaluate(
        _ node: ConditionTree.Node, _ rule: RuleTable, _ outer: Domain.Point, _ live: Words
    ) -> (isTrue: Words, fails: Words) {
        switch node {
        case .leaf(let index): return evaluate(rule.leaves[index], outer, live)
        case .and(let members):
            var holds = live
            var fails = nothing
            for member in members {
                if holds.isBlank { break }
                let found = evaluate(member, rule, outer, holds)
                fails.unite(found.fails)
                holds = found.isTrue
            }
            return (holds, fails)
        case .or(let members):
            var rest = live
            var (holds, fails) = (nothing, nothing)
            for member in members {
                if rest.isBlank { break }
                let found = evaluate(member, rule, outer, rest)
                holds.unite(found.isTrue)
                fails.unite(found.fails)
                rest.remove(found.isTrue)
                rest.remove(found.fails)
            }
            return (holds, fails)
        case .not(let member):
            let found = evaluate(member, rule, outer, live)
            var holds = live
            holds.remove(found.isTrue)
            holds.remove(found.fails)
            return (holds, found.fails)
        case .choice(let guarding, let then, let otherwise):
            let found = evaluate(guarding, rule, outer, live)
            var rest = live
            rest.remove(found.isTrue)
            rest.remove(found.fails)
            let first = evaluate(then, rule, outer, found.isTrue)
            let second = evaluate(otherwise, rule, outer, rest)
            var (holds, fails) = (first.isTrue, found.fails)
            holds.unite(second.isTrue)
            fails.unite(first.fails)
            fails.unite(second.fails)
            return (holds, fails)
        }
    }

    private func evaluate(
        _ leaf: LeafTable, _ outer: Domain.Point, _ live: Words
    ) -> (isTrue: Words, fails: Words) {
        let place = leaf.outer.reduce(0) { $0 * domain.count($1) + outer[$1] }
        switch leaf.constant[place] {
        case 1: return (live, nothing)
        case 0: return (nothing, nothing)
        default: return (live.meeting(leaf.isTrue[place]), live.meeting(leaf.fails[place]))
        }
    }

    var nothing: Words { Words(repeating: 0, count: wordCount) }
}

extension [UInt64] {
    var isBlank: Bool { allSatisfy { $0 == 0 } }

    mutating func unite(_ other: [UInt64]) {
        for index in indices { self[index] |= other[index] }
    }

    mutating func remove(_ other: [UInt64]) {
        for index in indices { self[index] &= ~other[index] }
    }

    func meeting(_ other: [UInt64]) -> [UInt64] {
        var words = self
        for index in words.indices { words[index] &= other[index] }
        return words
    }

    var bitCount: Int { reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The lowest bit that is set; nil where none is.
    var firstBit: Int? {
        for (index, word) in enumerated() where word != 0 {
            return index * 64 + word.trailingZeroBitCount
        }
        return nil
    }

    func hasBit(_ bit: Int) -> Bool { self[bit >> 6] >> UInt64(bit & 63) & 1 == 1 }
}

extension Policy {
    /// What its annotation asks, as the bundle has checked it.
    var obligations: Obligations {
        guard let words = annotations["obligation"] else { return .none }
        do { return try Obligations(parsing: words) } catch {
            preconditionFailure("obligations are checked when the bundle is compiled")
        }
    }
}

/// Which axes of the domain decide what a rule reads.
///
/// A reading that is not listed is refused and never guessed; a test compares the list with the schema.
enum DomainReading {
    static func axes(of path: [String]) -> Set<Domain.Axis>? {
        switch path.first {
        case "principal": return [.department]
        case "action", "resource": return [.item]
        default: return context[path.dropFirst().joined(separator: ".")]
        }
    }

    /// By path within the context.
    static let context: [String: Set<Domain.Axis>] = [
        "known.department": [.department], "known.purpose": [.purpose], "known.basis": [.basis],
        "known.item": [.item], "purpose": [.purpose],
        "purposeListsDepartment": [.purpose, .department],
        "purposeListsBasis": [.purpose, .basis], "purposeCoversItem": [.purpose, .item],
        "basis.id": [.basis], "basis.kind": [.basis], "basis.inForce": [.basis, .clock],
        "basis.authorityHolds": [.department, .basis], "basis.coversItem": [.basis, .item],
        "consent.required": [.basis], "consent.inForce": [.consent], "consent.state": [.consent],
        "consent.assurance": [.consent], "consent.giver": [.consent],
        "consent.assured": [.consent, .purpose], "purposePredicateOnly": [.purpose, .item],
        "asking.withinPurpose": [.subject],
        "asking.withinConsent": [.basis, .consent, .subject],
        "household.mandateRequired": [.purpose],
        "household.complete": [.purpose, .consent, .subject, .household],
        "household.adults": [.purpose, .household],
        "household.mandated": [.purpose, .consent, .subject, .household],
        "case.given": [.caseGiven],
        "itemCount": [], "clock": [.clock], "emergency.state": [.basis],
        "emergency.coversItem": [.department, .basis, .item], "subject.protected": [.subject],
        "subject.child": [.basis, .subject], "subject.deceased": [.basis, .subject],
    ]
}
