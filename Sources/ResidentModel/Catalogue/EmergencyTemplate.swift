import StrictYAML

/// What one kind of emergency may be opened for: who, which items, for how long, for which reasons.
package struct EmergencyTemplate: Hashable, Sendable {
    package let id: String
    package let title: Title
    /// What a resident reads: plain words, at most 60 characters in each language.
    package let plain: Title
    /// Legal bases of kind `emergency` that an access under the template may rest on.
    package let legalBases: Set<String>
    package let departments: Set<String>
    /// Fields and predicates; never a field of tier 4, which only a predicate may ask about.
    package let items: Set<FieldID>
    /// The reasons that may be given; closed, so that they can be counted.
    package let reasons: [String: Title]
    /// How long an access lasts, 1 to 72.
    package let hours: Int
    /// Within how many working days two people review it, 1 to 10.
    package let reviewWorkingDays: Int
}

extension EmergencyTemplate {
    init(
        _ entry: YAMLEntry, bases: [String: LegalBasis], departments known: Set<String>,
        field: (FieldID) -> FieldDefinition?, isPredicate: (FieldID) -> Bool
    ) throws(YAMLError) {
        guard isName(entry.key, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(entry.key)' is no template name", at: entry.keyPosition)
        }
        id = entry.key
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        plain = try Purpose.plainText(fields.required("plain"))
        let basisNode = try fields.required("legal-bases")
        legalBases = try Purpose.names(basisNode, of: Set(bases.keys), "legal basis")
        for name in legalBases.sorted() where bases[name]?.kind != .emergency {
            throw YAMLError("'\(name)' is no basis of kind 'emergency'", at: basisNode.position)
        }
        departments = try Purpose.names(fields.required("departments"), of: known, "department")
        items = try Self.items(fields.required("items"), field: field, isPredicate: isPredicate)
        var reasons: [String: Title] = [:]
        let reasonNode = try fields.required("reasons")
        for reason in try reasonNode.entries() {
            guard isName(reason.key, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
                throw YAMLError("'\(reason.key)' is no reason", at: reason.keyPosition)
            }
            reasons[reason.key] = try Title(reason.value)
        }
        guard !reasons.isEmpty else {
            throw YAMLError("a template has at least one reason", at: reasonNode.position)
        }
        self.reasons = reasons
        hours = try fields.required("hours").integer(in: 1...72)
        reviewWorkingDays = try fields.required("review-working-days").integer(in: 1...10)
        try fields.finish()
    }

    private static func items(
        _ node: YAMLNode, field: (FieldID) -> FieldDefinition?, isPredicate: (FieldID) -> Bool
    ) throws(YAMLError) -> Set<FieldID> {
        var items: Set<FieldID> = []
        for element in try node.sequence() {
            let id = FieldID(try element.text())
            if !isPredicate(id) {
                guard let definition = field(id) else {
                    throw YAMLError(
                        "'\(id)' is not a field or predicate of the catalogue",
                        at: element.position)
                }
                guard definition.tier < .t4 else {
                    throw YAMLError(
                        "'\(id)' is of tier T4: no emergency shows its value, only a predicate may ask",
                        at: element.position)
                }
            }
            guard items.insert(id).inserted else {
                throw YAMLError("'\(id)' stands here twice", at: element.position)
            }
        }
        return items
    }
}
