import ResidentModel

/// A summary for the page of a build step.
struct MarkdownReport {
    let report: TestReport
    let language: ReportLanguage

    var text: String {
        var lines = ["## hangu policy test", "", report.summary(in: language), ""]
        let failures = report.placed.filter { !$0.result.isPassed }
        if !failures.isEmpty {
            lines += ["| | | |", "|---|---|---|"]
            for (_, test, cell) in failures {
                let text = cell.misses.map { $0.text.text(in: language) }.joined(separator: "; ")
                lines.append(
                    "| \(cell.cell.position) | \(plain("\(test.id) \(cell.cell.item)")) | \(plain(text)) |"
                )
            }
        }
        for result in report.invariants where !result.isPassed {
            lines += ["", "```yaml"] + result.lines(in: language) + ["```"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func plain(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}

/// One page without scripts: the counts, then each suite with its cases, failures first in sight.
struct HTMLReport {
    let report: TestReport
    let language: ReportLanguage

    private static let style = """
        body{font:16px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;
        color:#1a1a1a;background:#fff}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;
        padding:.3rem .5rem;text-align:left;vertical-align:top}.failed{background:#ffe3e0}summary{cursor:pointer}
        code{font-family:ui-monospace,monospace}
        """

    var text: String {
        let title = language == .chinese ? "规则测试报告" : "Policy test report"
        var html =
            "<!DOCTYPE html>\n<html lang=\"\(language == .chinese ? "zh-CN" : "en")\">\n<head>\n"
        html +=
            "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
        html += "<title>\(title)</title>\n<style>\(Self.style)</style>\n</head>\n<body>\n<main>\n"
        html += "<h1>\(title)</h1>\n<p>\(escaped(report.summary(in: language)))</p>\n"
        html +=
            "<p>\(language == .chinese ? "规则包" : "Bundle") <code>\(escaped(report.bundleHash))</code></p>\n"
        if !report.invariants.isEmpty { html += invariants }
        var suites: [String] = []
        for result in report.results where !suites.contains(result.test.suite) {
            suites.append(result.test.suite)
        }
        for suite in suites {
            html += section(suite, report.results.filter { $0.test.suite == suite })
        }
        return html + "</main>\n</body>\n</html>\n"
    }

    private var invariants: String {
        var html = "<h2>\(language == .chinese ? "不变式" : "Invariants")</h2>\n<ul>\n"
        for result in report.invariants {
            html += "<li\(result.isPassed ? "" : " class=\"failed\"")>"
            html += escaped(result.headline(in: language)) + "</li>\n"
        }
        return html + "</ul>\n"
    }

    private func section(_ suite: String, _ results: [CaseResult]) -> String {
        let failed = results.contains { !$0.isPassed }
        let cells = results.reduce(0) { $0 + $1.cells.count }
        var html =
            "<details\(failed ? " open" : "")>\n<summary>\(escaped(suite)): \(cells)</summary>\n"
        html += "<table>\n<thead><tr>"
        let heads =
            language == .chinese
            ? ["编号", "场景", "事项", "应当", "结果", "依据"]
            : ["id", "case", "item", "expected", "got", "because"]
        for head in heads { html += "<th scope=\"col\">\(head)</th>" }
        html += "</tr></thead>\n<tbody>\n"
        for result in results {
            for cell in result.cells {
                let because = (cell.observed.rules + cell.observed.reasons).joined(separator: " + ")
                let texts = [
                    result.test.id, result.test.name, cell.cell.item.text,
                    cell.cell.expectation.outcome.words,
                    cell.observed.words + (cell.isPassed ? "" : " ✗"),
                    because,
                ]
                html += "<tr\(cell.isPassed ? "" : " class=\"failed\"")>"
                html += texts.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>\n"
            }
        }
        return html + "</tbody>\n</table>\n</details>\n"
    }
}
