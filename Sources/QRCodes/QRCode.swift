import CQRencode

/// A QR code (ISO/IEC 18004) of a short text, as squares.
///
/// The modules are libqrencode's; drawing is ours.
package struct QRCode: Sendable {
    /// The symbol's version, 1 to 40; each is four squares wider than the one before.
    package let version: Int
    /// Squares in a row, without the quiet zone.
    package let width: Int
    private let dark: [Bool]

    /// The longest text that is taken, in bytes: what version 40 holds at this level in 8-bit mode.
    package static let textBytesMax = 2_331
    /// White squares on each side, as the standard asks.
    package static let quietZone = 4

    /// Encodes a text with error correction level M: 15 of 100 squares may be unreadable.
    ///
    /// An empty text, one with a zero byte and one beyond ``textBytesMax`` have no symbol.
    ///
    /// - Parameter text: Digits, capitals and `$%*+-./:` alone make the smallest symbol.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.textBytesMax, !text.utf8.contains(0),
            let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1)
        else { return nil }
        defer { QRcode_free(code) }
        version = Int(code.pointee.version)
        width = Int(code.pointee.width)
        // The lowest bit of each byte is the square; the others are for those who draw in stages.
        dark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    package func isDark(row: Int, column: Int) -> Bool { dark[row * width + column] }

    /// The symbol with its quiet zone as an SVG element: one path of runs of dark squares, without any text.
    ///
    /// - Parameter label: What a screen reader says; must need no escaping.
    /// - Returns: The element, as wide as its container.
    package func svg(label: String) -> String {
        let side = width + 2 * Self.quietZone
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, isDark(row: row, column: column) { column += 1 }
                if column > start {
                    path +=
                        "M\(start + Self.quietZone) \(row + Self.quietZone)"
                        + "h\(column - start)v1h-\(column - start)z"
                }
                column += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="\(label)" viewBox="0 0 \(side) \(side)" \
            shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path d="\(path)"/></svg>
            """
    }
}
