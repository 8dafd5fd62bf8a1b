import Gateway
import ResidentModel
import StrictYAML

/// Chooses cases: `id=DB-*;department=health`; all parts must hold.
package struct CaseFilter {
    private let parts: [(key: String, pattern: String)]

    private static let keys = ["id", "suite", "department", "purpose", "item", "law"]

    /// - Parameter text: `key=pattern` joined by `;`; a pattern may end in `*`.
    /// - Throws: ``ScenarioFault`` at a key that is not known.
    package init(_ text: String) throws(ScenarioFault) {
        var parts: [(String, String)] = []
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, Self.keys.contains(pair[0]) else {
                throw ScenarioFault(
                    .unknownKeyword, at: YAMLPosition(file: "--filter", line: 1, column: 1),
                    "筛选写成 id=DB-*，可用 \(Self.keys.joined(separator: "、"))",
                    "a filter is id=DB-*, with one of \(Self.keys.joined(separator: ", "))",
                    meant: NearestWord.to(pair.first ?? "", among: Self.keys))
            }
            parts.append((pair[0], pair[1]))
        }
        self.parts = parts
    }

    /// The plan with the cases that are meant.
    ///
    /// - Parameter plan: Everything that was read.
    /// - Returns: What the filter admits, without invariants.
    /// - Throws: ``ScenarioFault`` where nothing is left: a run of no case proves nothing.
    package func filtered(_ plan: TestPlan) throws(ScenarioFault) -> TestPlan {
        var chosen = TestPlan()
        chosen.cases = plan.cases.filter { test in
            parts.allSatisfy { key, pattern in
                texts(key, of: test).contains { Self.matches($0, pattern) }
            }
        }
        guard !chosen.cases.isEmpty else {
            throw ScenarioFault(
                .empty, at: YAMLPosition(file: "--filter", line: 1, column: 1), "没有一个场景符合筛选",
                "no case matches the filter")
        }
        return chosen
    }

    private func texts(_ key: String, of test: TestCase) -> [String] {
        switch key {
        case "id": [test.id]
        case "suite": [test.suite]
        case "department": [test.request.department]
        case "purpose": [test.request.purpose]
        case "item": test.cells.map(\.item.text)
        default: test.law
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : text == pattern
    }
}
