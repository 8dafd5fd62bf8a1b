import Foundation
import Testing

/// A withdrawal in one process, requests in others, all on one home.
@Suite("Consent over processes")
struct ConsentProcessesTests {
    private static let number = SmallDelivery.numbers[1]
    private static let requestsEach = 6

    private static let ask = [
        "disclose", "--department", "civil-affairs", "--officer", "zhao", "--purpose",
        "dibao-review", "--basis", "social-assistance-58-request", "--field",
        "income.within-dibao-standard", "--resident", "-",
    ]

    private struct Listed: Decodable {
        let entry: UInt64
        let kind: String?
        let decision: String?
        let operational: String?
    }

    /// Asks again and again; prints for each request when its process was started and how it ended.
    private func batch(_ home: TestHome) throws -> RunningProgram {
        let script = """
            for i in $(seq \(Self.requestsEach)); do
              started=$(date +%s%N)
              echo \(Self.number) | "$0" "$@" > /dev/null 2>&1
              echo "$started $?"
            done
            """
        return try RunningProgram(
            URL(fileURLWithPath: "/bin/bash"),
            ["-c", script, HanguProgram.place().path] + Self.ask + ["--home", home.path])
    }

    @Test("A request that starts after a withdrawal has returned is refused, in every process")
    func nextDecision() throws {
        let home = try TestHome(SmallDelivery())
        let purposes = home.path + "/Policies/catalogue/purposes.yaml"
        try String(contentsOfFile: purposes, encoding: .utf8)
            .replacing("frequency: 8/month", with: "frequency: 1000/day")
            .write(toFile: purposes, atomically: true, encoding: .utf8)
        _ = try home.pull()
        let granted = try home.check(
            [
                "consent", "grant", "--purpose", "dibao-review", "--to", "civil-affairs", "--until",
                Date(timeIntervalSinceNow: 86_400).formatted(.iso8601.year().month().day()),
                "--registered-by", "wang", "--json", "--resident", "-",
            ], input: Self.number)
        let id = try #require(try granted.json(Consent.self).first).id
        let first = try home.run(Self.ask, input: Self.number)
        #expect(first.status == 0, "\(first.allText)")

        let batches = [try batch(home), try batch(home)]
        let pull = try home.start(["pull", "--json"])
        let withdrawn = try home.run(
            ["consent", "withdraw", id, "--registered-by", "wang"])
        let acknowledged = Date().timeIntervalSince1970 * 1e9
        #expect(withdrawn.status == 0, "\(withdrawn.allText)")
        #expect(pull.hasEnded(within: 120))
        var after = 1
        for running in batches {
            #expect(running.hasEnded(within: 300))
            let lines = try running.result().lines
            #expect(lines.count == Self.requestsEach)
            for line in lines {
                let words = line.split(separator: " ").compactMap { Double($0) }
                try #require(words.count == 2)
                if words[0] > acknowledged {
                    #expect(words[1] != 0)
                    after += 1
                }
            }
        }
        let last = try home.run(Self.ask, input: Self.number)
        #expect(
            last.outputText.contains("the resident has withdrawn the consent"), "\(last.allText)")
        try checkOrder(home)
        print("requests started after the withdrawal returned: \(after), all refused")
    }

    private struct Consent: Decodable { let id: String }

    /// By the log's order no decision after the withdrawal allows, and none before it refuses.
    private func checkOrder(_ home: TestHome) throws {
        let listed = try home.check(
            [
                "audit", "list", "--limit", "200", "--json", "--officer", "lin", "--reason",
                "complaint", "--reference", "2026-17",
            ])
        let entries = try listed.json(Listed.self).filter { $0.kind != nil }
            .sorted { $0.entry < $1.entry }
        var isWithdrawn = false
        var decisions = 0
        for entry in entries {
            if entry.operational?.contains("\"state\":\"withdrawn\"") == true { isWithdrawn = true }
            guard entry.kind == "decision" else { continue }
            decisions += 1
            #expect(entry.decision == (isWithdrawn ? "refused" : "allowed"))
        }
        #expect(isWithdrawn && decisions == 2 * Self.requestsEach + 2)
        #expect(try home.verifyLog().sound)
    }
}
