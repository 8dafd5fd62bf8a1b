import FieldCrypto

extension KeyRotation {
    /// Gives a department new pseudonyms; those it holds stay valid until their version is retired.
    package func rotatePseudonym(_ department: String) throws(GatewayError) -> KeyRotationReport {
        guard newest(.pseudonym, department) > 0 else {
            throw .request(.unknownName(department, of: "department"))
        }
        var (job, isResumed) = try begin(
            .pseudonym, name: department, version: newest(.pseudonym, department) + 1)
        try makeVersion(.pseudonym, of: job)
        try finish(&job)
        return KeyRotationReport(job: job, isResumed: isResumed, doneNow: 0)
    }

    /// Retires an old version of a department's pseudonyms: they name nobody any more.
    ///
    /// - Returns: How many residents had been named by it.
    package func retirePseudonym(
        _ department: String, version: UInt32
    ) throws(GatewayError) -> Int {
        let key = KeyName(kind: .pseudonym, name: department, version: version)
        guard parts.keyring.keyNames.contains(key), newest(.pseudonym, department) > version
        else {
            throw .request(
                .unreadable("'\(department)' has no older pseudonym version \(version) to retire"))
        }
        let removed = try parts.write { writer throws(GatewayError) in
            let removed = try writer.removePseudonyms(department: department, version: version)
            let job = KeyJob(
                number: 0, kind: .pseudonym, name: department, version: version, resident: nil,
                state: .done, position: 0, done: Int64(removed), startedAt: parts.clock.minute,
                finishedAt: nil)
            _ = try parts.log.append([.keyEvent(.retired, job)], in: writer)
            return removed
        }
        try inCrypto { () throws(FieldCryptoError) in try parts.keyring.remove(key) }
        try parts.store.write { writer throws(GatewayError) in
            _ = try writer.removePseudonyms(department: department, version: version)
            try writer.advanceRing()
        }
        return removed
    }
}
