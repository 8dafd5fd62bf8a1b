import ArgumentParser
import FieldCrypto
import Foundation
import Gateway
import ResidentModel

/// The command `hangu init HOME`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make an empty home.")

    @Argument(help: "The folder to make; it must not exist or be empty.")
    var folder: String?

    @Option(help: "Declare the three sources of a folder with minzheng/, shebao/ and weijian/.")
    var town: String?

    @Option(help: "Take the health source from this folder of FHIR NDJSON files instead.")
    var healthFolder: String?

    @Option(help: "The mapping of --health-folder.")
    var healthMapping = "health-synthea"

    @Option(help: "The gateway's organisation: lower-case letters, digits and '-'.")
    var tenant = "county"

    @Option(
        help: """
            international (AES, SHA-256, Ed25519) or sm (SM4, SM3, SM2): the algorithms of every key \
            of the home.
            """)
    var suite: CryptoFamily = .international

    @Option(help: "The policies to start from; those that come with the program where not given.")
    var policies: String?

    @OptionGroup var rootKey: RootKeyOptions

    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard folder != nil || options.home != nil else {
            throw ValidationError("say which folder: hangu init HOME")
        }
        guard town != nil || healthFolder == nil else {
            throw ValidationError("--health-folder goes with --town")
        }
        guard isName(tenant, separators: [UInt8(ascii: "-")], lengthMax: 64) else {
            throw ValidationError("--tenant is lower-case letters, digits and '-'")
        }
    }

    func run() throws {
        try options.run { console in
            let home = HomeFolder(path: folder ?? options.home ?? ".")
            let health = healthFolder.map {
                (folder: HomeFolder(path: $0).url, mapping: healthMapping)
            }
            let sources = try town.map {
                try TownLayout.sources(of: HomeFolder(path: $0).url, health: health)
            }
            let starter = try policies.map { HomeFolder(path: $0).url } ?? StarterPolicies.find()
            try HomeCreation(
                folder: home, tenant: tenant, family: suite, sources: sources ?? [],
                policies: starter, rootKey: rootKey.choice, secrets: options.secrets
            ).run()
            if console.isJSON {
                try console.say(json: ["sources": sources?.count ?? 0])
            } else {
                console.say(
                    Messages.homeCreated(home.url.path, sources: sources?.count ?? 0))
            }
        }
    }
}

extension CryptoFamily: ExpressibleByArgument {}
