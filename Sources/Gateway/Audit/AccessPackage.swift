package import FieldCrypto
import JSONText
import ResidentModel
package import TransparencyLog

/// All that a resident needs to verify, with nothing of ours, who looked at them and that nothing is missing.
///
/// The form of its files stands in `Docs/Formats.md`, under `hangu/accesses/1`.
package struct AccessPackage: Sendable {
    /// One entry about the resident.
    package struct Evidence: Sendable {
        package let entry: OpenedEntry
        /// 112 bytes.
        package let leaf: [UInt8]
        /// The tlog-proof that the leaf is in the log.
        package let proof: [UInt8]
        let operational: OpenedDetail?
        let subject: OpenedDetail?
    }

    /// The newest map root in the log, and the way from it to the resident's place.
    package struct MapEvidence: Sendable {
        package let root: Evidence
        package let proof: MapProof
    }

    /// The log's public key; the receiver should have it from somewhere else too.
    package let logKey: String
    /// The checkpoint that all proofs lead to: the newest that witnesses cosigned, if it covers them all.
    package let checkpoint: Checkpoint
    /// Oldest first.
    package let entries: [Evidence]
    /// The random value that the resident's chain began with; nil where their key is destroyed.
    package let chainStart: SHA256Digest?
    /// Nil before the first map root.
    package let map: MapEvidence?
    /// What a check of the package, as its receiver can make it, comes to.
    package let completeness: Completeness

    /// How far the list is proved to be whole.
    package enum Completeness: Hashable, Sendable {
        /// The map's count and chain are those of the entries before its root; later ones are not covered yet.
        case proved(covered: Int, later: Int)
        /// No map root is in the log yet.
        case noMap
        /// The list is not what the map says: entries are missing or were changed.
        case broken(String)
    }
}

extension AccessHistory {
    /// Makes the package of one resident.
    ///
    /// - Parameter citizenNumber: Whose it is, as the caller wrote it.
    /// - Returns: Entries, proofs and the map's word on them.
    /// - Throws: ``GatewayError``.
    package func package(citizenNumber: String) throws(GatewayError) -> AccessPackage {
        try packaging(citizenNumber) { packaging, resident throws(GatewayError) in
            try packaging.package(of: resident)
        }
    }

    /// What the check of the package would come to, for who wants no package: nearly nothing is opened for it.
    ///
    /// - Parameter citizenNumber: Whose it is, as the caller wrote it.
    /// - Returns: How far the list is proved to be whole.
    /// - Throws: ``GatewayError``.
    package func completeness(
        citizenNumber: String
    ) throws(GatewayError) -> AccessPackage.Completeness {
        try packaging(citizenNumber) { packaging, resident throws(GatewayError) in
            try packaging.completeness(of: resident)
        }
    }

    private func packaging<Result>(
        _ citizenNumber: String,
        _ body: (AccessPackaging, ResidentNumber) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try parts.store.read { reader throws(GatewayError) in
            guard let resident = try row(citizenNumber: citizenNumber, in: reader) else {
                throw .request(.noSuchResident)
            }
            return try body(AccessPackaging(parts: parts, reader: reader), resident)
        }
    }
}

/// Gathers a package within one state of the store.
private struct AccessPackaging {
    let parts: GatewayParts
    let reader: any StoreReader

    func package(of resident: ResidentNumber) throws(GatewayError) -> AccessPackage {
        let mine = try allEntries(of: resident)
        let root = try reader.newestMapRoot()
        let last = max(mine.last?.index ?? 0, root?.index ?? 0)
        guard let stored = try LogFiles(log: parts.log, reader: reader).checkpoint(covering: last)
        else { throw .store(.corrupt(what: "no checkpoint covers the newest entries")) }
        let key = try parts.log.history(in: reader).signer(of: stored.size)
        let checkpoint = try inLog { () throws(TransparencyLogError) in
            try Checkpoint.verified(Array(stored.note.utf8), log: key).checkpoint
        }
        let id = try self.id(of: resident)
        var chainStart: SHA256Digest?
        var entries: [AccessPackage.Evidence] = []
        for entry in mine {
            let opened = try open(entry, of: id)
            if entries.isEmpty { chainStart = opened.chainStart }
            entries.append(try evidence(opened, under: stored))
        }
        let map = try root.map { root throws(GatewayError) in
            try mapEvidence(root, of: resident, under: stored)
        }
        return AccessPackage(
            logKey: key.encoded, checkpoint: checkpoint, entries: entries, chainStart: chainStart,
            map: map,
            completeness: ResidentChainCheck(start: chainStart).check(
                entries.map { ($0.entry.index, $0.entry.leaf) },
                map: map.map { MapWord(root: $0.root.entry, proof: $0.proof) }))
    }

    func completeness(of resident: ResidentNumber) throws(GatewayError)
        -> AccessPackage.Completeness
    {
        let mine = try allEntries(of: resident)
        let id = try self.id(of: resident)
        let chainStart = try mine.first.flatMap { first throws(GatewayError) in
            try open(first, of: id).chainStart
        }
        let map = try reader.newestMapRoot().map { root throws(GatewayError) in
            try MapWord(root: open(rootEntry(root), of: nil).opened, proof: proof(of: resident))
        }
        var leaves: [(index: UInt64, leaf: AuditLeaf)] = []
        for entry in mine { leaves.append((entry.index, try leaf(of: entry))) }
        return ResidentChainCheck(start: chainStart).check(leaves, map: map)
    }

