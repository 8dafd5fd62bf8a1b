import JSONText
import ResidentModel
import StrictYAML

/// JUnit XML as Jenkins and GitLab read it: one test case for each cell.
struct JUnitReport {
    let report: TestReport
    let language: ReportLanguage

    var text: String {
        var suites: [(name: String, indexes: [Int])] = []
        for (index, result) in report.results.enumerated() {
            if suites.last?.name == result.test.suite {
                suites[suites.count - 1].indexes.append(index)
            } else {
                suites.append((result.test.suite, [index]))
            }
        }
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let tests = report.cellCount + report.invariants.count
        xml += "<testsuites tests=\"\(tests)\" failures=\"\(report.failedCount)\" errors=\"0\">\n"
        for suite in suites { xml += written(suite.name, suite.indexes) }
        if !report.invariants.isEmpty { xml += invariants }
        return xml + "</testsuites>\n"
    }

    private func written(_ name: String, _ indexes: [Int]) -> String {
        let results = indexes.map { report.results[$0] }
        let count = results.reduce(0) { $0 + $1.cells.count }
        let failed = results.reduce(0) { $0 + $1.cells.count { !$0.isPassed } }
        let clocks = Set(results.map(\.test.clock)).sorted().map { Moments.text(of: $0) }
        var xml =
            "  <testsuite name=\(quoted(name)) tests=\"\(count)\" failures=\"\(failed)\" errors=\"0\">\n"
        xml += "    <properties>\n"
        xml += "      <property name=\"bundle\" value=\(quoted(report.bundleHash))/>\n"
        xml +=
            "      <property name=\"clock\" value=\(quoted(clocks.prefix(8).joined(separator: " ")))/>\n"
        xml += "    </properties>\n"
        for index in indexes {
            for (number, cell) in report.results[index].cells.enumerated() {
                xml += written(
                    report.results[index].test, cell,
                    report.nearest[.init(result: index, cell: number)])
            }
        }
        return xml + "  </testsuite>\n"
    }

    private func written(_ test: TestCase, _ cell: CellResult, _ nearest: Title?) -> String {
        var xml = "    <testcase classname=\(quoted(test.suite))"
        xml += " name=\(quoted("\(test.id) \(cell.cell.item)"))"
        xml += " file=\(quoted(cell.cell.position.file)) line=\"\(cell.cell.position.line)\""
        guard !cell.isPassed else { return xml + "/>\n" }
        let first = cell.misses.first
        let message = first?.text.text(in: language) ?? ""
        let body =
            cell.misses.map { $0.text.text(in: language) }
            + ["because \(cell.observed.rules.joined(separator: " + "))"]
            + cell.observed.sentences.map { $0.text(in: language) }
            + [nearest?.text(in: language)].compactMap(\.self)
        xml += ">\n      <failure type=\(quoted(first?.kind ?? "")) message=\(quoted(message))>"
        return xml + escaped(body.joined(separator: "\n")) + "</failure>\n    </testcase>\n"
    }

    private var invariants: String {
        let failed = report.invariants.count { !$0.isPassed }
        var xml =
            "  <testsuite name=\"invariants\" tests=\"\(report.invariants.count)\" "
            + "failures=\"\(failed)\" errors=\"0\">\n"
        for result in report.invariants {
            let position = result.invariant.position
            xml += "    <testcase classname=\"invariants\" name=\(quoted(result.invariant.name))"
            xml += " file=\(quoted(position.file)) line=\"\(position.line)\""
            if result.isPassed {
                xml += "/>\n"
            } else {
                let text = result.lines(in: language).joined(separator: "\n")
                xml +=
                    ">\n      <failure type=\"invariant\" message=\(quoted(result.headline(in: language)))>"
                xml += escaped(text) + "</failure>\n    </testcase>\n"
            }
        }
        return xml + "  </testsuite>\n"
    }
}

/// TAP version 14: one test point for each cell, with what went wrong as YAML.
struct TAPReport {
    let report: TestReport
    let language: ReportLanguage

