import FieldCrypto
package import ResidentModel

/// Finds residents by a field that the catalogue declares an index for.
///
/// The index says who may be meant, under every version of its key; the values, opened, say who is. It gives rows and
/// never a value: what may be told of whom it finds is decided as for any request.
package struct ResidentSearch: Sendable {
    private let parts: GatewayParts
    /// How many terms one range may cover.
    package static let termsMax = 200
    /// How many residents are opened for one search.
    package static let candidatesMax = 10_000

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Those of whom a source says exactly this.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for a field without an index of its values, or a value so common that
    ///   more than ``candidatesMax`` residents would have to be opened.
    package func residents(
        with field: FieldID, equalTo text: String
    ) throws(GatewayError) -> [ResidentNumber] {
        let (definition, index) = try indexed(field)
        guard index.shape == .equality else { throw Self.noIndex(field) }
        return try search(definition, index, terms: [text]) { $0 == text }
    }

    /// Those of whom a source says something from `low` to `high`, both among them: years of a date, or numbers.
    package func residents(
        with field: FieldID, from low: Int, to high: Int
    ) throws(GatewayError) -> [ResidentNumber] {
        let (definition, index) = try indexed(field)
        guard index.shape != .equality else { throw Self.noIndex(field) }
        guard let terms = index.terms(from: low, to: high, max: Self.termsMax) else {
            throw .request(.tooMany("bands", max: Self.termsMax))
        }
        return try search(definition, index, terms: terms) { text in
            index.key(of: text).map { (low...high).contains($0) } ?? false
        }
    }

    private func indexed(
        _ field: FieldID
    ) throws(GatewayError) -> (FieldDefinition, IndexDefinition) {
        guard let definition = parts.catalogue.field(field), let index = definition.index else {
            throw Self.noIndex(field)
        }
        return (definition, index)
    }

    private static func noIndex(_ field: FieldID) -> GatewayError {
        .request(.unreadable("residents cannot be found by '\(field)' in that way"))
    }

    private func search(
        _ field: FieldDefinition, _ index: IndexDefinition, terms: [String],
        isMeant: (String) -> Bool
    ) throws(GatewayError) -> [ResidentNumber] {
        var entries: [BlindIndexEntry] = []
        for term in terms {
            let values = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.searchIndex(
                    Array(term.utf8), index: field.id.text, bits: index.bits,
                    partitions: index.partitions)
            }
            entries += values.map { BlindIndexEntry(version: $0.version, bits: $0.bytes) }
        }
        return try parts.store.read { reader throws(GatewayError) in
            let found = try reader.residents(index: field.id.text, entries: entries)
            let rows = Set(found.values.flatMap { $0 }).sorted()
            guard rows.count <= Self.candidatesMax else {
                throw .request(.tooMany("residents", max: Self.candidatesMax))
            }
            var ids = try reader.residentIDs(of: rows)
            let keys = ids.values.map(\.keyID)
            let shredded = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.shredded(among: keys)
            }
            ids = ids.filter { !shredded.contains($1.keyID) }
            let opener = ValueOpener(
                keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
            let values = try reader.values(of: ids.keys.sorted(), fields: [field.id])
            let meant = try opener.open(values) { ids[$0] }.filter { isMeant($0.text) }
            return Set(meant.map(\.stored.resident)).sorted()
        }
    }
}

/// The index entries of a resident's value, one for each version of the key, newest first; none where the field has no
/// index or the value no term.
func indexEntries(
    of text: String, field: FieldDefinition, resident: ResidentID, keyring: Keyring
) throws(GatewayError) -> [BlindIndexEntry] {
    guard let index = field.index, let term = index.term(of: text) else { return [] }
    let values = try inCrypto { () throws(FieldCryptoError) in
        try keyring.blindIndex(
            Array(term.utf8), of: resident.keyID, index: field.id.text, bits: index.bits,
            partitions: index.partitions)
    }
    return values.map { BlindIndexEntry(version: $0.version, bits: $0.bytes) }
}
