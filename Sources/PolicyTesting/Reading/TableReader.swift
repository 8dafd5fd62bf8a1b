import Gateway
import ResidentModel
import StrictYAML

/// Reads a decision table, inline or from a CSV file: each row is a case, and `else` says what becomes of every
/// combination that no row names.
struct TableReader {
    let head: CaseHead
    let setting: Setting
    let file: String
    let load: SuiteReader.Load

    /// The most combinations that `else` may stand for.
    static let combinationsMax = 200_000

    /// Columns that say what is asked; their values are what `else` combines.
    private static let inputs: [Keyword] = [
        .department, .who, .officer, .purpose, .legalBasis, .caseNumber, .consent, .household,
        .resident, .clock, .item, .emergency, .subject,
    ]

    private enum Column {
        case input(Keyword)
        case item(FieldID)
        case then
        case because
        case name
    }

    func cases(_ fields: KeywordFields) throws(ScenarioFault) -> [TestCase] {
        let grid = try grid(fields.required(.table))
        let columns = try columns(grid.columns)
        guard let rest = fields.optional(.else) else {
            throw ScenarioFault(
                .missing, at: fields.place(of: .table), "表要写“其余”：没有列出的组合应当怎样",
                "a table says under 'else' what becomes of combinations that no row names")
        }
        var cases: [TestCase] = []
        var named: Set<[String]> = []
        for (number, row) in grid.rows.enumerated() {
            try check(row, against: grid.columns)
            let inputs = try inputs(of: row, columns)
            guard named.insert(inputs).inserted else {
                throw ScenarioFault(
                    .twice, at: row.position, "前面已有一行是同样的组合",
                    "an earlier row names the same combination")
            }
            cases.append(try made(row, columns, number: number + 1))
        }
        let expected = try ExpectationReader(vocabulary: setting.vocabulary).expectation(rest)
        return cases
            + (try unlisted(grid, columns, besides: named, expected, at: rest.position))
    }

    // MARK: the grid

    private struct Row {
        var cells: [YAMLNode]
        var position: YAMLPosition
    }

    private struct Grid {
        var columns: [YAMLNode]
        var rows: [Row]
    }

    private func grid(_ node: YAMLNode) throws(ScenarioFault) -> Grid {
        if node.isText {
            let path = SuiteReader.path(try node.scenarioText(), besides: file)
            let records = try CSVText.records(try load(path, node.position), file: path)
            guard let header = records.first, records.count > 1 else {
                throw ScenarioFault(.empty, at: node.position, "表里没有一行", "the table has no row")
            }
            let rows = records.dropFirst().map { cells in
                Row(
                    cells: cells,
                    position: cells.first?.position ?? node.position)
            }
            return Grid(columns: header, rows: Array(rows))
        }
        let fields = try KeywordFields(node, [.columns, .rows])
        var rows: [Row] = []
        for row in try fields.required(.rows).list() {
            rows.append(Row(cells: try row.list(), position: row.position))
        }
        guard !rows.isEmpty else {
            throw ScenarioFault(.empty, at: node.position, "表里没有一行", "the table has no row")
        }
        return Grid(columns: try fields.required(.columns).list(), rows: rows)
    }

    private func check(_ row: Row, against columns: [YAMLNode]) throws(ScenarioFault) {
        if row.cells.count < columns.count {
            let lacking = try columns[row.cells.count].scenarioText()
            throw ScenarioFault(
                .row, at: row.position, "这一行只有 \(row.cells.count) 格，缺少“\(lacking)”",
                "the row has \(row.cells.count) of \(columns.count) cells; '\(lacking)' is missing")
        }
        if row.cells.count > columns.count {
            throw ScenarioFault(
                .row, at: row.cells[columns.count].position, "这一行多出一格",
                "the row has a cell too many")
        }
        for (cell, column) in zip(row.cells, columns) where cell.isText {
            if case .scalar("") = cell.content {
                let name = try column.scenarioText()
                throw ScenarioFault(
                    .row, at: cell.position, "“\(name)”这一格空着；不适用就写 -",
                    "the cell of '\(name)' is empty; write - where it does not apply")
            }
        }
    }

    private func columns(_ nodes: [YAMLNode]) throws(ScenarioFault) -> [Column] {
        var columns: [Column] = []
        for node in nodes {
            let text = try node.scenarioText()
            switch Keyword(spelling: text) {
            case .because: columns.append(.because)
            case .then: columns.append(.then)
            case .name: columns.append(.name)
            case .at: columns.append(.input(.clock))
            case let word? where Self.inputs.contains(word): columns.append(.input(word))
            default: columns.append(.item(try setting.vocabulary.item(text, at: node.position)))
            }
        }
        return columns
    }

