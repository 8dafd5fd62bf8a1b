/// A text with the places at which it may be broken into lines.
struct Layout: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        /// A comment of its own line, or one that ends a line. What follows starts a new line either way.
        case comment(String, endsLine: Bool)
        /// Either a space or a new line.
        case space
        /// Either nothing or a new line.
        case joint
        /// A new line.
        case newLine
        /// A line left empty.
        case blankLine
        case sequence([Layout])
        case indented(Layout)
        /// Broken at all its own places or at none: at all if it does not fit on the line.
        case group(Layout)
    }

    let kind: Kind
    /// Whether it holds something that ends a line whatever the width.
    let isBroken: Bool

    init(_ kind: Kind) {
        self.kind = kind
        isBroken =
            switch kind {
            case .text, .space, .joint: false
            case .comment, .newLine, .blankLine: true
            case .sequence(let parts): parts.contains(where: \.isBroken)
            case .indented(let inner), .group(let inner): inner.isBroken
            }
    }

    static let space = Layout(.space)
    static let joint = Layout(.joint)
    static let newLine = Layout(.newLine)

    static func text(_ text: String) -> Layout { Layout(.text(text)) }
    static func sequence(_ parts: [Layout]) -> Layout { Layout(.sequence(parts)) }
    static func indented(_ inner: Layout) -> Layout { Layout(.indented(inner)) }
    static func group(_ inner: Layout) -> Layout { Layout(.group(inner)) }
}

/// Writes a layout into lines of at most a given width, where it can be broken at all.
struct LayoutPrinter {
    private let widthMax: Int
    private let indentWidth: Int
    private var text = ""
    private var column = 0
    private var isAtLineStart = true
    private var indent = 0
    private var emptyLines = 0

    private struct Item {
        let layout: Layout
        let indent: Int
        let isFlat: Bool
    }

    static func print(_ layout: Layout, widthMax: Int, indentWidth: Int) -> String {
        var printer = LayoutPrinter(widthMax: widthMax, indentWidth: indentWidth)
        printer.print(layout)
        return printer.text
    }

    private init(widthMax: Int, indentWidth: Int) {
        self.widthMax = widthMax
        self.indentWidth = indentWidth
    }

    private mutating func print(_ layout: Layout) {
        var waiting = [Item(layout: layout, indent: 0, isFlat: false)]
        while let item = waiting.popLast() {
            switch item.layout.kind {
            case .text(let string): write(string)
            case .comment(let string, let endsLine):
                if endsLine, !isAtLineStart { write(" ") } else { startLine(item.indent) }
                write(string)
                startLine(item.indent)
            case .space where item.isFlat: if !isAtLineStart { write(" ") }
            case .joint where item.isFlat: break
            case .space, .joint, .newLine: startLine(item.indent)
            case .blankLine:
                startLine(item.indent)
                if !text.isEmpty { emptyLines = 1 }
            case .sequence(let parts):
                for part in parts.reversed() {
                    waiting.append(Item(layout: part, indent: item.indent, isFlat: item.isFlat))
                }
            case .indented(let inner):
                waiting.append(
                    Item(layout: inner, indent: item.indent + indentWidth, isFlat: item.isFlat))
            case .group(let inner):
                let isFlat = !inner.isBroken && (item.isFlat || fits(inner, rest: waiting))
                waiting.append(Item(layout: inner, indent: item.indent, isFlat: isFlat))
            }
        }
    }

    private mutating func write(_ string: String) {
        if isAtLineStart {
            if !text.isEmpty { text += String(repeating: "\n", count: 1 + emptyLines) }
            text += String(repeating: " ", count: indent)
            column = indent
            isAtLineStart = false
            emptyLines = 0
        }
        text += string
        if let lineEnd = string.unicodeScalars.lastIndex(of: "\n") {
            column = string.unicodeScalars.distance(
                from: lineEnd, to: string.unicodeScalars.endIndex)
        } else {
            column += string.unicodeScalars.count
        }
    }

    /// The line is started when something is written on it, so that what comes next decides how far it is indented.
    private mutating func startLine(_ indent: Int) {
        isAtLineStart = true
        self.indent = indent
    }

    /// Whether a group, and what follows it up to the next place to break, fits on the line.
    private func fits(_ group: Layout, rest: [Item]) -> Bool {
        var room = widthMax - (isAtLineStart ? indent : column)
        var waiting = [Item(layout: group, indent: 0, isFlat: true)]
        var next = rest.count
        while room >= 0 {
            guard let item = waiting.popLast() else {
                next -= 1
                if next < 0 { return true }
                waiting.append(rest[next])
                continue
            }
            switch item.layout.kind {
            case .text(let string): room -= string.unicodeScalars.count
            case .space where item.isFlat: room -= 1
            case .joint where item.isFlat: break
            case .comment, .newLine, .blankLine, .space, .joint: return true
            case .sequence(let parts):
                for part in parts.reversed() {
                    waiting.append(Item(layout: part, indent: 0, isFlat: item.isFlat))
                }
            case .indented(let inner), .group(let inner):
                waiting.append(Item(layout: inner, indent: 0, isFlat: item.isFlat))
            }
        }
        return false
    }
}
