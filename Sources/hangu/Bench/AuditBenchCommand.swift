import ArgumentParser
import Foundation
import Synchronization

/// The command `hangu audit bench`, which `Scripts/bench-audit` runs; each figure is one line of JSON.
struct AuditBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure the log's writer, or a long log.",
        discussion:
            "--home names a folder of its own, on the disk to be measured. Figures are JSON.",
        shouldDisplay: false)

    enum Part: String, ExpressibleByArgument {
        case writer
        case make
        case check
        case publish
    }

    @Argument(help: "writer, make, check or publish.")
    var part: Part

    @Option(help: "How many entries to make.")
    var entries = 10_000_000

    @Option(help: "Seconds for each of the runs of the writer.")
    var seconds = 2.0

    @OptionGroup var options: HomeOptions

    func run() throws {
        let url = try options.folder().url
        let console = Console(language: .ofEnvironment, isJSON: true)
        switch part {
        case .make: try console.say(json: try LongLogBench(folder: url).make(entries: entries))
        case .publish:
            let bench = WriterBench(folder: url, secondsEach: seconds)
            let entries = entries
            try waiting { try await bench.publish(entries: entries) }
        case .check: try console.say(json: try LongLogBench(folder: url).check())
        case .writer:
            let bench = WriterBench(folder: url, secondsEach: seconds)
            try waiting { try await bench.run { try console.say(json: $0) } }
        }
    }

    /// Runs asynchronous work from a program that is not.
    private func waiting(_ body: @escaping @Sendable () async throws -> Void) throws {
        let ended = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        // The one task of a program that does nothing else meanwhile.
        Task {
            do { try await body() } catch { failure.withLock { $0 = error } }
            ended.signal()
        }
        ended.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
