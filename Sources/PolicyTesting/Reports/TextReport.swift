import ResidentModel
import StrictYAML

/// For the terminal: each failure with what was expected, what came, and why; then the counts.
struct TextReport {
    let report: TestReport
    let language: ReportLanguage

    var text: String {
        var lines: [String] = []
        for (place, test, result) in report.placed where !result.isPassed {
            lines += failure(test, result, report.nearest[place])
            lines.append("")
        }
        for result in report.invariants { lines += result.lines(in: language) }
        lines.append(report.summary(in: language))
        return lines.joined(separator: "\n") + "\n"
    }

    private func word(_ chinese: String, _ english: String) -> String {
        language == .chinese ? chinese : english
    }

    private func failure(_ test: TestCase, _ result: CellResult, _ nearest: Title?) -> [String] {
        let title = "\(test.id) \(result.cell.item)"
        let pad = String(repeating: " ", count: max(2, 44 - title.count))
        var lines = [
            "FAIL \(title)\(pad)\(result.cell.position)", "  \(test.suite): \(test.name)",
        ]
        for miss in result.misses { lines.append("  " + miss.text.text(in: language)) }
        let because = (result.observed.rules + result.observed.reasons + result.observed.failed)
        lines.append(
            word("  得到  ", "  got      ") + result.observed.words
                + word("  依据 ", "  because ")
                + (because.isEmpty ? "-" : because.joined(separator: " + ")))
        for sentence in result.observed.sentences {
            lines.append(word("  说明  ", "  in words ") + sentence.text(in: language))
        }
        if let nearest {
            lines.append(
                word("  最近  ", "  nearest  ") + nearest.text(in: language)
                    + word("，就会是 ", ", it would be ") + result.cell.expectation.outcome.words)
        }
        lines.append(
            word("  细看  ", "  try      ")
                + "hangu policy explain \(test.position.file)#\(test.id)")
        return lines
    }
}
