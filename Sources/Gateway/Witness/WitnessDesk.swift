import FieldCrypto
package import TransparencyLog

/// Asks the log's witnesses, and tells how far they have followed.
///
/// No answer to anybody waits for it: it reads a checkpoint that is already durable, asks, and keeps what came back.
package struct WitnessDesk: Sendable {
    /// After so many milliseconds a witness that gave no cosignature is asked again, doubled with each failure.
    static let backoffMilliseconds: Int64 = 1_000
    static let backoffMillisecondsMax: Int64 = 300_000

    let parts: GatewayParts
    package let policy: WitnessPolicy

    /// - Throws: ``GatewayError/log(_:)`` where the policy names logs, and this home's is not among them.
    package init(_ parts: GatewayParts, policy: WitnessPolicy) throws(GatewayError) {
        self.parts = parts
        self.policy = policy
        let key = try parts.store.read { reader throws(GatewayError) in
            try parts.log.noteKey(in: reader)
        }
        guard policy.logs.isEmpty || policy.logs.contains(where: { $0.key == key }) else {
            throw .request(.unreadable("the witness policy names logs, and not this home's"))
        }
    }

    /// Asks every witness that has not cosigned the newest checkpoint and whose time has come, all at once.
    ///
    /// - Parameters:
    ///   - line: The way to them.
    ///   - isPatient: Whether a witness that failed lately is left alone for a while.
    /// - Returns: What came of it; it is kept when the call returns.
    /// - Throws: ``GatewayError`` of the store; what a witness does wrong is no error but its outcome.
    package func ask(
        over line: any WitnessLine, isPatient: Bool = true
    ) async throws(GatewayError) -> WitnessReport {
        let now = parts.clock.milliseconds
        let round = try await parts.threads.run { () throws(GatewayError) in
            try prepare(now: now, isPatient: isPatient)
        }
        guard let round else { return try await reportBeside() }
        let answers = await withTaskGroup(of: WitnessRound.Answer.self) { group in
            for ask in round.asks {
                group.addTask { await round.answer(to: ask, over: line) }
            }
            var answers: [WitnessRound.Answer] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        try await parts.threads.run { () throws(GatewayError) in
            try keep(answers, of: round, now: now)
        }
        return try await reportBeside()
    }

    private func reportBeside() async throws(GatewayError) -> WitnessReport {
        try await parts.threads.run { () throws(GatewayError) in try report() }
    }

    private func prepare(now: Int64, isPatient: Bool) throws(GatewayError) -> WitnessRound? {
        try parts.store.read { reader throws(GatewayError) in
            guard let newest = try reader.newestCheckpoint() else { return nil }
            let log = try parts.log.history(in: reader).signer(of: newest.size)
            let checkpoint = try inLog { () throws(TransparencyLogError) in
                try Checkpoint.verified(Array(newest.note.utf8), log: log).checkpoint
            }
            var signed: Set<NoteKey> = []
            if let cosigned = try reader.cosigned(of: newest.size) {
                let found = try inLog { () throws(TransparencyLogError) in
                    try policy.examine(Array(cosigned.note.utf8), log: log)
                }
                signed = Set(found.witnesses.map(\.key))
            }
            let standings = try standings(in: reader)
            let asks = policy.witnesses.filter { !signed.contains($0.key) }.map {
                WitnessRound.Ask(
                    witness: $0, standing: standings[$0.key.encoded] ?? .init(key: $0.key.encoded))
            }.filter { !isPatient || $0.standing.notBefore <= now }
            guard !asks.isEmpty else { return nil }
            return WitnessRound(
                checkpoint: checkpoint, note: newest.note, asks: asks, parts: parts,
                seconds: UInt64(clamping: now / 1_000))
        }
    }

    /// Keeps what witnesses said: their lines under the checkpoint, and where each stands.
    private func keep(
        _ answers: [WitnessRound.Answer], of round: WitnessRound, now: Int64
    ) throws(GatewayError) {
        try parts.store.write { writer throws(GatewayError) in
            let size = round.checkpoint.size
            let before = try writer.cosigned(of: size)?.note ?? round.note
            var note = try inLog { () throws(TransparencyLogError) in
                try SignedNote(parsing: Array(before.utf8))
            }
            var hasNew = false
            for case (_, let signature?) in answers.map({ ($0.ask, $0.signature) })
            where !note.signatures.contains(signature) && !note.isFull {
                note.add(signature)
                hasNew = true
            }
            if hasNew {
                let text = String(decoding: note.bytes, as: UTF8.self)
                try writer.putCosigned(StoredCheckpoint(size: size, note: text))
            }
            for answer in answers {
                try writer.putWitnessStanding(standing(after: answer, size: size, now: now))
            }
        }
    }

    private func standing(
        after answer: WitnessRound.Answer, size: UInt64, now: Int64
    ) -> WitnessStanding {
        var standing = answer.ask.standing
        standing.outcome = answer.outcome
        standing.askedAt = now
        if answer.outcome == .cosigned {
            standing.size = size
            standing.failures = 0
            standing.notBefore = 0
        } else {
            standing.failures = min(standing.failures + 1, 30)
            let wait = Self.backoffMilliseconds << Int64(min(standing.failures - 1, 20))
            standing.notBefore = now + min(wait, Self.backoffMillisecondsMax)
        }
        return standing
    }

    private func standings(
        in reader: any StoreReader
    ) throws(GatewayError) -> [String: WitnessStanding] {
        Dictionary(try reader.witnessStandings().map { ($0.key, $0) }) { first, _ in first }
    }

    /// How far the witnesses have followed, from what is kept.
    package func report() throws(GatewayError) -> WitnessReport {
        try parts.store.read { reader throws(GatewayError) in
            let standings = try standings(in: reader)
            let size = try reader.newestCheckpoint()?.size ?? 0
            return WitnessReport(
                size: size, quorum: try newestQuorum(in: reader),
                witnesses: policy.witnesses.map { witness in
                    WitnessReport.Line(
                        witness: witness,
                        standing: standings[witness.key.encoded]
                            ?? .init(key: witness.key.encoded))
                }, policy: policy)
        }
    }

    /// The newest cosigned checkpoint that has a quorum.
    private func newestQuorum(in reader: any StoreReader) throws(GatewayError) -> StoredCheckpoint?
    {
        let keys = try parts.log.history(in: reader)
        var below = UInt64.max
        while true {
            let page = try reader.cosigned(below: below, limit: 64)
            guard let last = page.last else { return nil }
            for stored in page {
                // Signatures are checked only where they can come to a quorum: a log whose witnesses are down keeps many
                // checkpoints that have none.
                guard try isQuorumClaimed(by: stored) else { continue }
                let log = try keys.signer(of: stored.size)
                let found = try inLog { () throws(TransparencyLogError) in
                    try policy.examine(Array(stored.note.utf8), log: log)
                }
                if found.isQuorum { return stored }
            }
            below = last.size
        }
    }

    /// Whether the lines under a checkpoint would be a quorum if all of them were right.
    private func isQuorumClaimed(by stored: StoredCheckpoint) throws(GatewayError) -> Bool {
        let note = try inLog { () throws(TransparencyLogError) in
            try SignedNote(parsing: Array(stored.note.utf8))
        }
        return policy.isQuorum(
            policy.witnesses.map(\.key).filter { key in
                note.signatures.contains { $0.name == key.name && $0.keyID == key.id }
            })
    }
}

/// How far witnesses have followed the log.
package struct WitnessReport: Sendable {
    package struct Line: Sendable {
        package let witness: WitnessPolicy.Witness
        package let standing: WitnessStanding
    }

    /// How many entries the log has.
    package let size: UInt64
    /// The newest checkpoint that a quorum cosigned; nil before the first.
    package let quorum: StoredCheckpoint?
    /// In the order of the policy.
    package let witnesses: [Line]
    private let policy: WitnessPolicy

    init(
        size: UInt64, quorum: StoredCheckpoint?, witnesses: [Line], policy: WitnessPolicy
    ) {
        self.size = size
        self.quorum = quorum
        self.witnesses = witnesses
        self.policy = policy
    }

    /// How many entries no quorum has cosigned yet.
    package var lag: UInt64 { size - min(quorum?.size ?? 0, size) }

    /// Whether a quorum cosigned the newest checkpoint, or the policy asks for none.
    package var isQuorate: Bool { policy.isQuorum([NoteKey]()) || (quorum != nil && lag == 0) }

    /// Those who say that this log is not the one they know, or is older.
    package var opponents: [Line] { witnesses.filter { $0.standing.outcome.isAgainst } }

    /// Whether so many speak against this log that there can be no quorum: the home was put back to an older state or
    /// rewritten, or those witnesses lie together.
    package var isContradicted: Bool {
        !isQuorate && !opponents.isEmpty
            && !policy.isQuorumPossible(without: Set(opponents.map(\.witness.name)))
    }
}
