import Cedar
package import Gateway
import ResidentModel
import StrictYAML

/// Every request that the rules can tell apart: departments, purposes, legal bases, items, consents, households, cases
/// and moments, each with one value more that the catalogue does not know.
///
/// Moments are those at which something changes: the days on which bases begin and end, and the instants that rules
/// name, with the second before and after. Between two of them no rule can answer otherwise.
package struct Domain: Sendable {
    /// One dimension; ``outer`` ones are walked, the others are bits of a word.
    enum Axis: Int, CaseIterable, Sendable {
        case department, purpose, basis, item, consent, subject, household, caseGiven, clock

        static let outer: [Axis] = [.department, .purpose, .basis, .item]
        static let inner: [Axis] = [.consent, .subject, .household, .caseGiven, .clock]
    }

    /// A place in the domain: one index for each axis, by its raw value.
    struct Point: Hashable, Sendable {
        var indexes = [Int](repeating: 0, count: Axis.allCases.count)

        subscript(axis: Axis) -> Int {
            get { indexes[axis.rawValue] }
            set { indexes[axis.rawValue] = newValue }
        }
    }

    let departments: [String]
    let purposes: [String]
    /// Each with the state of an emergency access, which only a basis of that kind can tell apart.
    let bases: [(name: String, emergency: String)]
    let items: [FieldID]
    let consents: [ConsentShape]
    let clocks: [Int64]
    let vocabulary: Vocabulary

    static let unknown = "?unknown"
    /// An adult who needs no protection, then one thing that can be otherwise.
    static let subjects: [SubjectWord?] = [
        nil, .child, .deceased, .protected, .askedTooOften, .askedMoreThanAgreed,
    ]

    package init(_ rehearsal: Rehearsal) {
        let catalogue = rehearsal.catalogue
        vocabulary = Vocabulary(catalogue: catalogue, bundle: rehearsal.policies)
        departments = catalogue.departments.keys.sorted() + [Self.unknown]
        purposes = catalogue.purposes.keys.sorted() + [Self.unknown]
        var bases: [(name: String, emergency: String)] = []
        for basis in catalogue.legalBases.values.sorted(by: { $0.id < $1.id }) {
            let states: [SupposedPerson.Emergency] =
                basis.kind == .emergency ? SupposedPerson.Emergency.allCases : [.none]
            bases += states.map { (basis.id, $0.rawValue) }
        }
        self.bases = bases + [(Self.unknown, "none")]
        items =
            catalogue.fields.map(\.id) + catalogue.predicates.keys.sorted()
            + [FieldID(Self.unknown)]
        consents = ConsentShape.all
        clocks = Self.clocks(of: catalogue, rehearsal.policies.policies.policies)
    }

    func count(_ axis: Axis) -> Int {
        switch axis {
        case .department: departments.count
        case .purpose: purposes.count
        case .basis: bases.count
        case .item: items.count
        case .consent: consents.count
        case .subject: Self.subjects.count
        case .household, .caseGiven: 2
        case .clock: clocks.count
        }
    }

    /// How many requests there are.
    package var combinations: Int { Axis.allCases.reduce(1) { $0 * count($1) } }

    /// How many bits the inner axes need.
    var innerCount: Int { Axis.inner.reduce(1) { $0 * count($1) } }

    /// The bit of a point among those of its outer place.
    func bit(of point: Point) -> Int {
        Axis.inner.reduce(0) { $0 * count($1) + point[$1] }
    }

    /// The point of a bit at an outer place.
    func point(_ outer: Point, bit: Int) -> Point {
        var point = outer
        var rest = bit
        for axis in Axis.inner.reversed() {
            point[axis] = rest % count(axis)
            rest /= count(axis)
        }
        return point
    }

    /// The instants at which an answer can change.
    private static func clocks(of catalogue: Catalogue, _ rules: [Policy]) -> [Int64] {
        var clocks: Set<Int64> = []
        for basis in catalogue.legalBases.values {
            clocks.insert(Moments.start(of: basis.validFrom))
            if let until = basis.validUntil {
                clocks.insert(Moments.start(of: CalendarDate(dayNumber: until.dayNumber + 1)))
            }
        }
        if let first = clocks.min() { clocks.insert(first - 86_400_000) }
        for rule in rules {
            for instant in rule.instants {
                clocks.formUnion([instant - 1_000, instant, instant + 1_000])
            }
        }
        return clocks.sorted()
    }

    // MARK: as a scenario writes it

    private func node(_ text: String) -> YAMLNode {
        YAMLNode(content: .scalar(text), position: Self.place)
    }

    static let place = YAMLPosition(file: "domain", line: 1, column: 1)

    /// The point as a scenario's setting, so that it is resolved as a scenario's text would be.
    func setting(at point: Point) -> Setting {
        var setting = Setting(vocabulary: vocabulary, fixtures: Fixtures())
        setting[.department] = node(departments[point[.department]])
        setting[.purpose] = node(purposes[point[.purpose]])
        setting[.legalBasis] = node(bases[point[.basis]].name)
        setting[.emergency] = node(bases[point[.basis]].emergency)
        if let subject = Self.subjects[point[.subject]] {
            setting[.subject] = node(subject.rawValue)
        }
        setting[.clock] = node(Moments.text(of: clocks[point[.clock]]))
        setting[.caseNumber] = node(point[.caseGiven] == 1 ? "K-1" : "none")
        setting[.consent] = consents[point[.consent]].node(items[point[.item]].text)
        setting[.household] = YAMLNode(
            content: .sequence(point[.household] == 1 ? [node("none")] : []), position: Self.place)
        return setting
    }

    /// The point as a scenario that can be pasted into a file.
    ///
    /// - Parameters:
    ///   - point: Where.
    ///   - name: What the scenario is called.
    ///   - outcome: What it expects, as a file writes it.
    /// - Returns: One element of `scenarios`.
    func scenario(at point: Point, named name: String, expecting outcome: String) -> String {
        let item = items[point[.item]].text
        var given = point[.household] == 1 ? ", household: [none]" : ""
        if let subject = Self.subjects[point[.subject]] {
            given += ", subject: \(subject.rawValue)"
        }
        let basis = bases[point[.basis]]
        if basis.emergency != "none" { given += ", emergency: \(basis.emergency)" }
        func quoted(_ text: String) -> String { text.hasPrefix("?") ? "\"\(text)\"" : text }
        let plainName = name.replacing("\"", with: "'")
        return """
              - name: "\(plainName)"
                clock: "\(Moments.text(of: clocks[point[.clock]]))"
                given: {consent: \(consents[point[.consent]].text(item))\(given)}
                when:
                  department: \(quoted(departments[point[.department]]))
                  purpose: \(quoted(purposes[point[.purpose]]))
                  legal_basis: \(quoted(basis.name))
                  case: \(point[.caseGiven] == 1 ? "K-1" : "none")
                then: {\(quoted(item)): \(outcome)}
            """
    }
}

