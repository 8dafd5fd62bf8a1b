import Gateway
import ResidentModel
import StrictYAML

/// The names that scenarios may use, with what is nearest to a misspelt one.
///
/// A name that begins with `?` is meant to be unknown, and is handed on as it is.
struct Vocabulary {
    let catalogue: Catalogue
    let rules: Set<String>
    let ruleList: [String]
    private let items: [String]

    init(catalogue: Catalogue, bundle: PolicyBundle) {
        self.catalogue = catalogue
        ruleList = bundle.ruleNames
        rules = Set(ruleList)
        items = catalogue.fields.map(\.id.text) + catalogue.predicates.keys.map(\.text).sorted()
    }

    func department(_ node: YAMLNode) throws(ScenarioFault) -> String {
        try known(node, Array(catalogue.departments.keys), "部门", "department")
    }

    func purpose(_ node: YAMLNode) throws(ScenarioFault) -> String {
        try known(node, Array(catalogue.purposes.keys), "目的", "purpose")
    }

    func legalBasis(_ node: YAMLNode) throws(ScenarioFault) -> String {
        try known(node, Array(catalogue.legalBases.keys), "法律依据", "legal basis")
    }

    func item(_ node: YAMLNode) throws(ScenarioFault) -> FieldID {
        try item(node.scenarioText(), at: node.position)
    }

    func item(_ text: String, at position: YAMLPosition) throws(ScenarioFault) -> FieldID {
        FieldID(try known(text, at: position, items, "字段或问题", "field or predicate"))
    }

    /// Items by name or by pattern: `income.*`, or `*` for all of the purpose.
    func items(
        matching node: YAMLNode, within purpose: String
    ) throws(ScenarioFault) -> [FieldID] {
        let text = try node.scenarioText()
        guard text.hasSuffix("*") else { return [try item(node)] }
        let prefix = String(text.dropLast())
        let all = catalogue.purposes[purpose]?.fields.map(\.text) ?? items
        let found = all.filter { $0.hasPrefix(prefix) }.sorted()
        guard !found.isEmpty else {
            throw ScenarioFault(
                .unknownName, at: node.position, "没有以“\(prefix)”开头的字段",
                "no field of the purpose begins with '\(prefix)'",
                meant: NearestWord.to(prefix, among: all))
        }
        return found.map { FieldID($0) }
    }

    func rule(_ text: String, at position: YAMLPosition) throws(ScenarioFault) -> String {
        try known(text, at: position, ruleList, "规则", "rule")
    }

    private func known(
        _ node: YAMLNode, _ names: [String], _ chinese: String, _ english: String
    ) throws(ScenarioFault) -> String {
        try known(node.scenarioText(), at: node.position, names, chinese, english)
    }

    private func known(
        _ text: String, at position: YAMLPosition, _ names: [String], _ chinese: String,
        _ english: String
    ) throws(ScenarioFault) -> String {
        if text.hasPrefix("?") || names.contains(text) { return text }
        throw ScenarioFault(
            .unknownName, at: position, "没有叫“\(text)”的\(chinese)",
            "there is no \(english) '\(text)'",
            meant: NearestWord.to(text, among: names))
    }
}
