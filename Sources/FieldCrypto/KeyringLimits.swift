/// How much a key ring keeps and accepts.
package struct KeyringLimits: Hashable, Sendable {
    /// The longest tenant, table, field, class or key name, in bytes of UTF-8.
    package static let nameBytesMax = 255
    /// The longest value one envelope holds.
    package static let valueBytesMax = 16 << 20
    /// How often one key may be used with random 96-bit nonces (NIST SP 800-38D allows 2^32).
    package static let usesMax: Int64 = 1 << 31

    /// Field keys kept for residents; the least recently used residents' are wiped beyond it.
    package var cachedFieldKeysMax: Int
    /// How long a resident's field keys are used after they were loaded.
    package var cachedFieldKeyAge: Duration
    /// How many uses of a shared key are set aside in the store at a time; a crash loses at most these.
    package var usesReservedAtOnce: Int64

    package init(
        cachedFieldKeysMax: Int = 10_000, cachedFieldKeyAge: Duration = .seconds(60),
        usesReservedAtOnce: Int64 = 16_384
    ) {
        precondition(cachedFieldKeysMax >= 0 && usesReservedAtOnce > 0, "limits are positive")
        self.cachedFieldKeysMax = cachedFieldKeysMax
        self.cachedFieldKeyAge = cachedFieldKeyAge
        self.usesReservedAtOnce = usesReservedAtOnce
    }
}
