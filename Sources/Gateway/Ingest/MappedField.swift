import ResidentModel

/// One field mapping, ready to be applied to each record.
struct MappedField: Sendable {
    let index: Int
    let id: FieldID
    private let column: Int?
    private let columnName: String
    private let constant: String?
    private let condition: (column: Int, texts: Set<String>)?
    private let flagTexts: FieldMapping.FlagTexts?
    private let kind: FieldKind
    private let codeSet: CodeSet?

    /// The longest value that is taken, in bytes of UTF-8.
    static let textBytesMax = 1_024

    init?(_ mapping: FieldMapping, catalogue: Catalogue, columns: inout ColumnList) {
        guard let index = catalogue.index(of: mapping.field) else { return nil }
        self.index = index
        id = mapping.field
        kind = catalogue.fields[index].kind
        switch mapping.origin {
        case .column(let name):
            column = columns.index(of: name)
            columnName = name
            constant = nil
        case .constant(let text):
            column = nil
            columnName = mapping.field.text
            constant = text
        }
        condition = mapping.condition.map { (columns.index(of: $0.column), $0.texts) }
        flagTexts = mapping.flagTexts
        if case .code(let set) = kind { codeSet = catalogue.codeSets[set] } else { codeSet = nil }
    }

    /// The cell's text where the record has one for this field.
    func text(in record: RawRecord, blanks: Set<String>) -> String? {
        if let condition {
            guard let text = record.cells[condition.column],
                condition.texts.contains(text)
                    || text.split(separator: " ").contains(where: {
                        condition.texts.contains(String($0))
                    })
            else { return nil }
        }
        if let constant { return constant }
        guard let column, let text = record.cells[column] else { return nil }
        if let flagTexts, flagTexts.yes.contains(text) || flagTexts.no.contains(text) {
            return text
        }
        return blanks.contains(text) || isBlank(text) ? nil : text
    }

    /// The value in the form of its kind; empty where the text turns out to hold nothing.
    func value(_ text: String, today: CalendarDate) -> Result<String, RecordFinding> {
        guard text.utf8.count <= Self.textBytesMax else {
            return refuse(.tooLongField, "expected at most \(Self.textBytesMax) bytes")
        }
        switch kind {
        case .text: return .success(trimmed(text))
        case .citizenNumber:
            do { return .success(try CitizenNumber(text, today: today).digits) } catch {
                return refuse(.citizenNumber, error.description)
            }
        case .code:
            guard let code = codeSet?.code(for: trimmed(text)) else {
                return refuse(.unknownCode, "expected a code of '\(codeSet?.id ?? "")'")
            }
            return .success(code)
        case .date:
            guard let date = PartialDate(parsing: trimmed(text)) else {
                return refuse(.impossibleDate, "expected a day of the calendar")
            }
            return .success(date.description)
        case .flag: return flag(text)
        case .integer:
            guard let number = Int64(trimmed(text)) else {
                return refuse(.number, "expected a whole number")
            }
            return .success(String(number))
        case .decimal:
            let lexeme = trimmed(text)
            guard isDecimal(lexeme) else { return refuse(.number, "expected a decimal number") }
            return .success(lexeme)
        case .division:
            let code = trimmed(text)
            guard [6, 9, 12].contains(code.utf8.count),
                code.utf8.allSatisfy({ $0 >= 48 && $0 < 58 })
            else { return refuse(.unknownCode, "expected a division code of 6, 9 or 12 digits") }
            return .success(code)
        case .telephone: return .success(telephone(text))
        }
    }

    /// The number as linking needs it, for the field that carries it.
    func citizenNumber(_ text: String, _ today: CalendarDate) -> CitizenNumber? {
        guard id == .citizenNumber else { return nil }
        do { return try CitizenNumber(text, today: today) } catch { return nil }
    }

    private func flag(_ text: String) -> Result<String, RecordFinding> {
        guard let flagTexts else {
            return text == "true" || text == "false"
                ? .success(text) : refuse(.flag, "expected true or false")
        }
        if flagTexts.yes.contains(text) { return .success("true") }
        if flagTexts.no.contains(text) { return .success("false") }
        return refuse(.flag, "expected one of the texts that the mapping names")
    }

    private func refuse(_ kind: RecordFinding.Kind, _ detail: String) -> Result<
        String, RecordFinding
    > {
        .failure(RecordFinding(kind, field: columnName, detail: detail))
    }
}

/// Whether a text is nothing but spaces, full-width ones too.
func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
}

/// The text without spaces at its ends, full-width ones too, and without control characters.
private func trimmed(_ text: String) -> String {
    let bytes = text.utf8
    // Blanks beyond ASCII start with a byte from C2 to E3 and end with one below B0.
    if let first = bytes.first, let last = bytes.last, first > 0x20, first < 0x80 || first > 0xE3,
        last > 0x20, last < 0x7F || last >= 0xB0, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    {
        return text
    }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
        scalars.append(scalar)
    }
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let head = scalars.drop(while: isSpace)
    guard let last = head.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(head[head.startIndex...last])
}

private func isDecimal(_ text: String) -> Bool {
    var digits = 0
    var points = 0
    for (index, byte) in text.utf8.enumerated() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
        case UInt8(ascii: "."): points += 1
        case UInt8(ascii: "-") where index == 0: break
        default: return false
        }
    }
    return digits > 0 && digits <= 40 && points <= 1
}

private func telephone(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x30...0x39, 0x2B, 0x2D: result.unicodeScalars.append(scalar)
        case 0xFF10...0xFF19:
            result.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30)))
        default: continue
        }
    }
    return result
}
