import ArgumentParser
import Foundation
import Gateway

/// Whom a command is about: a citizen number from standard input or a file, or a department's pseudonym.
struct SubjectInput: ParsableArguments {
    @Option(help: "Where the citizen number is read from: - for standard input, or a file.")
    var resident: String?

    @Option(help: "The department's own pseudonym of the resident, as an answer gave it.")
    var pseudonym: String?

    func validate() throws {
        guard (resident == nil) != (pseudonym == nil) else {
            throw ValidationError("say about whom: --resident - or --pseudonym P")
        }
    }

    func citizenNumber() throws(GatewayError) -> String {
        guard let resident else { throw .request(.empty("the citizen number")) }
        return try Self.readNumber(from: resident)
    }

    static func readNumber(from resident: String) throws(GatewayError) -> String {
        try firstLine(of: resident, option: "--resident", what: "the citizen number")
    }

    /// The first line of standard input (`-`) or a file, without spaces at its ends.
    ///
    /// - Parameters:
    ///   - place: What the option says.
    ///   - option: Its name, for errors.
    ///   - what: What the line holds, for errors.
    /// - Returns: The line, not empty.
    /// - Throws: ``GatewayError``.
    static func firstLine(
        of place: String, option: String, what: String
    ) throws(GatewayError) -> String {
        var line: String?
        if place == "-" {
            line = readLine()
        } else {
            do {
                let text = try String(contentsOfFile: place, encoding: .utf8)
                line = text.split(whereSeparator: \.isNewline).first.map(String.init)
            } catch { throw .request(.unreadable("the file of \(option) cannot be read")) }
        }
        let text = line?.trimmingCharacters(in: .whitespaces) ?? ""
        guard !text.isEmpty else { throw .request(.empty(what)) }
        return text
    }
}
