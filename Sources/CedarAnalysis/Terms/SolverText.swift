import Cedar

/// Writes Cedar strings as the solver's and reads them back.
///
/// The solver's characters end at 2FFFF. A scalar above that is written as one of the surrogates, which no Cedar
/// string holds; so few occur in policies that there are always enough. Renaming characters that only policies could
/// tell apart changes no answer: strings are compared for equality and searched for given characters, never ordered.
final class SolverText {
    private static let highest: UInt32 = 0x2FFFF
    private static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
    private var standIns: [Unicode.Scalar: UInt32] = [:]
    private var originals: [UInt32: Unicode.Scalar] = [:]

    /// Whether more scalars above 2FFFF occurred than there are surrogates.
    private(set) var isFull = false

    /// A literal of the solver's language.
    func literal(_ text: String) -> String { literal(text.unicodeScalars) }

    func literal(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var literal = "\""
        for scalar in scalars {
            switch scalar {
            case "\"": literal += "\"\""
            case "\\": literal += "\\u{5c}"
            case " "..."~": literal.unicodeScalars.append(scalar)
            default: literal += "\\u{\(String(code(of: scalar), radix: 16))}"
            }
        }
        return literal + "\""
    }

    private func code(of scalar: Unicode.Scalar) -> UInt32 {
        if scalar.value <= Self.highest { return scalar.value }
        if let known = standIns[scalar] { return known }
        let code = Self.surrogates.lowerBound + UInt32(standIns.count)
        guard Self.surrogates.contains(code) else {
            isFull = true
            return Self.surrogates.upperBound
        }
        standIns[scalar] = code
        originals[code] = scalar
        return code
    }

    /// The scalar that a character of a model stands for.
    private func scalar(of code: UInt32) -> Unicode.Scalar? {
        if let known = originals[code] { return known }
        if let scalar = Unicode.Scalar(code) { return scalar }
        // A surrogate that stands for nothing yet: any scalar will do that no policy names.
        var candidate = Self.highest + 1
        while let scalar = Unicode.Scalar(candidate) {
            if standIns[scalar] == nil {
                standIns[scalar] = code
                originals[code] = scalar
                return scalar
            }
            candidate += 1
        }
        return nil
    }

    /// Reads the characters between the quotes of a literal that the solver printed; nil where they are none.
    func value(_ quoted: Substring) -> String? {
        var text = String.UnicodeScalarView()
        var rest = quoted.unicodeScalars[...]
        while let first = rest.popFirst() {
            guard first == "\\", rest.first == "u" else {
                text.append(first)
                continue
            }
            rest.removeFirst()
            let digits: Substring.UnicodeScalarView
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                digits = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
            } else {
                digits = rest.prefix(4)
                rest = rest.dropFirst(4)
            }
            guard let code = UInt32(String(digits), radix: 16), let scalar = scalar(of: code) else {
                return nil
            }
            text.append(scalar)
        }
        return String(text)
    }

    /// Whether a term that is a string matches a pattern of `like`.
    func like(_ text: Term, _ pattern: Pattern, _ terms: TermTable) -> Term {
        var runs: [[Unicode.Scalar]] = [[]]
        for part in pattern.parts {
            switch part {
            case .wildcard: runs.append([])
            case .scalar(let scalar): runs[runs.count - 1].append(scalar)
            }
        }
        func leaf(_ run: [Unicode.Scalar]) -> Term { terms.leaf(literal(run), .string) }
        let first = runs[0]
        let last = runs[runs.count - 1]
        if runs.count == 1 { return terms.equal(text, leaf(first)) }
        let middle = runs[1..<runs.count - 1].filter { !$0.isEmpty }
        if middle.isEmpty, first.isEmpty, last.isEmpty { return terms.yes }
        if middle.isEmpty, last.isEmpty {
            return terms.make("str.prefixof", [leaf(first), text], .bool)
        }
        if middle.isEmpty, first.isEmpty {
            return terms.make("str.suffixof", [leaf(last), text], .bool)
        }
        if first.isEmpty, last.isEmpty, middle.count == 1 {
            return terms.make("str.contains", [text, leaf(middle[0])], .bool)
        }
        var parts: [String] = []
        if !first.isEmpty { parts.append("(str.to_re \(literal(first)))") }
        parts.append("re.all")
        for run in middle { parts += ["(str.to_re \(literal(run)))", "re.all"] }
        if !last.isEmpty { parts.append("(str.to_re \(literal(last)))") }
        let expression = terms.leaf("(re.++ \(parts.joined(separator: " ")))", .string)
        return terms.make("str.in_re", [text, expression], .bool)
    }
}
