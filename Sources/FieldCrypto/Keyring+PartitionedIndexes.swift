internal import Synchronization

extension Keyring {
    /// The blind index values of one value of one resident, under every version of the index's key, newest first.
    ///
    /// With one partition as ``blindIndex(_:index:bits:)``. With several, HMAC(index key, "gw/index-part/v1" |
    /// partition | value), the partition (2 bytes, big-endian) being the first 8 bytes of HMAC(index key,
    /// "gw/index-partition/v1" | resident id), taken modulo their number; each part with its length before it.
    package func blindIndex(
        _ value: [UInt8], of resident: ResidentKeyID, index: String, bits: Int, partitions: Int
    ) throws(FieldCryptoError) -> [BlindIndexValue] {
        if partitions == 1 { return try blindIndex(value, index: index, bits: bits) }
        let keys = try state.withLock { $0.keys }.keys(.blindIndex, index)
        var place = CanonicalBytes(capacity: 64)
        place.append("gw/index-partition/v1")
        place.append(resident)
        let placeBytes = place.bytes
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var found: [BlindIndexValue] = []
            for key in keys {
                let code = try worker.authenticate(placeBytes, key: key).bytes
                let number = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let partition = UInt16(number % UInt64(partitions))
                found.append(
                    try Self.value(value, partition, key: key, bits: bits, worker: worker))
            }
            return found
        }
    }

    /// All that a search for one value must ask for: every version and every partition.
    package func searchIndex(
        _ value: [UInt8], index: String, bits: Int, partitions: Int
    ) throws(FieldCryptoError) -> [BlindIndexValue] {
        if partitions == 1 { return try blindIndex(value, index: index, bits: bits) }
        let keys = try state.withLock { $0.keys }.keys(.blindIndex, index)
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var found: [BlindIndexValue] = []
            for key in keys {
                for partition in 0..<UInt16(partitions) {
                    found.append(
                        try Self.value(value, partition, key: key, bits: bits, worker: worker))
                }
            }
            return found
        }
    }

    private static func value(
        _ value: [UInt8], _ partition: UInt16, key: RingKey, bits: Int, worker: SealingWorker
    ) throws(FieldCryptoError) -> BlindIndexValue {
        precondition((1...256).contains(bits), "a blind index has 1 to 256 bits")
        var message = CanonicalBytes(capacity: 64)
        message.append("gw/index-part/v1")
        message.append(partition)
        message.append(value)
        let digest = try worker.authenticate(message.bytes, key: key).bytes
        return BlindIndexValue(version: key.name.version, digest: digest, bits: bits)
    }
}
