import ArgumentParser
import Gateway

/// The command `hangu resident export`.
struct ResidentExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Everything that is held about a resident, for the resident (PIPL art. 45).",
        discussion: """
            echo NUMBER | hangu resident export --resident - --officer li --format html --out mine.html

            Who serves it has checked who asks. The decision is in the log before anything is opened, and so is what \
            became of it. Below 14 the guardian asks; for somebody who has died, a near relative. Without --out it goes \
            to standard output.
            """)

    /// The forms of an export.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json
        case html
    }

    @Option(help: "Who serves the request; stands in the log.")
    var officer: String

    @Option(help: "resident, guardian, delegate or near-relative.")
    var claimant = "resident"

    @Option(
        help: "What shows the right of anybody but the resident: a document's number or digest.")
    var evidence: String?

    @Option(help: "The number under which the request is filed; stands in the log.")
    var reference: String?

    @Option(help: "json for programs, html to read and print.")
    var format = Format.json

    @Option(help: "A new file to write to, readable by its owner alone.")
    var out: String?

    @OptionGroup var resident: ResidentInput
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let request = SubjectAccessRequest(
                citizenNumber: try resident.citizenNumber(),
                claimant: try Claimant(word: claimant, evidence: evidence), officer: officer,
                reference: reference ?? "", channel: "command-line")
            let lock = try home.writerLock("hangu resident export")
            defer { withExtendedLifetime(lock) {} }
            let file = try ExportFile(path: out)
            let access = SubjectAccess(home.parts)
            let outcome =
                switch format {
                case .json: try access.answer(request, to: ExportJSON(file))
                case .html:
                    try access.answer(
                        request,
                        to: ExportPage(
                            file, catalogue: home.parts.catalogue, language: console.language))
                }
            switch outcome {
            case .delivered(let grant, let counts):
                guard out != nil else { return }
                if console.isJSON {
                    try console.say(json: ExportResult(grant, counts))
                } else {
                    console.say(MatterWords.exported(counts, entry: grant.receipt.index))
                }
            case .refused(let reasons, let receipt):
                file.abandon()
                if console.isJSON {
                    try console.say(
                        json: ExportRefused(
                            entry: receipt.index, refused: reasons.map(\.rawValue)))
                } else {
                    console.say(MatterWords.exportRefused(reasons, entry: receipt.index))
                }
                throw ExitCode(Console.exitStatus(of: .refused))
            }
        }
    }

    private struct ExportResult: Encodable {
        let entry: UInt64
        let values: Int
        let accesses: Int
        let withheld: Int

        init(_ grant: SubjectGrant, _ counts: ExportCounts) {
            entry = grant.receipt.index
            values = counts.values
            accesses = counts.accesses
            withheld = counts.withheld
        }
    }

    private struct ExportRefused: Encodable {
        let entry: UInt64
        let refused: [String]
    }
}
