import Cedar
import ResidentModel

/// Every way to change one thing in a condition.
struct ExpressionMutations {
    let catalogue: Catalogue

    typealias Change = (expression: Cedar.Expression, sentence: Title)

    func changes(of expression: Cedar.Expression) -> [Change] {
        switch expression.kind {
        case .and(let members):
            return within(members) { Cedar.Expression(.and($0), at: expression.position) }
        case .or(let members):
            return within(members) { Cedar.Expression(.or($0), at: expression.position) }
        case .not(let member):
            return changes(of: member).map { change in
                (
                    Cedar.Expression(.not(change.expression), at: expression.position),
                    change.sentence
                )
            }
        default: return [negated(expression)] + ofLeaf(expression)
        }
    }

    /// Each member changed, and each member left out.
    private func within(
        _ members: [Cedar.Expression], _ joined: ([Cedar.Expression]) -> Cedar.Expression
    ) -> [Change] {
        var results: [Change] = []
        for (index, member) in members.enumerated() {
            var rest = members
            rest.remove(at: index)
            let text = member.text
            results.append(
                (
                    rest.count == 1 ? rest[0] : joined(rest),
                    Title(chinese: "去掉条件 \(text)", english: "drop the condition \(text)")
                ))
            for change in changes(of: member) {
                var changed = members
                changed[index] = change.expression
                results.append((joined(changed), change.sentence))
            }
        }
        return results
    }

    private func negated(_ expression: Cedar.Expression) -> Change {
        (
            Cedar.Expression(.not(expression), at: expression.position),
            Title(
                chinese: "反转条件 \(expression.text)",
                english: "negate the condition \(expression.text)")
        )
    }

    private func ofLeaf(_ expression: Cedar.Expression) -> [Change] {
        guard case .binary(let symbol, let left, let right) = expression.kind else { return [] }
        var results: [Change] = []
        func add(_ kind: Cedar.Expression.Kind) {
            let changed = Cedar.Expression(kind, at: expression.position)
            results.append(
                (
                    changed,
                    Title(
                        chinese: "\(expression.text) 改为 \(changed.text)",
                        english: "change \(expression.text) to \(changed.text)")
                ))
        }
        let swapped: [BinaryOperator: BinaryOperator] = [
            .less: .lessOrEqual, .lessOrEqual: .less, .greater: .greaterOrEqual,
            .greaterOrEqual: .greater,
        ]
        if let other = swapped[symbol] { add(.binary(other, left, right)) }
        for operand in variants(of: left) { add(.binary(symbol, operand, right)) }
        for operand in variants(of: right) { add(.binary(symbol, left, operand)) }
        return results
    }

    /// A list with a member more or less, a number or instant one unit away, a name replaced by its neighbour.
    private func variants(of operand: Cedar.Expression) -> [Cedar.Expression] {
        let place = operand.position
        switch operand.kind {
        case .set(let members):
            var results: [Cedar.Expression] = []
            for index in members.indices where members.count > 1 {
                var rest = members
                rest.remove(at: index)
                results.append(Cedar.Expression(.set(rest), at: place))
            }
            if case .literal(let literal)? = members.last?.kind,
                let more = neighbour(of: literal, besides: members)
            {
                let member = Cedar.Expression(.literal(more), at: place)
                results.append(Cedar.Expression(.set(members + [member]), at: place))
            }
            return results
        case .literal(.long(let number)):
            return [number - 1, number + 1].map { Cedar.Expression(.literal(.long($0)), at: place) }
        case .literal(let literal):
            return neighbour(of: literal, besides: [operand]).map {
                [Cedar.Expression(.literal($0), at: place)]
            } ?? []
        case .call(.datetime, let arguments):
            guard case .literal(.string(let text))? = arguments.first?.kind,
                let value = DatetimeValue(text)
            else { return [] }
            return [Int64(-86_400_000), 86_400_000].map { shift in
                let moment = Moments.text(of: value.milliseconds + shift).replacing(
                    "+08:00", with: "+0800")
                let literal = Cedar.Expression(.literal(.string(moment)), at: place)
                return Cedar.Expression(.call(.datetime, [literal]), at: place)
            }
        default: return []
        }
    }

    /// Another name of the same kind that is not there yet.
    private func neighbour(
        of literal: Literal, besides members: [Cedar.Expression]
    ) -> Literal? {
        guard case .entity(let uid) = literal else { return nil }
        var taken: Set<String> = []
        for member in members {
            if case .literal(.entity(let other)) = member.kind { taken.insert(other.id) }
        }
        let names: [String]
        switch uid.type {
        case "Hangu::Department": names = catalogue.departments.keys.sorted()
        case "Hangu::Purpose": names = catalogue.purposes.keys.sorted()
        case "Hangu::Field": names = catalogue.fields.map(\.id.text)
        case "Hangu::Predicate": names = siblings(of: uid.id)
        case "Hangu::FieldClass": names = catalogue.classes.map(\.name)
        default: return nil
        }
        guard let name = names.first(where: { !taken.contains($0) }) else { return nil }
        return .entity(EntityUID(type: uid.type, id: name))
    }

    /// Predicates that a purpose can need beside this one, since a fault is likeliest among them.
    private func siblings(of predicate: String) -> [String] {
        let id = FieldID(predicate)
        let near = catalogue.purposes.values.filter { $0.fields.contains(id) }
            .flatMap { $0.fields.filter { catalogue.predicates[$0] != nil }.map(\.text) }
        return near.sorted() + catalogue.predicates.keys.map(\.text).sorted()
    }
}

extension Cedar.Expression {
    /// As Cedar text, cut short where it is long.
    var text: String {
        let text = cedarText
        return text.count > 160 ? text.prefix(160) + "…" : text
    }
}
