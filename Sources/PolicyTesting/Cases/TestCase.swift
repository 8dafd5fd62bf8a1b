package import Gateway
package import ResidentModel
package import StrictYAML

/// One request at one moment in one supposed world, with what is expected of each of its items.
///
/// Scenarios, variants, rows of tables and steps of timelines all become cases; a case's cells are what is counted.
package struct TestCase: Sendable {
    /// The suite's title.
    package var suite: String
    /// Scenario, and what within it: a variant, a row, a step.
    package var name: String
    /// Stable; unique within a run.
    package var id: String
    package var position: YAMLPosition
    /// The clauses that the case traces to, as its author wrote them.
    package var law: [String]
    /// True where no row of the table names the combination.
    package var isByElse = false
    package var request: DisclosureRequest
    /// Milliseconds since 1970.
    package var clock: Int64
    package var world: Rehearsal.World
    /// What sources say of the resident, by field.
    package var values: [FieldID: [SupposedValue]]
    /// Words that one of the sentences of the case must have, by language.
    package var sentences: [ReportLanguage: String] = [:]
    /// The rules under test; empty for all.
    package var rules: [String]
    package var cells: [TestCell]
}

/// One value that a source is supposed to have.
package struct SupposedValue: Hashable, Sendable {
    package var text: String
    package var source: String
    package var observedAt: CalendarDate
    /// Whether a person has confirmed what the field says.
    package var isConfirmed: Bool
}

/// One item of a case with what is expected of it.
package struct TestCell: Sendable {
    package var item: FieldID
    package var position: YAMLPosition
    package var expectation: Expectation
}

/// What is expected of one item.
package struct Expectation: Hashable, Sendable {
    package var outcome: Outcome
    /// How the predicate is answered, and why it is unknown.
    package var answer: PredicateAnswer?
    package var unknownReason: UnknownReason?
    /// What leaves of the one value that the world has.
    package var shows: String?
    package var because = Because()
    package var duties: [Duty] = []

    package enum Outcome: Hashable, Sendable {
        /// Something leaves, in this form.
        case allowed(ValueForm)
        /// Something leaves under exactly these obligations.
        case exactly(Obligations)
        case denied
    }

    /// One duty that is asserted, and how.
    package enum Duty: Hashable, Sendable {
        case notifyResident(Bool)
        case humanConfirmation(Bool)
        /// nil where the rules are to set no limit.
        case retainDays(Int?)
    }
}

/// What decided, exactly in each kind that is named.
package struct Because: Hashable, Sendable {
    /// Rules by `@id`: exactly these; nil where none is named.
    package var rules: Set<String>?
    /// Reason codes: exactly these.
    package var reasons: Set<String>?
    /// Consents by id: exactly these.
    package var consents: Set<String>?
    /// Rules and reason codes that must be among those that decided.
    package var includes: Set<String> = []
    /// Rules and reason codes that must not be.
    package var excludes: Set<String> = []

    package init() {}
}

/// Everything that the files of one run say.
package struct TestPlan: Sendable {
    package var cases: [TestCase] = []
    package var invariants: [Invariant] = []

    package init() {}

    package var cellCount: Int { cases.reduce(0) { $0 + $1.cells.count } }
}