    var text: String {
        let count = report.cellCount + report.invariants.count
        var lines = ["TAP version 14", "1..\(count)"]
        var number = 0
        for (_, test, cell) in report.placed {
            number += 1
            lines.append(
                "\(cell.isPassed ? "ok" : "not ok") \(number) - \(described("\(test.id) \(cell.cell.item)"))"
            )
            guard !cell.isPassed else { continue }
            lines.append("  ---")
            lines.append("  at: \(JSONValue.string("\(cell.cell.position)").canonicalText)")
            for miss in cell.misses {
                let text = JSONValue.string(miss.text.text(in: language)).canonicalText
                lines.append("  \(miss.kind): \(text)")
            }
            lines.append("  ...")
        }
        for result in report.invariants {
            number += 1
            lines.append(
                "\(result.isPassed ? "ok" : "not ok") \(number) - \(described(result.headline(in: language)))"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Without the characters that begin a directive.
    private func described(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }
}

/// Workflow commands: an annotation beside the line of each failure.
struct GitHubReport {
    let report: TestReport
    let language: ReportLanguage

    var text: String {
        var lines = report.placed.filter { !$0.result.isPassed }.map { _, test, cell in
            let position = cell.cell.position
            let text = cell.misses.map { $0.text.text(in: language) }.joined(separator: "\n")
            return
                "::error file=\(property(position.file)),line=\(position.line),col=\(position.column),"
                + "title=\(property("\(test.id) \(cell.cell.item)"))::\(data(text))"
        }
        for result in report.invariants where !result.isPassed {
            let position = result.invariant.position
            lines.append(
                "::error file=\(property(position.file)),line=\(position.line),"
                    + "title=\(property(result.invariant.name))::"
                    + data(result.lines(in: language).joined(separator: "\n")))
        }
        lines.append("::notice title=hangu policy test::\(data(report.summary(in: language)))")
        return lines.joined(separator: "\n") + "\n"
    }

    private func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}

/// SARIF 2.1.0: each failure as a result with its place.
struct SARIFReport {
    let report: TestReport
    let language: ReportLanguage

    private static let schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

    var text: String {
        let results = report.placed.filter { !$0.result.isPassed }.map { _, test, cell in
            result(
                cell.misses.first?.kind ?? "outcome",
                "\(test.id) \(cell.cell.item): "
                    + cell.misses.map { $0.text.text(in: language) }.joined(separator: "; "),
                file: cell.cell.position.file, line: cell.cell.position.line,
                column: cell.cell.position.column)
        }
        let broken = report.invariants.filter { !$0.isPassed }.map { found in
            result(
                "invariant", found.headline(in: language), file: found.invariant.position.file,
                line: found.invariant.position.line, column: found.invariant.position.column)
        }
        let tool = JSONValue.object([
            "driver": .object([
                "name": .string("hangu policy test"),
                "rules": .array(
                    Self.kinds.map { .object(["id": .string($0)]) }),
            ])
        ])
        let value = JSONValue.object([
            "$schema": .string(Self.schema), "version": .string("2.1.0"),
            "runs": .array([.object(["tool": tool, "results": .array(results + broken)])]),
        ])
        return value.canonicalText + "\n"
    }

    private static let kinds = [
        "answer", "because", "consent", "invariant", "obligation", "outcome", "reason", "sentence",
        "value",
    ]

    private func result(
        _ rule: String, _ text: String, file: String, line: Int, column: Int
    ) -> JSONValue {
        let region = JSONValue.object([
            "startLine": .integer(line), "startColumn": .integer(column),
        ])
        let location = JSONValue.object([
            "physicalLocation": .object([
                "artifactLocation": .object(["uri": .string(file)]), "region": region,
            ])
        ])
        return .object([
            "ruleId": .string(rule), "level": .string("error"),
            "message": .object(["text": .string(text)]), "locations": .array([location]),
        ])
    }
}

/// Text within XML or HTML; characters that XML 1.0 cannot hold become a replacement character.
func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x20: result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// An attribute's value in its quotes.
func quoted(_ text: String) -> String { "\"\(escaped(text).replacing("\n", with: "&#10;"))\"" }
