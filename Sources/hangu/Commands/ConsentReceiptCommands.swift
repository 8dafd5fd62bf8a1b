import ArgumentParser
import Foundation
import Gateway
import TransparencyLog

extension ConsentCommand {
    /// The command `hangu consent receipt`.
    struct Receipt: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a resident the signed receipts of their consents, to keep or to print.",
            discussion: """
                echo NUMBER | hangu consent receipt --resident - --to MINE

                MINE then has for each consent C-….json, which anybody can check offline, and C-….html, to be printed.
                Without --to the receipts are printed as JSON, one a line.
                """)

        @Option(help: "One consent alone, by its id.")
        var id: String?

        @Option(help: "A folder to write the receipts into.")
        var to: String?

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let receipts = try ReceiptDesk(home.parts).receipts(
                    citizenNumber: try resident.citizenNumber(), id: id)
                guard let to else {
                    for receipt in receipts {
                        writeAll(String(decoding: receipt.bytes, as: UTF8.self), to: 1)
                    }
                    return
                }
                let folder = TilesFolder(url: HomeFolder(path: to).url, isPrivate: true)
                for receipt in receipts {
                    let page = try ReceiptPage(receipt, language: console.language).html
                    try folder.write("\(receipt.id).json", receipt.bytes)
                    try folder.write("\(receipt.id).html", Array(page.utf8))
                    try tell(receipt, console: console)
                }
                if receipts.isEmpty, !console.isJSON { console.say(Messages.noConsents) }
            }
        }

        private func tell(_ receipt: ConsentReceipt, console: Console) throws {
            if console.isJSON {
                try console.say(json: ReceiptJSON(id: receipt.id, code: receipt.code, entry: nil))
            } else {
                console.say(Messages.receiptWritten(receipt.id, code: receipt.code))
            }
        }
    }

    /// The command `hangu consent verify-receipt`.
    struct VerifyReceipt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify-receipt",
            abstract: "Check a receipt offline, with the log's public key and no home.",
            discussion: """
                hangu consent verify-receipt C-….json --vkey log.vkey [--vkey log.vkey-sm2] [--code HANGU:1:…]

                Take the key from somewhere else than the receipt. --code is what the printed page's code says.
                """)

        @Argument(help: "The receipt's JSON file.")
        var file: String

        @Option(
            help: "The file with the log's public key; in an SM home once more with its SM2 key.")
        var vkey: [String]

        @Option(help: "The code on the printed page, to see that page and file are one.")
        var code: String?

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard (1...2).contains(vkey.count) else {
                throw ValidationError("--vkey is given once, or twice for a home of the SM family")
            }
        }

        func run() throws {
            try options.run { console in
                let receipt = try ConsentReceipt(parsing: Array(try text(of: file, "receipt").utf8))
                var keys: [NoteKey] = []
                for path in vkey {
                    let encoded = try text(of: path, "vkey")
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                    keys.append(
                        try inLog { () throws(TransparencyLogError) in
                            try NoteKey(encoded: encoded)
                        })
                }
                keys.sort { $0.kind == .ed25519 && $1.kind != .ed25519 }
                let entry = try receipt.verify(by: keys)
                if let code, code.filter({ !$0.isWhitespace }) != receipt.code {
                    throw GatewayError.log(
                        .proof(reason: "the code is that of another receipt than this file"))
                }
                if console.isJSON {
                    try console.say(
                        json: ReceiptJSON(id: receipt.id, code: receipt.code, entry: entry))
                } else {
                    console.say(Messages.receiptVerified(receipt.id, entry: entry))
                }
            }
        }

        private func text(of path: String, _ name: String) throws(GatewayError) -> String {
            try HomeFolder.readText(URL(fileURLWithPath: path), name: name)
        }
    }
}

/// A receipt as `--json` names it.
private struct ReceiptJSON: Encodable {
    let id: String
    let code: String
    let entry: UInt64?
}
