/// A personal name in the one form in which names are compared.
///
/// Full-width letters become ASCII, letters lower case, spaces and controls go, and the nine characters that
/// systems write between the parts of a minority name become one `·` (U+00B7). Nothing else is taken to be equal:
/// variant characters and romanisations are left to a person.
package struct NormalisedName: Hashable, Sendable {
    /// Empty where the text held nothing but spaces.
    let scalars: [Unicode.Scalar]

    package init(_ text: String) {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x21...0x7E: scalars.append(lowered(scalar))
            case 0xFF01...0xFF5E:
                let ascii = Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21))
                scalars.append(Self.middleDots.contains(ascii) ? "·" : lowered(ascii))
            default:
                if Self.middleDots.contains(scalar) {
                    scalars.append("·")
                } else if !isInvisible(scalar) {
                    scalars.append(scalar)
                }
            }
        }
        self.scalars = scalars
    }

    package var isEmpty: Bool { scalars.isEmpty }

    private static let middleDots: Set<Unicode.Scalar> = [
        "\u{B7}", "\u{2022}", "\u{2027}", "\u{2219}", "\u{22C5}", "\u{30FB}", "\u{FF65}",
        "\u{2E33}", "\u{25CF}",
    ]
}

/// Whether a scalar is a space, a control or a mark that only steers how text is laid out.
private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format: true
    default: scalar.properties.isWhitespace
    }
}

private func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard scalar.value >= 0x41, scalar.value <= 0x5A else { return scalar }
    return Unicode.Scalar(UInt8(scalar.value + 0x20))
}

extension NormalisedName: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
