import ArgumentParser
import Gateway
import TransparencyLog

/// The command `hangu resident`.
struct ResidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resident", abstract: "What a resident may see.",
        subcommands: [Accesses.self, HandOverCommand.self, TakeOverCommand.self])

    /// The command `hangu resident accesses`.
    struct Accesses: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who looked at me: every decision about one resident, newest first.")

        @Option(help: "Only those before this entry.")
        var before: UInt64?

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let entries = try AccessHistory(home.parts).entries(
                    citizenNumber: try resident.citizenNumber(), before: before)
                if console.isJSON {
                    for entry in entries { try console.say(json: EntryJSON(entry)) }
                    return
                }
                AccessView(home: home, console: console).show(entries)
            }
        }
    }
}

/// Who looked, in words: decisions only, since each outcome belongs to one.
struct AccessView {
    let home: OpenHome
    let console: Console

    func show(_ entries: [OpenedEntry]) {
        let decisions = entries.filter { $0.leaf.type == .decision }
        if decisions.isEmpty { console.say(Messages.noAccesses) }
        let text = EntryText(catalogue: home.parts.catalogue, language: console.language)
        for entry in decisions {
            for line in text.access(entry) { console.say(line) }
        }
    }
}
