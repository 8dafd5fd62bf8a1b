/// A sort of the solver's language.
indirect enum Sort: Hashable {
    case bool
    /// Long, decimal, datetime and duration: the ``Arithmetic`` says what it is.
    case long
    /// Strings, and the ids of entities.
    case string
    case address
    /// The ids of an enumerated entity type; named by number.
    case enumeration(Int)
    /// A record within a set; named by number.
    case record(Int)
    /// A member of such a record that may be absent.
    case option(Int)
    case set(Sort)

    var text: String {
        switch self {
        case .bool: "Bool"
        case .long: "Long"
        case .string: "String"
        case .address: "IP"
        case .enumeration(let number): "E\(number)"
        case .record(let number): "R\(number)"
        case .option(let number): "O\(number)"
        case .set(let element): "(Set \(element.text))"
        }
    }
}
