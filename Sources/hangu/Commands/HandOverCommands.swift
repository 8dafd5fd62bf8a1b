import ArgumentParser
import Gateway

/// The command `hangu resident hand-over`.
struct HandOverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over",
        abstract: "Make a token by which one other department learns its own pseudonym.")

    @Option(help: "The department that hands over.")
    var department: String

    @Option(help: "The department that receives; nobody else can use the token.")
    var to: String

    @Option(help: "The acting officer.")
    var officer: String

    @Option(help: "The giving department's own pseudonym of the resident.")
    var pseudonym: String

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let token = try HandOver(home.parts).give(
                pseudonym, from: department, to: to, officer: officer)
            if console.isJSON {
                try console.say(json: ["token": token])
            } else {
                console.say(token)
            }
        }
    }
}

/// The command `hangu resident take-over`.
struct TakeOverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-over",
        abstract: "Show a token from another department; prints this department's pseudonym.")

    @Option(help: "The department that receives.")
    var department: String

    @Option(help: "The acting officer.")
    var officer: String

    @Option(help: "Where the token is read from: - for standard input, or a file.")
    var token: String

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let pseudonym = try HandOver(home.parts).take(
                SubjectInput.firstLine(of: token, option: "--token", what: "the token"),
                department: department, officer: officer)
            if console.isJSON {
                try console.say(json: ["pseudonym": pseudonym])
            } else {
                console.say(pseudonym)
            }
        }
    }
}
