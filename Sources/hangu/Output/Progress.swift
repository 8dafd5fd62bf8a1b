import Glibc

/// Shows how far long work is: a line that renews itself on a terminal, else a plain line now and then.
final class Progress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastShown = ContinuousClock.now
    private var hasLine = false

    /// Shows one line, cut to the terminal's width.
    ///
    /// - Parameter text: Called as often as one likes; most calls show nothing.
    func show(_ text: String) {
        let now = ContinuousClock.now
        guard now - lastShown > (isTerminal ? .milliseconds(100) : .seconds(5)) else { return }
        lastShown = now
        let line = isTerminal ? "\r\u{1B}[K" + cut(text, toColumns: columns - 1) : text + "\n"
        writeAll(line, to: STDERR_FILENO)
        hasLine = isTerminal
    }

    /// Shows a bar of work whose end is known, with its text after it.
    func show(_ text: String, done: Int, of all: Int) {
        guard isTerminal, all > 0 else { return show(text) }
        let width = 24
        let filled = min(width, done * width / all)
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        show("\(bar) \(text)")
    }

    /// Takes the line away.
    func finish() {
        if hasLine { writeAll("\r\u{1B}[K", to: STDERR_FILENO) }
        hasLine = false
    }

    private var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// As much of a text as fits; Chinese characters take two columns.
    private func cut(_ text: String, toColumns columns: Int) -> String {
        var used = 0
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            used += scalar.value >= 0x1100 && !(0x2500...0x259F).contains(scalar.value) ? 2 : 1
            if used > columns { break }
            result.append(scalar)
        }
        return String(result)
    }
}
