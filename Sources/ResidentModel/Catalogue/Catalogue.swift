package import StrictYAML

/// Everything that may be held, asked for and cited; what it does not name does not exist for the gateway.
///
/// Read from the files of `Policies/catalogue`; every reference between them is checked before anything is used.
package struct Catalogue: Sendable {
    /// Field classes in the order of the file, each with its title.
    package let classes: [(name: String, title: Title)]
    /// Fields in the order of the file: a field's place here is its index in ``MappedRecord``.
    package let fields: [FieldDefinition]
    package let predicates: [FieldID: PredicateDefinition]
    package let codeSets: [String: CodeSet]
    package let departments: [String: Department]
    package let legalBases: [String: LegalBasis]
    package let purposes: [String: Purpose]
    /// What emergency accesses may be opened for.
    package let emergencies: [String: EmergencyTemplate]
    package let calendar: WorkingCalendar
    /// Kinds of data that are refused at the border, by name.
    package let neverIngest: [String: Title]

    private let indexes: [FieldID: Int]

    /// The files of a catalogue, each the root node of one YAML file.
    package struct Files {
        package var fields: YAMLNode
        package var codeSets: YAMLNode
        package var departments: YAMLNode
        package var legalBases: YAMLNode
        package var purposes: YAMLNode
        /// Absent where no emergency access can be opened.
        package var emergencies: YAMLNode?
        /// Absent where weekends alone are free.
        package var calendar: YAMLNode?

        package init(
            fields: YAMLNode, codeSets: YAMLNode, departments: YAMLNode, legalBases: YAMLNode,
            purposes: YAMLNode, emergencies: YAMLNode? = nil, calendar: YAMLNode? = nil
        ) {
            self.fields = fields
            self.codeSets = codeSets
            self.departments = departments
            self.legalBases = legalBases
            self.purposes = purposes
            self.emergencies = emergencies
            self.calendar = calendar
        }
    }

    /// Reads and cross-checks the files.
    ///
    /// - Throws: ``YAMLError`` at the first fault, with its place.
    package init(_ files: Files) throws(YAMLError) {
        let codeSets = try Self.section("code-sets", of: files.codeSets, format: 1)
        var sets: [String: CodeSet] = [:]
        for entry in codeSets { sets[entry.key] = try CodeSet(entry) }

        let vocabulary = try FieldVocabulary(files.fields, codeSets: sets)
        let predicates = vocabulary.predicates
        let byID = vocabulary.fieldsByID
        func knows(_ id: FieldID) -> Bool { byID[id] != nil || predicates[id] != nil }

        var departments: [String: Department] = [:]
        for entry in try Self.section("departments", of: files.departments, format: 1) {
            departments[entry.key] = try Department(entry)
        }
        try vocabulary.checkOwners(departments)
        var bases: [String: LegalBasis] = [:]
        for entry in try Self.section("legal-bases", of: files.legalBases, format: 1) {
            bases[entry.key] = try LegalBasis(entry, knows: knows)
        }
        var purposes: [String: Purpose] = [:]
        for entry in try Self.section("purposes", of: files.purposes, format: 1) {
            purposes[entry.key] = try Purpose(
                entry, bases: Set(bases.keys), departments: Set(departments.keys)
            ) { id in predicates[id]?.field ?? byID[id]?.id }
        }
        var emergencies: [String: EmergencyTemplate] = [:]
        if let node = files.emergencies {
            for entry in try Self.section("emergencies", of: node, format: 1) {
                emergencies[entry.key] = try EmergencyTemplate(
                    entry, bases: bases, departments: Set(departments.keys), field: { byID[$0] },
                    isPredicate: { predicates[$0] != nil })
            }
        }
        self.emergencies = emergencies
        calendar =
            try files.calendar.map { node throws(YAMLError) in
                try WorkingCalendar(node)
            } ?? .weekdaysOnly
        classes = vocabulary.classes
        fields = vocabulary.fields
        neverIngest = vocabulary.neverIngest
        indexes = vocabulary.indexes
        self.predicates = predicates
        self.codeSets = sets
        self.departments = departments
        self.legalBases = bases
        self.purposes = purposes
    }

    /// The place of a field in ``fields``, or nil where the catalogue has no such field.
    package func index(of id: FieldID) -> Int? { indexes[id] }

    /// A field's definition, or nil where the catalogue has no such field.
    package func field(_ id: FieldID) -> FieldDefinition? {
        indexes[id].map { fields[$0] }
    }

    /// The field that carries an item a caller may ask for: the field itself, or the most sensitive one that a
    /// predicate asks.
    package func carrier(of id: FieldID) -> FieldDefinition? {
        field(predicates[id]?.field ?? id)
    }

    /// Every field whose values are behind an item; empty where the catalogue has no such item.
    package func fields(behind id: FieldID) -> [FieldDefinition] {
        (predicates[id]?.fields ?? [id]).compactMap(field)
    }

    /// Reads `format: hangu/<name>/<n>` and the entries under `<name>`.
    static func section(
        _ name: String, of node: YAMLNode, format: Int
    ) throws(YAMLError) -> [YAMLEntry] {
        var fields = try YAMLFields(node)
        try checkFormat(&fields, name: name, version: format)
        let entries = try fields.required(name).entries()
        try fields.finish()
        return entries
    }
}

/// Reads the `format` line of a file and refuses another format.
package func checkFormat(
    _ fields: inout YAMLFields, name: String, version: Int
) throws(YAMLError) {
    let node = try fields.required("format")
    let expected = "hangu/\(name)/\(version)"
    guard try node.text() == expected else {
        throw YAMLError("expected the format '\(expected)'", at: node.position)
    }
}
