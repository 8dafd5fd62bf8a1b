import ArgumentParser
import Gateway

/// Reads a citizen number from standard input or a file; ``ArgumentCheck`` keeps it out of arguments.
struct ResidentInput: ParsableArguments {
    @Option(help: "Where the citizen number is read from: - for standard input, or a file.")
    var resident: String

    /// The first line, without spaces at its ends.
    func citizenNumber() throws(GatewayError) -> String {
        try SubjectInput.readNumber(from: resident)
    }
}
