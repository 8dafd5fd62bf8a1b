import TransparencyLog

/// One asking of several witnesses about one checkpoint.
struct WitnessRound: Sendable {
    struct Ask: Sendable {
        let witness: WitnessPolicy.Witness
        let standing: WitnessStanding
    }

    struct Answer: Sendable {
        let ask: Ask
        let outcome: WitnessOutcome
        /// Verified over the checkpoint, where the outcome is ``WitnessOutcome/cosigned``.
        let signature: NoteSignature?

        init(_ ask: Ask, _ outcome: WitnessOutcome, signature: NoteSignature? = nil) {
            self.ask = ask
            self.outcome = outcome
            self.signature = signature
        }
    }

    let checkpoint: Checkpoint
    /// The checkpoint as the log signed it.
    let note: String
    let asks: [Ask]
    let parts: GatewayParts
    let seconds: UInt64

    /// Asks one witness; a second time where it knows another size than was thought.
    func answer(to ask: Ask, over line: any WitnessLine) async -> Answer {
        guard let url = ask.witness.url else { return Answer(ask, .noAddress) }
        var oldSize = min(ask.standing.size, checkpoint.size)
        for _ in 0..<2 {
            let reply: WitnessReply
            do {
                let request = AddCheckpoint(
                    oldSize: oldSize, hashes: try await proof(from: oldSize).hashes,
                    checkpoint: Array(note.utf8))
                reply = try await line.addCheckpoint(request.body, at: url)
            } catch let error as WitnessUnreachable {
                return Answer(ask, .unreachable(error.reason))
            } catch {
                return Answer(ask, .unreachable("no proof could be made for it"))
            }
            switch reply.judged(
                for: checkpoint, from: oldSize, key: ask.witness.key, at: seconds)
            {
            case .cosigned(let signature): return Answer(ask, .cosigned, signature: signature)
            case .contradicts: return Answer(ask, .contradicts)
            case .refused(let status): return Answer(ask, .refused(status: status))
            case .lied(let lie): return Answer(ask, .lied(lie))
            case .hasSize(let size):
                guard size <= checkpoint.size else { return Answer(ask, .ahead(size)) }
                oldSize = size
            }
        }
        // It named two different sizes in one round: somebody else is asking it with this log's key.
        return Answer(ask, .unreachable("it is being asked by somebody else"))
    }

    private func proof(from oldSize: UInt64) async throws(GatewayError) -> ConsistencyProof {
        try await parts.threads.run { () throws(GatewayError) in
            try parts.store.read { reader throws(GatewayError) in
                try inLog { () throws(TransparencyLogError) in
                    try TiledTree(size: checkpoint.size, reader: StoredTiles(reader))
                        .consistencyProof(from: oldSize)
                }
            }
        }
    }
}