/// One way in which a consent can stand.
struct ConsentShape: Hashable, Sendable {
    let word: ConsentWord
    var giver: String?
    var channel: String?

    /// No consent; each state; and in force by each giver with each assurance.
    static let all: [ConsentShape] = {
        let plain: [ConsentWord] = [
            .none, .expired, .notYet, .withdrawn, .refused, .paused, .requested, .awaiting,
            .replaced,
        ]
        var shapes = plain.map { ConsentShape(word: $0) }
        for giver in ["resident", "guardian", "delegate"] {
            for channel in ["counter", "paper", "phone"] {
                shapes.append(ConsentShape(word: .granted, giver: giver, channel: channel))
            }
        }
        return shapes
    }()

    private var members: [(String, String)] {
        [("state", word.rawValue)]
            + [("giver", giver), ("via", channel)].compactMap { key, value in
                value.map { (key, $0) }
            }
    }

    /// As a scenario writes it.
    func text(_ item: String) -> String {
        guard word != .none else { return "none" }
        let list = members.map { "\($0): \($1)" }.joined(separator: ", ")
        let name = item.hasPrefix("?") ? "\"\(item)\"" : item
        return "[{\(list), fields: [\(name)]}]"
    }

    func node(_ item: String) -> YAMLNode {
        func scalar(_ text: String) -> YAMLNode {
            YAMLNode(content: .scalar(text), position: Domain.place)
        }
        guard word != .none else { return scalar("none") }
        var entries = members.map { key, value in
            YAMLEntry(key: key, keyPosition: Domain.place, value: scalar(value))
        }
        entries.append(
            YAMLEntry(
                key: "fields", keyPosition: Domain.place,
                value: YAMLNode(content: .sequence([scalar(item)]), position: Domain.place)))
        return YAMLNode(content: .mapping(entries), position: Domain.place)
    }
}

extension Policy {
    /// The instants that its conditions name, in milliseconds since 1970.
    var instants: Set<Int64> {
        conditions.reduce(into: []) { $0.formUnion(Self.instants(in: $1.body)) }
    }

    private static func instants(in expression: Cedar.Expression) -> Set<Int64> {
        if case .call(.datetime, let arguments) = expression.kind,
            case .literal(.string(let text))? = arguments.first?.kind,
            let value = DatetimeValue(text)
        {
            return [value.milliseconds]
        }
        return expression.kind.children.reduce(into: []) { $0.formUnion(instants(in: $1)) }
    }
}
