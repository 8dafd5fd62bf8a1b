import ArgumentParser
import Foundation
import Gateway

/// Reads a citizen number from standard input or a file; ``ArgumentCheck`` keeps it out of arguments.
struct ResidentInput: ParsableArguments {
    @Option(help: "Where the citizen number is read from: - for standard input, or a file.")
    var resident: String

    /// The first line, without spaces at its ends.
    func citizenNumber() throws(GatewayError) -> String {
        try Self.citizenNumber(from: resident)
    }

    /// The first line of standard input (`-`) or of a file, without spaces at its ends.
    static func citizenNumber(from resident: String) throws(GatewayError) -> String {
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
