import Foundation
import JSONText
import PolicyTesting
import Testing

/// The forms in which a run is written.
struct ReportTests {
    private static let text = """
        suite: Reports <&> "quoted"
        clock: "2026-03-05T09:00:00+08:00"
        scenarios:
          - name: "One | two # three"
            id: R-1
            given: {consent: granted}
            when: {who: civil-affairs, purpose: dibao-review, legal_basis: social-assistance-58-request}
            then: {identity.name: {mask: ends}, residence.in-town: deny}
        """

    private func report() throws -> TestReport {
        let policies = try StarterPolicies()
        let plan = try policies.plan(of: Self.text)
        let runner = try policies.runner(plan)
        var report = TestReport(bundleHash: "abc", results: try runner.run(plan))
        report.nearest[.init(result: 0, cell: 1)] = try NearestChange(runner).change(
            for: plan.cases[0].cells[1], of: plan.cases[0])
        return report
    }

    @Test("The text says what was expected, what came, why, what is nearest and where to look")
    func plainText() throws {
        let text = try report().written(as: .text, in: .english)
        #expect(text.contains("FAIL R-1 residence.in-town"))
        #expect(text.contains("a.test.yaml:8:41"))
        #expect(text.contains("expected deny, got clear human-confirmation retain-at-most:30d"))
        #expect(text.contains("because dibao.answers"))
        #expect(text.contains("nearest  if there were no consent, it would be deny"))
        #expect(text.contains("1 cases, 2 cells: 1 passed, 1 failed (0 cells by else)"))
        #expect(try report().written(as: .text, in: .chinese).contains("应为 deny"))
    }

    @Test("JUnit is well-formed XML with one case a cell")
    func junit() throws {
        let xml = try report().written(as: .junit, in: .english)
        let parser = XMLCounter()
        #expect(parser.parse(xml))
        #expect(parser.counts["testcase"] == 2 && parser.counts["failure"] == 1)
        #expect(parser.counts["property"] == 2)
    }

    @Test("TAP, GitHub, SARIF, JSON, Markdown and HTML have each cell or each failure")
    func others() throws {
        let report = try report()
        let tap = report.written(as: .tap, in: .english).split(separator: "\n").map(String.init)
        #expect(tap[0] == "TAP version 14" && tap[1] == "1..2" && tap[2].hasPrefix("ok 1"))
        #expect(tap[3].hasPrefix("not ok 2 - R-1"))
        let github = report.written(as: .github, in: .english)
        #expect(
            github.hasPrefix("::error file=a.test.yaml,line=8,col=41,title=R-1 residence.in-town::")
        )
        let sarif = try JSONValue(parsing: report.written(as: .sarif, in: .english))
        let run = sarif["runs"]?.array?.first
        #expect(run?["results"]?.array?.count == 1)
        let lines = report.written(as: .json, in: .english).split(separator: "\n")
        #expect(lines.count == 3 && lines[2].contains("\"failed\":1"))
        #expect(report.written(as: .markdown, in: .english).contains("a.test.yaml:8:41"))
        let html = report.written(as: .html, in: .chinese)
        #expect(html.contains("lang=\"zh-CN\"") && html.contains("&lt;&amp;&gt;"))
        #expect(!html.contains("<script") && !html.contains("http"))
    }
}

/// Counts the elements of a document.
private final class XMLCounter {
    var counts: [String: Int] = [:]

    /// Whether every element that begins ends, in order, and no bare `<` or `&` stands in text.
    func parse(_ xml: String) -> Bool {
        var open: [String] = []
        var rest = Substring(xml)
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") { continue }
            let name = String(tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" })
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return false }
                continue
            }
            counts[name, default: 0] += 1
            if !tag.hasSuffix("/") { open.append(name) }
        }
        return open.isEmpty
    }
}
