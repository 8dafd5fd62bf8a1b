import FieldCrypto
import ResidentModel
import TransparencyLog

/// Keeps the index behind the log's head, and compares it with the log.
///
/// The writer of the log does nothing for it: whoever reads brings it up to date first, in short transactions of a file
/// of its own. Losing it loses nothing.
package struct AuditIndex: Sendable {
    /// Entries opened and kept at a time.
    static let stepEntries = 2_048

    private let parts: GatewayParts
    private let store: any AuditIndexStore
    private let keys: TermKeys

    package init(_ parts: GatewayParts, store: any AuditIndexStore) {
        self.parts = parts
        self.store = store
        keys = TermKeys(keyring: parts.keyring)
    }

    /// Brings the index up to the log's present size.
    ///
    /// An index of another log, of a log that was put back, or under an older key is made anew.
    ///
    /// - Parameter progress: Called after each step with the entries done and all of them.
    /// - Returns: How far the index now reaches.
    /// - Throws: ``GatewayError``; what was kept before stays.
    @discardableResult
    package func catchUp(
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(GatewayError) -> UInt64 {
        let version = try keys.version()
        while true {
            var state = try store.state()
            let (fits, size, first) = try parts.store.read { reader throws(GatewayError) in
                (
                    try self.fits(state, version: version, in: reader), try reader.treeSize(),
                    try reader.entries(from: 0, limit: 1).first?.index ?? 0
                )
            }
            if !fits {
                try store.clear()
                state = nil
            }
            let next = max(state?.size ?? 0, first)
            guard next < size else { return size }
            let (addition, shredded) = try parts.store.read { reader throws(GatewayError) in
                try step(from: next, version: version, in: reader)
            }
            guard let addition else { return next }
            // First, since a run that ends before the index has moved on comes by here again.
            try forget(shredded)
            _ = try store.extend(addition, after: state)
            progress(addition.state.size, size)
        }
    }

    /// Removes what the index has from a resident's details, once their key is destroyed.
    package func forget(_ residents: Set<ResidentNumber>) throws(GatewayError) {
        for resident in residents {
            var before = UInt64.max
            while true {
                let entries = try parts.store.read { reader throws(GatewayError) in
                    try reader.entries(of: resident, before: before, limit: 1_024).map(\.index)
                }
                guard let last = entries.last else { break }
                try store.remove(entries)
                before = last
            }
        }
    }

    /// Derives every posting from the log again and compares.
    ///
    /// - Returns: The blocks of 65,536 entries whose postings are others: the index left something out, or has too
    ///   much. An empty answer means that it is whole.
    package func differingBlocks() throws(GatewayError) -> [UInt64] {
        let size = try catchUp()
        let version = try keys.version()
        var differing: [UInt64] = []
        var next: UInt64 = try parts.store.read { reader throws(GatewayError) in
            try reader.entries(from: 0, limit: 1).first?.index ?? 0
        }
        while next < size {
            let block = next / EntrySet.span
            let end = min(size, (block + 1) * EntrySet.span)
            var expected: [Int64: IndexedPosting] = [:]
            let first = next
            while next < end {
                let (addition, _) = try parts.store.read { reader throws(GatewayError) in
                    try step(from: next, version: version, limit: end - next, in: reader)
                }
                guard let addition else { break }
                for (term, posting) in addition.postings[block] ?? [:] {
                    expected[term, default: IndexedPosting()].merge(posting)
                }
                next = addition.state.size
            }
            if try !isSame(expected, block: block, from: first) { differing.append(block) }
            next = end
        }
        return differing
    }

    /// Whether the kept postings of a block are the expected ones, from an entry on: older ones may be pruned.
    private func isSame(
        _ expected: [Int64: IndexedPosting], block: UInt64, from first: UInt64
    ) throws(GatewayError) -> Bool {
        var kept = try store.postings(inBlock: block)
        if first % EntrySet.span > 0 {
            let run = EntrySet(run: 0...UInt16(first % EntrySet.span - 1))
            kept = kept.mapValues { posting in
                IndexedPosting(
                    entries: posting.entries.subtracting(run),
                    ofSubject: posting.ofSubject.subtracting(run))
            }
        }
        return kept.filter { !$0.value.entries.isEmpty } == expected
    }

    private func fits(
        _ state: AuditIndexState?, version: UInt32, in reader: any StoreReader
    ) throws(GatewayError) -> Bool {
        guard let state else { return true }
        guard state.keyVersion == version, state.size > 0 else { return false }
        let last = try reader.entries(from: state.size - 1, limit: 1).first
        guard let last else { return false }
        // An entry that is pruned cannot be compared; those after it are still this log's.
        return last.index >= state.size || sha256(last.leaf).bytes == state.lastLeaf
    }

    /// What the next entries add; nil where there are none.
    private func step(
        from first: UInt64, version: UInt32, limit: UInt64 = .max, in reader: any StoreReader
    ) throws(GatewayError) -> (AuditIndexAddition?, shredded: Set<ResidentNumber>) {
        let entries = try reader.entries(
            from: first, limit: Int(min(limit, UInt64(Self.stepEntries))))
        guard let last = entries.last else { return (nil, []) }
        var addition = AuditIndexAddition(
            state: AuditIndexState(
                size: last.index + 1, lastLeaf: sha256(last.leaf).bytes, keyVersion: version))
        // The entry about a forgetting does not say of whom; the store knows which entry is whose.
        let forgotten = try reader.forgottenResidents()
        let ids = try reader.residentIDs(of: entries.compactMap(\.resident))
        var known: [AuditTerm: Int64] = [:]
        for entry in entries {
            let opened = try OpenedEntry(entry, details: parts.log.details, reader: reader)
            let pseudonym = try entry.resident.flatMap { ids[$0] }.map { id throws(GatewayError) in
                try keys.pseudonym(of: id)
            }
            let terms = EntryTerms(opened, residentPseudonym: pseudonym)
            // Their key may still be in this process's memory.
            let isForgotten = entry.resident.map { forgotten[$0] != nil } ?? false
            addition.add(
                entry.index, lasting: try hashes(terms.lasting, &known),
                ofSubject: isForgotten ? [] : try hashes(terms.ofSubject, &known),
                minute: opened.leaf.minute)
        }
        let shredded = forgotten.filter { (first...last.index).contains($0.value) }.keys
        return (addition, Set(shredded))
    }

    private func hashes(
        _ terms: Set<AuditTerm>, _ known: inout [AuditTerm: Int64]
    ) throws(GatewayError) -> [Int64] {
        let unknown = terms.filter { known[$0] == nil }.sorted {
            ($0.kind.rawValue, $0.value) < ($1.kind.rawValue, $1.value)
        }
        for (term, hash) in zip(unknown, try keys.hashes(unknown)) { known[term] = hash }
        return terms.compactMap { known[$0] }
    }
}

extension IndexedPosting {
    mutating func merge(_ other: IndexedPosting) {
        entries = entries.union(other.entries)
        ofSubject = ofSubject.union(other.ofSubject)
    }
}
