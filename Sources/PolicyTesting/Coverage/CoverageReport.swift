import Cedar
import Gateway
import JSONText
import ResidentModel
import StrictYAML

/// The least that must be reached, as `--min policy=100,condition=95` says.
package struct CoverageMinimum: Sendable {
    package let wanted: [(measure: Coverage.Measure, percent: Int)]

    /// - Parameter text: `measure=percent`, joined by commas.
    /// - Throws: ``ScenarioFault`` at a measure that is not known.
    package init(_ text: String) throws(ScenarioFault) {
        var wanted: [(Coverage.Measure, Int)] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=").map(String.init)
            let names = Coverage.Measure.allCases.map(\.rawValue)
            guard pair.count == 2, let measure = Coverage.Measure(rawValue: pair[0]),
                let percent = Int(pair[1]), (0...100).contains(percent)
            else {
                throw ScenarioFault(
                    .unknownWord, at: YAMLPosition(file: "--min", line: 1, column: 1),
                    "写成 policy=100,condition=95；可用 \(names.joined(separator: "、"))",
                    "expected policy=100,condition=95, of \(names.joined(separator: ", "))",
                    meant: NearestWord.to(pair.first ?? "", among: names))
            }
            wanted.append((measure, percent))
        }
        self.wanted = wanted
    }

    /// The measures that are below what is wanted.
    package func missed(in coverage: Coverage) -> [Coverage.Measure] {
        wanted.filter { coverage.count($0.measure).basisPoints < $0.percent * 100 }.map(\.measure)
    }
}

extension Coverage {
    /// The counts, then what was not reached.
    package func text(in language: ReportLanguage) -> String {
        func word(_ chinese: String, _ english: String) -> String {
            language == .chinese ? chinese : english
        }
        var lines = [word("覆盖", "coverage")]
        for measure in Measure.allCases {
            let count = count(measure)
            let name = measure.rawValue + String(repeating: " ", count: 14 - measure.rawValue.count)
            lines.append("  \(name)\(count.reached)/\(count.total)  \(count.percent)")
        }
        for rule in rules {
            if rule.decidedCount == 0 {
                lines.append("  " + word("没有决定过任何一格：", "decided no cell: ") + rule.name)
            }
            for (index, leaf) in rule.leaves.enumerated() {
                for (isSeen, value) in [
                    (rule.seenTrue[index], "true"), (rule.seenFalse[index], "false"),
                ]
                where !isSeen {
                    lines.append(
                        "  \(leaf.position): \(rule.name): "
                            + word("从未为 \(value)：", "never seen \(value): ") + leaf.text)
                }
            }
            for lost in rule.obligationWords.subtracting(rule.assertedWords).sorted() {
                lines.append("  \(rule.name): " + word("没有测试断言义务 ", "no test asserts ") + lost)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Each citation with its rules and the number of cells that they decided.
    package func lawMatrix(in language: ReportLanguage) -> String {
        law.map { entry in
            let mark =
                entry.cells == 0 ? (language == .chinese ? "未测试" : "untested") : "\(entry.cells)"
            return "\(entry.citation)\t\(mark)\t\(entry.rules.joined(separator: ", "))"
        }.joined(separator: "\n") + "\n"
    }

    /// One JSON object: a count for each measure.
    package var json: String {
        let members = Measure.allCases.map { measure in
            let count = count(measure)
            return (
                measure.rawValue,
                JSONValue.object([
                    "reached": .integer(count.reached), "total": .integer(count.total),
                ])
            )
        }
        let all = [("type", JSONValue.string("coverage"))] + members
        return JSONValue.object(JSONObject(distinctMembers: all)).canonicalText + "\n"
    }
}
