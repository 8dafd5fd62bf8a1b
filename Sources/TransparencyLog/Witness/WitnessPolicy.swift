internal import FieldCrypto

/// Which logs and witnesses are known, and which of the witnesses must have cosigned (C2SP tlog-policy).
///
/// Names are bytes: two spellings that look alike, such as K and the Kelvin sign, are two names.
package struct WitnessPolicy: Hashable, Sendable {
    /// A log whose checkpoints are believed; its key's name is its origin.
    package struct Log: Hashable, Sendable {
        package let key: NoteKey
        package let url: String?
    }

    /// A witness; its key is of the kind cosignature/v1.
    package struct Witness: Hashable, Sendable {
        /// Its name in the policy, which nobody else needs to know.
        package let name: String
        package let key: NoteKey
        /// Where it takes checkpoints: `add-checkpoint` is asked below this address.
        package let url: String?
    }

    /// What a group, or the quorum, asks for.
    enum Demand: Hashable, Sendable {
        case nobody
        case witness(Int)
        /// At least so many of these.
        indirect case group(threshold: Int, members: [Demand])
    }

    /// In the order of the file.
    package let logs: [Log]
    /// In the order of the file.
    package let witnesses: [Witness]
    private let quorum: Demand

    /// Only ``WitnessPolicyReader`` makes one.
    init(logs: [Log], witnesses: [Witness], quorum: Demand) {
        self.logs = logs
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// Whether these keys together are a quorum.
    package func isQuorum(_ keys: some Sequence<NoteKey>) -> Bool {
        let keys = Set(keys)
        return isMet(quorum) { keys.contains(witnesses[$0].key) }
    }

    /// Whether there can be a quorum without these witnesses, by their names.
    package func isQuorumPossible(without names: Set<String>) -> Bool {
        isMet(quorum) { !names.contains(witnesses[$0].name) }
    }

    private func isMet(_ demand: Demand, _ hasSigned: (Int) -> Bool) -> Bool {
        switch demand {
        case .nobody: true
        case .witness(let index): hasSigned(index)
        case .group(let threshold, let members):
            members.count { isMet($0, hasSigned) } >= threshold
        }
    }
}

/// A checkpoint whose signature was checked, with the witnesses who cosigned it.
package struct WitnessedCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    /// In the order of the policy.
    package let witnesses: [WitnessPolicy.Witness]
    /// Whether they are a quorum.
    package let isQuorum: Bool
}

extension WitnessPolicy {
    /// Checks a cosigned checkpoint of one log.
    ///
    /// - Parameters:
    ///   - note: The checkpoint with its signatures.
    ///   - log: The log's key, whose name is the origin to expect.
    /// - Returns: The checkpoint and who cosigned it.
    /// - Throws: What ``Checkpoint/verified(_:log:witnesses:)`` throws; so also where one known witness's line is wrong.
    package func examine(
        _ note: [UInt8], log: NoteKey
    ) throws(TransparencyLogError) -> WitnessedCheckpoint {
        let verified = try Checkpoint.verified(note, log: log, witnesses: witnesses.map(\.key))
        let signers = Set(verified.note.signers)
        return WitnessedCheckpoint(
            checkpoint: verified.checkpoint,
            witnesses: witnesses.filter { signers.contains($0.key) }, isQuorum: isQuorum(signers))
    }
}
