import ArgumentParser
import DemoData
import Foundation
import Gateway

/// `hangu demo`
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Invent a town, pull it, and play through what the gateway is for.",
        discussion: "Everybody in it is invented. The folder is removed at the end unless --keep is given.")

    @Option(help: "How many residents the town has.")
    var residents = 10_000

    @Option(help: "The same seed gives the same town.")
    var seed: UInt64 = 1

    @Option(help: "Keep town and home in this folder, which must not exist or be empty.")
    var keep: String?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard residents >= TownGenerator.residentsMin else {
            throw ValidationError("--residents is at least \(TownGenerator.residentsMin)")
        }
        guard options.home == nil else {
            throw ValidationError("the demo makes a home of its own; use --keep FOLDER to keep it")
        }
    }

    func run() throws {
        try options.run { console in
            let folder = try DemoFolder(keep: keep)
            defer { folder.removeUnlessKept() }
            try Demo(
                console: console, folder: folder, residents: residents, seed: seed
            ).play()
        }
    }
}
