import Consent
import Gateway
import JSONText
import ResidentModel

/// An export as one page to read and to print: no script, nothing fetched from anywhere.
final class ExportPage: ExportSink {
    private let file: ExportFile
    private let words: ExportWords
    private var section: ExportSection?

    init(_ file: ExportFile, catalogue: Catalogue, language: Language) {
        self.file = file
        words = ExportWords(catalogue: catalogue, language: language)
    }

    func take(_ part: ExportPart) throws {
        switch part.section {
        case .about: try file.write(head(part.value))
        case .end:
            try open(upTo: nil)
            try file.write("</main></body></html>\n")
            try file.finish()
        default:
            if section != part.section { try open(upTo: part.section) }
            try file.write(row(part))
        }
    }

    private static let sections = ExportSection.allCases.filter { $0 != .about && $0 != .end }

    /// Closes the section at hand and opens those up to the next one; nil for the end.
    private func open(upTo next: ExportSection?) throws {
        let all = Self.sections
        let done = section.flatMap { all.firstIndex(of: $0) } ?? -1
        let end = next.flatMap { all.firstIndex(of: $0) } ?? all.count - 1
        if done < end {
            for index in (done + 1)...end {
                if index > 0 { try file.write(Self.sectionEnd) }
                let isEmpty = all[index] != next
                try file.write(start(of: all[index], isEmpty: isEmpty))
            }
        }
        section = all[end]
        if next == nil { try file.write(Self.sectionEnd) }
    }

    private static let sectionEnd = "</tbody></table></section>\n"

    private func start(of section: ExportSection, isEmpty: Bool) -> String {
        let columns = ExportWords.columns(of: section)
        let heads = columns.map { "<th scope=\"col\">\(text($0))</th>" }.joined()
        let title = text(ExportWords.title(of: section))
        let note = text(ExportWords.note(of: section))
        var html = """
            <section><h2>\(title)</h2><p>\(note)</p>
            <table><thead><tr>\(heads)</tr></thead><tbody>

            """
        if isEmpty {
            let none = text(Message("没有", "nothing"))
            html += "<tr><td colspan=\"\(columns.count)\" class=\"none\">\(none)</td></tr>\n"
        }
        return html
    }

    private func row(_ part: ExportPart) -> String {
        let columns = ExportWords.columns(of: part.section)
        let cells = zip(columns, words.cells(of: part)).map { column, cell in
            let lines = cell.split(separator: "\n", omittingEmptySubsequences: false)
            return "<td data-label=\"\(text(column))\">"
                + lines.map { escapedHTML(String($0)) }.joined(separator: "<br>") + "</td>"
        }
        return "<tr>" + cells.joined() + "</tr>\n"
    }

    private func head(_ about: JSONValue) -> String {
        let title = text(ExportWords.pageTitle)
        let lines = words.about(about).map { name, value in
            "<dt>\(text(name))</dt><dd>\(escapedHTML(value))</dd>"
        }.joined()
        let tag = words.language == .chinese ? "zh-CN" : "en"
        return """
            <!DOCTYPE html>
            <html lang="\(tag)"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer"><title>\(title)</title>
            <style>\(Self.style)</style></head><body><main>
            <h1>\(title)</h1>
            <p class="lead">\(text(ExportWords.lead))</p>
            <dl>\(lines)</dl>

            """
    }

    private func text(_ message: Message) -> String {
        escapedHTML(message.text(in: words.language))
    }

    private static let style = """
        :root{color-scheme:light dark}\
        body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif;\
        margin:0;padding:1.5rem}\
        main{max-width:70rem;margin:0 auto}h1{font-size:1.7rem;margin:0 0 .5rem}\
        h2{font-size:1.25rem;margin:2rem 0 .25rem;border-bottom:2px solid;padding-bottom:.25rem}\
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0}\
        table{border-collapse:collapse;width:100%;margin:.5rem 0}\
        th,td{border:1px solid #888;padding:.35rem .5rem;text-align:left;vertical-align:top;\
        overflow-wrap:anywhere}thead th{background:#e8eef4;color:#111}.none{color:#595959}\
        @media(prefers-color-scheme:dark){.none{color:#bbb}}\
        @media(max-width:40rem){table,tbody,tr,td{display:block}thead{display:none}\
        td{border-width:0 1px 1px}\
        td[data-label]::before{content:attr(data-label)": ";font-weight:600}tr{border-top:2px solid #888;margin-bottom:.5rem}}\
        @page{size:A4;margin:15mm}\
        @media print{:root{color-scheme:light}body{padding:0;font-size:10pt}main{max-width:none}\
        tr{break-inside:avoid}h2{break-after:avoid}}
        """
}
