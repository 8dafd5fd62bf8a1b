import ArgumentParser
import Foundation
import Gateway
import JSONText
import TransparencyLog

/// The command `hangu audit`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check, read, prove and publish the audit log.",
        subcommands: [
            Verify.self, AuditListCommand.self, AuditIncidentsCommand.self, AuditShowCommand.self,
            AuditIndexCommand.self,
            AuditEvidenceCommand.self, AuditPruneCommand.self, AuditIndexBench.self,
            Export.self, Prove.self, Status.self, Witness.self, Map.self,
            AuditRebuildCommand.self, AuditReplayCommand.self, AuditBenchCommand.self,
        ])

    /// The command `hangu audit verify`.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replay the whole log: signature, every entry, tile, detail and chain.",
            discussion: """
                With --tiles and --vkey a published log is checked without a home. With --leaves no detail is opened: \
                signatures, entries, tiles and tree alone, about a million entries a second.
                """)

        @Flag(help: "Leave details and chains out: what an outsider could check, quickly.")
        var leaves = false

        @Option(help: "Check a published log in this folder instead of a home's.")
        var tiles: String?

        @Option(help: "The file with the log's public key, got from somewhere else than the log.")
        var vkey: String?

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard (tiles == nil) == (vkey == nil) else {
                throw ValidationError("--tiles and --vkey go together")
            }
            guard tiles == nil || !leaves else {
                throw ValidationError("a published log has nothing but leaves: leave out --leaves")
            }
        }

        func run() throws {
            if let tiles, let vkey { return try verifyPublished(tiles, vkey: vkey) }
            try options.withHome { home, console in
                if leaves { return try Self.show(leaves: home, on: console) }
                let result = try AuditDesk(home.parts).verify(policy: try home.witnessPolicy())
                try Self.show(result, on: console)
            }
        }

        private static func show(leaves home: OpenHome, on console: Console) throws {
            let found = try AuditDesk(home.parts).verifyLeaves()
            if console.isJSON {
                try console.say(
                    json: VerificationJSON(
                        sound: found.isSound, entries: found.entries - found.pruned,
                        pruned: found.pruned, tiles: found.tiles, details: 0, detailsGone: 0,
                        cosigned: 0, quorumSize: nil, faults: found.faults))
            } else {
                console.say(Messages.verified(leaves: found))
                for fault in found.faults { console.say("  \(fault)") }
            }
            if !found.isSound { throw ExitCode(Console.exitStatus(of: .corrupt)) }
        }

        private func verifyPublished(_ tiles: String, vkey: String) throws {
            try options.run { console in
                let folder = TilesFolder(url: HomeFolder(path: tiles).url)
                let key = try NoteKey.read(fromFile: vkey)
                let present = LogKeyChange.newest(from: key, read: folder.read)
                let report = LogReplay.run(
                    log: present, minimum: try folder.minimum(), read: folder.read,
                    checkEntry: LogReplay.auditLeafFault)
                try Self.show(AuditVerification(published: report), on: console)
            }
        }

        private static func show(_ result: AuditVerification, on console: Console) throws {
            let faults = result.log.findings.map(\.description) + result.faults
            if console.isJSON {
                try console.say(
                    json: VerificationJSON(
                        sound: result.isSound, entries: result.log.entryCount,
                        pruned: result.log.prunedCount,
                        tiles: result.log.tileCount, details: result.detailsChecked,
                        detailsGone: result.detailsGone,
                        cosigned: result.cosigned?.count ?? 0,
                        quorumSize: result.cosigned?.quorumSize, faults: faults))
            } else {
                console.say(Messages.verified(result))
                if let cosigned = result.cosigned, cosigned.count > 0 {
                    console.say(WitnessMessages.cosigned(cosigned, of: result.log.entryCount))
                }
                for fault in faults { console.say("  \(fault)") }
            }
            if !result.isSound { throw ExitCode(Console.exitStatus(of: .corrupt)) }
        }
    }

    /// The command `hangu audit export`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as C2SP tlog-tiles, with checkpoint and vkey.")

        @Option(help: "The folder to write into.")
        var tiles: String

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let folder = TilesFolder(url: HomeFolder(path: tiles).url)
                let desk = AuditDesk(home.parts)
                try desk.export { path, content throws(GatewayError) in
                    try folder.write(path, content)
                }
                let size = try desk.size()
                if console.isJSON {
                    try console.say(json: ["entries": size])
                } else {
                    console.say(Messages.exported(size, path: folder.url.path))
                }
            }
        }
    }

    /// The command `hangu audit prove`.
    struct Prove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a proof: that an entry is in the log, or that it only grew.",
            discussion: """
                --entry prints a tlog-proof (c2sp.org/tlog-proof@v1); --since prints a consistency \
                proof from that size to the newest.
                """)

        @Option(help: "The entry to prove.")
        var entry: UInt64?

        @Option(help: "The earlier size to prove from.")
        var since: UInt64?

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard (entry == nil) != (since == nil) else {
                throw ValidationError("give --entry or --since")
            }
        }

        func run() throws {
            try options.withHome { home, console in
                let desk = AuditDesk(home.parts)
                var text = ""
                if let entry {
                    text = String(decoding: try desk.inclusionProof(of: entry), as: UTF8.self)
                } else if let since {
                    text = try desk.consistencyProof(from: since)
                }
                if console.isJSON {
                    try console.say(json: ["proof": text])
                } else {
                    console.say(text.hasSuffix("\n") ? String(text.dropLast()) : text)
                }
            }
        }
    }
}

/// What a check found, as `--json` prints it.
private struct VerificationJSON: Encodable {
    let sound: Bool
    let entries: UInt64
    /// Entries removed by age, of which the hashes alone were checked.
    let pruned: UInt64
    let tiles: UInt64
    let details: Int
    let detailsGone: Int
    let cosigned: Int
    let quorumSize: UInt64?
    let faults: [String]
}

extension NoteKey {
    /// The log's public key in a file, as `hangu audit export` writes it.
    static func read(fromFile path: String) throws(GatewayError) -> NoteKey {
        let text = try HomeFolder.readText(URL(fileURLWithPath: path), name: "vkey")
        return try inLog { () throws(TransparencyLogError) in
            try NoteKey(encoded: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}
