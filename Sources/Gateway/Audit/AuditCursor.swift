import FieldCrypto

/// Where a page of the log ended, as text that only this home can make and only the same filter can go on from.
///
/// 8 bytes of entry number and 16 of a keyed hash over it and the filter, in base32. Entries that come later do not
/// move the pages: they go on below a number.
struct AuditCursor {
    private let keys: TermKeys
    private let filter: [UInt8]

    init(_ filter: AuditFilter, keys: TermKeys) {
        self.keys = keys
        self.filter = sha256(filter.canonicalBytes).bytes
    }

    /// The cursor from which a list goes on below an entry.
    func text(below entry: UInt64) throws(GatewayError) -> String {
        let number = withUnsafeBytes(of: entry.bigEndian) { [UInt8]($0) }
        return Base32.encode(number + (try keys.seal(number + filter)))
    }

    /// The entry below which a list goes on.
    ///
    /// - Throws: ``RequestError/cursor`` for a text that is no cursor of this home and filter.
    func entry(of text: String) throws(GatewayError) -> UInt64 {
        // 24 bytes; what is longer is not worth reading.
        guard text.utf8.count == 39, let bytes = Base32.decode(text) else {
            throw .request(.cursor)
        }
        let entry = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard try self.text(below: entry) == text else { throw .request(.cursor) }
        return entry
    }
}
