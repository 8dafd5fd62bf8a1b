/// What a solver said: its verdict and, where constraints can be met, the values asked for.
struct SolverOutput {
    enum Verdict {
        case met
        case unmeetable
        case unknown(String)
    }

    let verdict: Verdict
    /// In the order in which they were asked for.
    let values: [SolverValue]

    /// Reads all that a solver printed; nil where it is no answer.
    init?(_ text: String, asked: Int) {
        let firstLine = text.prefix { $0 != "\n" }
        let rest = text.dropFirst(firstLine.count)
        switch firstLine {
        case "sat":
            verdict = .met
            guard asked > 0 else {
                values = []
                return
            }
            var reader = SolverValueReader(rest)
            guard case .list(let pairs)? = reader.read(), pairs.count == asked else { return nil }
            var values: [SolverValue] = []
            for pair in pairs {
                guard case .list(let parts) = pair, parts.count == 2 else { return nil }
                values.append(parts[1])
            }
            self.values = values
        case "unsat":
            verdict = .unmeetable
            values = []
        case "unknown":
            verdict = .unknown("it says 'unknown'")
            values = []
        default: return nil
        }
    }
}

/// A value as the solver printed it.
indirect enum SolverValue {
    case symbol(Substring)
    /// The characters between the quotes, doubled quotes made single.
    case string(Substring)
    case list([SolverValue])
}

/// Reads bracketed text.
struct SolverValueReader {
    private static let depthMax = 1_000

    private var rest: Substring.UTF8View

    init(_ text: Substring) { rest = text.utf8 }

    /// The next value; nil at the end and where the text breaks off.
    mutating func read() -> SolverValue? {
        // Lists that are still open.
        var open: [[SolverValue]] = []
        while true {
            skipSpace()
            guard let first = rest.first else { return nil }
            let value: SolverValue
            switch first {
            case UInt8(ascii: "("):
                guard open.count < Self.depthMax else { return nil }
                rest = rest.dropFirst()
                open.append([])
                continue
            case UInt8(ascii: ")"):
                rest = rest.dropFirst()
                guard let list = open.popLast() else { return nil }
                value = .list(list)
            case UInt8(ascii: "\""):
                guard let text = string() else { return nil }
                value = .string(text)
            default: value = .symbol(symbol())
            }
            if open.isEmpty { return value }
            open[open.count - 1].append(value)
        }
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 <= 0x20 }
    }

    private mutating func symbol() -> Substring {
        let text = rest.prefix {
            $0 > 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")")
                && $0 != UInt8(ascii: "\"")
        }
        rest = rest.dropFirst(text.count)
        return Substring(text)
    }

    private mutating func string() -> Substring? {
        rest = rest.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard rest.first == byte else {
                    return Substring(String(decoding: text, as: UTF8.self))
                }
                rest = rest.dropFirst()
            }
            text.append(byte)
        }
        return nil
    }
}
