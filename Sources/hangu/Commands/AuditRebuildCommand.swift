import ArgumentParser
import Gateway

/// The command `hangu audit rebuild`.
struct AuditRebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Derive the log's tiles anew from its entries.",
        discussion: """
            Compares every tile in the home with the entries and writes those that differ; with --tiles an \
            exported folder too. Nothing is written where the newest checkpoint is not of these entries.
            """)

    @Option(help: "An exported folder to compare and write as well.")
    var tiles: String?

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let desk = AuditDesk(home.parts)
            let found = try desk.rebuildTiles()
            guard found.isSigned else {
                throw GatewayError.store(
                    .corrupt(what: "the entries are not those of the newest checkpoint"))
            }
            var files: [String] = []
            if let tiles { files = try rebuildFolder(tiles, desk: desk) }
            if console.isJSON {
                try console.say(
                    json: RebuildJSON(
                        entries: found.entries, tiles: found.tiles, differed: found.faults,
                        files: files))
                return
            }
            console.say(Messages.rebuilt(found, files: files.count))
            for line in found.faults + files { console.say("  " + line) }
        }
    }

    /// - Returns: The files that were absent or differed.
    private func rebuildFolder(
        _ path: String, desk: AuditDesk
    ) throws(GatewayError) -> [String] {
        let folder = TilesFolder(url: HomeFolder(path: path).url)
        var written: [String] = []
        try desk.export { path, content throws(GatewayError) in
            if folder.read(path) == content { return }
            try folder.write(path, content)
            written.append(path)
        }
        return written
    }
}

/// What a rebuild found, as `--json` prints it.
private struct RebuildJSON: Encodable {
    let entries: UInt64
    let tiles: UInt64
    let differed: [String]
    let files: [String]
}

/// The command `hangu audit replay`.
struct AuditReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Decide recorded decisions once more, from their records.",
        discussion: """
            Opens no value of any resident. Decisions of another policy bundle are counted and left aside; \
            --policies names the folder of that bundle.
            """)

    @Option(help: "One entry only.")
    var entry: UInt64?

    @Option(help: "A folder with the policies to ask instead of the home's.")
    var policies: String?

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let bundle =
                try policies.map { path throws(GatewayError) in
                    try PolicyFolder(HomeFolder(path: path).url).bundle
                } ?? home.parts.policies
            let report = try AuditDesk(home.parts).replay(by: bundle, only: entry)
            if console.isJSON {
                try console.say(
                    json: ReplayJSON(
                        decisions: report.decisions, same: report.same,
                        otherBundles: report.otherBundles,
                        differing: report.differing.map {
                            "entry \($0.entry): \($0.what.joined(separator: "; "))"
                        }))
            } else {
                console.say(Messages.replayed(report))
                for (entry, what) in report.differing {
                    console.say("  \(entry): \(what.joined(separator: "; "))")
                }
            }
            if !report.isSound { throw ExitCode(Console.exitStatus(of: .corrupt)) }
        }
    }
}

/// What a replay found, as `--json` prints it.
private struct ReplayJSON: Encodable {
    let decisions: Int
    let same: Int
    let otherBundles: Int
    let differing: [String]
}
