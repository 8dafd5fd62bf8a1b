/// Looks for texts that may not say what they seem to say to a reader.
enum TextChecks {
    static func warnings(_ policy: Policy) -> [TypeChecker.Fault] {
        var warnings: [TypeChecker.Fault] = []
        let start = TextPosition(
            line: Int32(policy.position.line), column: Int32(policy.position.column))
        var waiting = PlainForm.scope(policy.scope, at: start) + policy.conditions.map(\.body)
        while let expression = waiting.popLast() {
            waiting += expression.kind.children
            for text in texts(of: expression) {
                guard let problem = problem(text) else { continue }
                warnings.append(TypeChecker.Fault(message: problem, position: expression.position))
            }
        }
        return warnings
    }

    private static func texts(of expression: Expression) -> [String] {
        switch expression.kind {
        case .literal(.string(let text)): [text]
        case .literal(.entity(let uid)): [uid.id]
        case .attribute(_, let name): [name]
        case .has(_, let path): path
        case .like(_, let pattern): [PatternText.of(pattern)]
        case .record(let members): members.map(\.name)
        default: []
        }
    }

    /// What is suspicious about a text, nil if nothing is.
    static func problem(_ text: String) -> String? {
        var scripts: Set<Script> = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C:
                return "this text has characters that change the direction of writing"
            case 0x200B...0x200D, 0x2060, 0xFEFF:
                return "this text has characters that cannot be seen"
            default:
                if let script = Script(scalar) { scripts.insert(script) }
            }
        }
        return scripts.count > 1 ? "this text mixes alphabets whose letters look alike" : nil
    }

    /// Alphabets that share the look of many letters.
    private enum Script {
        case latin, greek, cyrillic, armenian, cherokee

        init?(_ scalar: Unicode.Scalar) {
            guard scalar.properties.isAlphabetic else { return nil }
            switch scalar.value {
            case 0x41...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF, 0xFF21...0xFF5A: self = .latin
            case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
            case 0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: self = .cyrillic
            case 0x530...0x58F: self = .armenian
            case 0x13A0...0x13FF, 0xAB70...0xABBF: self = .cherokee
            default: return nil
            }
        }
    }
}
