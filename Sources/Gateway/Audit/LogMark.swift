/// Remembers outside the store how far the log had come, so that a store restored from an older copy is noticed.
///
/// What an implementation owes:
/// - What ``keep(_:)`` was given last comes back from ``notes()``, also after the process has ended. It need not have
///   reached the disk: after a power cut an earlier one may come back, never half of one.
/// - It stands apart from the store, where a backup of the store does not reach it.
///
/// Only checkpoints that are durable in the store are given to it, so it is never ahead of an honest store.
package protocol LogMark: Sendable {
    /// The signed checkpoints that were kept, in any order; empty where there is none yet.
    func notes() throws(GatewayError) -> [String]

    /// Keeps a signed checkpoint. Where that fails, an earlier one stays: what was logged is durable all the same.
    func keep(_ note: String)
}
