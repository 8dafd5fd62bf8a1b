/// Which entries an index offers for a filter, newest first, without reading those that it does not offer.
///
/// Walks blocks from the newest down. Each group of terms names the newest block in which it has anything, and the walk
/// goes on at the lowest of these, so the rarest term sets the pace.
package struct AuditQuery: Sendable {
    /// Of each group at least one term must be there.
    private let groups: [[Int64]]
    private let minutes: ClosedRange<UInt64>?

    package init(groups: [[Int64]], minutes: ClosedRange<UInt64>? = nil) {
        self.groups = groups
        self.minutes = minutes
    }

    /// Calls `visit` with each candidate below an entry, newest first, until it answers false.
    package func forEach(
        below entry: UInt64, in store: any AuditIndexStore,
        _ visit: (UInt64) throws(GatewayError) -> Bool
    ) throws(GatewayError) {
        guard entry > 0 else { return }
        var block = (entry - 1) / EntrySet.span
        while let found = try candidates(atOrBelow: block, in: store) {
            for offset in found.entries.offsets.reversed() {
                let candidate = found.block * EntrySet.span + UInt64(offset)
                if candidate < entry, try !visit(candidate) { return }
            }
            guard found.block > 0 else { return }
            block = found.block - 1
        }
    }

    /// The newest block at or below one in which every group has something, and what they have in common there.
    private func candidates(
        atOrBelow first: UInt64, in store: any AuditIndexStore
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)? {
        var block = first
        walk: while true {
            var common: EntrySet?
            for group in groups {
                guard let found = try newest(of: group, atOrBelow: block, in: store) else {
                    return nil
                }
                if found.block < block {
                    block = found.block
                    continue walk
                }
                common = common.map { $0.intersection(found.entries) } ?? found.entries
                if common?.isEmpty == true { break }
            }
            if let minutes, common?.isEmpty != true {
                let found = try bundles(within: minutes, atOrBelow: block, in: store)
                guard let found else { return nil }
                if found.block < block {
                    block = found.block
                    continue walk
                }
                common = common.map { $0.intersection(found.entries) } ?? found.entries
            }
            if let common, !common.isEmpty { return (block, common) }
            guard block > 0 else { return nil }
            block -= 1
        }
    }

    private func newest(
        of group: [Int64], atOrBelow block: UInt64, in store: any AuditIndexStore
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)? {
        var newest: (block: UInt64, entries: EntrySet)?
        for term in group {
            guard let found = try store.postings(of: term, atOrBelow: block) else { continue }
            guard let known = newest, known.block >= found.block else {
                newest = found
                continue
            }
            if known.block == found.block {
                newest = (known.block, known.entries.union(found.entries))
            }
        }
        return newest
    }

    /// The entries of one block whose bundles reach into a time.
    private func bundles(
        within minutes: ClosedRange<UInt64>, atOrBelow block: UInt64, in store: any AuditIndexStore
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)? {
        let first = try store.bundle(within: minutes, atOrBelow: block * 256 + 255)
        guard var bundle = first else { return nil }
        let block = bundle / 256
        var entries = EntrySet()
        while bundle / 256 == block {
            let start = UInt16(bundle % 256 * 256)
            entries = entries.union(EntrySet(run: start...start + 255))
            guard bundle > 0,
                let next = try store.bundle(within: minutes, atOrBelow: bundle - 1)
            else { break }
            bundle = next
        }
        return (block, entries)
    }
}
