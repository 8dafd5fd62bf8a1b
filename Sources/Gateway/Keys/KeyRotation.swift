import FieldCrypto

/// Rotates the keys of a home while it is at work, a batch at a time.
///
/// Each rotation is a job in the store, begun and ended with an entry in the log in the same transaction. What is done
/// already can be seen from the ciphertexts themselves, so a run that was killed is gone on with by the next one. Not
/// for two at a time: the caller holds the home's key lock.
package struct KeyRotation: Sendable {
    let parts: GatewayParts
    /// How many values one writing transaction replaces.
    let batchMax: Int

    package init(_ parts: GatewayParts, batchMax: Int = 4_096) {
        precondition(batchMax > 0, "a batch holds something")
        self.parts = parts
        self.batchMax = batchMax
    }

    /// The unfinished job of a kind and name, or a new one, whose entry in the log is durable when this returns.
    func begin(
        _ kind: KeyJobKind, name: String, version: @autoclosure () -> UInt32
    ) throws(GatewayError) -> (job: KeyJob, isResumed: Bool) {
        let open = try parts.store.read { reader throws(GatewayError) in
            try reader.keyJobs().first {
                $0.kind == kind && $0.name == name && $0.state != .done
            }
        }
        if let open { return (open, true) }
        let next = version()
        let job = try parts.write { writer throws(GatewayError) in
            let job = try writer.startJob(
                kind, name: name, version: next, resident: nil, at: parts.clock.minute)
            _ = try parts.log.append([.keyEvent(.rotationStarted, job)], in: writer)
            return job
        }
        return (job, false)
    }

    /// Marks a job as done, with its entry in the log.
    func finish(_ job: inout KeyJob) throws(GatewayError) {
        var ended = job
        ended.state = .done
        ended.finishedAt = parts.clock.minute
        try parts.write { writer throws(GatewayError) in
            try writer.keep(ended)
            _ = try parts.log.append([.keyEvent(.rotationFinished, ended)], in: writer)
        }
        job = ended
    }

    /// The newest version of a key, or 0.
    func newest(_ kind: KeyKind, _ name: String) -> UInt32 {
        parts.keyring.keyNames.filter { $0.kind == kind && $0.name == name }.map(\.version).max()
            ?? 0
    }

    /// Makes a job's version where the ring lacks it, and tells every process to seal under it from now on.
    func makeVersion(
        _ kind: KeyKind, of job: KeyJob, suite: CipherSuite? = nil
    ) throws(GatewayError) {
        try inCrypto { () throws(FieldCryptoError) in try parts.keyring.reload() }
        if newest(kind, job.name) < job.version {
            _ = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.addVersion(of: kind, name: job.name, suite: suite)
            }
        }
        try parts.store.write { writer throws(GatewayError) in try writer.advanceRing() }
    }

    /// Destroys every version of a key before a job's.
    func removeOldVersions(_ kind: KeyKind, of job: KeyJob) throws(GatewayError) {
        let old = parts.keyring.keyNames.filter {
            $0.kind == kind && $0.name == job.name && $0.version < job.version
        }
        for key in old {
            try inCrypto { () throws(FieldCryptoError) in try parts.keyring.remove(key) }
        }
        try parts.store.write { writer throws(GatewayError) in try writer.advanceRing() }
    }
}

/// Stops a rotation between two batches where the caller wishes it.
struct KeyProgressCall {
    let total: Int
    let show: (KeyProgress) -> Bool

    func callAsFunction(_ job: KeyJob) throws(GatewayError) {
        let progress = KeyProgress(
            kind: job.kind, name: job.name, done: Int(job.done), total: max(total, Int(job.done)))
        if show(progress) { throw .stopped }
    }
}
