import TestSupport

/// Changes a text at the borders of its tokens, so that many results are still texts of the language.
struct FuzzMutator {
    private var random: SeededRandom
    private static let bytesMax = 8 << 10

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func number(below count: Int) -> Int {
        count <= 1 ? 0 : Int(random.next() % UInt64(count))
    }

    /// One to four changes of `text`; `other` is a further text of its kind to take parts from.
    mutating func mutated(_ text: String, with other: String) -> String {
        var tokens = Self.tokens(text)
        let donor = Self.tokens(other)
        for _ in 0...number(below: 4) {
            if tokens.isEmpty { tokens = donor }
            change(&tokens, donor)
            if tokens.reduce(0, { $0 + $1.utf8.count }) > Self.bytesMax { break }
        }
        return String(tokens.joined().unicodeScalars.prefix(Self.bytesMax))
    }

    private mutating func change(_ tokens: inout [String], _ donor: [String]) {
        let place = number(below: tokens.count)
        switch number(below: 12) {
        case 0: tokens.removeSubrange(range(in: tokens))
        case 1: tokens.insert(contentsOf: tokens[range(in: tokens)], at: place)
        case 2: tokens.swapAt(place, number(below: tokens.count))
        case 3: tokens[place] = pick(Self.dictionary)
        case 4: tokens.insert(pick(Self.dictionary), at: place)
        case 5, 6: tokens.replaceSubrange(range(in: tokens), with: donor[range(in: donor)])
        case 7: wrap(&tokens)
        case 8:
            let part = Array(tokens[range(in: tokens)].prefix(8))
            for _ in 0..<number(below: 40) { tokens.insert(contentsOf: part, at: place) }
        case 9: tokens[place] = damaged(tokens[place])
        case 10: if let literal = literals(tokens) { tokens[literal] = pick(Self.literals) }
        default:
            if let bracket = group(tokens), let taken = group(donor) {
                tokens.replaceSubrange(bracket, with: donor[taken])
            }
        }
    }

    private mutating func pick(_ words: [String]) -> String { words[number(below: words.count)] }

    private mutating func range(in tokens: [String]) -> Range<Int> {
        let start = number(below: tokens.count)
        let length = 1 + number(below: min(tokens.count - start, 1 << number(below: 6)))
        return start..<min(start + length, tokens.count)
    }

    private mutating func wrap(_ tokens: inout [String]) {
        let part = group(tokens) ?? range(in: tokens)
        let pairs = [
            ("(", ")"), ("[", "]"), ("{a: ", "}"), ("!(", ")"), ("-(", ")"),
            ("{\"!\":{\"arg\":", "}}"),
            ("{\"a\":", "}"), ("(if true then ", " else false)"), ("Set<", ">"), ("(", " has a.b)"),
            ("(", " is U in principal)"), ("(", ").isEmpty()"), ("{\"Set\":[", "]}"),
        ]
        let (before, after) = pairs[number(below: pairs.count)]
        let count = 1 + number(below: number(below: 4) == 0 ? 300 : 3)
        tokens.insert(String(repeating: after, count: count), at: part.upperBound)
        tokens.insert(String(repeating: before, count: count), at: part.lowerBound)
    }

    private mutating func damaged(_ token: String) -> String {
        var scalars = Array(token.unicodeScalars)
        let signs = Array(
            "(){}[]\"\\,.:;@!-*&|<>=?01aé\u{0}\n\u{FEFF}\u{202E}\u{1F600}'/%".unicodeScalars)
        let place = number(below: scalars.count)
        let sign = signs[number(below: signs.count)]
        if number(below: 2) == 0, !scalars.isEmpty {
            scalars[place] = sign
        } else {
            scalars.insert(sign, at: place)
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    private mutating func literals(_ tokens: [String]) -> Int? {
        let places = tokens.indices.filter {
            tokens[$0].first == "\"" || tokens[$0].first?.isNumber == true
        }
        return places.isEmpty ? nil : places[number(below: places.count)]
    }

    /// A bracket with all up to the one that closes it.
    private mutating func group(_ tokens: [String]) -> Range<Int>? {
        let openings = tokens.indices.filter { ["(", "[", "{"].contains(tokens[$0]) }
        guard !openings.isEmpty else { return nil }
        let start = openings[number(below: openings.count)]
        var depth = 0
        for index in start..<tokens.count {
            if ["(", "[", "{"].contains(tokens[index]) { depth += 1 }
            if [")", "]", "}"].contains(tokens[index]) { depth -= 1 }
            if depth == 0 { return start..<index + 1 }
        }
        return nil
    }

    /// Words, numbers, strings, runs of spaces, and every other sign by itself.
    static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            var end = rest.index(after: rest.startIndex)
            if first == "\"" {
                while end < rest.endIndex, rest[end] != "\"" {
                    if rest[end] == "\\" { end = rest.index(after: end) }
                    if end < rest.endIndex { end = rest.index(after: end) }
                }
                if end < rest.endIndex { end = rest.index(after: end) }
            } else if isWord(first) {
                while end < rest.endIndex, isWord(rest[end]) { end = rest.index(after: end) }
            }
            tokens.append(String(rest[rest.startIndex..<end]))
            rest = rest[end...]
        }
        return tokens
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar)
    }

    private static let dictionary = [
        "permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "if",
        "then",
        "else", "in", "is", "has", "like", "true", "false", "&&", "||", "==", "!=", "<", "<=", ">",
        ">=", "+",
        "-", "*", "!", ".", "::", ",", ";", "(", ")", "[", "]", "{", "}", "@", "?principal",
        "?resource", "ip",
        "decimal", "datetime", "duration", ".contains(", ".containsAll(", ".isEmpty()",
        ".getTag(\"t\")",
        ".hasTag(\"t\")", ".toDate()", ".isInRange(", ".lessThan(", "__cedar", "entity", "type",
        "namespace",
        "appliesTo", "tags", "enum", "Set<", "Long", "String", "Bool", "__cedar::Long",
        "\"Value\":", "\"Set\":",
        "\"__entity\":", "\"__extn\":", "\"neg\":", "\"left\":", "\"right\":", "\"attr\":",
        "\"has\":", "null",
        "\"op\":", "\"fn\":", "\"args\":", "\"lessThan\":[]", "\"isIpv4\":[]", " has a.b.c",
        " is U in x", "//",
    ]

    private static let literals = [
        "0", "-0", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e5",
        "1.5",
        "00012", "\"\"", "\"*\"", "\"\\*\"", "\"\\u{2a}\"", "\"\\0\"", "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"a b\"", "\"if\"", "\"__cedar\"", "\"é\"", "\"e\u{301}\"", "\"\u{202E}\"", "\"::1/128\"",
        "\"1.2.3.4/33\"",
        "\"-922337203685477.5808\"", "\"2024-02-30\"", "\"9999-12-31T23:59:59.999-2359\"",
        "\"-1d1d\"",
        "\"106751991167d\"", "\"\\n\"", "\"principal\"", "\"A::B\"", "\"Action\"", "\"_\"",
    ]
}
