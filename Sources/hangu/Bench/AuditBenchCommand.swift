import ArgumentParser
import Foundation

/// The command `hangu audit bench`, which `Scripts/bench-audit` runs; each figure is one line of JSON.
struct AuditBenchCommand: AsyncParsableCommand {
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

    @Option(help: "A size of batches to measure the writer at; can be repeated.")
    var batch: [Int] = [1, 10, 100, 1_000]

    @OptionGroup var options: HomeOptions

    func run() async throws {
        let url = try options.folder().url
        let console = Console(language: .ofEnvironment, isJSON: true)
        switch part {
        case .make: try console.say(json: try LongLogBench(folder: url).make(entries: entries))
        case .publish:
            try await WriterBench(folder: url, secondsEach: seconds).publish(entries: entries)
        case .check: try console.say(json: try LongLogBench(folder: url).check())
        case .writer:
            try await WriterBench(folder: url, secondsEach: seconds).run(batches: batch) {
                try console.say(json: $0)
            }
        }
    }
}
