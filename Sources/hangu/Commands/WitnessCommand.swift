import ArgumentParser
import FieldCrypto
import Foundation
import Gateway
import GatewayServer
import TransparencyLog

/// The command `hangu witness`.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Be a witness for the logs of others.",
        discussion: """
            A witness cosigns a log's checkpoint only if it continues the one it cosigned before (C2SP tlog-witness). \
            It has a folder and a key of its own, and needs no home.
            """,
        subcommands: [Init.self, Serve.self, Show.self])

    /// What every command of a witness takes.
    struct Options: ParsableArguments {
        @Option(help: "The witness's folder.")
        var folder: String

        @Flag(help: "Print results as JSON, one value a line.")
        var json = false

        @Option(help: "zh or en; the environment's language where it is not given.")
        var lang: String?

        func validate() throws {
            guard lang == nil || Language(rawValue: lang ?? "") != nil else {
                throw ValidationError("--lang is zh or en")
            }
        }

        var console: Console {
            Console(
                language: lang.flatMap(Language.init(rawValue:)) ?? .ofEnvironment, isJSON: json)
        }

        var place: WitnessFolder { WitnessFolder(HomeFolder(path: folder).url) }

        /// Ends the program with the status of what went wrong.
        func failure(_ error: WitnessError) -> ExitCode {
            let error = GatewayError(error)
            console.fail(error)
            return ExitCode(Console.exitStatus(of: error.category))
        }
    }

    /// The command `hangu witness init`.
    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a witness: a folder with a key of its own.")

        @Option(help: "Its name, such as witness.health.example/w1: no spaces, no '+'.")
        var name: String

        @OptionGroup var options: Options

        func run() throws {
            do throws(WitnessError) {
                let key = try options.place.create(name: name, random: SecureRandom())
                if options.json {
                    try sayJSON(["vkey": key.encoded])
                } else {
                    options.console.say(
                        WitnessMessages.witnessMade(key.encoded, path: options.place.url.path))
                }
            } catch { throw options.failure(error) }
        }

        private func sayJSON(_ value: [String: String]) throws(WitnessError) {
            do { try options.console.say(json: value) } catch {
                throw .unavailable(what: "the result cannot be printed")
            }
        }
    }

    /// The command `hangu witness serve`.
    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve add-checkpoint until stopped; SIGTERM ends it in order.",
            discussion: """
                Reads the file logs of the folder once, at the start. Prints one line for each request. Listens for \
                this machine only unless --host says otherwise; put a server with TLS before it for others.
                """)

        @Option(help: "The address to listen at.")
        var host = "127.0.0.1"

        @Option(help: "The port; 0 for any free one.")
        var port = 8743

        @OptionGroup var options: Options

        func validate() throws {
            guard (0...65_535).contains(port) else {
                throw ValidationError("--port is 0 to 65535")
            }
        }

        func run() async throws {
            let console = options.console
            do throws(WitnessError) {
                let witness = try Witness(options.place) {
                    UInt64(clamping: Int64(Date().timeIntervalSince1970))
                }
                let log = WitnessRequestLog(console: console)
                let host = host
                try await WitnessServer(witness, onRequest: log.note).run(host: host, port: port) {
                    log.listening(host, port: $0)
                }
            } catch { throw options.failure(error) }
        }
    }

    /// The command `hangu witness show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the witness's public key and how far it has cosigned each log.")

        @OptionGroup var options: Options

        func run() throws {
            let console = options.console
            let witness: Witness
            do throws(WitnessError) {
                witness = try Witness(options.place, isExclusive: false) { 0 }
            } catch { throw options.failure(error) }
            if console.isJSON {
                return try console.say(
                    json: ShowJSON(
                        vkey: witness.key.encoded,
                        logs: witness.standings.map {
                            .init(origin: $0.origin, size: $0.checkpoint?.size ?? 0)
                        }))
            }
            console.say(witness.key.encoded)
            for standing in witness.standings { console.say(WitnessMessages.standing(standing)) }
        }
    }
}

private struct ShowJSON: Encodable {
    struct Log: Encodable {
        let origin: String
        let size: UInt64
    }

    let vkey: String
    let logs: [Log]
}

/// The lines that a serving witness prints.
private struct WitnessRequestLog: Sendable {
    let console: Console

    private struct Line: Encodable {
        var event = "request"
        var host: String?
        var port: Int?
        var status: Int?
        var bytes: Int?
        var microseconds: Int64?
        var reason: String?
    }

    func listening(_ host: String, port: Int) {
        if console.isJSON {
            say(Line(event: "listening", host: host, port: port))
        } else {
            console.say(WitnessMessages.listening(host, port: port))
        }
    }

    func note(_ event: WitnessServer.Event) {
        if console.isJSON {
            say(
                Line(
                    status: event.status, bytes: event.bodyBytes,
                    microseconds: event.microseconds, reason: event.reason))
        } else {
            console.say(WitnessMessages.request(event))
        }
    }

    private func say(_ line: Line) {
        do { try console.say(json: line) } catch {
            console.say("\(line.event)")
        }
    }
}
