import JSONText
import TransparencyLog

/// A text as it stands between the tags of a page, or in an attribute between double quotes.
package func escapedHTML(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// The tables of a bundle for people and spreadsheets.
enum EvidenceReport {
    /// A page to print, without script and without anything from elsewhere.
    static func html(_ entries: [[String]], origin: String) -> String {
        var page = """
            <!DOCTYPE html>
            <html lang="zh"><head><meta charset="utf-8"><title>\(escapedHTML(origin))</title>
            <style>body{font-family:sans-serif;max-width:50em;margin:2em auto}section{break-inside:avoid;\
            border-top:1px solid;padding:.5em 0}p{margin:.2em 0}</style></head><body>
            <h1>\(escapedHTML(origin))</h1>

            """
        for lines in entries {
            page += "<section>"
            for line in lines { page += "<p>\(escapedHTML(line))</p>" }
            page += "</section>\n"
        }
        return page + "</body></html>\n"
    }

    /// One row an entry.
    static func csv(_ lines: [AuditLine]) -> String {
        var rows = [
            [
                "entry", "minute", "kind", "decision", "department", "officer", "purpose", "basis",
                "case", "items",
            ]
        ]
        for line in lines {
            let operational = line.details?.operational
            let subject = line.details?.subject
            func text(_ name: String) -> String {
                operational?[name]?.string ?? subject?[name]?.string ?? ""
            }
            let items = (operational?["items"]?.array ?? []).compactMap { $0["item"]?.string }
            rows.append([
                "\(line.index)", "\(line.leaf.minute)", line.leaf.type.word,
                line.leaf.decision.word, operational?["caller"]?.string ?? text("recipient"),
                text("officer"), text("purpose"), text("basis"), text("case"),
                items.joined(separator: " "),
            ])
        }
        return rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A cell that no spreadsheet takes for a formula.
    static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) || isFormula else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