    /// An entry with its details opened, each once.
    private struct Details {
        let stored: AuditEntry
        let opened: OpenedEntry
        let operational: OpenedDetail
        let subject: OpenedDetail?

        /// The value that the resident's chain began with, which their first entry tells.
        var chainStart: SHA256Digest? {
            opened.subject?["chainStart"]?.string.flatMap { SHA256Digest(bytes(hexadecimal: $0)) }
        }
    }

    private func leaf(of entry: AuditEntry) throws(GatewayError) -> AuditLeaf {
        do { return try AuditLeaf(bytes: entry.leaf) } catch { throw .log(error) }
    }

    /// Opens both details; `id` is nil where the entry is about nobody.
    private func open(
        _ entry: AuditEntry, of id: ResidentID?
    ) throws(GatewayError) -> Details {
        let details = parts.log.details
        let leaf = try leaf(of: entry)
        let operational = try details.operational(of: entry, leaf: leaf)
        let subject = try id.flatMap { id throws(GatewayError) in
            try details.subject(of: entry, leaf: leaf, resident: id)
        }
        return Details(
            stored: entry,
            opened: OpenedEntry(
                index: entry.index, leaf: leaf, operational: operational, subject: subject,
                isSubjectGone: id != nil && subject == nil),
            operational: operational, subject: subject)
    }

    private func id(of resident: ResidentNumber) throws(GatewayError) -> ResidentID {
        guard let id = try reader.residentIDs(of: [resident])[resident] else {
            throw .store(.corrupt(what: "an entry concerns a resident who is not there"))
        }
        return id
    }

    private func allEntries(of resident: ResidentNumber) throws(GatewayError) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        var before = UInt64.max
        while true {
            let page = try reader.entries(
                of: resident, before: before, limit: AccessHistory.entriesMax)
            guard let last = page.last else { return entries.reversed() }
            entries += page
            before = last.index
        }
    }

    private func evidence(
        _ details: Details, under checkpoint: StoredCheckpoint
    ) throws(GatewayError) -> AccessPackage.Evidence {
        let whole = details.opened
        let withheld = try Withholding.of(
            whole, on: parts.clock.today, details: parts.log.details, reader: reader)
        let proof = try LogFiles(log: parts.log, reader: reader)
            .receipt(of: whole.index, under: checkpoint)
        if let withheld {
            return AccessPackage.Evidence(
                entry: OpenedEntry(withheld: withheld, index: whole.index, leaf: whole.leaf),
                leaf: details.stored.leaf, proof: proof, operational: nil, subject: nil)
        }
        return AccessPackage.Evidence(
            entry: whole, leaf: details.stored.leaf, proof: proof,
            operational: details.operational, subject: details.subject)
    }

    private func mapEvidence(
        _ root: StoredMapRoot, of resident: ResidentNumber, under checkpoint: StoredCheckpoint
    ) throws(GatewayError) -> AccessPackage.MapEvidence {
        let details = try open(rootEntry(root), of: nil)
        return AccessPackage.MapEvidence(
            root: AccessPackage.Evidence(
                entry: details.opened, leaf: details.stored.leaf,
                proof: try LogFiles(log: parts.log, reader: reader)
                    .receipt(of: root.index, under: checkpoint),
                operational: details.operational, subject: nil),
            proof: try proof(of: resident))
    }

    private func rootEntry(_ root: StoredMapRoot) throws(GatewayError) -> AuditEntry {
        guard let entry = try reader.entries(from: root.index, limit: 1).first,
            entry.index == root.index
        else { throw .store(.corrupt(what: "the entry of the newest map root is missing")) }
        return entry
    }

    private func proof(of resident: ResidentNumber) throws(GatewayError) -> MapProof {
        let place = try ResidentMap(parts).place(of: resident, in: reader)
        return try SparseMap(StoredMap(reader: reader, writer: nil)).proof(of: place)
    }
}

/// A map root's entry, and the way from the root to the resident's place.
struct MapWord {
    let root: OpenedEntry
    let proof: MapProof
}

/// The check that the receiver of a package can make, made before it is handed out.
struct ResidentChainCheck {
    let start: SHA256Digest?

    func check(
        _ entries: [(index: UInt64, leaf: AuditLeaf)], map: MapWord?
    ) -> AccessPackage.Completeness {
        var chain = start
        var covered = 0
        var coveredChain: SHA256Digest?
        for (index, leaf) in entries {
            guard let subject = leaf.subject else { return .broken("entry \(index) is nobody's") }
            if let chain,
                AuditCommitment.chain(after: chain, commitment: subject.commitment)
                    != subject.chain
            {
                return .broken("entry \(index) does not follow the one before")
            }
            chain = subject.chain
            if let map, index < map.root.index {
                covered += 1
                coveredChain = chain
            }
        }
        guard let map else { return .noMap }
        let root = map.root.operational["root"]?.string ?? ""
        guard let digest = SHA256Digest(bytes(hexadecimal: root)) else {
            return .broken("the map root's entry has no root")
        }
        do {
            let held = try map.proof.verify(root: digest)
            guard held?.count ?? 0 == UInt64(covered), held?.chain == coveredChain else {
                return .broken(
                    "the map counts \(held?.count ?? 0) entries, the list has \(covered)")
            }
        } catch { return .broken("\(error)") }
        return .proved(covered: covered, later: entries.count - covered)
    }
}
