package import FieldCrypto
import ResidentModel

extension KeyRotation {
    /// Brings a home from one family of algorithms to the other, while it is at work: the epoch first, since it says of
    /// which family new keys are, then every class key, every index key of a field and every pseudonym key that is not
    /// of it yet.
    ///
    /// What is done can be seen from the keys, and what was begun from the jobs, so that a run that was killed is gone
    /// on with. Pseudonyms of the other family stay valid until they are retired. The keys of record digests
    /// (`record-key`, `record-content`), of the log's index (`audit-term`) and of the residents' map (`audit-map`) stay
    /// what they are.
    ///
    /// - Parameters:
    ///   - family: The one to come to.
    ///   - progress: Called after each batch; a true answer stops between two batches, and the next run goes on.
    /// - Returns: What was done: the epoch's job, with the counts of all.
    /// - Throws: ``GatewayError``.
    package func rotateSuite(
        to family: CryptoFamily, progress: @escaping (KeyProgress) -> Bool = { _ in false }
    ) throws(GatewayError) -> KeyRotationReport {
        let unfinished = try parts.store.read { reader throws(GatewayError) in
            try reader.keyJobs().filter { $0.state != .done }
        }
        var reports: [KeyRotationReport] = []
        if parts.keyring.family != family || unfinished.contains(where: { $0.kind == .epoch }) {
            reports.append(try rotateEpoch(to: family, progress: progress))
        }
        // Before the entries that follow, so that the newest checkpoint has its signature when all is done.
        try inCrypto { () throws(FieldCryptoError) in
            try AuditLog.ensureNationalKey(of: parts.keyring)
        }
        for job in unfinished {
            if let report = try resumed(job, progress: progress) { reports.append(report) }
        }
        for key in others(than: family, .fieldClass) {
            reports.append(try rotateClass(key.name, progress: progress))
        }
        for key in others(than: family, .blindIndex)
        where parts.catalogue.field(FieldID(key.name)) != nil {
            reports.append(try rotateIndex(key.name, progress: progress))
        }
        for key in others(than: family, .pseudonym) {
            reports.append(try rotatePseudonym(key.name))
        }
        guard let first = reports.first else {
            throw .request(.unreadable("the home is of the family '\(family.rawValue)' already"))
        }
        return KeyRotationReport(
            job: first.job, isResumed: reports.contains { $0.isResumed },
            doneNow: reports.map(\.doneNow).reduce(0, +),
            goneCount: reports.map(\.goneCount).reduce(0, +),
            droppedCount: reports.map(\.droppedCount).reduce(0, +))
    }

    /// Ends a job that was begun, whose newest version may be of the family already; nil for one of another kind.
    private func resumed(
        _ job: KeyJob, progress: @escaping (KeyProgress) -> Bool
    ) throws(GatewayError) -> KeyRotationReport? {
        switch job.kind {
        case .fieldClass: return try rotateClass(job.name, progress: progress)
        case .blindIndex where parts.catalogue.field(FieldID(job.name)) != nil:
            return try rotateIndex(job.name, progress: progress)
        case .pseudonym: return try rotatePseudonym(job.name)
        default: return nil
        }
    }

    /// The newest version of each key of a kind that is of another family, by name.
    private func others(than family: CryptoFamily, _ kind: KeyKind) -> [KeyName] {
        let suites = parts.keyring.suites
        return suites.filter {
            $0.key.kind == kind && $0.value.family != family
                && newest(kind, $0.key.name) == $0.key.version
        }.keys.sorted { $0.name < $1.name }
    }
}
