import StrictYAML

/// The content of `fields.yaml`: classes, fields, predicates and what is never ingested.
struct FieldVocabulary {
    let classes: [(name: String, title: Title)]
    let fields: [FieldDefinition]
    let predicates: [FieldID: PredicateDefinition]
    let neverIngest: [String: Title]
    let indexes: [FieldID: Int]
    let fieldsByID: [FieldID: FieldDefinition]
    private let places: [(owner: String, position: YAMLPosition)]

    init(_ root: YAMLNode, codeSets: [String: CodeSet]) throws(YAMLError) {
        var top = try YAMLFields(root)
        try checkFormat(&top, name: "fields", version: 1)
        var classes: [(name: String, title: Title)] = []
        for entry in try top.required("classes").entries() {
            guard isName(entry.key, separators: [UInt8(ascii: "-")], lengthMax: 32) else {
                throw YAMLError("'\(entry.key)' is no class name", at: entry.keyPosition)
            }
            classes.append((entry.key, try Title(entry.value)))
        }
        let classNames = Set(classes.map(\.name))
        var fields: [FieldDefinition] = []
        var byID: [FieldID: FieldDefinition] = [:]
        var places: [(owner: String, position: YAMLPosition)] = []
        for entry in try top.required("fields").entries() {
            let field = try FieldDefinition(entry, classes: classNames)
            if case .code(let set) = field.kind, codeSets[set] == nil {
                throw YAMLError(
                    "'\(set)' is not a code set of the catalogue", at: entry.keyPosition)
            }
            if [.citizenNumber, .householdNumber].contains(field.id),
                field.index ?? .exact != .exact
            {
                throw YAMLError(
                    "records are linked by '\(field.id)': its index is 'indexed: true'",
                    at: entry.keyPosition)
            }
            fields.append(field)
            byID[field.id] = field
            places.append((field.owner, entry.keyPosition))
        }
        var predicates: [FieldID: PredicateDefinition] = [:]
        for entry in try top.required("predicates").entries() {
            guard byID[FieldID(entry.key)] == nil else {
                throw YAMLError("'\(entry.key)' is a field's name already", at: entry.keyPosition)
            }
            let predicate = try PredicateDefinition(
                entry, fields: byID, codeSets: codeSets)
            predicates[predicate.id] = predicate
        }
        var neverIngest: [String: Title] = [:]
        for entry in try top.required("never-ingest").entries() {
            neverIngest[entry.key] = try Title(entry.value)
        }
        let end = top.position
        try top.finish()
        for id in [FieldID.citizenNumber, .name, .birthDate, .sex, .householdNumber]
        where byID[id] == nil {
            throw YAMLError("the field '\(id)' is missing: records are linked by it", at: end)
        }
        self.classes = classes
        self.fields = fields
        self.predicates = predicates
        self.neverIngest = neverIngest
        self.places = places
        fieldsByID = byID
        indexes = Dictionary(
            uniqueKeysWithValues: fields.enumerated().map { ($0.element.id, $0.offset) })
    }

    func checkOwners(_ departments: [String: Department]) throws(YAMLError) {
        for place in places where departments[place.owner] == nil {
            throw YAMLError(
                "the owner '\(place.owner)' is not a department of the catalogue",
                at: place.position)
        }
    }
}
