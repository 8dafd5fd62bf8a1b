import Cedar

/// A value of which some parts are terms.
///
/// Records are taken apart, so that reaching into one costs nothing; only within sets are they terms themselves.
indirect enum SymbolicValue {
    case bool(Term)
    case long(Term)
    case string(Term)
    case entity(String, Term)
    case `extension`(ExtensionType, Term)
    case set(SymbolicSet)
    case record([ScalarKey: SymbolicMember])
}

/// A member of a record, with the condition under which it is there.
struct SymbolicMember {
    let presence: Term
    let value: SymbolicValue
}

enum SymbolicSet {
    /// The members one by one, and their type, nil where there are none: needs no theory of sets.
    case literal([SymbolicValue], ValueType?)
    case term(Term, ValueType)

    var element: ValueType? {
        switch self {
        case .literal(_, let element): element
        case .term(_, let element): element
        }
    }
}

/// What evaluation comes to: the condition under which it fails, and the value where it does not.
struct Outcome {
    let error: Term
    /// Nil where evaluation always fails.
    let value: SymbolicValue?
}

/// An outcome that is a boolean.
///
/// Where `error` holds, `value` means nothing.
struct Truth {
    let error: Term
    let value: Term
}

extension SymbolicValue {
    /// The type; a member of a record counts as required where it is certainly there.
    func type(_ terms: TermTable) -> ValueType {
        switch self {
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .entity(let name, _): .entity(name)
        case .extension(let type, _): .extension(type)
        case .set(let set): .set(set.element)
        case .record(let members):
            .record(
                members.filter { $0.value.presence != terms.no }.mapValues {
                    ValueMember(type: $0.value.type(terms), isRequired: $0.presence == terms.yes)
                })
        }
    }
}
