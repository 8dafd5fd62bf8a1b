/// A term of the solver's language, by its place in a ``TermTable``.
struct Term: Hashable {
    fileprivate let index: Int32
}

/// Terms, each kept once, simplified as they are made.
///
/// Equal terms are the same term, so a policy that names `principal.level` a hundred times costs one application, and
/// a question that comes down to `false` is answered without a solver.
final class TermTable {
    /// A head with its arguments; a leaf is its own text.
    struct Node: Hashable {
        let head: String
        let arguments: [Term]
        let sort: Sort
    }

    private(set) var nodes: [Node] = []
    private var places: [Node: Term] = [:]
    let termsMax: Int
    /// Set where two terms are multiplied and neither is a number.
    var multipliesUnknowns = false
    let yes: Term
    let no: Term

    init(termsMax: Int) {
        self.termsMax = termsMax
        yes = Term(index: 0)
        no = Term(index: 1)
        _ = leaf("true", .bool)
        _ = leaf("false", .bool)
    }

    /// Whether more terms were made than the limit allows; the caller looks after each node of a policy.
    var isFull: Bool { nodes.count > termsMax }

    func node(_ term: Term) -> Node { nodes[Int(term.index)] }
    func place(_ term: Term) -> Int { Int(term.index) }

    func leaf(_ text: String, _ sort: Sort) -> Term { make(text, [], sort) }
    func make(_ head: String, _ arguments: [Term], _ sort: Sort) -> Term {
        let node = Node(head: head, arguments: arguments, sort: sort)
        if let known = places[node] { return known }
        let term = Term(index: Int32(nodes.count))
        nodes.append(node)
        places[node] = term
        return term
    }

    func bool(_ flag: Bool) -> Term { flag ? yes : no }

    // MARK: Logic

    func not(_ term: Term) -> Term {
        if term == yes { return no }
        if term == no { return yes }
        let node = node(term)
        return node.head == "not" ? node.arguments[0] : make("not", [term], .bool)
    }

    func and(_ terms: [Term]) -> Term { join("and", terms, neutral: yes, deciding: no) }
    func or(_ terms: [Term]) -> Term { join("or", terms, neutral: no, deciding: yes) }
    func and(_ left: Term, _ right: Term) -> Term { and([left, right]) }
    func or(_ left: Term, _ right: Term) -> Term { or([left, right]) }
    func implies(_ left: Term, _ right: Term) -> Term { or(not(left), right) }

    private func join(_ head: String, _ terms: [Term], neutral: Term, deciding: Term) -> Term {
        var kept: [Term] = []
        var seen: Set<Term> = []
        for term in terms where term != neutral && seen.insert(term).inserted {
            if term == deciding || seen.contains(not(term)) { return deciding }
            kept.append(term)
        }
        if kept.count <= 1 { return kept.first ?? neutral }
        return make(head, kept, .bool)
    }

    func choice(_ guarding: Term, _ then: Term, _ otherwise: Term) -> Term {
        if guarding == yes || then == otherwise { return then }
        if guarding == no { return otherwise }
        let sort = node(then).sort
        if sort == .bool {
            if then == yes { return or(guarding, otherwise) }
            if then == no { return and(not(guarding), otherwise) }
            if otherwise == yes { return or(not(guarding), then) }
            if otherwise == no { return and(guarding, then) }
        }
        return make("ite", [guarding, then, otherwise], sort)
    }

    func equal(_ left: Term, _ right: Term) -> Term {
        if left == right { return yes }
        let leftNode = node(left)
        let rightNode = node(right)
        if leftNode.isConstant, rightNode.isConstant { return no }
        if leftNode.sort == .bool {
            if left == yes { return right }
            if right == yes { return left }
            if left == no { return not(right) }
            if right == no { return not(left) }
        }
        return make("=", place(left) < place(right) ? [left, right] : [right, left], .bool)
    }
}

extension TermTable.Node {
    /// Whether this is the one spelling of one value, so that other constants are other values.
    var isConstant: Bool {
        guard arguments.isEmpty, let first = head.utf8.first else { return false }
        switch sort {
        case .bool: return head == "true" || head == "false"
        // Symbols start with a letter; literals with a digit, a sign, a quote or a bracket.
        case .long, .string: return !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        case .enumeration: return head.hasPrefix("e")
        case .address: return head.hasPrefix("(")
        case .record, .set, .option: return false
        }
    }
}
