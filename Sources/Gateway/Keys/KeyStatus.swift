import FieldCrypto
package import TransparencyLog

/// One version of one key, and what still sits under it.
package struct KeyStatusLine: Hashable, Sendable {
    package let kind: KeyJobKind
    package let name: String
    package let version: UInt32
    /// Minutes since 1970; nil where it is older than what the home recorded.
    package let since: Int64?
    /// Values, entries, residents' keys or pseudonyms under it.
    package let under: Int
    /// Whether it is the one that seals, fills or names now.
    package let isNewest: Bool
}

/// Everything that can be said of a home's keys without showing one.
package struct KeyStatus: Sendable {
    package let lines: [KeyStatusLine]
    /// Jobs that a stopped run left unfinished.
    package let unfinished: [KeyJob]
    /// The log's public keys, oldest first, each with the first size that it signs alone.
    package let logKeys: [(key: NoteKey, since: UInt64)]
    package let forgottenCount: Int
    /// Copies of the keys that were made before this minute open no resident's key any more; nil where there is no
    /// such time yet.
    package let copiesOpenSince: Int64?
}

extension KeyRotation {
    /// Every key of the home with its age and with what is under it.
    package func status() throws(GatewayError) -> KeyStatus {
        try inCrypto { () throws(FieldCryptoError) in try parts.keyring.reload() }
        let logKeys = try parts.log.noteKeys(in: parts.store)
        let epochs = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.residentKeyCounts()
        }
        let names = parts.keyring.keyNames
        let signing = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.signingKeyVersions(fieldClass: AuditLog.operationalClass)
        }
        return try parts.store.read { reader throws(GatewayError) in
            let jobs = try reader.keyJobs()
            let counts = try classCounts(reader)
            let indexes = try reader.indexCounts()
            let pseudonyms = try reader.pseudonymCounts()
            // After pruning the oldest entry that is left says nothing of how old the home is.
            let first = try reader.entries(from: 0, limit: 1).first { $0.index == 0 }
            let birth = first.flatMap { Self.minute(of: $0) }
            let lines = names.map { key in
                let under =
                    switch key.kind {
                    case .fieldClass:
                        (counts[key.name]?[UInt16(clamping: key.version)] ?? 0)
                            + (key.name == AuditLog.operationalClass
                                ? signing[UInt16(clamping: key.version)] ?? 0 : 0)
                    case .epoch: epochs[key.version] ?? 0
                    case .blindIndex: indexes[key.name]?[key.version] ?? 0
                    case .pseudonym: pseudonyms[key.name]?[key.version] ?? 0
                    }
                let kind = KeyJobKind(key.kind)
                let job = jobs.last {
                    $0.kind == kind && $0.name == key.name && $0.version == key.version
                }
                return KeyStatusLine(
                    kind: kind, name: key.name, version: key.version,
                    since: job?.startedAt ?? (key.version == 1 ? birth : nil), under: under,
                    isNewest: newest(key.kind, key.name) == key.version)
            }
            let oldest = names.filter { $0.kind == .epoch }.map(\.version).min() ?? 1
            let began = jobs.last { $0.kind == .epoch && $0.version == oldest }?.startedAt
            return KeyStatus(
                lines: lines, unfinished: jobs.filter { $0.state != .done }, logKeys: logKeys,
                forgottenCount: try reader.forgottenResidents().count,
                copiesOpenSince: began)
        }
    }

    private static func minute(of entry: AuditEntry) -> Int64? {
        do { return Int64(try AuditLeaf(bytes: entry.leaf).minute) } catch { return nil }
    }

    /// Sealed values by class and version.
    private func classCounts(
        _ reader: any StoreReader
    ) throws(GatewayError) -> [String: [UInt16: Int]] {
        let registry = SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
        var counts: [String: [UInt16: Int]] = [:]
        for column in SealedColumn.allCases {
            for count in try reader.sealedCounts(column) {
                var name = SealedRegistry.fieldClass(of: column)
                if name == nil { name = try registry.fieldClass(ofField: count.field) }
                guard let name else { continue }
                counts[name, default: [:]][count.version, default: 0] += count.count
            }
        }
        return counts
    }
}

extension KeyJobKind {
    init(_ kind: KeyKind) {
        self =
            switch kind {
            case .fieldClass: .fieldClass
            case .epoch: .epoch
            case .blindIndex: .blindIndex
            case .pseudonym: .pseudonym
            }
    }
}
