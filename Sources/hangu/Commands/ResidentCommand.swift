import ArgumentParser
import Foundation
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

        @Option(
            help:
                "A folder to write the proofs into: that each entry is in the log, and none is missing."
        )
        var proofs: String?

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let number = try resident.citizenNumber()
                let history = AccessHistory(home.parts)
                let entries = try history.entries(citizenNumber: number, before: before)
                if console.isJSON {
                    for entry in entries { try console.say(json: EntryJSON(entry)) }
                } else {
                    AccessView(home: home, console: console).show(entries)
                }
                try prove(history, number: number, console: console)
            }
        }

        /// Tells whether the list is whole, and writes the proofs where they are asked for.
        private func prove(_ history: AccessHistory, number: String, console: Console) throws {
            let package = try proofs.map { _ in try history.package(citizenNumber: number) }
            let completeness =
                try package?.completeness ?? history.completeness(citizenNumber: number)
            if !console.isJSON { console.say(WitnessMessages.complete(completeness)) }
            if let proofs, let package {
                let folder = TilesFolder(url: HomeFolder(path: proofs).url, isPrivate: true)
                for file in package.files { try folder.write(file.name, file.bytes) }
                if !console.isJSON {
                    console.say(
                        WitnessMessages.packaged(package.files.count, path: folder.url.path))
                }
            }
            if case .broken = completeness {
                throw ExitCode(Console.exitStatus(of: .corrupt))
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
