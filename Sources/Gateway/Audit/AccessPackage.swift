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
        try parts.store.read { reader throws(GatewayError) in
            guard let resident = try row(citizenNumber: citizenNumber, in: reader) else {
                throw .request(.noSuchResident)
            }
            return try AccessPackaging(parts: parts, reader: reader).package(of: resident)
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
        var chainStart: SHA256Digest?
        var entries: [AccessPackage.Evidence] = []
        for entry in mine {
            let whole = try OpenedEntry(entry, details: parts.log.details, reader: reader)
            if entries.isEmpty, let start = whole.subject?["chainStart"]?.string {
                chainStart = SHA256Digest(bytes(hexadecimal: start))
            }
            entries.append(try evidence(entry, whole, of: resident, under: stored))
        }
        var map: AccessPackage.MapEvidence?
        if let root {
            map = try mapEvidence(root, of: resident, under: stored)
        }
        return AccessPackage(
            logKey: key.encoded, checkpoint: checkpoint, entries: entries, chainStart: chainStart,
            map: map,
            completeness: ResidentChainCheck(start: chainStart).check(
                entries.map { ($0.entry.index, $0.entry.leaf) }, map: map))
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
        _ entry: AuditEntry, _ whole: OpenedEntry, of resident: ResidentNumber,
        under checkpoint: StoredCheckpoint
    ) throws(GatewayError) -> AccessPackage.Evidence {
        let withheld = try Withholding.of(
            whole, on: parts.clock.today, details: parts.log.details, reader: reader)
        let proof = try LogFiles(log: parts.log, reader: reader)
            .receipt(of: entry.index, under: checkpoint)
        if let withheld {
            return AccessPackage.Evidence(
                entry: OpenedEntry(withheld: withheld, index: whole.index, leaf: whole.leaf),
                leaf: entry.leaf, proof: proof, operational: nil, subject: nil)
        }
        guard let id = try reader.residentIDs(of: [resident])[resident] else {
            throw .store(.corrupt(what: "an entry concerns a resident who is not there"))
        }
        return AccessPackage.Evidence(
            entry: whole, leaf: entry.leaf, proof: proof,
            operational: try parts.log.details.operational(of: entry, leaf: whole.leaf),
            subject: try parts.log.details.subject(of: entry, leaf: whole.leaf, resident: id))
    }

    private func mapEvidence(
        _ root: StoredMapRoot, of resident: ResidentNumber, under checkpoint: StoredCheckpoint
    ) throws(GatewayError) -> AccessPackage.MapEvidence {
        guard let entry = try reader.entries(from: root.index, limit: 1).first,
            entry.index == root.index
        else { throw .store(.corrupt(what: "the entry of the newest map root is missing")) }
        let whole = try OpenedEntry(entry, details: parts.log.details, reader: reader)
        let place = try ResidentMap(parts).place(of: resident, in: reader)
        return AccessPackage.MapEvidence(
            root: AccessPackage.Evidence(
                entry: whole, leaf: entry.leaf,
                proof: try LogFiles(log: parts.log, reader: reader)
                    .receipt(of: entry.index, under: checkpoint),
                operational: try parts.log.details.operational(of: entry, leaf: whole.leaf),
                subject: nil),
            proof: try SparseMap(StoredMap(reader: reader, writer: nil)).proof(of: place))
    }
}

/// The check that the receiver of a package can make, made before it is handed out.
struct ResidentChainCheck {
    let start: SHA256Digest?

    func check(
        _ entries: [(index: UInt64, leaf: AuditLeaf)], map: AccessPackage.MapEvidence?
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
            if let map, index < map.root.entry.index {
                covered += 1
                coveredChain = chain
            }
        }
        guard let map else { return .noMap }
        let root = map.root.entry.operational["root"]?.string ?? ""
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
