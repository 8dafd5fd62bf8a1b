import ArgumentParser
import FieldCrypto
import Gateway

/// The command `hangu keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Look after the keys of a home: what is under which, rotation, forgetting.",
        subcommands: [
            KeysStatusCommand.self, KeysRotateCommand.self, KeysShredCommand.self,
            KeysScanCommand.self, KeysCertificateCommand.self, KeysBackupCommand.self,
            KeysRestoreCommand.self, KeysExportPublicCommand.self,
        ])
}

extension HomeOptions {
    /// Opens the home for work on its keys, which one process at a time may do.
    func withKeys(_ body: (OpenHome, Console) throws -> Void) throws {
        try withHome { home, console in
            let lock = try HomeLock(home.folder.keyLock)
            defer { withExtendedLifetime(lock) {} }
            try body(home, console)
        }
    }
}

/// The command `hangu keys rotate`.
struct KeysRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Put a new key in the place of an old one, while the gateway answers.",
        discussion:
            "Can be stopped, or killed, and run again at any time: it goes on where it was.",
        subcommands: [
            OfClass.self, OfEpoch.self, OfIndex.self, OfPseudonym.self, OfSigning.self,
            OfSuite.self,
            KeysRootCommand.self,
        ])

    /// Runs a rotation with its progress shown, and tells what came of it.
    static func run(
        _ options: HomeOptions,
        _ rotate: (KeyRotation, @escaping (KeyProgress) -> Bool) throws -> KeyRotationReport
    ) throws {
        StopSignal.watch()
        try options.withKeys { home, console in
            let shown = Progress()
            let report = try rotate(KeyRotation(home.parts)) { progress in
                shown.show(
                    KeyMessages.rotating(progress).text(in: console.language),
                    done: progress.done, of: progress.total)
                return StopSignal.isSet
            }
            shown.finish()
            if console.isJSON {
                try console.say(json: RotationJSON(report))
            } else {
                console.say(KeyMessages.rotated(report))
            }
        }
    }

    /// The command `hangu keys rotate class`.
    struct OfClass: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "class", abstract: "Seal everything of one field class under a new key.")
        @Argument(help: "The class, as `hangu keys status` names it.")
        var name: String
        @OptionGroup var options: HomeOptions

        func run() throws {
            try KeysRotateCommand.run(options) { try $0.rotateClass(name, progress: $1) }
        }
    }

    /// The command `hangu keys rotate epoch`.
    struct OfEpoch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "epoch",
            abstract: "Wrap residents' keys anew, so that old copies of them stop opening.")
        @OptionGroup var options: HomeOptions

        func run() throws {
            try KeysRotateCommand.run(options) { try $0.rotateEpoch(progress: $1) }
        }
    }

    /// The command `hangu keys rotate index`.
    struct OfIndex: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index", abstract: "Fill a blind index anew under a new key.")
        @Argument(help: "The field that is indexed.")
        var name: String
        @OptionGroup var options: HomeOptions

        func run() throws {
            try KeysRotateCommand.run(options) { try $0.rotateIndex(name, progress: $1) }
        }
    }

    /// The command `hangu keys rotate pseudonym`.
    struct OfPseudonym: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pseudonym",
            abstract: "Give a department new pseudonyms; the old ones stay valid until retired.")
        @Argument(help: "The department.")
        var name: String
        @Option(help: "Retire this older version instead: it names nobody any more.")
        var retire: UInt32?
        @OptionGroup var options: HomeOptions

        func run() throws {
            guard let retire else {
                return try KeysRotateCommand.run(options) { rotation, _ in
                    try rotation.rotatePseudonym(name)
                }
            }
            try options.withKeys { home, console in
                let count = try KeyRotation(home.parts).retirePseudonym(name, version: retire)
                if console.isJSON {
                    try console.say(json: ["retired": count])
                } else {
                    console.say(KeyMessages.retired(count))
                }
            }
        }
    }

    /// The command `hangu keys rotate signing`.
    struct OfSigning: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "signing",
            abstract: "Give the log a new signing key, announced by the old one.")
        @OptionGroup var options: HomeOptions

        func run() throws {
            try KeysRotateCommand.run(options) { rotation, _ in try rotation.rotateSigning() }
        }
    }
}

extension KeysRotateCommand {
    /// The command `hangu keys rotate suite`.
    struct OfSuite: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suite",
            abstract: "Bring the whole home from one family of algorithms to the other.",
            discussion: "Rotates the epoch, every class and every index, one after the other.")
        @Option(help: "international or sm.")
        var to: String
        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard CryptoFamily(rawValue: to) != nil else {
                throw ValidationError("--to is international or sm")
            }
        }

        func run() throws {
            guard let family = CryptoFamily(rawValue: to) else { return }
            try KeysRotateCommand.run(options) { try $0.rotateSuite(to: family, progress: $1) }
        }
    }
}

/// What a rotation did, as `--json` prints it.
private struct RotationJSON: Encodable {
    let kind: String
    let name: String
    let version: UInt32
    let done: Int
    let doneNow: Int
    let resumed: Bool
    let gone: Int
    let dropped: Int

    init(_ report: KeyRotationReport) {
        kind = report.job.kind.rawValue
        name = report.job.name
        version = report.job.version
        done = Int(report.job.done)
        doneNow = report.doneNow
        resumed = report.isResumed
        gone = report.goneCount
        dropped = report.droppedCount
    }
}
