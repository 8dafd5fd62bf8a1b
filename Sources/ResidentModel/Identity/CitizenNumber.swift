/// A citizen number (公民身份号码) that has passed every check of GB 11643-1999.
///
/// Valid does not mean issued: the standard lets a reader check layout, birth date and check character, and
/// nothing more. Holding a value of this type proves that those checks ran. It prints as `<redacted>` and has
/// no other print; ``digits`` is the one door to the characters.
///
/// Source: GB 11643-1999; check character after ISO 7064 MOD 11-2; 15-digit form after GB 11643-1989.
package struct CitizenNumber: Hashable, Sendable {
    /// 18 characters, `0`-`9` and a last `X`, as stored and indexed.
    package let digits: String
    /// The birth date that the number carries.
    package let birthDate: CalendarDate
    /// Male where the sequence number is odd, female where it is even.
    package let sex: Sex
    /// The six-digit division (GB/T 2260) of registration when the number was issued.
    package var division: String { String(digits.prefix(6)) }

    /// Reads a number as people and systems write it: 18 or 15 digits, full-width digits, spaces, `x`, `×`,
    /// a spreadsheet's leading apostrophe.
    ///
    /// A 15-digit number (GB 11643-1989) gains its century and check character. Sequences 996 to 999 belonged to
    /// centenarians, so their century is 18.
    ///
    /// - Parameters:
    ///   - untrusted: The text of the source field.
    ///   - today: The latest birth date that is possible.
    /// - Throws: ``CitizenNumberError`` with the first check that failed; never the text itself.
    package init(_ untrusted: String, today: CalendarDate) throws(CitizenNumberError) {
        var characters = try Self.normalised(untrusted)
        if characters.count == 15 {
            characters = try Self.upgraded(characters)
        }
        guard characters.count == 18 else {
            throw .length(found: characters.count)
        }
        for (index, byte) in characters.enumerated()
        where !(isDigit(byte) || (index == 17 && byte == UInt8(ascii: "X"))) {
            throw .character(position: index + 1)
        }
        guard Self.checkCharacter(of: characters[0..<17]) == characters[17] else {
            throw .checkCharacter
        }
        guard characters[0] != UInt8(ascii: "0") else { throw .division }
        let birth = CalendarDate(
            year: number(characters[6..<10]), month: number(characters[10..<12]),
            day: number(characters[12..<14]))
        guard let birth else { throw .birthDate }
        guard birth <= today else { throw .birthInFuture }
        guard today.year - birth.year <= Self.ageYearsMax else { throw .tooOld }
        birthDate = birth
        sex = (characters[16] - UInt8(ascii: "0")) % 2 == 1 ? .male : .female
        digits = String(decoding: characters, as: UTF8.self)
    }

    /// The check character (`0`-`9` or `X`) of 17 digits, after ISO 7064 MOD 11-2.
    ///
    /// - Parameter digits: 17 ASCII digits.
    /// - Returns: The ASCII code of the character.
    package static func checkCharacter(of digits: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        for (digit, weight) in zip(digits, weights) {
            sum += Int(digit &- UInt8(ascii: "0")) * weight
        }
        return checkCharacters[sum % 11]
    }

    /// The oldest age that is taken as possible.
    package static let ageYearsMax = 130

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkCharacters = Array("10X98765432".utf8)

    private static func normalised(_ text: String) throws(CitizenNumberError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(18)
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar.value {
            case 0x30...0x39: result.append(UInt8(scalar.value))
            case 0xFF10...0xFF19: result.append(UInt8(scalar.value - 0xFF10 + 0x30))
            case 0x58, 0x78, 0xFF38, 0xFF58, 0xD7: result.append(UInt8(ascii: "X"))
            case 0x20, 0x3000, 0x09, 0xA0: continue
            // Spreadsheets mark a number that must stay text with an apostrophe.
            case 0x27 where result.isEmpty: continue
            default: throw .character(position: index + 1)
            }
        }
        guard !result.isEmpty else { throw .length(found: 0) }
        return result
    }

    private static func upgraded(_ old: [UInt8]) throws(CitizenNumberError) -> [UInt8] {
        for (index, byte) in old.enumerated() where !isDigit(byte) {
            throw .character(position: index + 1)
        }
        let century = number(old[12..<15]) >= 996 ? "18" : "19"
        var result = Array(old[0..<6]) + Array(century.utf8) + Array(old[6...])
        result.append(checkCharacter(of: result[0..<17]))
        return result
    }
}

extension CitizenNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a text is not a citizen number; it never carries the text.
package enum CitizenNumberError: Error, Hashable, Sendable, CustomStringConvertible {
    case length(found: Int)
    case character(position: Int)
    case checkCharacter
    case division
    case birthDate
    case birthInFuture
    case tooOld

    /// A stable code for reports and counts.
    package var code: String {
        switch self {
        case .length: "citizen-number.length"
        case .character: "citizen-number.character"
        case .checkCharacter: "citizen-number.check-character"
        case .division: "citizen-number.division"
        case .birthDate: "citizen-number.birth-date"
        case .birthInFuture: "citizen-number.birth-in-future"
        case .tooOld: "citizen-number.too-old"
        }
    }

    package var description: String {
        switch self {
        case .length(let found): "citizen number has \(found) characters, expected 18 (or 15)"
        case .character(let position):
            "citizen number has a wrong character at position \(position), expected digits"
        case .checkCharacter: "citizen number's check character does not fit its digits (GB 11643)"
        case .division: "citizen number's division code starts with 0"
        case .birthDate: "citizen number's birth date is not a day of the calendar"
        case .birthInFuture: "citizen number's birth date lies in the future"
        case .tooOld: "citizen number's birth date is over \(CitizenNumber.ageYearsMax) years ago"
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

private func number(_ digits: ArraySlice<UInt8>) -> Int {
    digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
}
