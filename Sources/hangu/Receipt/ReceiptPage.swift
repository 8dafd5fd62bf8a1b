import Gateway
import JSONText
import QRCodes

/// A receipt as a page to print: one file without anything to load, in large letters.
///
/// It says who may see what, for what, until when, how to stop and where to check. The code holds the receipt's own name
/// and nothing about anybody.
struct ReceiptPage {
    private let content: JSONValue
    private let code: String
    private let picture: String
    private let language: Language

    /// - Throws: ``GatewayError/request(_:)`` where the receipt's code fits no symbol.
    init(_ receipt: ConsentReceipt, language: Language) throws(GatewayError) {
        guard let picture = QRCode(receipt.code)?.svg(label: "QR") else {
            throw .request(.unreadable("the receipt has no code that can be printed"))
        }
        content = receipt.content
        code = receipt.code
        self.picture = picture
        self.language = language
    }

    var html: String {
        """
        <!doctype html>
        <html lang="\(language == .chinese ? "zh-Hans" : "en")">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(say(ReceiptText.title))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <h1>\(say(ReceiptText.title))</h1>
        <p class="state">\(say(ReceiptText.state(word("event_state"))))</p>
        <dl>
        \(lines.map { "<dt>\(say($0.0))</dt><dd>\($0.1)</dd>" }.joined(separator: "\n"))
        </dl>
        <h2>\(say(ReceiptText.seen))</h2>
        <ul>
        \(items.map { "<li>\($0)</li>" }.joined(separator: "\n"))
        </ul>
        <h2>\(say(ReceiptText.stopping))</h2>
        <p>\(text(content["withdrawal"]))</p>
        </main>
        <footer>
        <figure>\(picture)</figure>
        <div>
        <h2>\(say(ReceiptText.checking))</h2>
        <p>\(say(ReceiptText.howToCheck))</p>
        <p class="code">\(spacedCode)</p>
        </div>
        </footer>
        </body>
        </html>

        """
    }

    private var lines: [(Message, String)] {
        let notice = content["privacy_notice"]
        let recipient = content["party_identification"]?.array?.first
        var lines: [(Message, String)] = [
            (ReceiptText.number, escaped(word("record_id"))),
            (ReceiptText.who, text(recipient?["title"]) ?? escaped(word("recipient"))),
            (ReceiptText.why, text(notice?["plain"]) ?? escaped(word("purpose"))),
            (
                ReceiptText.when,
                "\(escaped(word("valid_from"))) – \(escaped(word("valid_until")))"
            ),
            (ReceiptText.how, say(ReceiptText.channel(word("collection_method")))),
        ]
        if let often = content["frequency"]?.string ?? notice?["frequency"]?.string {
            lines.append((ReceiptText.often, say(ReceiptText.frequency(often))))
        }
        let days = content["retention_days"]?.integer ?? notice?["retention_days"]?.integer
        if let days { lines.append((ReceiptText.kept, say(ReceiptText.days(days)))) }
        return lines
    }

    private var items: [String] {
        (content["pii_information"]?.array ?? []).map { item in
            let title = text(item["title"]) ?? escaped(item["attribute"]?.string ?? "")
            let isPredicate = item["form"]?.string == "yes-or-no"
            return isPredicate ? "\(title) <small>\(say(ReceiptText.yesOrNo))</small>" : title
        }
    }

    /// The code in groups of four, as it can be read out.
    private var spacedCode: String {
        let parts = code.split(separator: ":")
        let letters = Array(parts.last ?? "")
        let groups = stride(from: 0, to: letters.count, by: 4).map {
            String(letters[$0..<min($0 + 4, letters.count)])
        }
        return escaped(
            parts.dropLast().joined(separator: ":") + ": " + groups.joined(separator: " "))
    }

    private func word(_ name: String) -> String { content[name]?.string ?? "" }

    private func text(_ value: JSONValue?) -> String? {
        (value?[language.rawValue]?.string).map(escaped)
    }

    private func text(_ value: JSONValue?) -> String { text(value) ?? "" }

    private func say(_ message: Message) -> String { escaped(message.text(in: language)) }

    private func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static let style = """
        :root{font:22px/1.6 system-ui,"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","WenQuanYi Micro Hei",\
        sans-serif;color:#000;background:#fff}
        body{max-width:34rem;margin:0 auto;padding:1.2rem}
        h1{font-size:1.8rem;line-height:1.3;margin:0 0 .4rem}
        h2{font-size:1.15rem;margin:1.4rem 0 .3rem}
        .state{font-size:1.3rem;font-weight:700;border:3px solid #000;padding:.3rem .8rem;display:inline-block;margin:0}
        dl{margin:1rem 0 0}dt{font-size:.85rem;color:#333;margin-top:.7rem}dd{margin:0;font-weight:600}
        ul{margin:0;padding-left:1.4rem}small{font-size:.8rem;color:#333}
        footer{display:flex;gap:1.2rem;align-items:flex-start;border-top:3px solid #000;margin-top:1.6rem;\
        padding-top:1rem;break-inside:avoid}
        footer h2{margin-top:0}footer p{margin:.2rem 0;font-size:.85rem}
        figure{margin:0;flex:0 0 9rem}svg{display:block;width:100%}
        .code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
        @media(max-width:30rem){footer{flex-direction:column}}
        @page{size:A4;margin:14mm}
        @media print{:root{font-size:14pt}body{max-width:none;padding:0}}
        """
}
