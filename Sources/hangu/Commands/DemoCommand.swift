import ArgumentParser
import DemoData
import FieldCrypto
import Foundation
import Gateway

/// The command `hangu demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Invent a town, pull it, and play through what the gateway is for.",
        discussion: """
            Everybody in it is invented. All is removed at the end, unless --home names a folder to make: then \
            the home stays there, and the town and the exported log stay beside it.
            """)

    @Option(help: "How many residents the town has.")
    var residents = 10_000

    @Option(help: "The same seed gives the same town.")
    var seed: UInt64 = 1

    @Option(help: "international or sm: the algorithms of the home's keys.")
    var suite: CryptoFamily = .international

    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard residents >= TownGenerator.residentsMin else {
            throw ValidationError("--residents is at least \(TownGenerator.residentsMin)")
        }
    }

    func run() throws {
        try options.run { console in
            let folder = try DemoFolder(home: options.home)
            defer { folder.removeUnlessKept() }
            var voice = console
            voice.isSilent = console.isJSON
            let result = try Demo(
                console: voice, folder: folder, residents: residents, seed: seed,
                family: suite
            ).play()
            if console.isJSON { try console.say(json: result) }
        }
    }
}
