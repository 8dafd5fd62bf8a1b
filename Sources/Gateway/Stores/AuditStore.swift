/// Reading of the audit log as it is kept.
package protocol AuditReader {
    /// How many entries there are.
    func treeSize() throws(GatewayError) -> UInt64

    /// The hashes of one tile, 32 bytes each; nil where there is none.
    func tile(level: Int, index: UInt64) throws(GatewayError) -> [UInt8]?

    /// The newest signed checkpoint, or nil in an empty log.
    func newestCheckpoint() throws(GatewayError) -> StoredCheckpoint?

    /// Signed checkpoints in the order of their sizes, from one size on.
    func checkpoints(from size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint]

    /// Entries in order, from one index on.
    func entries(from index: UInt64, limit: Int) throws(GatewayError) -> [AuditEntry]

    /// Hands out leaves in order, from one index on, without their details.
    ///
    /// - Parameters:
    ///   - index: The first entry.
    ///   - limit: How many at most.
    ///   - body: Is given each leaf where the store keeps it.
    /// - Returns: How many there were.
    /// - Throws: ``StoreError/corrupt(what:)`` where an entry between others is missing.
    func leaves(
        from index: UInt64, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(GatewayError) -> Int

    /// Entries about one resident, newest first, before an index.
    func entries(
        of resident: ResidentNumber, before index: UInt64, limit: Int
    ) throws(GatewayError) -> [AuditEntry]

    /// The running hash over one resident's entries; nil before the first.
    func chain(of resident: ResidentNumber) throws(GatewayError) -> [UInt8]?

    /// Where the chains of residents go on whose first entries were removed: the running hash before the first of
    /// theirs that is left.
    func chainRestarts() throws(GatewayError) -> [ResidentNumber: [UInt8]]

    /// How many residents have a running hash.
    func chainCount() throws(GatewayError) -> Int

    /// The policy bundle in force: its epoch and its hash.
    func policyEpoch() throws(GatewayError) -> PolicyEpoch?
}

/// Appending to the audit log; nothing is ever changed, and removed only from the beginning, by ``RetentionDesk``.
package protocol AuditWriter: AuditReader {
    func append(_ entry: AuditEntry) throws(GatewayError)
    func putTile(level: Int, index: UInt64, hashes: [UInt8]) throws(GatewayError)
    func putCheckpoint(_ checkpoint: StoredCheckpoint) throws(GatewayError)
    /// Removes leaves and details of old entries; hashes and checkpoints stay, and so does each resident's running
    /// hash at the last of theirs that went.
    func removeEntries(below index: UInt64) throws(GatewayError)
    func setChain(_ chain: [UInt8], of resident: ResidentNumber) throws(GatewayError)
    func startPolicyEpoch(_ epoch: PolicyEpoch) throws(GatewayError)
}

/// One entry: the public leaf and its two sealed details.
package struct AuditEntry: Sendable {
    package let index: UInt64
    /// 112 bytes, public.
    package let leaf: [UInt8]
    /// Salt and operational detail, sealed under the audit class.
    package let operational: [UInt8]
    /// Salt and subject detail, sealed under the resident's audit key; nil where the entry has no subject.
    package let subject: [UInt8]?
    package let resident: ResidentNumber?

    package init(
        index: UInt64, leaf: [UInt8], operational: [UInt8], subject: [UInt8]?,
        resident: ResidentNumber?
    ) {
        self.index = index
        self.leaf = leaf
        self.operational = operational
        self.subject = subject
        self.resident = resident
    }
}

/// A signed checkpoint, one for each size at most.
package struct StoredCheckpoint: Hashable, Sendable {
    package let size: UInt64
    /// The signed note.
    package let note: String

    package init(size: UInt64, note: String) {
        self.size = size
        self.note = note
    }
}

/// The period in which one policy bundle decides.
package struct PolicyEpoch: Hashable, Sendable {
    /// From 1.
    package let number: UInt32
    /// SHA-256 over all files of the bundle, in hexadecimal.
    package let bundleHash: String

    package init(number: UInt32, bundleHash: String) {
        self.number = number
        self.bundleHash = bundleHash
    }
}
