/// Reads and writes the escapes of Cedar's string literals and patterns.
enum StringEscapes {
    enum Fault: Error {
        case invalid(String)
    }

    /// One scalar of a literal after its escapes are resolved.
    struct Element {
        let scalar: Unicode.Scalar
        /// Written as `\*`, which only patterns allow.
        let isEscapedStar: Bool
    }

    /// The string a literal stands for, from the bytes between its quotes.
    static func string(_ body: ArraySlice<UInt8>) throws(Fault) -> String {
        if !body.contains(UInt8(ascii: "\\")), !body.contains(UInt8(ascii: "\r")) {
            return String(decoding: body, as: UTF8.self)
        }
        var scalars = String.UnicodeScalarView()
        for element in try elements(body) {
            if element.isEscapedStar {
                throw .invalid("'\\*' is allowed only in a pattern after 'like'")
            }
            scalars.append(element.scalar)
        }
        return String(scalars)
    }

    /// The pattern a literal stands for: every `*` not written as `\*` is a wildcard.
    static func pattern(_ body: ArraySlice<UInt8>) throws(Fault) -> Pattern {
        var parts: [Pattern.Part] = []
        for element in try elements(body) {
            if element.scalar == "*", !element.isEscapedStar {
                parts.append(.wildcard)
            } else {
                parts.append(.scalar(element.scalar))
            }
        }
        return Pattern(parts)
    }

    private static func elements(_ body: ArraySlice<UInt8>) throws(Fault) -> [Element] {
        var elements: [Element] = []
        var rest = String(decoding: body, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\r" {
                throw .invalid("a carriage return in a string must be written '\\r'")
            }
            if scalar != "\\" {
                elements.append(Element(scalar: scalar, isEscapedStar: false))
                continue
            }
            guard let escape = rest.popFirst() else {
                throw .invalid("a lone '\\' ends this string")
            }
            let resolved: Unicode.Scalar
            switch escape {
            case "n": resolved = "\n"
            case "r": resolved = "\r"
            case "t": resolved = "\t"
            case "0": resolved = "\0"
            case "\\", "'", "\"", "*": resolved = escape
            case "x": resolved = try byteEscape(&rest)
            case "u": resolved = try scalarEscape(&rest)
            default: throw .invalid("there is no escape '\\\(escape)'")
            }
            elements.append(Element(scalar: resolved, isEscapedStar: escape == "*"))
        }
        return elements
    }

    private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        scalar.isASCII ? ASCII.hexDigit(UInt8(truncatingIfNeeded: scalar.value)) : nil
    }

    private static func byteEscape(
        _ rest: inout Substring.UnicodeScalarView
    ) throws(Fault) -> Unicode.Scalar {
        guard let high = rest.popFirst().flatMap(hexDigit),
            let low = rest.popFirst().flatMap(hexDigit),
            let scalar = Unicode.Scalar(high << 4 | low), high < 8
        else { throw .invalid("'\\x' takes two hexadecimal digits, at most 7f") }
        return scalar
    }

    private static func scalarEscape(
        _ rest: inout Substring.UnicodeScalarView
    ) throws(Fault) -> Unicode.Scalar {
        let fault = Fault.invalid(
            "'\\u' takes one to six hexadecimal digits in braces that name a Unicode scalar")
        guard rest.popFirst() == "{" else { throw fault }
        var number: UInt32 = 0
        var digits = 0
        while let scalar = rest.popFirst() {
            if scalar == "}" {
                guard digits > 0, let resolved = Unicode.Scalar(number) else { throw fault }
                return resolved
            }
            if scalar == "_", digits > 0 { continue }
            guard let digit = hexDigit(scalar), digits < 6 else { throw fault }
            number = number << 4 | digit
            digits += 1
        }
        throw fault
    }

    /// `text` with every scalar that needs it escaped, ready to stand between quotes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\0": result += "\\0"
        case "\\": result += "\\\\"
        case "\"": result += "\\\""
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
