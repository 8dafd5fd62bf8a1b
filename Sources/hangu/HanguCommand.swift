import ArgumentParser
import Dispatch
import Gateway

/// The gateway's command line.
@main
struct HanguCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangu",
        abstract: "A gate between departments: lawful, audited answers about residents.",
        discussion: """
            A home is one folder with everything of one gateway. Start with `hangu demo`, or with
            `hangu init HOME --town FOLDER` and `hangu pull --home HOME`.

            Citizen numbers are read from standard input (--resident -) or a file, never from arguments.

            Exit status: 0 done, 2 something must be changed by the caller, 3 refused, 4 not available now,
            5 damaged (stop and keep the evidence), 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, PullCommand.self, DiscloseCommand.self, ConsentCommand.self,
            ResidentCommand.self, EmergencyCommand.self, CorrectionCommand.self,
            WaysOutCommand.self, AuditCommand.self, ReviewCommand.self,
            DemoCommand.self, KeysCommand.self, CedarCommand.self, PolicyCommand.self,
            WitnessCommand.self, FieldBenchCommand.self, DecisionBenchCommand.self,
        ])

    /// Parses and runs.
    ///
    /// Most commands never leave the first thread; those that wait for others get the dispatch queue.
    static func main() {
        CoreDumps.forbid()
        if ArgumentCheck.findsCitizenNumber(in: CommandLine.arguments.dropFirst()) {
            let error = ValidationError(
                "a citizen number must not stand in an argument, where others can read it; "
                    + "use --resident - and type it, or name a file")
            exit(withError: error)
        }
        do {
            var command = try parseAsRoot()
            guard let waiting = command as? any AsyncParsableCommand else {
                try command.run()
                exit()
            }
            run(waiting)
        } catch {
            exit(withError: error)
        }
    }

    /// Runs a command that waits for others, and ends the program.
    private static func run(_ command: sending any AsyncParsableCommand) -> Never {
        // A task and not an async entry point: with that one, every command would start the dispatch queue's threads,
        // under which no instruction can be counted (Scripts/bench-cedar).
        Task {
            var command = command
            do {
                try await command.run()
                exit()
            } catch {
                exit(withError: error)
            }
        }
        dispatchMain()
    }
}

/// What every command takes.
struct HomeOptions: ParsableArguments {
    @Option(help: "The home's folder; HANGU_HOME where it is not given.")
    var home: String?

    @Flag(help: "Print results as JSON, one value a line.")
    var json = false

    @Option(help: "zh or en; the environment's language where it is not given.")
    var lang: String?

    @Option(
        help: "A file whose first line is the root key's passphrase or PIN; the terminal asks else."
    )
    var secretFile: String?

    @Option(help: "A descriptor to read the passphrase or PIN from: one line.")
    var secretFd: Int32?

    func validate() throws {
        guard lang == nil || Language(rawValue: lang ?? "") != nil else {
            throw ValidationError("--lang is zh or en")
        }
        guard secretFile == nil || secretFd == nil, secretFd ?? 0 >= 0 else {
            throw ValidationError("give one of --secret-file and --secret-fd")
        }
    }

    /// Where the passphrase or PIN of the root key comes from.
    var secrets: SecretInput {
        SecretInput(
            file: secretFile ?? (secretFd == nil ? EnvironmentHome.secretFile : nil),
            descriptor: secretFd, language: console.language)
    }

    var console: Console {
        Console(
            language: lang.flatMap(Language.init(rawValue:)) ?? .ofEnvironment, isJSON: json)
    }
}

extension HomeOptions {
    /// Runs a command's work and ends the program with the status of what came of it.
    func run(_ body: (Console) throws -> Void) throws {
        let console = console
        do { try body(console) } catch let error as GatewayError {
            console.fail(error)
            throw ExitCode(Console.exitStatus(of: error.category))
        }
    }

    /// Opens the home, runs a command's work and closes it.
    func withHome(_ body: (OpenHome, Console) throws -> Void) throws {
        try run { console in
            let home = try OpenHome(try folder(), secrets: secrets)
            try body(home, console)
            try home.close()
        }
    }

    /// The same for work that waits for others.
    func withHome(_ body: (OpenHome, Console) async throws -> Void) async throws {
        let console = console
        do {
            let home = try OpenHome(try folder(), secrets: secrets)
            try await body(home, console)
            try home.close()
        } catch let error as GatewayError {
            console.fail(error)
            throw ExitCode(Console.exitStatus(of: error.category))
        }
    }

    func folder() throws -> HomeFolder {
        if let home { return HomeFolder(path: home) }
        if let named = EnvironmentHome.path { return HomeFolder(path: named) }
        throw ValidationError("say which home: --home FOLDER, or set HANGU_HOME")
    }
}
