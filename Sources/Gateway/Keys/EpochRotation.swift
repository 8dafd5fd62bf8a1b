package import FieldCrypto

extension KeyRotation {
    /// Begins an epoch: wraps all residents' keys under a new key and destroys the epoch before the last.
    ///
    /// A copy of the keys made two epochs ago then opens nothing any more.
    ///
    /// - Parameters:
    ///   - family: Whose algorithms the home works with from now on; nil for those it has.
    ///   - progress: Called after each batch; a true answer stops between two batches, and the next run goes on.
    /// - Returns: What was done.
    /// - Throws: ``GatewayError``.
    package func rotateEpoch(
        to family: CryptoFamily? = nil,
        progress: @escaping (KeyProgress) -> Bool = { _ in false }
    ) throws(GatewayError) -> KeyRotationReport {
        var (job, isResumed) = try begin(
            .epoch, name: "", version: newest(.epoch, "") + 1)
        let before = job.done
        try makeVersion(.epoch, of: job, suite: family?.suite)
        if job.state == .running {
            let counts = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.residentKeyCounts()
            }
            let left = counts.filter { $0.key < job.version }.values.reduce(0, +)
            let call = KeyProgressCall(total: Int(job.done) + left, show: progress)
            while true {
                let count = try inCrypto { () throws(FieldCryptoError) in
                    try parts.keyring.rewrapResidentKeys(limit: batchMax)
                }
                if count == 0 { break }
                job.done += Int64(count)
                let kept = job
                try parts.store.write { writer throws(GatewayError) in try writer.keep(kept) }
                try call(job)
            }
        }
        for key in parts.keyring.keyNames
        where key.kind == .epoch && key.version + 2 <= job.version {
            try inCrypto { () throws(FieldCryptoError) in try parts.keyring.remove(key) }
        }
        try parts.store.write { writer throws(GatewayError) in try writer.advanceRing() }
        try finish(&job)
        return KeyRotationReport(
            job: job, isResumed: isResumed, doneNow: Int(job.done - before))
    }
}
