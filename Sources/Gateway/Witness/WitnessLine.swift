package import TransparencyLog

/// The way to a witness; an edge conforms.
///
/// What an implementation owes: one request for each call, no redirects, a limit on time and on the answer's length,
/// and no judgement of the answer.
package protocol WitnessLine: Sendable {
    /// Sends an `add-checkpoint` request below an address.
    func addCheckpoint(
        _ body: [UInt8], at url: String
    ) async throws(WitnessUnreachable) -> WitnessReply
}

/// No answer came, or it could not be read.
package struct WitnessUnreachable: Error, Hashable, Sendable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
}
