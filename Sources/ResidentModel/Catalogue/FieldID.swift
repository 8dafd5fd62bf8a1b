/// The name of one field of the catalogue: `identity.birth-date`.
package struct FieldID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// Whether the text has the form of a field's name: lower-case words and digits joined by `-`, parts by `.`.
    package static func isWellFormed(_ text: String) -> Bool {
        isName(text, separators: [UInt8(ascii: "."), UInt8(ascii: "-")], lengthMax: 64)
    }

    package var description: String { text }

    package static func < (left: FieldID, right: FieldID) -> Bool { left.text < right.text }

    // The fields that records are linked by; every catalogue must have them.
    package static let citizenNumber = FieldID("identity.citizen-number")
    package static let name = FieldID("identity.name")
    package static let deceased = FieldID("vital.deceased")
    package static let deathDate = FieldID("vital.death-date")
    package static let birthDate = FieldID("identity.birth-date")
    package static let sex = FieldID("identity.sex")
    /// Joins the members of one household; indexed, since it is as good as unique.
    package static let householdNumber = FieldID("household.number")
}

/// Whether a text is lower-case letters and digits in parts joined by single separators.
package func isName(_ text: String, separators: Set<UInt8>, lengthMax: Int) -> Bool {
    var isAfterSeparator = true
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            isAfterSeparator = false
        default:
            guard separators.contains(byte), !isAfterSeparator else { return false }
            isAfterSeparator = true
        }
    }
    return !isAfterSeparator && text.utf8.count <= lengthMax
}
