import ArgumentParser
import Consent
import Gateway
import ResidentModel

/// The command `hangu consent`.
struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Register what residents agreed to or refused, confirm, pause, withdraw, list.",
        subcommands: [
            Grant.self, Answer.self, Step<Confirming>.self, Step<Pausing>.self,
            Step<Resuming>.self, Step<Withdrawing>.self, List.self, Expire.self, Receipt.self,
            VerifyReceipt.self,
        ])

    /// How the resident said it.
    struct SayingOptions: ParsableArguments {
        @Option(help: "self, counter, home-visit, paper, phone or text-message.")
        var channel = "counter"

        @Option(help: "Who registers it.")
        var registeredBy: String

        @Option(help: "Who helped the resident to say it.")
        var helper: String?

        @Option(help: "Who saw it and is neither the helper nor who registers.")
        var witness: String?

        @Option(help: "SHA-256 of the form or recording, in hexadecimal.")
        var evidence: String?

        @Option(help: "What shows the guardianship; the guardian speaks then.")
        var guardian: String?

        @Option(help: "What shows the resident's mandate; the delegate speaks then.")
        var delegate: String?

        @Option(help: "Which version of the text was shown or read out.")
        var textVersion = 1

        @Option(
            help: "Language of that text, such as zh, en, ug or bo; the command's own by default.")
        var textLanguage: String?

        func validate() throws {
            guard ConsentChannel(rawValue: channel) != nil else {
                throw ValidationError(
                    "--channel is one of "
                        + ConsentChannel.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard guardian == nil || delegate == nil else {
                throw ValidationError("--guardian and --delegate: only one of them speaks")
            }
            guard
                textLanguage?.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}/) != nil
                    || textLanguage == nil
            else { throw ValidationError("--text-language is a tag such as zh, en or ug-Arab") }
            guard textVersion > 0 else { throw ValidationError("--text-version counts from 1") }
        }

        func saying(_ language: Language) throws -> ConsentBook.Saying {
            guard let said = ConsentChannel(rawValue: channel) else {
                throw ValidationError("--channel cannot be read")
            }
            var saying = ConsentBook.Saying(
                channel: said, registeredBy: registeredBy,
                language: textLanguage ?? language.rawValue)
            saying.helper = helper
            saying.witness = witness
            saying.evidence = evidence
            saying.textVersion = textVersion
            if let guardian { saying.giver = .guardian(evidence: guardian) }
            if let delegate { saying.giver = .delegate(evidence: delegate) }
            return saying
        }
    }

    /// The command `hangu consent grant`.
    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register that a resident agrees, refuses, or has been asked.")

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

        @Option(help: "How often the department may ask, such as 4/month.")
        var frequency: String?

        @Option(help: "How many days the department may keep an answer.")
        var keepDays: Int?

        @Flag(help: "Register a refusal instead.")
        var refused = false

        @Flag(help: "Register that the resident has been asked and has not answered yet.")
        var requested = false

        @OptionGroup var saying: SayingOptions
        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard PartialDate(parsing: until)?.fullDate != nil else {
                throw ValidationError("--until is a date such as 2026-12-31")
            }
            if let frequency, AskingFrequency(parsing: frequency) == nil {
                throw ValidationError("--frequency is a number per day, month or year: 4/month")
            }
            guard !refused || !requested else {
                throw ValidationError("--refused and --requested exclude each other")
            }
        }

        func run() throws {
            try options.withHome { home, console in
                guard let last = PartialDate(parsing: until)?.fullDate else {
                    throw ValidationError("--until cannot be read")
                }
                var draft = ConsentBook.Draft(
                    purpose: purpose, recipient: recipient, until: last,
                    saying: try saying.saying(console.language))
                draft.items = fields
                draft.state = refused ? .refused : requested ? .requested : .given
                draft.frequency = frequency.flatMap { AskingFrequency(parsing: $0) }
                draft.dataLifeDays = keepDays
                let record = try ConsentBook(parts: home.parts).register(
                    draft, citizenNumber: try resident.citizenNumber())
                try console.show(record)
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
                for record in records { console.say(Messages.consentLine(record)) }
            }
        }
    }
}

extension ConsentCommand {
    /// The command `hangu consent expire`.
    struct Expire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record the end of every consent whose time is over.",
            discussion:
                "Every command that opens the home does this too; run it daily where none is.")

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let count = home.endedConsentCount
                if console.isJSON {
                    try console.say(json: ["expired": count])
                } else {
                    console.say(Messages.consentsEnded(count))
                }
            }
        }
    }
}

extension Console {
    /// Shows the version of a consent that a step has made.
    func show(_ record: ConsentRecord) throws {
        if isJSON {
            try say(json: ConsentJSONOutput(record))
        } else {
            say(Messages.consentStepped(record))
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
    let frequency: String?
    let keepDays: Int?
    let channel: String
    let giver: String
    let assurance: Int
    let confirmBy: String?
    let confirmedBy: String?

    init(_ record: ConsentRecord) {
        id = record.id
        version = record.version
        state = record.state.rawValue
        purpose = record.scope.purpose
        recipient = record.scope.recipient
        items = record.scope.items.sorted().map(\.text)
        from = record.terms.from.description
        until = record.terms.until.description
        frequency = record.terms.frequency?.description
        keepDays = record.terms.dataLifeDays
        channel = record.statement.channel.rawValue
        giver = record.statement.giver.word
        assurance = record.statement.assurance
        confirmBy = record.confirmBy?.description
        confirmedBy = record.confirmedBy
    }
}
