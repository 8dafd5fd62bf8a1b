import StrictYAML

/// What a department wants residents' data for, and the most that the purpose can ever need.
package struct Purpose: Hashable, Sendable {
    package let id: String
    package let title: Title
    /// What a resident reads: plain words, at most 60 characters in each language.
    package let plain: Title
    /// The legal bases that can carry the purpose.
    package let legalBases: Set<String>
    /// The departments that may pursue it.
    package let departments: Set<String>
    /// The fields and predicates that the purpose can need at most.
    package let fields: Set<FieldID>
    /// Fields of which the purpose may learn by predicates alone, never by value.
    package let predicateOnly: Set<FieldID>
    /// How long the receiver may keep what it was given.
    package let dataLifeDays: Int
    /// How many residents one request may name.
    package let batchMax: Int
    /// How often one department may ask about one resident.
    package let frequency: AskingFrequency
    /// How sure it must be that the resident agreed, from 1 to 3.
    package let assuranceMin: Int
    /// Whether each adult member of the household must have agreed (social assistance).
    package let needsHouseholdMandate: Bool
    /// Whether an answer can stop a payment or refuse a benefit: then a person confirms it before anything is done.
    package let isAdverse: Bool
    /// How old a value may be for a question under this purpose, where that is less than the field allows.
    package let freshnessDays: Int?
}

extension Purpose {
    /// The longest plain text, counted in characters.
    package static let plainCharactersMax = 60

    init(
        _ entry: YAMLEntry, bases: Set<String>, departments known: Set<String>,
        carrier: (FieldID) -> FieldID?
    ) throws(YAMLError) {
        guard isName(entry.key, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(entry.key)' is no purpose name", at: entry.keyPosition)
        }
        id = entry.key
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        plain = try Self.plainText(fields.required("plain"))
        legalBases = try Self.names(fields.required("legal-bases"), of: bases, "legal basis")
        departments = try Self.names(fields.required("departments"), of: known, "department")
        let ceiling = try fields.required("fields")
        self.fields = try fieldSet(ceiling) { carrier($0) != nil }
        guard !self.fields.isEmpty else {
            throw YAMLError("a purpose that can need nothing is none", at: ceiling.position)
        }
        predicateOnly = try Self.predicateOnly(
            fields.optional("predicate-only"), of: self.fields, carrier: carrier)
        dataLifeDays = try fields.required("data-life-days").integer(in: 1...3_650)
        batchMax = try fields.required("batch-max").integer(in: 1...100_000)
        frequency = try AskingFrequency(fields.required("frequency"))
        assuranceMin = try fields.optional("consent-assurance")?.integer(in: 1...3) ?? 1
        needsHouseholdMandate = try fields.optional("household-mandate")?.flag() ?? false
        isAdverse = try fields.optional("adverse")?.flag() ?? true
        freshnessDays = try fields.optional("fresh-days")?.integer(in: 1...36_500)
        try fields.finish()
    }

    /// A text for residents, short enough to be read.
    static func plainText(_ node: YAMLNode) throws(YAMLError) -> Title {
        let plain = try Title(node)
        for text in [plain.chinese, plain.english] where text.count > plainCharactersMax {
            throw YAMLError(
                "the plain text has \(text.count) characters, at most "
                    + "\(plainCharactersMax) are allowed", at: node.position)
        }
        return plain
    }

    /// Reads the fields that are never given by value.
    ///
    /// Each must be a field that a predicate of the ceiling asks and that the ceiling itself does not name, so that
    /// neither list says what the other takes back.
    private static func predicateOnly(
        _ node: YAMLNode?, of ceiling: Set<FieldID>, carrier: (FieldID) -> FieldID?
    ) throws(YAMLError) -> Set<FieldID> {
        var found: Set<FieldID> = []
        for element in try node?.sequence() ?? [] {
            let id = FieldID(try element.text())
            guard carrier(id) == id else {
                throw YAMLError("'\(id)' is not a field of the catalogue", at: element.position)
            }
            guard !ceiling.contains(id) else {
                throw YAMLError(
                    "'\(id)' stands in 'fields' too, where its value could be asked for",
                    at: element.position)
            }
            guard ceiling.contains(where: { carrier($0) == id }) else {
                throw YAMLError(
                    "no predicate of 'fields' asks '\(id)'; name one, or leave the field out",
                    at: element.position)
            }
            found.insert(id)
        }
        return found
    }

    static func names(
        _ node: YAMLNode, of known: Set<String>, _ what: String
    ) throws(YAMLError) -> Set<String> {
        var names: Set<String> = []
        for element in try node.sequence() {
            let name = try element.text()
            guard known.contains(name) else {
                throw YAMLError("'\(name)' is not a \(what) of the catalogue", at: element.position)
            }
            names.insert(name)
        }
        return names
    }
}
