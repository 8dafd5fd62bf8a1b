import ResidentModel

/// What became of all mutants of a run.
package struct MutationTally: Sendable {
    package private(set) var killed = 0
    package private(set) var equivalent = 0
    package private(set) var survivors: [(mutant: Mutant, scenario: String?)] = []

    package init() {}

    package mutating func add(_ mutant: Mutant, _ fate: MutationRun.Fate) {
        switch fate {
        case .killed: killed += 1
        case .equivalent: equivalent += 1
        case .survived(let scenario): survivors.append((mutant, scenario))
        }
    }

    /// Noticed among those that are not equivalent, in hundredths of a per cent.
    package var score: Int {
        let counted = killed + survivors.count
        return counted == 0 ? 10_000 : killed * 10_000 / counted
    }

    package var scenarios: [String] { survivors.compactMap(\.scenario) }

    /// A suite of the scenarios that survivors propose; what stands there is what the rules say now, for somebody to
    /// confirm or to change.
    package var suite: String {
        "suite: Proposed by surviving mutants / 由未被发现的变异提出\nscenarios:\n"
            + scenarios.joined(separator: "\n") + "\n"
    }

    package func text(in language: ReportLanguage) -> String {
        var lines: [String] = []
        for (mutant, scenario) in survivors {
            lines.append(
                Title(
                    chinese: "没有测试发现：\(mutant.rule)：\(mutant.sentence.chinese)",
                    english: "no test notices: \(mutant.rule): \(mutant.sentence.english)"
                ).text(in: language))
            if let scenario { lines.append(scenario) }
        }
        let percent = "\(score / 100).\(score / 10 % 10)\(score % 10) %"
        lines.append(
            Title(
                chinese: "变异 \(killed + survivors.count + equivalent) 个：发现 \(killed)，未发现 "
                    + "\(survivors.count)，等价 \(equivalent)；得分 \(percent)",
                english: "\(killed + survivors.count + equivalent) mutants: \(killed) killed, "
                    + "\(survivors.count) survived, \(equivalent) equivalent; score \(percent)"
            ).text(in: language))
        return lines.joined(separator: "\n") + "\n"
    }
}
