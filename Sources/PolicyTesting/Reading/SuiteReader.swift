package import Gateway
package import ResidentModel
package import StrictYAML

/// Reads the files of a run into cases; nothing in them is passed over.
package struct SuiteReader {
    /// Reads a file by its path relative to the tests' folder; the place is where it is named.
    package typealias Load = (String, YAMLPosition) throws(ScenarioFault) -> String

    let vocabulary: Vocabulary
    private let load: Load

    package init(catalogue: Catalogue, bundle: PolicyBundle, load: @escaping Load) {
        vocabulary = Vocabulary(catalogue: catalogue, bundle: bundle)
        self.load = load
    }

    /// Reads the suites of some files.
    ///
    /// - Parameter files: Paths relative to the tests' folder.
    /// - Returns: Their cases and invariants, in the order of the files.
    /// - Throws: ``ScenarioFault`` at the first fault; a file without a case is one, and so is a name given twice.
    package func read(_ files: [String]) throws(ScenarioFault) -> TestPlan {
        var plan = TestPlan()
        for file in files {
            let start = YAMLPosition(file: file, line: 1, column: 1)
            let text = try load(file, start)
            let root = try inYAML { () throws(YAMLError) in try YAMLReader.read(text, file: file) }
            let part = try suite(root, file: file)
            guard !part.cases.isEmpty || !part.invariants.isEmpty else {
                throw ScenarioFault(.empty, at: start, "这个测试集一个场景也没有", "the suite has no case")
            }
            plan.cases += part.cases
            plan.invariants += part.invariants
        }
        var places: [String: YAMLPosition] = [:]
        for test in plan.cases {
            if let known = places.updateValue(test.position, forKey: test.id) {
                throw ScenarioFault(
                    .twice, at: test.position, "编号“\(test.id)”在 \(known) 已经用了",
                    "the id '\(test.id)' is already used at \(known)")
            }
        }
        return plan
    }

    private func suite(_ root: YAMLNode, file: String) throws(ScenarioFault) -> TestPlan {
        let fields = try KeywordFields(
            root,
            [.suite, .policy, .clock, .use, .given, .when, .law, .scenarios, .invariants])
        var fixtures = Fixtures()
        try fixtures.add(fields.optional(.use), of: file, load: load, open: [file])
        var setting = Setting(vocabulary: vocabulary, fixtures: fixtures)
        try setting.override(with: fields)
        let reader = ScenarioReader(
            suite: try fields.required(.suite).scenarioText(), file: file,
            rules: try rules(fields), law: try texts(fields.optional(.law)), load: load)
        var plan = TestPlan()
        for (number, node) in try (fields.optional(.scenarios)?.list() ?? []).enumerated() {
            plan.cases += try reader.cases(of: node, number: number + 1, in: setting)
        }
        for node in try fields.optional(.invariants)?.list() ?? [] {
            plan.invariants.append(try InvariantReader(vocabulary: vocabulary).invariant(node))
        }
        return plan
    }

    /// The rules that `policy` names: by `@id`, or by the first part of it.
    private func rules(_ fields: KeywordFields) throws(ScenarioFault) -> [String] {
        var rules: [String] = []
        for node in try fields.optional(.policy)?.listOrOne() ?? [] {
            let name = try node.scenarioText()
            let found = vocabulary.ruleList.filter { $0 == name || $0.hasPrefix(name + ".") }
            guard !found.isEmpty else {
                let groups = Set(vocabulary.ruleList.map { $0.prefix { $0 != "." } }).map(
                    String.init)
                throw ScenarioFault(
                    .unknownName, at: node.position, "没有叫“\(name)”的规则",
                    "there is no rule '\(name)'",
                    meant: NearestWord.to(name, among: vocabulary.ruleList + groups))
            }
            rules += found
        }
        return rules
    }

    private func texts(_ node: YAMLNode?) throws(ScenarioFault) -> [String] {
        var texts: [String] = []
        for element in try node?.listOrOne() ?? [] { texts.append(try element.scenarioText()) }
        return texts
    }

    /// A path written in a file, relative to the tests' folder; it never leaves that folder.
    static func path(_ name: String, besides file: String) -> String {
        var parts = file.split(separator: "/").dropLast().map(String.init)
        for part in name.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }
}
