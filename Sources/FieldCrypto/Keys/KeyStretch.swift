/// Values of a batch, one after another, that need one key.
struct KeyStretch {
    /// The address of its first value.
    let first: FieldAddress
    /// The first position behind it.
    var end: Int
    /// Nil where `failure` is not.
    let request: KeyRequest?
    /// Why no key can be asked for.
    var failure: FieldCryptoError?

    /// Whether a value at another address needs the same class key and resident's key.
    @inline(__always)
    func isExtended(to address: borrowing FieldAddress) -> Bool {
        first.resident == address.resident
            && (first.column === address.column
                || first.column.fieldClass == address.column.fieldClass)
    }
}

extension Keyring {
    /// Reads the headers of a batch and divides it by the keys that they name.
    static func stretches(of batch: SealedValues, _ keySet: KeySet) -> [KeyStretch] {
        var stretches: [KeyStretch] = []
        batch.envelopes.withUnsafeStrings { envelopes in
            var start = 0
            batch.addresses.withUnsafeBufferPointer { addresses in
                for index in addresses.indices {
                    let envelope = envelopes[index]
                    if let last = stretches.last, let request = last.request,
                        last.isExtended(to: addresses[index]),
                        Envelope.hasSameKey(envelopes[start], envelope),
                        envelope.count > request.classKey.key.suite.overheadByteCount
                    {
                        stretches[stretches.count - 1].end = index + 1
                        continue
                    }
                    start = index
                    stretches.append(
                        stretch(envelope, at: addresses[index], end: index + 1, keySet))
                }
            }
        }
        return stretches
    }

    private static func stretch(
        _ envelope: UnsafeRawBufferPointer, at address: FieldAddress, end: Int, _ keySet: KeySet
    ) -> KeyStretch {
        do throws(FieldCryptoError) {
            return KeyStretch(
                first: address, end: end,
                request: try request(of: envelope, at: address, keySet))
        } catch {
            return KeyStretch(first: address, end: end, request: nil, failure: error)
        }
    }

    private static func request(
        of bytes: UnsafeRawBufferPointer, at address: FieldAddress, _ keySet: KeySet
    ) throws(FieldCryptoError) -> KeyRequest {
        let envelope = try Envelope(header: bytes, byteCount: bytes.count)
        let classKey = try keySet.key(
            fieldClass: address.column.fieldClass, version: envelope.classVersion)
        guard classKey.key.suite == envelope.suite else {
            throw .malformedEnvelope("its suite is not that of its class version")
        }
        if envelope.suite.isDeterministic, address.resident != nil {
            throw .malformedEnvelope("its suite goes with no resident")
        }
        guard (address.resident == nil) == (envelope.generation == 0) else {
            throw .malformedEnvelope("generation 0 goes with no resident, and only with none")
        }
        return KeyRequest(
            resident: address.resident, classKey: classKey, generation: envelope.generation,
            mayCommit: false)
    }
}
