package import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// The map over all residents' entries, whose root the log carries once a day.
///
/// It lets one resident see that no entry about them is missing from what they are shown: the map holds their number
/// of entries and the end of their chain at a place that only they are told.
package struct ResidentMap: Sendable {
    /// The key of the ring that gives residents their places.
    package static let keyName = "audit-map"

    /// A root that was brought into the log.
    package struct Update: Sendable {
        /// The entry that carries it; the map covers all entries before.
        package let index: UInt64
        package let root: SHA256Digest
        /// How many residents had new entries.
        package let changed: Int
    }

    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Brings the map up to date and its root into the log, in one transaction.
    ///
    /// Only what changed since the root before is hashed. A resident whose key was destroyed keeps their entry: it is
    /// a commitment that tells nothing.
    package func update() throws(GatewayError) -> Update {
        try parts.write { writer throws(GatewayError) in try update(in: writer) }
    }

    /// The same, where the newest root is of another day and there are entries about residents since.
    ///
    /// Meant to be asked again and again: it writes, and keeps other writers waiting, only where it is due.
    package func updateIfDue() throws(GatewayError) -> Update? {
        guard try parts.store.read({ reader throws(GatewayError) in try isDue(in: reader) })
        else { return nil }
        return try parts.write { writer throws(GatewayError) in
            // Another process may have been faster.
            try isDue(in: writer) ? try update(in: writer) : nil
        }
    }

    private func isDue(in reader: any StoreReader) throws(GatewayError) -> Bool {
        let last = try reader.newestMapRoot()
        if let last, try day(of: last.index, in: reader) == parts.clock.today { return false }
        return try !reader.entryCounts(from: last?.index ?? 0).isEmpty
    }

    private func day(of index: UInt64, in reader: any StoreReader) throws(GatewayError)
        -> CalendarDate?
    {
        guard let entry = try reader.entries(from: index, limit: 1).first, entry.index == index
        else { throw .store(.corrupt(what: "the entry of the newest map root is missing")) }
        let leaf = try inLog { () throws(TransparencyLogError) in
            try AuditLeaf(bytes: entry.leaf)
        }
        return GatewayClock.day(atMilliseconds: Int64(clamping: leaf.minute) * 60_000)
    }

    private func update(in writer: any StoreWriter) throws(GatewayError) -> Update {
        let from = try writer.newestMapRoot()?.index ?? 0
        var changed: [SHA256Digest] = []
        for (resident, count) in try writer.entryCounts(from: from) {
            let known = try writer.mapEntry(of: resident)
            guard let chain = try writer.chain(of: resident).flatMap({ SHA256Digest($0) }) else {
                throw .store(.corrupt(what: "a resident with entries has no chain"))
            }
            let key: SHA256Digest
            if let known { key = known.key } else { key = try newPlace(of: resident, in: writer) }
            let entry = MapEntry(key: key, count: (known?.count ?? 0) + count, chain: chain)
            try writer.putMapEntry(entry, of: resident)
            changed.append(entry.key)
        }
        var map = SparseMap(StoredMap(reader: writer, writer: writer))
        let root = try map.update(changed)
        let receipts = try parts.log.append(
            [.mapRoot(root, changed: changed.count)], in: writer)
        guard let index = receipts.first?.index else {
            throw .store(.corrupt(what: "the log took an entry and gave no receipt"))
        }
        try writer.putMapRoot(StoredMapRoot(index: index, root: root.bytes))
        return Update(index: index, root: root, changed: changed.count)
    }

    /// What is wrong with the newest root: it must be that of the kept map and of the entry that carries it.
    static func faults(
        in reader: any StoreReader, details: AuditDetails
    ) throws(GatewayError) -> [String] {
        guard let newest = try reader.newestMapRoot() else { return [] }
        var faults: [String] = []
        if try SparseMap(StoredMap(reader: reader, writer: nil)).root().bytes != newest.root {
            faults.append("the residents' map is not that of its newest root")
        }
        guard let entry = try reader.entries(from: newest.index, limit: 1).first,
            entry.index == newest.index
        else { return faults + ["the entry of the newest map root is missing"] }
        let opened = try OpenedEntry(entry, details: details, reader: reader)
        if opened.leaf.type != .mapRoot
            || opened.operational["root"]?.string != hexadecimal(newest.root)
        {
            faults.append("entry \(newest.index) does not carry the newest map root")
        }
        return faults
    }

    /// HMAC-SHA-256(map key, resident id).
    ///
    /// A resident who is in the map keeps the place under the key version that first gave it.
    func place(
        of resident: ResidentNumber, in reader: any StoreReader
    ) throws(GatewayError) -> SHA256Digest {
        if let known = try reader.mapEntry(of: resident) { return known.key }
        return try newPlace(of: resident, in: reader)
    }

    private func newPlace(
        of resident: ResidentNumber, in reader: any StoreReader
    ) throws(GatewayError) -> SHA256Digest {
        guard let id = try reader.residentIDs(of: [resident])[resident] else {
            throw .store(.corrupt(what: "an entry concerns a resident who is not there"))
        }
        let values = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.blindIndex(id.bytes, index: Self.keyName, bits: 256)
        }
        guard let place = values.first.flatMap({ SHA256Digest($0.bytes) }) else {
            throw .store(.corrupt(what: "the map's key gave no place"))
        }
        return place
    }
}

/// The store as the log engine keeps a map in it.
struct StoredMap: MapStorage {
    let reader: any StoreReader
    /// Nil where the map is only read.
    let writer: (any StoreWriter)?

    func entries(inBucket bucket: UInt16) throws(GatewayError) -> [MapEntry] {
        try reader.mapEntries(inBucket: bucket)
    }

    func page(_ number: Int) throws(GatewayError) -> [UInt8]? { try reader.mapPage(number) }

    mutating func putPage(_ number: Int, _ bytes: [UInt8]) throws(GatewayError) {
        guard let writer else { preconditionFailure("a map that is only read is not updated") }
        try writer.putMapPage(number, bytes)
    }
}
