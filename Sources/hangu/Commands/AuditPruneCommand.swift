import ArgumentParser
import Foundation
import Gateway
import SQLiteStore

/// The command `hangu audit prune`.
struct AuditPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove entries whose time of retention is over.",
        discussion: """
            Entries go from the beginning, by whole bundles of 256, as far as catalogue/retention.yaml and the legal \
            holds of holds.yaml allow; every hash stays, so what was proved stays provable. It cannot be undone. \
            --dry-run changes nothing and needs no officer.
            """)

    @Flag(help: "Say how far it would go, and why no further.")
    var dryRun = false

    @OptionGroup(title: "Who decides") var reader: AuditReadingOptions
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withAuditIndex { home, index, console in
            let files = try RetentionFiles(home.folder, policies: home.configuration.policies)
            let desk = RetentionDesk(
                home.parts, policy: files.policy, holds: files.holds, index: index)
            let view = AuditView(home: home, console: console)
            let plan =
                try dryRun
                ? desk.plan() : desk.prune(by: try reader.required(), progress: view.progress)
            view.finish()
            if console.isJSON {
                try console.say(json: PlanJSON(plan, isDone: !dryRun))
            } else {
                console.say(AuditMessages.pruned(plan, isDone: !dryRun))
                console.say(AuditMessages.stop(plan.stop))
            }
        }
    }

    private struct PlanJSON: Encodable {
        let first: UInt64
        let minimum: UInt64
        let entries: UInt64
        let done: Bool
        let stop: String
        let stopEntry: UInt64?

        init(_ plan: RetentionPlan, isDone: Bool) {
            first = plan.first
            minimum = plan.minimum
            entries = plan.entryCount
            done = isDone
            switch plan.stop {
            case .kept(let entry, _): (stop, stopEntry) = ("kept", entry)
            case .held(let entry): (stop, stopEntry) = ("held", entry)
            case .end: (stop, stopEntry) = ("end", nil)
            }
        }
    }
}
