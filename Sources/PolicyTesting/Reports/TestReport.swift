package import ResidentModel

/// Everything that a run found, ready to be written in any form.
package struct TestReport: Sendable {
    /// The hash of the bundle under test.
    package var bundleHash: String
    package var results: [CaseResult]
    /// What single change would give what was expected, by place in ``results`` and in its cells.
    package var nearest: [CellPlace: Title] = [:]
    package var invariants: [InvariantResult] = []
    package var seconds: Double = 0

    package struct CellPlace: Hashable, Sendable {
        package let result: Int
        package let cell: Int

        package init(result: Int, cell: Int) {
            self.result = result
            self.cell = cell
        }
    }

    package init(bundleHash: String, results: [CaseResult]) {
        self.bundleHash = bundleHash
        self.results = results
    }

    package var cellCount: Int { results.reduce(0) { $0 + $1.cells.count } }
    package var failedCount: Int {
        results.reduce(0) { $0 + $1.cells.count { !$0.isPassed } }
            + invariants.count { !$0.isPassed }
    }
    /// Cells of combinations that no row of a table names.
    package var byElseCount: Int {
        results.reduce(0) { $0 + ($1.test.isByElse ? $1.cells.count : 0) }
    }
    package var isPassed: Bool { failedCount == 0 }

    /// One line on everything that was run.
    package func summary(in language: ReportLanguage) -> String {
        let passed = cellCount + invariants.count - failedCount
        let checked = invariants.isEmpty ? "" : "，\(invariants.count) 条不变式"
        let alsoChecked = invariants.isEmpty ? "" : ", \(invariants.count) invariants"
        return Title(
            chinese: "\(results.count) 个用例、\(cellCount) 格\(checked)：通过 \(passed)，失败 \(failedCount)"
                + "（其中 \(byElseCount) 格由“其余”覆盖）",
            english: "\(results.count) cases, \(cellCount) cells\(alsoChecked): \(passed) passed, "
                + "\(failedCount) failed (\(byElseCount) cells by else)"
        ).text(in: language)
    }

    /// Every cell with its place.
    var placed: [(place: CellPlace, test: TestCase, result: CellResult)] {
        results.enumerated().flatMap { index, result in
            result.cells.enumerated().map { number, cell in
                (CellPlace(result: index, cell: number), result.test, cell)
            }
        }
    }
}

/// The forms in which a run can be written.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, json, junit, tap, github, sarif, markdown, html
}

extension TestReport {
    /// The whole report in one form, ending with a new line.
    package func written(as format: ReportFormat, in language: ReportLanguage) -> String {
        switch format {
        case .text: TextReport(report: self, language: language).text
        case .json: JSONReport(report: self).text
        case .junit: JUnitReport(report: self, language: language).text
        case .tap: TAPReport(report: self, language: language).text
        case .github: GitHubReport(report: self, language: language).text
        case .sarif: SARIFReport(report: self, language: language).text
        case .markdown: MarkdownReport(report: self, language: language).text
        case .html: HTMLReport(report: self, language: language).text
        }
    }
}
