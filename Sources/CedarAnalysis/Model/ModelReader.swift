import Cedar

/// Reads the values of terms from a solver's answer.
struct ModelReader {
    private let encoder: Encoder
    private let values: [Term: SolverValue]
    /// Numbers that a set holds beyond 64 bits, and what stands for them.
    ///
    /// Nothing but equality can see into a set, so
    /// any number will do that is not there already.
    private var standIns: [String: Int64] = [:]
    private static let firstStandIn: Int64 = 4_611_686_018_427_387_904

    init(_ encoder: Encoder, _ asked: [Term], _ output: SolverOutput) {
        self.encoder = encoder
        values = Dictionary(zip(asked, output.values), uniquingKeysWith: { first, _ in first })
    }

    /// Every term whose value a symbolic value needs.
    static func terms(of value: SymbolicValue) -> [Term] {
        switch value {
        case .bool(let term), .long(let term), .string(let term), .entity(_, let term),
            .extension(_, let term), .set(.term(let term, _)):
            [term]
        case .set(.literal(let members, _)): members.flatMap(terms)
        case .record(let members):
            members.values.flatMap { [$0.presence] + terms(of: $0.value) }
        }
    }

    /// The value; nil where the answer is not of the form expected.
    mutating func value(_ value: SymbolicValue) -> Value? {
        switch value {
        case .record(let members):
            var found: [(String, Value)] = []
            for (name, member) in members {
                guard let isPresent = flag(member.presence) else { return nil }
                guard isPresent else { continue }
                guard let inner = self.value(member.value) else { return nil }
                found.append((name.text, inner))
            }
            return .record(RecordValue(found))
        case .set(.literal(let members, _)):
            var found: [Value] = []
            for member in members {
                guard let inner = self.value(member) else { return nil }
                found.append(inner)
            }
            return .set(SetValue(found))
        case .set(.term(let term, let element)): return read(term, .set(element))
        case .bool(let term): return read(term, .bool)
        case .long(let term): return read(term, .long)
        case .string(let term): return read(term, .string)
        case .entity(let type, let term): return read(term, .entity(type))
        case .extension(let type, let term): return read(term, .extension(type))
        }
    }

    mutating func flag(_ term: Term) -> Bool? {
        if case .bool(let flag)? = read(term, .bool) { flag } else { nil }
    }

    mutating func text(_ term: Term) -> String? {
        if case .string(let text)? = read(term, .string) { text } else { nil }
    }

    mutating func entity(_ type: String, _ term: Term) -> EntityUID? {
        if case .entity(let uid)? = read(term, .entity(type)) { uid } else { nil }
    }

    private mutating func read(_ term: Term, _ type: ValueType) -> Value? {
        values[term].flatMap { read($0, type) }
    }

    private mutating func read(_ value: SolverValue, _ type: ValueType) -> Value? {
        switch type {
        case .bool:
            guard case .symbol(let text) = value else { return nil }
            return text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .long: return number(value).map { .long($0) }
        case .string:
            guard case .string(let text) = value else { return nil }
            return encoder.texts.value(text).map { .string($0) }
        case .entity(let name):
            return identity(value, name).map { .entity(EntityUID(type: name, id: $0)) }
        case .extension(.decimal):
            return number(value).map { .decimal(DecimalValue(tenThousandths: $0)) }
        case .extension(.datetime):
            return number(value).map { .datetime(DatetimeValue(milliseconds: $0)) }
        case .extension(.duration):
            return number(value).map { .duration(DurationValue(milliseconds: $0)) }
        case .extension(.ipaddr): return address(value).map { .ipaddr($0) }
        case .set(let element): return element.flatMap { set(value, $0) }
        case .record(let members): return record(value, members)
        }
    }

    private mutating func number(_ value: SolverValue) -> Int64? {
        switch value {
        case .symbol(let text):
            if text.hasPrefix("#b") {
                return UInt64(text.dropFirst(2), radix: 2).map { Int64(bitPattern: $0) }
            }
            return Int64(text) ?? standIn(String(text))
        case .list(let parts):
            guard parts.count == 2, case .symbol("-") = parts[0], case .symbol(let text) = parts[1]
            else { return nil }
            return Int64("-\(text)") ?? standIn("-\(text)")
        case .string: return nil
        }
    }

    private mutating func standIn(_ digits: String) -> Int64? {
        guard digits.drop(while: { $0 == "-" }).allSatisfy(\.isNumber), !digits.isEmpty else {
            return nil
        }
        if let known = standIns[digits] { return known }
        let number = Self.firstStandIn + Int64(standIns.count)
        standIns[digits] = number
        return number
    }

    private func identity(_ value: SolverValue, _ type: String) -> String? {
        switch value {
        case .string(let text): return encoder.texts.value(text)
        case .symbol(let name):
            guard case .enumeration(let number) = encoder.sorts.identity(type),
                let place = Int(name.drop { $0 != "." }.dropFirst()),
                encoder.sorts.enumerationIDs[number].indices.contains(place)
            else { return nil }
            return encoder.sorts.enumerationIDs[number][place]
        case .list: return nil
        }
    }

    private func address(_ value: SolverValue) -> IPAddressValue? {
        guard case .list(let parts) = value, case .symbol(let constructor)? = parts.first else {
            return nil
        }
        let arguments = parts.dropFirst().map { part in
            if case .symbol(let text) = part { String(text.dropFirst(2)) } else { "" }
        }
        return AddressTheory.value(String(constructor), arguments)
    }

    private mutating func set(_ value: SolverValue, _ element: ValueType) -> Value? {
        var members: [Value] = []
        var waiting = [value]
        while let next = waiting.popLast() {
            guard case .list(let parts) = next, case .symbol(let head)? = parts.first else {
                return nil
            }
            switch head {
            case "as": continue
            case "set.union": waiting += parts.dropFirst()
            case "set.singleton":
                guard parts.count == 2, let member = read(parts[1], element) else { return nil }
                members.append(member)
            case "set.insert":
                for part in parts.dropFirst().dropLast() {
                    guard let member = read(part, element) else { return nil }
                    members.append(member)
                }
                waiting += parts.suffix(1)
            default: return nil
            }
        }
        return .set(SetValue(members))
    }

    private mutating func record(_ value: SolverValue, _ members: [ScalarKey: ValueMember])
        -> Value?
    {
        var fields: ArraySlice<SolverValue> = []
        if case .list(let parts) = value { fields = parts.dropFirst() }
        guard fields.count == members.count else { return nil }
        var found: [(String, Value)] = []
        for ((name, member), field) in zip(members.inOrder, fields) {
            guard member.isRequired else {
                guard case .list(let parts) = field else { continue }
                // Either the value within its constructor, or the annotated constructor of its absence.
                guard parts.count == 2 else { continue }
                guard let inner = read(parts[1], member.type) else { return nil }
                found.append((name.text, inner))
                continue
            }
            guard let inner = read(field, member.type) else { return nil }
            found.append((name.text, inner))
        }
        return .record(RecordValue(found))
    }
}
