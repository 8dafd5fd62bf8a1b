import ResidentModel
package import TransparencyLog

/// Which entries of the log are wanted: of each list at least one word, of each kind of condition all.
package struct AuditFilter: Sendable, Equatable {
    /// Minutes since 1970, both included.
    package var minutes: ClosedRange<UInt64>?
    package var kinds: [AuditEntryType] = []
    package var decisions: [AuditDecision] = []
    package var epochs: [UInt32] = []
    package var departments: [String] = []
    /// Who acted, as the department names them.
    package var officers: [String] = []
    package var purposes: [String] = []
    package var bases: [String] = []
    /// Fields and predicates.
    package var items: [String] = []
    package var classes: [String] = []
    /// Rules that decided or failed.
    package var rules: [String] = []
    package var consents: [String] = []
    package var cases: [String] = []
    package var isBreakGlass = false
    package var resident: AuditResident?

    package init() {}

    /// Whether it asks for nothing beyond what the public leaf tells.
    package var isPublic: Bool {
        departments.isEmpty && officers.isEmpty && purposes.isEmpty && bases.isEmpty
            && items.isEmpty && classes.isEmpty && rules.isEmpty && consents.isEmpty
            && cases.isEmpty && !isBreakGlass && resident == nil
    }
}

/// Whose entries are wanted.
package enum AuditResident: Sendable, Equatable {
    /// As the caller wrote it.
    case citizenNumber(String)
    /// By the name that the log's readers know a resident by.
    case pseudonym(String)
}

extension AuditFilter {
    /// The condition as groups of terms: of each at least one must be the entry's.
    ///
    /// - Parameters:
    ///   - catalogue: Tells which items a field class has.
    ///   - pseudonym: Of the wanted resident.
    /// - Returns: No group where everything is wanted.
    func groups(catalogue: Catalogue, pseudonym: String?) -> [[AuditTerm]] {
        var groups: [[AuditTerm]] = [
            kinds.map { AuditTerm(.kind, $0.word) },
            decisions.map { AuditTerm(.decision, $0.word) },
            epochs.map { AuditTerm(.epoch, String($0)) },
            departments.map { AuditTerm(.department, $0) },
            officers.map { AuditTerm(.officer, $0) },
            purposes.map { AuditTerm(.purpose, $0) }, bases.map { AuditTerm(.basis, $0) },
            items.map { AuditTerm(.item, $0) }, rules.map { AuditTerm(.rule, $0) },
            consents.map { AuditTerm(.consent, $0) }, cases.map { AuditTerm(.caseID, $0) },
        ].filter { !$0.isEmpty }
        if isBreakGlass { groups.append([AuditTerm(.breakGlass, "true")]) }
        if let pseudonym { groups.append([AuditTerm(.resident, pseudonym)]) }
        if !classes.isEmpty {
            let names = Set(classes)
            let fields = catalogue.fields.map(\.id) + catalogue.predicates.keys
            let held = fields.filter { field in
                catalogue.fields(behind: field).contains { names.contains($0.fieldClass) }
            }
            groups.append(held.map(\.text).sorted().map { AuditTerm(.item, $0) })
        }
        return groups
    }

    /// Whether the leaf alone does not rule the entry out.
    func allows(_ leaf: AuditLeaf) -> Bool {
        (minutes?.contains(leaf.minute) ?? true)
            && (kinds.isEmpty || kinds.contains(leaf.type))
            && (decisions.isEmpty || decisions.contains(leaf.decision))
            && (epochs.isEmpty || epochs.contains(leaf.policyEpoch))
    }

    /// The filter as the entry about its use tells it: what names a person or a case is left out, only that it was
    /// asked for stands there.
    package var loggedText: String {
        var parts: [String] = []
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { parts.append("\(name)=\(values.sorted().joined(separator: ","))") }
        }
        if let minutes { parts.append("minutes=\(minutes.lowerBound)-\(minutes.upperBound)") }
        add("kind", kinds.map(\.word))
        add("decision", decisions.map(\.word))
        add("epoch", epochs.map(String.init))
        add("department", departments)
        add("purpose", purposes)
        add("basis", bases)
        add("field", items)
        add("class", classes)
        add("rule", rules)
        if isBreakGlass { parts.append("break-glass") }
        for (name, isAsked) in [
            ("by", !officers.isEmpty), ("consent", !consents.isEmpty), ("case", !cases.isEmpty),
            ("resident", resident != nil),
        ] where isAsked { parts.append(name) }
        return parts.joined(separator: " ")
    }

    /// Every condition, for the cursor: a page goes on only under the filter it began with.
    ///
    /// Only a keyed hash of it leaves the program.
    var canonicalBytes: [UInt8] {
        var resident = ""
        switch self.resident {
        case .citizenNumber(let number): resident = "number \(number)"
        case .pseudonym(let text): resident = "pseudonym \(text)"
        case nil: break
        }
        let lists = [officers, consents, cases].map { $0.sorted().joined(separator: "\u{1}") }
        return Array(([loggedText] + lists + [resident]).joined(separator: "\u{2}").utf8)
    }
}

/// Checks the words of a filter before anything is looked for, so that a misspelt one is no empty answer.
struct FilterWords {
    let catalogue: Catalogue
    let rules: [String]
    /// Whether the log has entries with a term: what the catalogue has dropped can still be looked for.
    let isInLog: (AuditTerm) throws(GatewayError) -> Bool

    func check(_ filter: AuditFilter) throws(GatewayError) {
        let items = catalogue.fields.map(\.id.text) + catalogue.predicates.keys.map(\.text)
        try check(
            filter.departments, .department, "department", known: catalogue.departments.keys)
        try check(filter.purposes, .purpose, "purpose", known: catalogue.purposes.keys)
        try check(filter.bases, .basis, "legal basis", known: catalogue.legalBases.keys)
        try check(filter.items, .item, "field or predicate", known: items)
        try check(filter.rules, .rule, "rule", known: rules)
        let classes = catalogue.classes.map(\.name)
        for word in filter.classes where !classes.contains(word) {
            throw .request(.unknownWord(word, of: "field class", allowed: classes))
        }
    }

    private func check(
        _ words: [String], _ kind: AuditTerm.Kind, _ what: String, known: some Sequence<String>
    ) throws(GatewayError) {
        let known = Set(known)
        for word in words where !known.contains(word) {
            if try isInLog(AuditTerm(kind, word)) { continue }
            throw .request(
                .unknownWord(word, of: what, allowed: Spelling.nearest(to: word, among: known)))
        }
    }
}

/// Words that are nearly another.
package enum Spelling {
    /// The most alike first; at most five, and none that differs in more than half of its letters.
    package static func nearest(to word: String, among known: some Sequence<String>) -> [String] {
        func letters(_ word: String) -> [Unicode.Scalar] { Array(word.lowercased().unicodeScalars) }
        let ranked = known.map { (distance(letters(word), letters($0)), $0) }
            .filter { $0.0 <= max(2, max(word.count, $0.1.count) / 2) || $0.1.contains(word) }
            .sorted { $0 < $1 }
        return ranked.prefix(5).map(\.1)
    }

    /// How many letters must be changed, added or removed (Levenshtein).
    static func distance<Letter: Equatable>(_ left: [Letter], _ right: [Letter]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (right[column] == letter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
