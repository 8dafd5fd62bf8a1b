import ArgumentParser
import Consent
import Gateway
import ResidentModel

/// The command `hangu consent`.
struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Register, withdraw and list what residents agreed to.",
        subcommands: [Grant.self, Withdraw.self, List.self])

    /// The command `hangu consent grant`.
    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register that a resident agrees, or refuses.")

        @Option(help: "The purpose, as the catalogue names it.")
        var purpose: String

        @Option(name: [.customLong("to")], help: "The department that may receive.")
        var recipient: String

        @Option(
            name: [.customLong("field")],
            help: "A field or predicate; all that the purpose can need where none is given.")
        var fields: [String] = []

        @Option(help: "The last day, such as 2026-12-31.")
        var until: String

        @Option(help: "self, counter, home-visit, paper, phone or text-message.")
        var channel = "counter"

        @Option(help: "Who registers it.")
        var registeredBy: String

        @Option(help: "The helper or witness who was there.")
        var helper: String?

        @Flag(help: "Register a refusal instead.")
        var refused = false

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard PartialDate(parsing: until)?.fullDate != nil else {
                throw ValidationError("--until is a date such as 2026-12-31")
            }
            guard ConsentChannel(rawValue: channel) != nil else {
                throw ValidationError(
                    "--channel is one of "
                        + ConsentChannel.allCases.map(\.rawValue).joined(separator: ", "))
            }
        }

        func run() throws {
            try options.withHome { home, console in
                guard let last = PartialDate(parsing: until)?.fullDate,
                    let said = ConsentChannel(rawValue: channel)
                else { throw ValidationError("--until or --channel cannot be read") }
                let draft = ConsentBook.Draft(
                    purpose: purpose, recipient: recipient, items: fields,
                    state: refused ? .refused : .given, until: last, channel: said,
                    registeredBy: registeredBy, helper: helper,
                    language: console.language.rawValue)
                let record = try ConsentBook(parts: home.parts).register(
                    draft, citizenNumber: try resident.citizenNumber())
                if console.isJSON {
                    try console.say(json: ConsentJSONOutput(record))
                } else {
                    console.say(
                        Messages.consentRegistered(record.id, until: record.until.description))
                }
            }
        }
    }

    /// The command `hangu consent withdraw`.
    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a consent; it holds from the next request on.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @Option(help: "Who registers it.")
        var registeredBy: String

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let record = try ConsentBook(parts: home.parts).withdraw(
                    id, registeredBy: registeredBy)
                if console.isJSON {
                    try console.say(json: ConsentJSONOutput(record))
                } else {
                    console.say(Messages.consentWithdrawn(record.id))
                }
            }
        }
    }

    /// The command `hangu consent list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a resident's consents, newest version of each.")

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let records = try ConsentBook(parts: home.parts).list(
                    citizenNumber: try resident.citizenNumber())
                if console.isJSON {
                    for record in records { try console.say(json: ConsentJSONOutput(record)) }
                    return
                }
                if records.isEmpty { console.say(Messages.noConsents) }
                for record in records {
                    console.say(
                        "\(record.id)  \(record.state.rawValue)  \(record.purpose) → "
                            + "\(record.recipient)  \(record.from) … \(record.until)  "
                            + record.channel.rawValue)
                }
            }
        }
    }
}

/// A consent as `--json` prints it.
private struct ConsentJSONOutput: Encodable {
    let id: String
    let version: Int
    let state: String
    let purpose: String
    let recipient: String
    let items: [String]
    let from: String
    let until: String
    let channel: String

    init(_ record: ConsentRecord) {
        id = record.id
        version = record.version
        state = record.state.rawValue
        purpose = record.purpose
        recipient = record.recipient
        items = record.items.sorted().map(\.text)
        from = record.from.description
        until = record.until.description
        channel = record.channel.rawValue
    }
}
