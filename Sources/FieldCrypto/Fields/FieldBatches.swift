/// Values on their way in, with their addresses, in one buffer.
package struct ValuesToSeal: Sendable {
    private(set) var addresses: [FieldAddress] = []
    private(set) var paddings: [ValuePadding] = []
    private(set) var values = PackedBytes()

    package init() {}

    package var count: Int { addresses.count }

    package mutating func reserve(count: Int, byteCount: Int) {
        addresses.reserveCapacity(count)
        paddings.reserveCapacity(count)
        values.reserve(count: count, byteCount: byteCount)
    }

    /// Adds a value; sealing is fastest where a resident's values of one class stand together.
    package mutating func append(
        _ value: some Collection<UInt8>, at address: FieldAddress, padding: ValuePadding
    ) {
        addresses.append(address)
        paddings.append(padding)
        values.append(value)
    }
}

/// Envelopes with their addresses, in one buffer.
package struct SealedValues: Sendable {
    package private(set) var addresses: [FieldAddress] = []
    package private(set) var envelopes = PackedBytes()

    package init() {}

    /// Envelopes that were packed before, each with its address.
    package init(addresses: [FieldAddress], envelopes: PackedBytes) {
        precondition(addresses.count == envelopes.count, "each envelope has an address")
        self.addresses = addresses
        self.envelopes = envelopes
    }

    package var count: Int { addresses.count }

    package mutating func append(_ envelope: some Collection<UInt8>, at address: FieldAddress) {
        addresses.append(address)
        envelopes.append(envelope)
    }
}

/// Values that were opened, in one buffer; where one did not open, why.
///
/// Prints as `<redacted>`.
package struct OpenedValues: Sendable, CustomStringConvertible {
    private var bytes: [UInt8]
    /// Where each value lies in `bytes`; empty where it did not open.
    private let places: [Range<Int>]
    private(set) var failures: [Int: FieldCryptoError]

    init(bytes: [UInt8], places: [Range<Int>], failures: [Int: FieldCryptoError]) {
        self.bytes = bytes
        self.places = places
        self.failures = failures
    }

    package var count: Int { places.count }
    package var description: String { "<redacted>" }

    /// A value, which shares the buffer, or why it does not open.
    package func value(_ index: Int) throws(FieldCryptoError) -> ArraySlice<UInt8> {
        if let failure = failure(index) { throw failure }
        return bytes[places[index]]
    }

    /// A value as text, or why it does not open.
    package func text(_ index: Int) throws(FieldCryptoError) -> String {
        String(decoding: try value(index), as: UTF8.self)
    }

    /// Every value as text; throws where one does not open.
    package func texts() throws(FieldCryptoError) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(count)
        for index in places.indices { texts.append(try text(index)) }
        return texts
    }

    package func failure(_ index: Int) -> FieldCryptoError? {
        failures.isEmpty ? nil : failures[index]
    }

    /// The first failure, in the order of the values.
    var firstFailure: FieldCryptoError? { failures.min { $0.key < $1.key }?.value }

    mutating func fail(_ index: Int, _ error: FieldCryptoError) { failures[index] = error }

    /// Overwrites every value with zeros; of use where nothing else holds one.
    package mutating func wipe() { FieldCrypto.wipe(&bytes) }
}
