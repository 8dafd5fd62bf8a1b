package import TransparencyLog

/// Why a witness cannot be made, read or served.
package enum WitnessError: Error, Sendable, CustomStringConvertible {
    /// There is no witness in the folder, or already one.
    case folder(reason: String)
    /// Another process serves this witness.
    case busy
    /// A file or the address cannot be used now.
    case unavailable(what: String)
    /// A file of the folder is not what the witness wrote; stop and keep the evidence.
    case corrupt(file: String, reason: String)
    /// The list of logs has a fault.
    case logs(file: String, line: Int, reason: String)
    case log(TransparencyLogError)

    package var description: String {
        switch self {
        case .folder(let reason): reason
        case .busy: "another process serves this witness"
        case .unavailable(let what): what
        case .corrupt(let file, let reason): "\(file): \(reason)"
        case .logs(let file, let line, let reason): "\(file):\(line): \(reason)"
        case .log(let error): "\(error)"
        }
    }
}

/// Runs a call of the log engine with the witness's errors.
func inEngine<Result>(
    _ body: () throws(TransparencyLogError) -> Result
) throws(WitnessError) -> Result {
    do { return try body() } catch { throw .log(error) }
}
