package import TransparencyLog

/// Reading of the map over all residents' entries.
package protocol ResidentMapReader {
    /// What the map holds of a resident, or nil where it does not have them yet.
    func mapEntry(of resident: ResidentNumber) throws(GatewayError) -> MapEntry?

    /// The entries whose keys begin with these 16 bits.
    func mapEntries(inBucket bucket: UInt16) throws(GatewayError) -> [MapEntry]

    func mapPage(_ number: Int) throws(GatewayError) -> [UInt8]?

    /// The newest root that is in the log.
    func newestMapRoot() throws(GatewayError) -> StoredMapRoot?

    /// How many entries of the log are about each resident, from one index on; nobody without any.
    func entryCounts(
        from index: UInt64
    ) throws(GatewayError) -> [(resident: ResidentNumber, count: UInt64)]
}

/// Keeping of the map; nobody is ever taken out of it.
package protocol ResidentMapWriter: ResidentMapReader {
    func putMapEntry(_ entry: MapEntry, of resident: ResidentNumber) throws(GatewayError)
    func putMapPage(_ number: Int, _ bytes: [UInt8]) throws(GatewayError)
    func putMapRoot(_ root: StoredMapRoot) throws(GatewayError)
}

/// A root of the map, and where in the log it stands.
package struct StoredMapRoot: Hashable, Sendable {
    /// The entry with the root; the map covers all entries before it.
    package let index: UInt64
    /// 32 bytes.
    package let root: [UInt8]

    package init(index: UInt64, root: [UInt8]) {
        self.index = index
        self.root = root
    }
}
