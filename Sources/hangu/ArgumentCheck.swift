/// Keeps citizen numbers off the command line, where the list of processes and the shell's history show them.
///
/// It looks before anything is parsed, since the parser's own messages repeat what they could not read. What looks
/// like a number counts as one, whether or not its check character fits: a mistyped one tells as much.
enum ArgumentCheck {
    /// Whether one of the arguments is a citizen number, or has one in it.
    static func findsCitizenNumber(in arguments: some Sequence<String>) -> Bool {
        arguments.contains { argument in
            let value = argument.split(separator: "=").last ?? ""
            return runs(in: argument).contains { run in
                // 15 digits in a row are common in case numbers, so they must stand alone.
                isLikeNumber(run)
                    && (run.count > 15 || run.count == value.unicodeScalars.count)
            }
        }
    }

    /// Whether a birth date stands where a citizen number of this length has it (GB 11643).
    private static func isLikeNumber(_ run: [Int]) -> Bool {
        func number(_ range: Range<Int>) -> Int { run[range].reduce(0) { $0 * 10 + $1 } }
        switch run.count {
        case 15: return (1...12).contains(number(8..<10)) && (1...31).contains(number(10..<12))
        // One character too few or too many is how a number is mistyped.
        case 17...19:
            return (1880...2099).contains(number(6..<10)) && (1...12).contains(number(10..<12))
                && (1...31).contains(number(12..<14))
        default: return false
        }
    }

    /// The longest stretches of digits, of half or full width, each with the X that may end it.
    private static func runs(in argument: String) -> [[Int]] {
        var runs: [[Int]] = []
        var run: [Int] = []
        for scalar in argument.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: run.append(Int(scalar.value) - 0x30)
            case 0xFF10...0xFF19: run.append(Int(scalar.value) - 0xFF10)
            case 0x58, 0x78, 0xFF38, 0xFF58:
                runs.append(run + [10])
                run = []
            default:
                runs.append(run)
                run = []
            }
        }
        return runs + [run]
    }
}
