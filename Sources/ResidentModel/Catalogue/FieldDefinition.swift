import StrictYAML

/// One field that the gateway may hold.
package struct FieldDefinition: Hashable, Sendable {
    package let id: FieldID
    package let title: Title
    /// The field class, which has a key of its own.
    package let fieldClass: String
    package let tier: SensitivityTier
    package let share: ShareType
    package let kind: FieldKind
    /// The department that is the authority for the field.
    package let owner: String
    /// How old a value may be before a predicate over it answers unknown; nil where it does not age.
    package let freshnessDays: Int?
    /// The standard or law that defines the field.
    package let source: String
    /// How residents may be found by the field; nil where they may not.
    package let index: IndexDefinition?
    /// Whether one resident may have several values at a time, such as diagnoses; else several are a conflict.
    package let repeats: Bool
    /// How many different questions about the field one department may ask about one resident in a year.
    package let questionsMax: Int
    /// Where the catalogue says nothing else: enough for one use, too few to find a value out by asking.
    package static let questionsMaxDefault = 4
}

/// How much harm a release can do, and so how a field is released by default (STANDARDS §4).
package enum SensitivityTier: String, Hashable, Sendable, CaseIterable, Comparable {
    case t1 = "T1"
    case t2 = "T2"
    case t3 = "T3"
    case t4 = "T4"

    package static func < (left: SensitivityTier, right: SensitivityTier) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// How government data may be shared (政务数据共享条例: 无条件共享, 有条件共享, 不予共享).
package enum ShareType: String, Hashable, Sendable, CaseIterable {
    case unconditional
    case conditional
    case none
}

/// What the text of a value means and how it is written inside its ciphertext.
package enum FieldKind: Hashable, Sendable {
    /// Free text, trimmed, without control characters.
    case text
    /// An 18-character citizen number.
    case citizenNumber
    /// A code of a code set.
    case code(set: String)
    /// ``PartialDate`` form.
    case date
    /// `true` or `false`.
    case flag
    /// A whole number.
    case integer
    /// A decimal as its department wrote it, digits kept.
    case decimal
    /// GB/T 2260 or statistical division code of 6, 9 or 12 digits.
    case division
    /// A telephone number: digits, `+` and `-`.
    case telephone
}

extension FieldDefinition {
    init(_ entry: YAMLEntry, classes: Set<String>) throws(YAMLError) {
        guard FieldID.isWellFormed(entry.key) else {
            throw YAMLError(
                "'\(entry.key)' is no field name, expected one like identity.birth-date",
                at: entry.keyPosition)
        }
        id = FieldID(entry.key)
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        let classNode = try fields.required("class")
        fieldClass = try classNode.text()
        guard classes.contains(fieldClass) else {
            throw YAMLError(
                "'\(fieldClass)' is not one of the classes above", at: classNode.position)
        }
        tier = try fields.required("tier").word(of: SensitivityTier.self)
        share = try fields.required("share").word(of: ShareType.self)
        let kindNode = try fields.required("kind")
        kind = try FieldKind(kindNode, codeSet: fields.optional("code-set"))
        owner = try fields.required("owner").text()
        freshnessDays = try fields.optional("fresh-days")?.integer(in: 1...36_500)
        source = try fields.required("source").text()
        index = try IndexDefinition.read(&fields, kind: kind)
        repeats = try fields.optional("repeats")?.flag() ?? false
        questionsMax =
            try fields.optional("questions-max")?.integer(in: 1...50) ?? Self.questionsMaxDefault
        try fields.finish()
    }
}

extension FieldKind {
    fileprivate init(_ node: YAMLNode, codeSet: YAMLNode?) throws(YAMLError) {
        let word = try node.text()
        if word == "code" {
            guard let codeSet else {
                throw YAMLError("a code needs its 'code-set'", at: node.position)
            }
            self = .code(set: try codeSet.text())
            return
        }
        if let codeSet {
            throw YAMLError("only a code has a 'code-set'", at: codeSet.position)
        }
        switch word {
        case "text": self = .text
        case "citizen-number": self = .citizenNumber
        case "date": self = .date
        case "flag": self = .flag
        case "integer": self = .integer
        case "decimal": self = .decimal
        case "division": self = .division
        case "telephone": self = .telephone
        default:
            throw YAMLError(
                "'\(word)' is not one of: text, citizen-number, code, date, flag, integer, "
                    + "decimal, division, telephone", at: node.position)
        }
    }

    /// The kind as the catalogue writes it.
    package var word: String {
        switch self {
        case .text: "text"
        case .citizenNumber: "citizen-number"
        case .code: "code"
        case .date: "date"
        case .flag: "flag"
        case .integer: "integer"
        case .decimal: "decimal"
        case .division: "division"
        case .telephone: "telephone"
        }
    }

    /// Whether an equality index would give the values away by their counts.
    var isLowEntropy: Bool {
        switch self {
        case .code, .flag, .date, .division, .integer, .decimal: true
        case .text, .citizenNumber, .telephone: false
        }
    }
}
