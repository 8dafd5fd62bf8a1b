import ArgumentParser
import Foundation
import Gateway
import ResidentModel
import TransparencyLog

/// The command `hangu keys status`.
struct KeysStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Every key, its age, and what still sits under it.")

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let rootKey = try RootKeyPlace(home.rootKeyName(), in: home.folder)
            let status = try KeyRotation(home.parts).status()
            if console.isJSON {
                return try console.say(json: KeyStatusJSON(status, rootKey: rootKey))
            }
            console.say(KeyMessages.rootKey(rootKey))
            let now = home.parts.clock.minute
            for line in status.lines { console.say(KeyMessages.line(line, now: now)) }
            for key in status.logKeys {
                console.say(KeyMessages.logKey(key.key.encoded, since: key.since))
            }
            for job in status.unfinished { console.say(KeyMessages.unfinished(job)) }
            console.say(KeyMessages.forgotten(status.forgottenCount))
            console.say(KeyMessages.copies(status.copiesOpenSince))
        }
    }
}

/// The command `hangu keys scan`.
struct KeysScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Open every sealed value, and show that no key opens one of a forgotten resident."
    )

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let progress = Progress()
            let report = try KeyScan(home.parts).run { count in
                progress.show(KeyMessages.scanning(count).text(in: console.language))
            }
            progress.finish()
            if console.isJSON {
                try console.say(json: KeyScanJSON(report))
            } else {
                for (name, versions) in report.opened.sorted(by: { $0.key < $1.key }) {
                    for (version, count) in versions.sorted(by: { $0.key < $1.key }) {
                        console.say(KeyMessages.opened(name, version: version, count: count))
                    }
                }
                for (name, count) in report.gone.sorted(by: { $0.key < $1.key }) {
                    console.say(KeyMessages.gone(name, count: count))
                }
                console.say(KeyMessages.scanned(report))
                for fault in report.faults { console.say("  \(fault)") }
                for misfit in report.misfits { console.say(KeyMessages.misfit(misfit)) }
            }
            if !report.isSound { throw ExitCode(Console.exitStatus(of: .corrupt)) }
        }
    }
}

/// The state of the keys, as `--json` prints it.
private struct KeyStatusJSON: Encodable {
    struct Line: Encodable {
        let kind: String
        let name: String
        let version: UInt32
        let sinceMinute: Int64?
        let under: Int
        let newest: Bool
    }

    struct Job: Encodable {
        let kind: String
        let name: String
        let version: UInt32
        let done: Int64
    }

    struct LogKey: Encodable {
        let vkey: String
        let since: UInt64
    }

    struct RootKey: Encodable {
        let kind: String
        let name: String
        let version: UInt16
        let place: String
    }

    let rootKey: RootKey
    let keys: [Line]
    let unfinished: [Job]
    let logKeys: [LogKey]
    let forgotten: Int
    let copiesOpenSinceMinute: Int64?

    init(_ status: KeyStatus, rootKey place: RootKeyPlace) {
        rootKey = RootKey(
            kind: place.kind.word, name: "\(place.kind.rawValue)/\(place.version)",
            version: place.version,
            place: place.shown)
        keys = status.lines.map {
            Line(
                kind: $0.kind.rawValue, name: $0.name, version: $0.version,
                sinceMinute: $0.since, under: $0.under, newest: $0.isNewest)
        }
        unfinished = status.unfinished.map {
            Job(
                kind: $0.kind.rawValue, name: $0.kind == .shred ? "" : $0.name,
                version: $0.version, done: $0.done)
        }
        logKeys = status.logKeys.map { LogKey(vkey: $0.key.encoded, since: $0.since) }
        forgotten = status.forgottenCount
        copiesOpenSinceMinute = status.copiesOpenSince
    }
}

/// What a scan found, as `--json` prints it.
private struct KeyScanJSON: Encodable {
    let sound: Bool
    let opened: [String: [String: Int]]
    let gone: [String: Int]
    let forgotten: Int
    let faults: [String]
    /// Fields whose truncated index has too many or too few bits.
    let misfits: [String]

    init(_ report: KeyScanReport) {
        sound = report.isSound
        opened = report.opened.mapValues { versions in
            Dictionary(uniqueKeysWithValues: versions.map { ("\($0.key)", $0.value) })
        }
        gone = report.gone
        forgotten = report.forgottenCount
        faults = report.faults
        misfits = report.misfits.map(\.field.text)
    }
}
