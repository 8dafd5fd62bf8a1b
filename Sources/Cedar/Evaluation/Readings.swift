/// Walks over a part of a condition as evaluation does, and notes what it reads.
///
/// What evaluation leaves out, such as the right side of a decided `&&`, is left out here too.
struct Readings {
    let frame: Frame
    let file: String
    let detail: ExplanationDetail
    private(set) var values: [SeenValue] = []
    private(set) var hasAll = true
    private var texts: Set<String> = []

    init(frame: Frame, file: String, detail: ExplanationDetail) {
        self.frame = frame
        self.file = file
        self.detail = detail
    }

    /// Notes what `expression` reads; false where the walk ends, because reading failed or enough is noted.
    @discardableResult
    mutating func visit(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .literal: return true
        case .variable: return note(expression)
        case .attribute(let member, _), .has(let member, _):
            return (isPath(member) || visit(member)) && note(expression)
        case .binary(.hasTag, let owner, let key), .binary(.getTag, let owner, let key):
            return (isPath(owner) || visit(owner)) && visit(key) && note(expression)
        case .and(let members): return visit(members, until: false)
        case .or(let members): return visit(members, until: true)
        case .ifThenElse(let guarding, let then, let otherwise):
            guard visit(guarding), let holds = test(guarding) else { return false }
            return visit(holds ? then : otherwise)
        case .isType(let member, let type, let ancestor):
            guard visit(member) else { return false }
            let isOfType = Expression(.isType(member, type, in: nil), at: expression.position)
            guard let ancestor, test(isOfType) == true else { return true }
            return visit(ancestor)
        default:
            for member in expression.kind.children where !visit(member) { return false }
            return true
        }
    }

    private mutating func visit(_ members: [Expression], until deciding: Bool) -> Bool {
        for member in members {
            guard visit(member), let holds = test(member) else { return false }
            if holds == deciding { return true }
        }
        return true
    }

    /// Whether an expression is a variable or attributes of one, which are read in one go.
    private func isPath(_ expression: Expression) -> Bool {
        var rest = expression
        while case .attribute(let owner, _) = rest.kind { rest = owner }
        if case .variable = rest.kind { return true }
        return false
    }

    private func test(_ expression: Expression) -> Bool? {
        do throws(EvaluationFailure) {
            return try Compiler.compile(expression).test(frame)
        } catch {
            return nil
        }
    }

    private mutating func note(_ expression: Expression) -> Bool {
        let text = ExpressionText.of(expression)
        let isNew = texts.insert(text).inserted
        if isNew, values.count >= detail.valueCountMax {
            hasAll = false
            return false
        }
        let finding: SeenValue.Finding
        do throws(EvaluationFailure) {
            let value = try Compiler.compile(expression).evaluate(frame)
            finding =
                detail.shownText(text, value).map { .shown(detail.cut($0)) }
                ?? .redacted(value.kind)
        } catch {
            finding = .failed(error.fault)
        }
        if isNew {
            values.append(
                SeenValue(
                    text: detail.cut(text), position: expression.position.within(file),
                    finding: finding))
        }
        if case .failed = finding { return false }
        return true
    }
}
