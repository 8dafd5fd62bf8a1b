import JSONText
import TestSupport
import Testing

@Suite("JSON round trips")
struct JSONRoundTripTests {
    @Test(
        "What the canonical writer writes is read back as the same value, and every truncation is refused"
    )
    func roundTrips() throws {
        let random = SeededRandom(seed: 20_240_611)
        var texts = 0
        var truncations = 0
        for _ in 0..<2_000 {
            let value = random.value(depth: 0)
            let bytes = value.canonicalBytes
            let again = try JSONValue(parsing: bytes)
            #expect(again.canonicalBytes == bytes)
            #expect(again == value.sorted)
            texts += 1
            guard bytes.count <= 200, value.array != nil || value.object != nil else { continue }
            for end in 0..<bytes.count {
                #expect(throws: JSONTextError.self) {
                    try JSONValue(parsing: Array(bytes[..<end]))
                }
                truncations += 1
            }
        }
        print("JSON: \(texts) round trips, \(truncations) truncations")
        #expect(texts == 2_000 && truncations > 1_000)
    }

    @Test("A text with single bytes changed is read or refused, and never crashes")
    func mutations() throws {
        let random = SeededRandom(seed: 7)
        let text = Array(#"{"a":[1,2.5e-3,"x\u00e9\ud83d\ude00\n"],"中文":{"b":null,"c":true}}"#.utf8)
        var refused = 0
        for _ in 0..<20_000 {
            var changed = text
            for _ in 0...random.below(3) {
                changed[random.below(changed.count)] = UInt8(random.below(256))
            }
            do {
                let value = try JSONValue(parsing: changed)
                let again = try JSONValue(parsing: value.canonicalBytes)
                #expect(again.canonicalBytes == value.canonicalBytes)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 5_000)
    }

    @Test("Names are sorted by UTF-16 code units, as the sample of RFC 8785, section 3.2.3")
    func sortsNames() throws {
        let text = """
            {"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control",
            "\\u00f6":"Latin Small Letter O With Diaeresis"}
            """
        let sorted = try JSONValue(parsing: JSONValue(parsing: text).canonicalBytes)
        #expect(
            sorted.object?.members.compactMap(\.value.string) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
                "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test("Escapes are the shortest, as the sample of RFC 8785, section 3.2.2")
    func escapes() throws {
        let text =
            #"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#
        let canonical = try JSONValue(parsing: text).canonicalText
        #expect(canonical == #"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    }

    @Test("A value built in code is written like one that was read")
    func builds() throws {
        let built = JSONValue.object(["b": .integer(-5), "a": .array([.string("\u{1}"), .null])])
        #expect(built.canonicalText == #"{"a":["\u0001",null],"b":-5}"#)
        #expect(JSONObject([("a", .null), ("a", .null)]) == nil)
        #expect(JSONNumber(lexeme: "72.50")?.lexeme == "72.50")
        #expect(JSONNumber(lexeme: "1 ") == nil && JSONNumber(lexeme: "") == nil)
    }
}

extension SeededRandom {
    fileprivate func value(depth: Int) -> JSONValue {
        switch below(depth < 4 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(below(2_000_000) - 1_000_000)
        case 3:
            let lexeme = "-\(below(99)).\(below(99))e\(below(9))"
            return JSONNumber(lexeme: lexeme).map { .number($0) } ?? .null
        case 4: return .string(text())
        case 5: return .array((0..<below(5)).map { _ in value(depth: depth + 1) })
        default:
            let members = (0..<below(5)).map { ("\($0)" + text(), value(depth: depth + 1)) }
            return JSONObject(members).map { .object($0) } ?? .null
        }
    }

    private func text() -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7E, 0x20...0x7E, 0xA0...0x7FF, 0x4E00...0x9FFF, 0x10000...0x10FFFF,
            0xE000...0xFFFF,
        ]
        var text = ""
        for _ in 0..<below(8) {
            let range = ranges[below(ranges.count)]
            let value = range.lowerBound + UInt32(below(range.count))
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension JSONValue {
    /// The value with its members in canonical order.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let elements): return .array(elements.map(\.sorted))
        case .object(let object):
            let members = object.members
                .sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
                .map { ($0.name, $0.value.sorted) }
            return JSONObject(members).map { .object($0) } ?? .null
        default: return self
        }
    }
}
