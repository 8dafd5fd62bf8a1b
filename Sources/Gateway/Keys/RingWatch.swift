package import FieldCrypto
import Synchronization

/// Keeps this process's ring as new as the store says it must be before anything is sealed.
///
/// A key that another process has added, or a resident whom it has forgotten, is known here from the next writing
/// transaction on: nothing is sealed under a version that is about to be destroyed.
package final class RingWatch: Sendable {
    private let known = Mutex<Int64>(-1)

    package init() {}

    /// Reads the ring anew where the store's generation is another than the one it was read at.
    package func follow(_ generation: Int64, _ keyring: Keyring) throws(GatewayError) {
        if known.withLock({ $0 == generation }) { return }
        do { try keyring.reload() } catch { throw .crypto(error) }
        known.withLock { $0 = generation }
    }
}

extension GatewayParts {
    /// One writing transaction, with the ring as new as the store says.
    package func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try store.write { writer throws(GatewayError) in
            try ringWatch.follow(writer.ringGeneration(), keyring)
            return try body(writer)
        }
    }
}
