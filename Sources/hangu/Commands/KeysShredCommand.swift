import ArgumentParser
import Foundation
import Gateway
import JSONText
import SQLiteStore
import TransparencyLog

/// The command `hangu keys shred`.
struct KeysShredCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract: "Forget a resident for good: destroy their keys, and certify it.",
        discussion: """
            echo NUMBER | hangu keys shred --resident - --officer li --reason 2026-17 \\
              --certificate forgotten.txt

            Nothing undoes it. Ask first whether a law demands that the data be kept.
            """)

    @Option(help: "Who orders it.")
    var officer: String

    @Option(help: "A reference to the decision, such as a file number; not the resident's name.")
    var reason: String

    @Option(help: "Where to write the certificate.")
    var certificate: String?

    @OptionGroup var subject: SubjectInput
    @Option(help: "The department whose pseudonym --pseudonym is.")
    var department: String?
    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard (subject.pseudonym == nil) == (department == nil) else {
            throw ValidationError("--pseudonym and --department go together")
        }
    }

    func run() throws {
        let target = certificate.map { URL(fileURLWithPath: $0) }
        try options.withKeys { home, console in
            if let target {
                try PrivateFile.checkAbsent(target, shown: "the file of --certificate")
            }
            let forgetting = Forgetting(home.parts)
            let order = Forgetting.Order(officer: officer, reason: reason)
            let receipt: ForgottenReceipt
            if let pseudonym = subject.pseudonym, let department {
                receipt = try forgetting.forget(pseudonym: pseudonym, of: department, order)
            } else {
                receipt = try forgetting.forget(
                    citizenNumber: try subject.citizenNumber(), order)
            }
            // First of all: only this certificate has the salt by which it can be shown to be theirs.
            let written = try forgetting.certificate(
                of: receipt.entry, subjectSalt: receipt.subjectSalt)
            if console.isJSON {
                try console.say(json: ShredJSON(written))
            } else {
                console.say(KeyMessages.shredded(written))
            }
            if let target {
                do throws(GatewayError) {
                    try PrivateFile.create(
                        written.text, at: target, shown: "the file of --certificate")
                } catch {
                    if !console.isJSON { console.say(written.text) }
                    throw error
                }
            } else if !console.isJSON {
                console.say(written.text)
            }
            try home.clearAuditIndex()
        }
    }
}

/// The command `hangu keys certificate`.
struct KeysCertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Print the certificate of a forgetting again, or check one without a home.",
        discussion:
            "With --check and --vkey no home is needed; --resident - asks whether it is theirs.")

    @Option(help: "The entry of the log that says so.")
    var entry: UInt64?

    @Option(help: "Check this certificate.")
    var check: String?

    @Option(help: "The file with the log's public key, got from somewhere else than the log.")
    var vkey: String?

    @Option(help: "Where the citizen number is read from: - for standard input, or a file.")
    var resident: String?

    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard (entry == nil) != (check == nil), (check == nil) == (vkey == nil) else {
            throw ValidationError("give --entry, or --check with --vkey")
        }
    }

    func run() throws {
        if let check, let vkey { return try verify(check, vkey: vkey) }
        try options.withHome { home, console in
            let certificate = try Forgetting(home.parts).certificate(of: entry ?? 0)
            if console.isJSON {
                try console.say(json: ShredJSON(certificate))
            } else {
                console.say(certificate.text)
            }
        }
    }

    private func verify(_ path: String, vkey: String) throws {
        try options.run { console in
            let certificate = try ShredCertificate(
                parsing: HomeFolder.readText(URL(fileURLWithPath: path), name: "certificate"))
            let text = try HomeFolder.readText(URL(fileURLWithPath: vkey), name: "vkey")
            let key = try inLog { () throws(TransparencyLogError) in
                try NoteKey(encoded: text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            try certificate.verify(log: key)
            var isTheirs: Bool?
            if let resident {
                let number = try SubjectInput.readNumber(from: resident)
                isTheirs = try certificate.isAbout(number.uppercased())
            }
            if console.isJSON {
                try console.say(json: CertificateJSON(entry: certificate.entry, theirs: isTheirs))
            } else {
                console.say(KeyMessages.certified(certificate, isTheirs: isTheirs))
            }
            if isTheirs == false { throw ExitCode(Console.exitStatus(of: .refused)) }
        }
    }
}

private struct CertificateJSON: Encodable {
    let entry: UInt64
    let theirs: Bool?
}

/// A forgetting as `--json` prints it.
private struct ShredJSON: Encodable {
    let entry: UInt64
    let detail: String
    let certificate: String

    init(_ certificate: ShredCertificate) {
        entry = certificate.entry
        detail = certificate.detail.canonicalText
        self.certificate = certificate.text
    }
}
