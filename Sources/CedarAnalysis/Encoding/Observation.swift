import Cedar

/// Something a policy looks at in an entity: what the solver says of it goes into the counterexample.
struct Observation {
    /// Which part of which entity.
    enum Place: Hashable {
        case attribute(type: String, identity: Term, name: ScalarKey)
        case tag(type: String, identity: Term, key: Term)
    }

    let place: Place
    let presence: Term
    let value: SymbolicValue
}
