public import CedarAnalysis
import Glibc

/// Runs the solver cvc5, one process for each script.
///
/// Script and answer go through files without a name, not through pipes, so neither side can wait for the other. A process that takes too long, too much memory or prints too much is ended. The child sees no input but the
/// script and gets no file of ours but these two.
public struct CVC5Solver: ConstraintSolver {
    /// The program, a path or a name to be found on `PATH`.
    public let program: String
    /// The most memory a process may take, in bytes.
    public let memoryBytesMax: Int
    /// The most a process may print, in bytes.
    public let outputBytesMax: Int

    /// Made for version 1.0.3, which Debian 12 has as package `cvc5`.
    public static let standardProgram = "cvc5"

    /// Chooses a program and its bounds.
    public init(
        program: String = Self.standardProgram, memoryBytesMax: Int = 4 << 30,
        outputBytesMax: Int = 64 << 20
    ) {
        self.program = program
        self.memoryBytesMax = memoryBytesMax
        self.outputBytesMax = outputBytesMax
    }

    /// Whether the program is there.
    public var isPresent: Bool { location != nil }

    private var location: String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        return path.split(separator: ":").map { "\($0)/\(program)" }.first {
            access($0, X_OK) == 0
        }
    }

    /// Runs one script; see ``CedarAnalysis/ConstraintSolver``.
    public func run(_ script: String, milliseconds: Int) throws(SolverFailure) -> String {
        guard let location else { throw .absent(program: program) }
        let input = try UnnamedFile(program: program)
        let output = try UnnamedFile(program: program)
        guard input.write(script) else {
            throw .notStarted(program: program, why: "there is no room for the script")
        }
        // Its own limit stands in where we are killed and can no longer end it.
        let options = [
            "--lang=smt2", "--produce-models", "--dag-thresh=0", "--strings-exp",
            "--tlimit=\(milliseconds + 1_000)",
        ]
        let child = try SolverChild(
            location, options, input: input, output: output, memoryBytes: memoryBytesMax,
            outputBytes: outputBytesMax)
        let end = child.wait(milliseconds: milliseconds)
        guard end != .timeOver else { throw .timedOut(milliseconds: milliseconds) }
        let text = output.text(bytesMax: outputBytesMax)
        // A script that cannot be met asks for values all the same, which the solver reports as an error.
        guard text.hasPrefix("sat") || text.hasPrefix("unsat") || text.hasPrefix("unknown") else {
            throw .failed(
                program: program, why: "\(end): \(text.prefix { $0 != "\n" }.prefix(200))")
        }
        return text
    }
}
