/// Writes constraints as a script.
///
/// A term that is used more than once, or stands deep, gets a name of its own, so that neither the script's length nor
/// its depth grows with how often or how deep terms are used.
struct ScriptWriter {
    private static let depthMax = 64

    private let terms: TermTable
    private let arithmetic: Arithmetic
    private var lines: [String] = []
    private var named: [Term: String] = [:]
    private var uses: [Term: Int] = [:]

    private init(_ terms: TermTable, _ arithmetic: Arithmetic) {
        self.terms = terms
        self.arithmetic = arithmetic
    }

    /// A script that asks whether all of `constraints` can hold, and for the values of `asked` if so.
    static func script(
        _ terms: TermTable, _ arithmetic: Arithmetic, declarations: [String], constraints: [Term],
        asked: [Term]
    ) -> String {
        var writer = ScriptWriter(terms, arithmetic)
        writer.lines = ["(set-logic ALL)", arithmetic.prelude] + declarations
        writer.countUses(constraints + asked)
        for constraint in constraints {
            writer.lines.append("(assert \(writer.text(constraint)))")
        }
        let wanted = asked.map { writer.text($0) }
        writer.lines.append("(check-sat)")
        if !wanted.isEmpty { writer.lines.append("(get-value (\(wanted.joined(separator: " "))))") }
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private mutating func countUses(_ roots: [Term]) {
        var waiting = roots
        while let term = waiting.popLast() {
            uses[term, default: 0] += 1
            if uses[term] == 1 { waiting += terms.node(term).arguments }
        }
    }

    /// The text of a term; defines what it needs first, without recursion since terms may be thousands deep.
    private mutating func text(_ root: Term) -> String {
        var done: [Term: (text: String, depth: Int)] = [:]
        var stack = [root]
        while let term = stack.last {
            if done[term] != nil || named[term] != nil {
                stack.removeLast()
                continue
            }
            let node = terms.node(term)
            let missing = node.arguments.filter { done[$0] == nil && named[$0] == nil }
            guard missing.isEmpty else {
                stack += missing
                continue
            }
            stack.removeLast()
            if node.arguments.isEmpty {
                done[term] = (leaf(node), 0)
                continue
            }
            var depth = 0
            var text = "(\(node.head)"
            for argument in node.arguments {
                if let name = named[argument] {
                    text += " \(name)"
                } else if let part = done[argument] {
                    text += " \(part.text)"
                    depth = max(depth, part.depth)
                }
            }
            text += ")"
            if uses[term, default: 0] > 1 || depth >= Self.depthMax {
                let name = "t\(terms.place(term))"
                lines.append("(define-fun \(name) () \(node.sort.text) \(text))")
                named[term] = name
            } else {
                done[term] = (text, depth + 1)
            }
        }
        return named[root] ?? done[root]?.text ?? ""
    }

    private func leaf(_ node: TermTable.Node) -> String {
        guard node.sort == .long, let number = Int64(node.head) else { return node.head }
        return arithmetic.literal(number)
    }
}
