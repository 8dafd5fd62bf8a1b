import Cedar
import Gateway
import ResidentModel

/// The departments, purposes and items that some permit can meet at all.
struct AllowedPlaces {
    private let tables: RuleTables

    init(_ tables: RuleTables) { self.tables = tables }

    struct Place {
        let point: Domain.Point
    }

    /// Each of them once, in order.
    func places(within scope: InvariantScope) -> [Place] {
        var found: Set<Domain.Point> = []
        for rule in tables.rules where rule.policy.effect == .permit {
            let departments = possible(.department, rule, scope)
            let purposes = possible(.purpose, rule, scope)
            let items = possible(.item, rule, scope)
            for department in departments {
                for purpose in purposes {
                    for item in items {
                        var point = Domain.Point()
                        point[.department] = department
                        point[.purpose] = purpose
                        point[.item] = item
                        found.insert(point)
                    }
                }
            }
        }
        return found.sorted { $0.indexes.lexicographicallyPrecedes($1.indexes) }
            .map { Place(point: $0) }
    }

    /// The values of one axis that the rule's conditions on it alone admit.
    func possible(
        _ axis: Domain.Axis, _ rule: RuleTables.RuleTable, _ scope: InvariantScope
    ) -> [Int] {
        guard case .and(let members) = rule.tree.root else { return scope.indexes(axis) }
        var leaves: [RuleTables.LeafTable] = []
        func collect(_ node: ConditionTree.Node) {
            switch node {
            case .leaf(let index) where rule.leaves[index].outer == [axis]:
                leaves.append(rule.leaves[index])
            case .and(let members): members.forEach(collect)
            default: break
            }
        }
        members.forEach(collect)
        return scope.indexes(axis).filter { index in
            leaves.allSatisfy { $0.constant[index] != 0 }
        }
    }
}

/// The part of the domain that an invariant is about.
struct InvariantScope {
    private let admitted: [[Int]]
    let innerMask: [UInt64]
    let combinations: Int

    init(_ limits: Invariant.Limits, domain: Domain) {
        func chosen(_ axis: Domain.Axis, _ limit: Invariant.NameLimit?, _ name: (Int) -> String)
            -> [Int]
        {
            (0..<domain.count(axis)).filter { index in
                let text = name(index)
                return limit.map { limit in
                    limit.admits(text)
                        || (text == Domain.unknown && !limit.isExclusion
                            && limit.names.contains { $0.hasPrefix("?") })
                } ?? true
            }
        }
        var admitted = Domain.Axis.allCases.map { Array(0..<domain.count($0)) }
        admitted[Domain.Axis.department.rawValue] = chosen(.department, limits.departments) {
            domain.departments[$0]
        }
        admitted[Domain.Axis.purpose.rawValue] = chosen(.purpose, limits.purposes) {
            domain.purposes[$0]
        }
        admitted[Domain.Axis.basis.rawValue] = chosen(.basis, limits.bases) {
            domain.bases[$0].name
        }
        admitted[Domain.Axis.item.rawValue] = chosen(.item, limits.items) { domain.items[$0].text }
        admitted[Domain.Axis.consent.rawValue] = chosen(.consent, limits.consents) {
            domain.consents[$0].word.rawValue
        }
        if let isCaseGiven = limits.isCaseGiven {
            admitted[Domain.Axis.caseGiven.rawValue] = [isCaseGiven ? 1 : 0]
        }
        self.admitted = admitted
        combinations = admitted.reduce(1) { $0 * $1.count }
        var mask = [UInt64](repeating: 0, count: (domain.innerCount + 63) / 64)
        for bit in 0..<domain.innerCount {
            let point = domain.point(Domain.Point(), bit: bit)
            let isMeant = Domain.Axis.inner.allSatisfy { axis in
                admitted[axis.rawValue].contains(point[axis])
            }
            if isMeant { mask[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        innerMask = mask
    }

    func indexes(_ axis: Domain.Axis) -> [Int] { admitted[axis.rawValue] }
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that a run can be had again.
package struct SplitMix: Sendable {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
