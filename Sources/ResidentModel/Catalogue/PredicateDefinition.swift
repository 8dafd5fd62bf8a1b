import StrictYAML

/// A question with the answers yes, no and unknown that can be asked instead of a value.
///
/// Predicates are closed: a caller names one and gives no bound of its own, so that a value cannot be found out
/// by asking again and again with other bounds.
package struct PredicateDefinition: Hashable, Sendable {
    package let id: FieldID
    package let title: Title
    /// The field whose values answer.
    package let field: FieldID
    package let test: PredicateTest
    /// How values of several sources combine.
    package let combine: SourceCombination
    /// Whether a yes needs a person's confirmation in the review list before it is given.
    package let needsConfirmation: Bool

    package init(
        id: FieldID, title: Title, field: FieldID, test: PredicateTest,
        combine: SourceCombination, needsConfirmation: Bool
    ) {
        self.id = id
        self.title = title
        self.field = field
        self.test = test
        self.combine = combine
        self.needsConfirmation = needsConfirmation
    }
}

/// What a predicate asks of one value.
package enum PredicateTest: Hashable, Sendable {
    /// The date lies at least so many full years back.
    case yearsAtLeast(Int)
    /// The date lies less than so many full years back.
    case yearsBelow(Int)
    /// A value is there at all.
    case isPresent
    /// No value is there: for facts that a register records only when they happen, such as a death.
    case isAbsent
    /// The flag is true.
    case isTrue
    /// The flag is false.
    case isFalse
    /// The code is one of these.
    case isCode(Set<String>)
    /// The division is this one or lies within it, by code prefix.
    case isWithinDivision(String)
    /// The number is at most this.
    case atMost(Int)
    /// The number is at least this.
    case atLeast(Int)
    /// The date lies at most so many days back.
    case withinDays(Int)
}

/// How the values of several sources combine into one answer.
package enum SourceCombination: String, Hashable, Sendable, CaseIterable {
    /// Sources that differ make the answer unknown.
    case agreement
    /// Yes where any source says yes.
    case any
    /// Yes only where every source that has a value says yes.
    case all
}

extension PredicateDefinition {
    init(
        _ entry: YAMLEntry, fields known: [FieldID: FieldDefinition], codeSets: [String: CodeSet]
    ) throws(YAMLError) {
        guard FieldID.isWellFormed(entry.key) else {
            throw YAMLError("'\(entry.key)' is no predicate name", at: entry.keyPosition)
        }
        id = FieldID(entry.key)
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        let of = try fields.required("of")
        field = FieldID(try of.text())
        guard let definition = known[field] else {
            throw YAMLError("'\(field)' is not a field of the catalogue", at: of.position)
        }
        let testNode = try fields.required("test")
        test = try PredicateTest(testNode, kind: definition.kind)
        if case .isCode(let codes) = test, case .code(let name) = definition.kind,
            let set = codeSets[name], !set.isOpen,
            let unknown = codes.sorted().first(where: { set.values[$0] == nil })
        {
            throw YAMLError("'\(unknown)' is not a code of '\(name)'", at: testNode.position)
        }
        combine = try fields.optional("combine")?.word(of: SourceCombination.self) ?? .agreement
        needsConfirmation = try fields.optional("needs-confirmation")?.flag() ?? false
        try fields.finish()
    }
}

extension PredicateTest {
    fileprivate init(_ node: YAMLNode, kind: FieldKind) throws(YAMLError) {
        let entries = node.isMapping ? try node.entries() : []
        guard node.isMapping else {
            self = try Self.bare(node, kind: kind)
            return
        }
        guard let entry = entries.first, entries.count == 1 else {
            throw YAMLError("expected one test", at: node.position)
        }
        let years = 1...150
        switch (entry.key, kind) {
        case ("years-at-least", .date): self = .yearsAtLeast(try entry.value.integer(in: years))
        case ("years-below", .date): self = .yearsBelow(try entry.value.integer(in: years))
        case ("within-days", .date): self = .withinDays(try entry.value.integer(in: 1...36_500))
        case ("is-code", .code): self = .isCode(Set(try entry.value.texts()))
        case ("within-division", .division):
            self = .isWithinDivision(try divisionPrefix(entry.value))
        case ("at-most", .integer), ("at-most", .decimal):
            self = .atMost(try entry.value.integer(in: 0...1_000_000_000))
        case ("at-least", .integer), ("at-least", .decimal):
            self = .atLeast(try entry.value.integer(in: 0...1_000_000_000))
        default:
            throw YAMLError("'\(entry.key)' cannot be asked of this field", at: entry.keyPosition)
        }
    }

    private static func bare(_ node: YAMLNode, kind: FieldKind) throws(YAMLError) -> PredicateTest {
        switch (try node.text(), kind) {
        case ("is-present", _): return .isPresent
        case ("is-absent", _): return .isAbsent
        case ("is-true", .flag): return .isTrue
        case ("is-false", .flag): return .isFalse
        default: throw YAMLError("this test cannot be asked of this field", at: node.position)
        }
    }
}
