import FieldCrypto
import ResidentModel

/// Keyed 16-byte hashes by which a record is known again, and by which a change of it is seen.
struct RecordDigests {
    let keyring: Keyring

    /// The names of the two keys; they are no search indexes and keep one version.
    static let keyName = "record-key"
    static let contentName = "record-content"
    private static let bits = 128

    /// Names a record by source, stream and key.
    func key(_ key: String, of stream: StreamName) throws(GatewayError) -> [UInt8] {
        let text = "\(stream.source)\u{1F}\(stream.stream)\u{1F}\(key)"
        return try digest(Self.keyName, Array(text.utf8))
    }

    /// Covers everything that is stored of a record.
    func content(of record: MappedRecord) throws(GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.append(contentsOf: String(record.observedAt.dayNumber).utf8)
        if case .record(let stream, let key) = record.subject {
            bytes.append(0x1E)
            bytes.append(contentsOf: stream.utf8)
            bytes.append(0x1F)
            bytes.append(contentsOf: key.utf8)
        }
        for value in record.values {
            bytes.append(0x1E)
            bytes.append(contentsOf: String(value.fieldIndex).utf8)
            bytes.append(0x1F)
            bytes.append(contentsOf: value.text.utf8)
        }
        return try digest(Self.contentName, bytes)
    }

    private func digest(_ name: String, _ bytes: [UInt8]) throws(GatewayError) -> [UInt8] {
        do throws(FieldCryptoError) {
            guard let value = try keyring.blindIndex(bytes, index: name, bits: Self.bits).last
            else { throw FieldCryptoError.ring("no key for the index '\(name)'") }
            return value.bytes
        } catch { throw .crypto(error) }
    }
}
