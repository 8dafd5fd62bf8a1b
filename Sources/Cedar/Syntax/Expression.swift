/// A node of a parsed condition, with its place in the text.
///
/// Chains of one operator are one node with many members, so that depth is bounded by ``Limits/nestingMax``
/// whatever the length of a chain.
package final class Expression: Sendable {
    package let kind: Kind
    package let position: TextPosition
    /// The longest way down from here, counting this node.
    let depth: Int
    /// The number of nodes in plain form, where operators that stand for others are written out.
    let expandedCount: Int

    package init(_ kind: Kind, at position: TextPosition) {
        self.kind = kind
        self.position = position
        var depth = 0
        var count = 1
        for child in kind.children {
            depth = max(depth, child.depth)
            count += child.expandedCount
        }
        switch kind {
        case .has(let member, let path) where path.count > 1:
            count = path.count * (member.expandedCount + path.count)
        case .isType(let member, _, in: _?): count += member.expandedCount
        default: break
        }
        self.depth = depth + 1
        expandedCount = min(count, Self.countedMax)
    }

    /// Counting stops here, far beyond any limit, so that sums and products of counts fit an integer.
    private static let countedMax = 1 << 40

    /// Why this node exceeds the limits, nil where it does not.
    ///
    /// Its members are taken to be within them.
    func excess(over limits: Limits) -> (what: String, most: Int)? {
        if depth > limits.nestingMax { return ("the nesting", limits.nestingMax) }
        if kind.memberCount > limits.memberCountMax {
            return ("the number of members", limits.memberCountMax)
        }
        if expandedCount > limits.expansionMax {
            return ("the size of the condition", limits.expansionMax)
        }
        return nil
    }

    package enum Kind: Sendable {
        case literal(Literal)
        case variable(Variable)
        case ifThenElse(Expression, then: Expression, otherwise: Expression)
        /// Two or more members, joined from the left.
        case and([Expression])
        case or([Expression])
        case not(Expression)
        case negate(Expression)
        case binary(BinaryOperator, Expression, Expression)
        /// A first member and at least one further member, joined from the left.
        case sum(Expression, [Term])
        case product([Expression])
        case isEmpty(Expression)
        case attribute(Expression, String)
        /// `e has a.b.c`; at least one name.
        case has(Expression, [String])
        case like(Expression, Pattern)
        case isType(Expression, String, in: Expression?)
        case set([Expression])
        case record([RecordMember])
        case call(ExtensionFunction, [Expression])

        /// The members in the order in which they are evaluated.
        package var children: [Expression] {
            switch self {
            case .literal, .variable: []
            case .ifThenElse(let guarding, let then, let otherwise): [guarding, then, otherwise]
            case .and(let members), .or(let members), .product(let members), .set(let members):
                members
            case .not(let member), .negate(let member), .isEmpty(let member),
                .attribute(let member, _),
                .has(let member, _), .like(let member, _):
                [member]
            case .binary(_, let left, let right): [left, right]
            case .sum(let first, let terms): [first] + terms.map(\.expression)
            case .isType(let member, _, let ancestor): [member] + (ancestor.map { [$0] } ?? [])
            case .record(let members): members.map(\.value)
            case .call(_, let arguments): arguments
            }
        }

        /// How many members a list or a chain has; few for anything else.
        fileprivate var memberCount: Int {
            switch self {
            case .and(let members), .or(let members), .product(let members), .set(let members),
                .call(_, let members):
                members.count
            case .sum(_, let terms): terms.count + 1
            case .record(let members): members.count
            default: 0
            }
        }
    }

    package struct Term: Sendable {
        package let isSubtraction: Bool
        package let expression: Expression
    }

    package struct RecordMember: Sendable {
        package let name: String
        package let value: Expression
    }
}

package enum Literal: Hashable, Sendable {
    case bool(Bool)
    case long(Int64)
    case string(String)
    case entity(EntityUID)

    package static func == (left: Literal, right: Literal) -> Bool { left.value == right.value }
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }

    package var value: Value {
        switch self {
        case .bool(let value): .bool(value)
        case .long(let value): .long(value)
        case .string(let value): .string(value)
        case .entity(let value): .entity(value)
        }
    }
}

package enum Variable: String, Hashable, Sendable, CaseIterable {
    case principal, action, resource, context
}

package enum BinaryOperator: String, Hashable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case contains
    case containsAll
    case containsAny
    case hasTag
    case getTag

    /// Written `a.contains(b)` rather than `a == b`.
    package var isMethod: Bool {
        switch self {
        case .contains, .containsAll, .containsAny, .hasTag, .getTag: true
        default: false
        }
    }
}

/// The functions and methods of the extension types.
package enum ExtensionFunction: String, Hashable, Sendable, CaseIterable {
    case ip, decimal, datetime, duration
    case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
    case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
    case offset, durationSince, toDate, toTime
    case toMilliseconds, toSeconds, toMinutes, toHours, toDays

    /// Written `ip("…")`, not as a method.
    package var isConstructor: Bool {
        switch self {
        case .ip, .decimal, .datetime, .duration: true
        default: false
        }
    }

    /// The number of arguments, the receiver included.
    package var argumentCount: Int {
        switch self {
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset,
            .durationSince:
            2
        default: 1
        }
    }
}
