package import ResidentModel
package import StrictYAML
package import TransparencyLog

/// How long entries of the log are kept, by kind: `catalogue/retention.yaml`.
package struct RetentionPolicy: Sendable, Equatable {
    /// How long one kind is kept, and by what law.
    package struct Period: Sendable, Equatable {
        /// Full years, 1 to 100.
        package let years: Int
        package let source: Title
    }

    /// What holds for kinds that are not named.
    package let standard: Period
    package let periods: [AuditEntryType: Period]

    /// Three years for everything: the least that the regulations on network data security ask for records of
    /// providing personal information to others (Article 12).
    package static let threeYears = RetentionPolicy(
        standard: Period(
            years: 3,
            source: Title(
                chinese: "《网络数据安全管理条例》第十二条",
                english: "Regulations on Network Data Security Management, article 12")),
        periods: [:])

    package init(standard: Period, periods: [AuditEntryType: Period]) {
        self.standard = standard
        self.periods = periods
    }

    /// - Throws: ``YAMLError`` at the first fault: an unknown kind, years outside 1 to 100, no `default`.
    package init(_ root: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(root)
        try checkFormat(&fields, name: "retention", version: 1)
        var standard: Period?
        var periods: [AuditEntryType: Period] = [:]
        let section = try fields.required("retention")
        for entry in try section.entries() {
            let period = try Period(entry.value)
            if entry.key == "default" {
                standard = period
                continue
            }
            let kind = AuditEntryType.allCases.first { $0.word == entry.key }
            guard let kind else {
                let known = AuditEntryType.allCases.map(\.word).joined(separator: ", ")
                throw YAMLError("expected 'default' or one of \(known)", at: entry.value.position)
            }
            periods[kind] = period
        }
        guard let standard else {
            throw YAMLError("'default' is missing", at: section.position)
        }
        try fields.finish()
        self.init(standard: standard, periods: periods)
    }

    package func period(of kind: AuditEntryType) -> Period { periods[kind] ?? standard }

    /// Whether an entry's period is over on a day: as many full years have passed since its own day.
    package func isOver(_ leaf: AuditLeaf, on today: CalendarDate) -> Bool {
        let day = GatewayClock.day(atMilliseconds: Int64(clamping: leaf.minute) * 60_000)
        return day < today && day.fullYears(on: today) >= period(of: leaf.type).years
    }
}

extension RetentionPolicy.Period {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(node)
        years = try fields.required("years").integer(in: 1...100)
        source = try Title(try fields.required("source"))
        try fields.finish()
    }
}

/// Cases of which nothing is removed, whatever their age: `holds.yaml` of a home.
///
/// It lies apart from the policies because case numbers are nobody's business who reads these.
package struct LegalHolds: Sendable, Equatable {
    package static let none = LegalHolds(cases: [])

    /// The cases, as departments name them.
    package let cases: [String]

    package init(cases: [String]) { self.cases = cases.sorted() }

    /// Reads `format: hangu/holds/1` and `holds`: case → `since` and `by`, who ordered it.
    package init(_ root: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(root)
        try checkFormat(&fields, name: "holds", version: 1)
        var cases: [String] = []
        for entry in try fields.required("holds").entries() {
            var hold = try YAMLFields(entry.value)
            _ = try hold.required("since").text()
            _ = try hold.required("by").text()
            try hold.finish()
            cases.append(entry.key)
        }
        try fields.finish()
        self.init(cases: cases)
    }
}
