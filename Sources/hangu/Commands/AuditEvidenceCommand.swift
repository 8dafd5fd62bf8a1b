import ArgumentParser
import Foundation
import Gateway
import SQLiteStore

/// The command `hangu audit evidence`.
struct AuditEvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Write entries as a zip file that proves itself, with a program that checks it.",
        discussion: """
            It takes details out of the home, so it needs --officer and --reason, and the log keeps that it was done. \
            Outcomes of decisions, changes of the consents they rest on and the start of their policy epoch come along.
            """)

    @Option(help: "An entry's number; can be repeated.")
    var entry: [UInt64] = []

    @OptionGroup(title: "Filters") var filter: AuditFilterOptions

    @Option(help: "The zip file to write; it must not be there yet.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Leave a part of each entry a commitment: "
                + EvidencePart.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var withhold: [String] = []

    @Option(help: "Prove under the checkpoint of this size instead of the newest.")
    var size: UInt64?

    @OptionGroup(title: "Who reads") var reader: AuditReadingOptions
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withAuditIndex { home, index, console in
            let reading = try reader.required()
            let filter = try filter.filter()
            let request = EvidenceRequest(
                entries: entry, filter: filter == AuditFilter() ? nil : filter,
                withheld: try withheld(), size: size, reading: reading)
            let target = URL(fileURLWithPath: output)
            try PrivateFile.checkAbsent(target, shown: "the file of --output")
            let bundle = try EvidenceDesk(home.parts, index: index).bundle(
                request, texts: EvidenceText(catalogue: home.parts.catalogue).texts)
            try PrivateFile.create(bundle.archive, at: target, shown: "the file of --output")
            if console.isJSON {
                try console.say(
                    json: EvidenceJSON(
                        entry: bundle.entry, entries: bundle.entryCount,
                        manifest: bundle.manifestDigest))
            } else {
                console.say(AuditMessages.evidence(bundle, path: output))
            }
        }
    }

    private func withheld() throws(GatewayError) -> Set<EvidencePart> {
        var parts: Set<EvidencePart> = []
        for word in withhold {
            guard let part = EvidencePart(rawValue: word) else {
                throw .request(
                    .unknownWord(
                        word, of: "part", allowed: EvidencePart.allCases.map(\.rawValue)))
            }
            parts.insert(part)
        }
        return parts
    }

    private struct EvidenceJSON: Encodable {
        let entry: UInt64
        let entries: Int
        let manifest: String
    }
}
