import Cedar

/// The sorts of one script that have to be declared, in the order in which they are.
final class SortTable {
    private let schema: Schema
    private(set) var declarations: [String] = []
    private var enumerations: [String: Int] = [:]
    /// The ids of each enumerated type used, in the order of its constructors.
    private(set) var enumerationIDs: [[String]] = []
    private var records: [[ScalarKey: ValueMember]: Int] = [:]
    private var options: [ValueType: Int] = [:]
    private var hasAddresses = false

    init(_ schema: Schema) { self.schema = schema }

    /// The sort of values of a type, records included; nil for the empty literal's set.
    func sort(_ type: ValueType) -> Sort? {
        switch type {
        case .bool: return .bool
        case .long: return .long
        case .string: return .string
        case .entity(let name): return identity(name)
        case .extension(.ipaddr):
            if !hasAddresses {
                hasAddresses = true
                declarations.append(AddressTheory.declarations)
            }
            return .address
        case .extension: return .long
        case .set(let element): return element.flatMap(sort).map(Sort.set)
        case .record(let members): return record(members).map(Sort.record)
        }
    }

    /// The sort of the ids of an entity type.
    func identity(_ type: String) -> Sort {
        guard let ids = schema.entityTypes[type]?.enumIDs else { return .string }
        if let known = enumerations[type] { return .enumeration(known) }
        let number = enumerationIDs.count
        enumerations[type] = number
        enumerationIDs.append(
            ids.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let constructors = ids.indices.enumerated().map { "(e\(number).\($0.offset))" }
        declarations.append(
            "(declare-datatypes ((E\(number) 0)) ((\(constructors.joined(separator: " ")))))")
        return .enumeration(number)
    }

    /// The number of an id within its enumerated type.
    func place(of id: String, in number: Int) -> Int? {
        enumerationIDs[number].firstIndex { ScalarKey($0) == ScalarKey(id) }
    }

    private func record(_ members: [ScalarKey: ValueMember]) -> Int? {
        if let known = records[members] { return known }
        var fields: [Sort] = []
        for (_, member) in members.inOrder {
            if member.isRequired {
                guard let sort = sort(member.type) else { return nil }
                fields.append(sort)
            } else {
                guard let number = option(member.type) else { return nil }
                fields.append(.option(number))
            }
        }
        let number = records.count
        records[members] = number
        let list = fields.enumerated().map { "(r\(number).\($0.offset) \($0.element.text))" }
        declarations.append(
            "(declare-datatypes ((R\(number) 0)) (((r\(number) \(list.joined(separator: " "))))))")
        return number
    }

    func option(_ type: ValueType) -> Int? {
        if let known = options[type] { return known }
        guard let sort = sort(type) else { return nil }
        let number = options.count
        options[type] = number
        declarations.append(
            "(declare-datatypes ((O\(number) 0)) (((o\(number).none) (o\(number).some (o\(number).value \(sort.text))))))"
        )
        return number
    }
}
