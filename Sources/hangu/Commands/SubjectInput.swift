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

    /// The first line of standard input (`-`) or a file, without spaces at its ends.
    static func readNumber(from resident: String) throws(GatewayError) -> String {
        var line: String?
        if resident == "-" {
            line = readLine()
        } else {
            do {
                let text = try String(contentsOfFile: resident, encoding: .utf8)
                line = text.split(whereSeparator: \.isNewline).first.map(String.init)
            } catch { throw .request(.unreadable("the file of --resident cannot be read")) }
        }
        let number = line?.trimmingCharacters(in: .whitespaces) ?? ""
        guard !number.isEmpty else { throw .request(.empty("the citizen number")) }
        return number
    }
}
