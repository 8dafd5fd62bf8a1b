import Foundation
import Gateway
import Glibc

/// Prints results to standard output, and everything else to standard error.
///
/// Errors are one line `error: …`, then `hint: …` with what to do. Results are plain lines, or one JSON value.
struct Console: Sendable {
    let language: Language
    let isJSON: Bool
    /// Whether plain lines are left out, because one JSON value tells the result.
    var isSilent = false

    func say(_ message: Message) { say(message.text(in: language)) }

    func say(_ line: String) {
        if isSilent { return }
        print(line)
    }

    private func print(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// Prints one JSON value on one line.
    func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    func fail(_ error: GatewayError) { fail("\(error)", hint: Messages.hint(for: error)) }

    /// Says what went wrong on standard error, and what to do.
    func fail(_ text: String, hint: Message?) {
        warn("\(Messages.errorWord.text(in: language)): \(text)")
        if let hint {
            warn("\(Messages.hintWord.text(in: language)): \(hint.text(in: language))")
        }
    }

    /// Says on standard error what nobody may overlook, also where results are JSON.
    func warn(_ message: Message) { warn(message.text(in: language)) }

    func warn(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// The exit status of a failure, by its category.
    static func exitStatus(of category: ErrorCategory) -> Int32 {
        switch category {
        case .caller: 2
        case .refused: 3
        case .unavailable: 4
        case .corrupt: 5
        }
    }

    private func write(_ text: String, to descriptor: Int32) { writeAll(text, to: descriptor) }
}

/// Writes all of a text; a reader who has gone is no failure of ours.
func writeAll(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}
