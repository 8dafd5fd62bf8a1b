package import StrictYAML

/// Splits the text of a table file (RFC 4180, as spreadsheets save it) into cells with their places.
package enum CSVText {
    /// - Parameters:
    ///   - text: UTF-8, with or without a byte order mark; cells with commas, quotes or line ends stand in quotes.
    ///   - file: The name that places show.
    /// - Returns: The lines that are not empty and do not begin with `#`, each as its cells.
    /// - Throws: ``ScenarioFault`` at a quote that never ends.
    package static func records(
        _ text: String, file: String
    ) throws(ScenarioFault) -> [[YAMLNode]] {
        var records: [[YAMLNode]] = []
        var record: [YAMLNode] = []
        var cell = ""
        var isQuoted = false
        var wasQuoted = false
        var (line, column) = (1, 1)
        var start = (line, column)
        func place(_ at: (Int, Int)) -> YAMLPosition {
            YAMLPosition(file: file, line: at.0, column: at.1)
        }
        func endCell() {
            let content = wasQuoted ? cell : trimmed(cell)
            record.append(YAMLNode(content: .scalar(content), position: place(start)))
            (cell, wasQuoted) = ("", false)
            start = (line, column + 1)
        }
        func endRecord() {
            if !record.isEmpty || !trimmed(cell).isEmpty { endCell() }
            if let first = record.first, case .scalar(let text) = first.content,
                !text.hasPrefix("#")
            {
                records.append(record)
            }
            (record, cell) = ([], "")
        }
        let plain = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        let characters = Array(plain)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if isQuoted {
                if character == "\"" {
                    if index + 1 < characters.count, characters[index + 1] == "\"" {
                        cell.append("\"")
                        index += 1
                        column += 1
                    } else {
                        isQuoted = false
                    }
                } else {
                    cell.append(character)
                }
            } else if character == "\"", trimmed(cell).isEmpty {
                (isQuoted, wasQuoted, cell) = (true, true, "")
            } else if character == "," {
                endCell()
            } else if !character.isNewline {
                cell.append(character)
            }
            if character.isNewline {
                if !isQuoted { endRecord() }
                (line, column) = (line + 1, 0)
                if !isQuoted { start = (line, 1) }
            }
            index += 1
            column += 1
        }
        if isQuoted {
            throw ScenarioFault(.row, at: place(start), "引号没有结束", "the quote never ends")
        }
        endRecord()
        return records
    }

    private static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