    private func inputs(of row: Row, _ columns: [Column]) throws(ScenarioFault) -> [String] {
        var texts: [String] = []
        for (cell, column) in zip(row.cells, columns) {
            if case .input = column { texts.append(try cell.scenarioText()) }
        }
        return texts
    }

    // MARK: rows

    private func made(
        _ row: Row, _ columns: [Column], number: Int
    ) throws(ScenarioFault) -> TestCase {
        let reader = ExpectationReader(vocabulary: setting.vocabulary)
        var own = head
        own.position = row.position
        own.id += "/row-\(number)"
        own.name += " / row \(number)"
        var setting = setting
        var cells: [TestCell] = []
        var because = Because()
        var hasReason = false
        var asked: YAMLNode?
        for (cell, column) in zip(row.cells, columns) {
            let isDash = cell.isText ? try cell.scenarioText() == "-" : false
            switch column {
            case .input(.item): asked = cell
            case .input(let word): setting[word] = isDash ? nil : cell
            case .name: own.name = head.name + " / " + (try cell.scenarioText())
            case .because:
                if !isDash {
                    try reader.add(cell, to: &because)
                    hasReason = true
                }
            case .item(let item):
                if isDash { continue }
                cells.append(
                    TestCell(
                        item: item, position: cell.position,
                        expectation: try reader.expectation(cell)))
            case .then:
                guard let asked else {
                    throw ScenarioFault(
                        .form, at: cell.position, "“那么”列之前要有“事项”列",
                        "a column 'item' stands before 'then'")
                }
                cells.append(
                    TestCell(
                        item: try setting.vocabulary.item(asked), position: cell.position,
                        expectation: try reader.expectation(cell)))
            }
        }
        guard !cells.isEmpty else {
            throw ScenarioFault(.empty, at: row.position, "这一行什么也没有期望", "the row expects nothing")
        }
        if hasReason {
            for index in cells.indices { cells[index].expectation.because.add(because) }
        }
        return try own.made(cells, in: setting)
    }

    // MARK: what no row names

    private func unlisted(
        _ grid: Grid, _ columns: [Column], besides named: Set<[String]>, _ expected: Expectation,
        at position: YAMLPosition
    ) throws(ScenarioFault) -> [TestCase] {
        var values: [[YAMLNode]] = []
        var words: [Keyword] = []
        var items: [FieldID] = []
        for (index, column) in columns.enumerated() {
            if case .item(let item) = column { items.append(item) }
            guard case .input(let word) = column else { continue }
            words.append(word)
            var known: Set<String> = []
            var distinct: [YAMLNode] = []
            for row in grid.rows where known.insert(try row.cells[index].scenarioText()).inserted {
                distinct.append(row.cells[index])
            }
            values.append(distinct)
        }
        let count = values.reduce(1) { $0.multipliedReportingOverflow(by: $1.count).partialValue }
        guard count <= Self.combinationsMax else {
            throw ScenarioFault(
                .form, at: position, "“其余”有 \(count) 种组合，最多 \(Self.combinationsMax)",
                "'else' stands for \(count) combinations, at most \(Self.combinationsMax) are checked"
            )
        }
        var cases: [TestCase] = []
        for number in 0..<count {
            var rest = number
            let picked = values.map { list in
                defer { rest /= list.count }
                return list[rest % list.count]
            }
            var texts: [String] = []
            for node in picked { texts.append(try node.scenarioText()) }
            if named.contains(texts) { continue }
            var own = head
            own.position = position
            own.id += "/else-\(cases.count + 1)"
            own.name += " / else: " + texts.joined(separator: ", ")
            var setting = setting
            var asked = items
            for (word, node) in zip(words, picked) {
                if word == .item {
                    asked = [try setting.vocabulary.item(node)]
                } else {
                    setting[word] = try node.scenarioText() == "-" ? nil : node
                }
            }
            let cells = asked.map { TestCell(item: $0, position: position, expectation: expected) }
            var test = try own.made(cells, in: setting)
            test.isByElse = true
            cases.append(test)
        }
        return cases
    }
}

extension Because {
    /// Asks for both.
    mutating func add(_ other: Because) {
        func union(_ left: Set<String>?, _ right: Set<String>?) -> Set<String>? {
            guard let right else { return left }
            return (left ?? []).union(right)
        }
        rules = union(rules, other.rules)
        reasons = union(reasons, other.reasons)
        consents = union(consents, other.consents)
        includes.formUnion(other.includes)
        excludes.formUnion(other.excludes)
    }
}
