package import Cedar
package import ResidentModel

/// The rules with one seeded fault.
package struct Mutant: Sendable {
    /// The rule with the fault; for faults of the whole bundle, what they are.
    package let rule: String
    /// What was done, as a sentence.
    package let sentence: Title
    package let change: Change

    package enum Change: Sendable {
        case drop
        case replace(Policy)
        /// Everything that nothing forbids is allowed.
        case allowByDefault
        /// No forbid counts any more: a permit outweighs it.
        case permitsOutweigh
    }

    /// The rules of a bundle with the fault.
    package func applied(to rules: [Policy]) -> [Policy] {
        switch change {
        case .drop: return rules.filter { $0.id.text != rule }
        case .replace(let policy): return rules.map { $0.id.text == rule ? policy : $0 }
        case .permitsOutweigh: return rules.filter { $0.effect == .permit }
        case .allowByDefault:
            guard let first = rules.first else { return rules }
            let all = Policy(
                id: PolicyID("mutant.default-allow"), effect: .permit, annotations: [:],
                position: first.position,
                scope: Scope(principal: .any, action: .any, resource: .any), conditions: [])
            return rules + [all]
        }
    }
}

/// Makes every mutant of a bundle's rules, in a fixed order.
struct MutantMaker {
    let catalogue: Catalogue

    func mutants(of rules: [Policy]) -> [Mutant] {
        var mutants = [
            Mutant(
                rule: "*", sentence: Title(chinese: "默认改为允许", english: "allow by default"),
                change: .allowByDefault),
            Mutant(
                rule: "*",
                sentence: Title(chinese: "允许压过禁止", english: "let permits outweigh forbids"),
                change: .permitsOutweigh),
        ]
        for rule in rules { mutants += self.mutants(of: rule) }
        return mutants
    }

    private func mutants(of rule: Policy) -> [Mutant] {
        func mutant(_ chinese: String, _ english: String, _ policy: Policy?) -> Mutant {
            Mutant(
                rule: rule.id.text, sentence: Title(chinese: chinese, english: english),
                change: policy.map { .replace($0) } ?? .drop)
        }
        let flipped: Effect = rule.effect == .permit ? .forbid : .permit
        var mutants = [
            mutant("去掉这条规则", "drop the rule", nil),
            mutant("允许与禁止对调", "flip its effect", rule.with(effect: flipped)),
        ]
        for (chinese, english, scope) in scopes(of: rule.scope) {
            mutants.append(mutant(chinese, english, rule.with(scope: scope)))
        }
        for (index, condition) in rule.conditions.enumerated() {
            var without = rule.conditions
            without.remove(at: index)
            let text = condition.body.text
            mutants.append(
                mutant("去掉条件 \(text)", "drop the condition \(text)", rule.with(conditions: without))
            )
            for change in ExpressionMutations(catalogue: catalogue).changes(of: condition.body) {
                var changed = rule.conditions
                changed[index] = Condition(
                    isUnless: condition.isUnless, body: change.expression,
                    position: condition.position)
                mutants.append(
                    mutant(
                        change.sentence.chinese, change.sentence.english,
                        rule.with(conditions: changed)))
            }
        }
        for (words, chinese, english) in weakened(rule.annotations["obligation"]) {
            var annotations = rule.annotations
            annotations["obligation"] = words
            mutants.append(mutant(chinese, english, rule.with(annotations: annotations)))
        }
        return mutants
    }

    private func scopes(of scope: Scope) -> [(String, String, Scope)] {
        var scopes: [(String, String, Scope)] = []
        if scope.principal != .any {
            var wider = scope
            wider.principal = .any
            scopes.append(("不再限定部门", "let any department ask", wider))
        }
        if scope.resource != .any {
            var wider = scope
            wider.resource = .any
            scopes.append(("不再限定事项", "mean any item", wider))
        }
        if case .any = scope.action {
        } else {
            var wider = scope
            wider.action = .any
            scopes.append(("不再区分问题和值", "mean questions and values alike", wider))
        }
        return scopes
    }

    /// The obligations with one word lost, or one form weakened by a step.
    private func weakened(_ text: String?) -> [(String?, String, String)] {
        guard let text else { return [] }
        let words = text.split(separator: " ").map(String.init)
        var results: [(String?, String, String)] = []
        for (index, word) in words.enumerated() where word != "clear" {
            var without = words
            without.remove(at: index)
            results.append(
                (
                    without.isEmpty ? nil : without.joined(separator: " "), "去掉义务 \(word)",
                    "drop the obligation \(word)"
                ))
            guard let weaker = Self.weaker(word) else { continue }
            var changed = words
            changed[index] = weaker
            results.append(
                (
                    changed.joined(separator: " "), "\(word) 放宽为 \(weaker)",
                    "weaken \(word) to \(weaker)"
                ))
        }
        return results
    }

    private static func weaker(_ word: String) -> String? {
        switch word {
        case "truncate-date:year": return "truncate-date:month"
        case "division:2": return "division:4"
        case "division:4": return "division:6"
        case "division:6": return "division:9"
        case "mask:ends": return "mask:last4"
        default: break
        }
        let parts = word.split(separator: ":").map(String.init)
        guard parts.count == 2 else { return nil }
        if parts[0] == "retain-at-most", let days = Int(parts[1].dropLast()) {
            return "retain-at-most:\(days + 1)d"
        }
        guard let number = Int(parts[1]) else { return nil }
        switch parts[0] {
        case "band", "round": return number > 1 ? "\(parts[0]):\(number / 2)" : nil
        case "code-category": return "code-category:\(number + 1)"
        default: return nil
        }
    }
}

extension Policy {
    func with(
        effect: Effect? = nil, annotations: [String: String]? = nil, scope: Scope? = nil,
        conditions: [Condition]? = nil
    ) -> Policy {
        Policy(
            id: id, effect: effect ?? self.effect, annotations: annotations ?? self.annotations,
            annotationPositions: annotationPositions, position: position,
            scope: scope ?? self.scope, conditions: conditions ?? self.conditions)
    }
}
