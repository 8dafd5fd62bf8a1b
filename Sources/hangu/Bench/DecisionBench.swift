import ArgumentParser
import Consent
import Foundation
import Gateway
import ResidentModel

/// The command `hangu bench-decision`, which `Scripts/bench-decision` asks.
///
/// It is part of the program, and hidden, so that what is measured is the code that runs, built as it is shipped.
struct DecisionBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-decision",
        abstract: "Time decisions about 8 fields, one JSON line for each number of rules.",
        shouldDisplay: false)

    @Option(help: "How many rules, floor rules included; may be given several times.")
    var rules: [Int] = [100, 1_000]

    @OptionGroup var options: HomeOptions

    private static let items = [
        "household.is-living-alone", "age.at-least-65", "residence.division", "identity.name",
        "contact.phone", "health.has-family-doctor", "health.systolic-at-least-140",
        "identity.sex",
    ]
    private static let rounds = 4_000

    private struct Figure: Encodable {
        let rules: Int
        let items: Int
        let allowed: Int
        let medianMicroseconds: Double
    }

    func run() throws {
        try options.withHome { home, console in
            for count in rules {
                let bundle = try bundle(of: count, home)
                let parts = GatewayParts(
                    store: home.parts.store, keyring: home.parts.keyring,
                    catalogue: home.parts.catalogue, policies: bundle, tenant: home.parts.tenant,
                    log: home.parts.log, clock: home.parts.clock, random: home.parts.random,
                    threads: home.parts.threads)
                let rehearsal = try DecisionRehearsal(
                    request, consents: [consent(parts)], parts: parts)
                var allowed = 0
                var times: [Double] = []
                for _ in 0..<Self.rounds {
                    let before = threadSeconds()
                    allowed = try rehearsal.decide()
                    times.append(threadSeconds() - before)
                }
                try console.say(
                    json: Figure(
                        rules: bundle.ruleCount, items: Self.items.count, allowed: allowed,
                        medianMicroseconds: median(times) * 1e6))
            }
        }
    }

    private var request: DisclosureRequest {
        DisclosureRequest(
            department: "community-health-centre", officer: "bench", purpose: "family-doctor-visit",
            legalBasis: "pipl-29-separate-consent", items: Self.items, citizenNumber: "",
            channel: "bench")
    }

    /// The home's rules, and further ones that name another department and cannot match.
    private func bundle(of count: Int, _ home: OpenHome) throws -> PolicyBundle {
        let own = home.parts.policies.ruleCount
        let further = (0..<max(0, count - own)).map { number in
            """
            @id("bench.\(number)") @obligation("clear retain-at-most:30d")
            permit (principal in Hangu::Department::"bench-\(number)", action, resource)
            when { context.purpose == Hangu::Purpose::"statistics" && context.case.given };
            """
        }
        return try home.parts.policies.adding(
            PolicyBundle.File(path: "rules/bench.cedar", text: further.joined(separator: "\n")),
            catalogue: home.parts.catalogue)
    }

    private func consent(_ parts: GatewayParts) -> ConsentRecord {
        let today = parts.clock.today
        return ConsentRecord(
            id: "C-bench", version: 1, state: .given,
            scope: ConsentScope(
                purpose: "family-doctor-visit", recipient: "community-health-centre",
                items: Set(Self.items.map { FieldID($0) })),
            terms: ConsentTerms(
                from: today, until: CalendarDate(dayNumber: today.dayNumber + 30), frequency: nil,
                dataLifeDays: nil),
            statement: ConsentStatement(
                channel: .counter, giver: .resident, registeredBy: "bench", helper: nil,
                witness: nil, evidence: nil, language: "zh", textVersion: 1, recordedAt: 0),
            confirmBy: nil)
    }
}

/// Seconds that this thread has spent computing.
private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
