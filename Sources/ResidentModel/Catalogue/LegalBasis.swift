import StrictYAML

/// A rule of law that can carry a disclosure, with who may invoke it and how far it reaches.
package struct LegalBasis: Hashable, Sendable {
    package let id: String
    package let kind: LegalBasisKind
    package let title: Title
    /// The law and its article, as cited in records and receipts.
    package let article: Title
    /// Kinds of organisation (first two characters of the credit code) that may invoke the basis.
    package let creditCodeKinds: Set<String>
    /// The invoking organisation must be charged with at least one of these; empty asks for none.
    package let functions: Set<String>
    /// Division prefixes in which the basis holds; empty means everywhere.
    package let divisions: [String]
    /// The fields and predicates that the basis can carry at most.
    package let fields: Set<FieldID>
    package let validFrom: CalendarDate
    package let validUntil: CalendarDate?
    package let isRepealed: Bool
    /// Whether the resident must be told, as PIPL article 35 asks.
    package let needsNotice: Bool
    /// For how many days the law lets the resident not be told that the basis was used; nil where it does not.
    ///
    /// PIPL articles 18 and 35: where telling would hinder a duty. The resident still sees that there was an access.
    package let withholdDays: Int?
    /// The impact assessment that covers the use (PIPL 55 and 56); nil where none is required.
    package let impactAssessment: String?
}

/// The kinds of legal basis, after PIPL 13, 18, 21, 29 and 31 and Social Assistance Measures 58.
package enum LegalBasisKind: String, Hashable, Sendable, CaseIterable {
    case consent
    case separateConsent = "separate-consent"
    case guardianConsent = "guardian-consent"
    /// At the subject's own request, each household member for themselves.
    case subjectRequest = "subject-request"
    case statutoryDuty = "statutory-duty"
    case emergency
    case publicHealth = "public-health"
    case entrusted

    /// Whether the resident's own agreement must be in force.
    package var needsConsent: Bool {
        switch self {
        case .consent, .separateConsent, .guardianConsent, .subjectRequest: true
        case .statutoryDuty, .emergency, .publicHealth, .entrusted: false
        }
    }
}

extension LegalBasis {
    init(_ entry: YAMLEntry, knows: (FieldID) -> Bool) throws(YAMLError) {
        guard isName(entry.key, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(entry.key)' is no legal basis name", at: entry.keyPosition)
        }
        id = entry.key
        var fields = try YAMLFields(entry.value)
        kind = try fields.required("kind").word(of: LegalBasisKind.self)
        title = try Title(fields.required("title"))
        article = try Title(fields.required("article"))
        var authority = try YAMLFields(fields.required("authority"))
        let kindsNode = try authority.required("credit-code-kinds")
        creditCodeKinds = Set(try kindsNode.texts())
        guard kind != .statutoryDuty || creditCodeKinds.isSubset(of: ["11", "12"]) else {
            throw YAMLError(
                "only state organs (11) and authorised institutions (12) have a statutory duty",
                at: kindsNode.position)
        }
        functions = Set(try authority.texts("functions"))
        var divisions: [String] = []
        for node in try authority.optional("divisions")?.sequence() ?? [] {
            divisions.append(try divisionPrefix(node))
        }
        self.divisions = divisions
        try authority.finish()
        self.fields = try fieldSet(fields.required("fields"), knows: knows)
        let from = try fields.required("valid-from")
        validFrom = try calendarDate(from)
        let until = fields.optional("valid-until")
        validUntil = try until.map(calendarDate)
        if let until, let validUntil, validUntil < validFrom {
            throw YAMLError("the basis would end before it starts", at: until.position)
        }
        isRepealed = try fields.optional("repealed")?.flag() ?? false
        needsNotice = try fields.required("notice").flag()
        let withhold = fields.optional("withhold-days")
        withholdDays = try withhold?.integer(in: 1...3_650)
        guard withhold == nil || !kind.needsConsent else {
            throw YAMLError(
                "what a resident agreed to is not withheld from them",
                at: withhold?.position ?? entry.keyPosition)
        }
        impactAssessment = try fields.optional("impact-assessment")?.text()
        try fields.finish()
    }
}

func calendarDate(_ node: YAMLNode) throws(YAMLError) -> CalendarDate {
    guard let date = PartialDate(parsing: try node.text())?.fullDate else {
        throw YAMLError("expected a date such as 2026-03-05", at: node.position)
    }
    return date
}

func fieldSet(_ node: YAMLNode, knows: (FieldID) -> Bool) throws(YAMLError) -> Set<FieldID> {
    var set: Set<FieldID> = []
    for element in try node.sequence() {
        let id = FieldID(try element.text())
        guard knows(id) else {
            throw YAMLError(
                "'\(id)' is not a field or predicate of the catalogue", at: element.position)
        }
        set.insert(id)
    }
    return set
}
