import ArgumentParser
import FieldCrypto
import Foundation
import Gateway
import GatewayServer
import TransparencyLog

extension AuditCommand {
    /// The command `hangu audit status`.
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How far the log is cosigned by its witnesses and covered by the daily map.",
            discussion: "Asks nobody: it tells what is kept of the last asking.")

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let size = try AuditDesk(home.parts).size()
                let map = try home.parts.store.read { reader throws(GatewayError) in
                    try reader.newestMapRoot()
                }
                let report = try home.witnessDesk()?.report()
                try WitnessView(console: console).show(report, size: size, map: map)
            }
        }
    }

    /// The command `hangu audit witness`.
    struct Witness: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask the log's witnesses to cosign what is new, again and again.",
            discussion: """
                Reads which they are from the file that hangu.yaml names as witness-policy. Runs until it is stopped \
                and keeps nobody waiting; with --once it asks all of them once.

                Exit status of --once: 0 a quorum cosigned the newest size, 4 not enough answered, 5 so many witnesses \
                say that this log is older or another than the one they know that there can be no quorum.
                """)

        @Flag(help: "Ask each witness once, then end.")
        var once = false

        @Option(help: "Seconds between two looks at the log.")
        var every = 1.0

        @Option(help: "Seconds after which a witness counts as unreachable.")
        var timeout = 5.0

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard every > 0, timeout > 0, every <= 3_600, timeout <= 600 else {
                throw ValidationError("--every is up to 3600 seconds, --timeout up to 600")
            }
        }

        func run() async throws {
            try await options.withHome { home, console in
                guard let desk = try home.witnessDesk() else {
                    throw GatewayError.request(
                        .unreadable("hangu.yaml names no witness-policy: there is nobody to ask"))
                }
                let client = try home.witnessClient(timeout: .seconds(timeout))
                let result: Result<Void, any Error>
                do {
                    try await ask(desk, over: client, home: home, console: console)
                    result = .success(())
                } catch { result = .failure(error) }
                await client.close()
                try result.get()
            }
        }

        private func ask(
            _ desk: WitnessDesk, over client: WitnessHTTPClient, home: OpenHome, console: Console
        ) async throws {
            let view = WitnessView(console: console)
            if once {
                let report = try await desk.ask(over: client, isPatient: false)
                try view.show(report, size: report.size, map: nil)
                try WitnessView.check(report)
                return
            }
            StopSignal.watch()
            var last: [String] = []
            while !StopSignal.isSet {
                do throws(GatewayError) {
                    _ = try ResidentMap(home.parts).updateIfDue()
                    let lines = view.changes(try await desk.ask(over: client))
                    if lines != last { for line in lines { console.say(line) } }
                    last = lines
                } catch {
                    // Somebody else writes for long, or the disk is full: both pass.
                    guard error.category == .unavailable else { throw error }
                    console.fail(error)
                }
                try await StopSignal.wait(seconds: every)
            }
        }
    }

    /// The command `hangu audit map`.
    struct Map: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the root of the map over all residents' entries into the log.",
            discussion: """
                The root lets each resident see that no entry about them is missing. It is brought into the log by \
                itself once a day, when there are entries since; this does it now.
                """)

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let update = try ResidentMap(home.parts).update()
                if console.isJSON {
                    try console.say(
                        json: MapJSON(
                            entry: update.index, root: "\(update.root)", changed: update.changed))
                } else {
                    console.say(WitnessMessages.mapped(update))
                }
            }
        }
    }
}

private struct MapJSON: Encodable {
    let entry: UInt64
    let root: String
    let changed: Int
}
