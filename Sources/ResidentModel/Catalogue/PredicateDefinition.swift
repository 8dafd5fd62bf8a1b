import StrictYAML

/// A question with the answers yes, no and unknown that can be asked instead of a value.
///
/// Predicates are closed: a caller names one and gives no bound of its own. So every question that can be asked has a
/// title in both languages that a resident can read, a rule can name it, a consent can cover it, and a value cannot be
/// found out by asking again and again with other bounds.
package struct PredicateDefinition: Hashable, Sendable {
    package let id: FieldID
    package let title: Title
    package let expression: PredicateExpression
    /// The fields whose values answer, sorted.
    package let fields: [FieldID]
    /// The most sensitive of them.
    package let field: FieldID
    /// Whether a yes needs a person's confirmation, of the very values it rests on, before it is given.
    package let needsConfirmation: Bool
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
        let ask = try fields.required("ask")
        expression = try PredicateParser.parse(ask, fields: known, codeSets: codeSets)
        self.fields = Set(expression.tests.map(\.field)).sorted()
        let definitions = self.fields.compactMap { known[$0] }
        guard let strictest = definitions.max(by: { $0.tier < $1.tier }) else {
            throw YAMLError("expected a test of a field", at: ask.position)
        }
        field = strictest.id
        guard Set(definitions.map(\.owner)).count == 1 else {
            throw YAMLError(
                "the fields have different owners; expected one authority for an answer",
                at: ask.position)
        }
        let confirmation = fields.optional("needs-confirmation")
        needsConfirmation = try confirmation?.flag() ?? false
        if let confirmation, needsConfirmation, expression.answerOfNothing == true {
            throw YAMLError(
                "this is a yes where nothing is recorded, and nobody can confirm what is not there; "
                    + "ask the opposite, or let a rule oblige to human-confirmation",
                at: confirmation.position)
        }
        try fields.finish()
    }
}
