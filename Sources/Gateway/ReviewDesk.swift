import ResidentModel

/// The review list at work: a person decides, and the log keeps who.
package struct ReviewDesk: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// The reviews that a filter asks for, oldest first.
    package func list(_ filter: ReviewFilter) throws(GatewayError) -> [Review] {
        try parts.store.read { reader throws(GatewayError) in try reader.reviews(filter) }
    }

    /// Refused records, oldest first.
    package func quarantine(
        after number: Int64, limit: Int
    ) throws(GatewayError) -> [QuarantineItem] {
        try parts.store.read { reader throws(GatewayError) in
            try reader.quarantineList(after: number, limit: limit)
        }
    }

    /// Decides whether what a source says is so.
    ///
    /// - Parameters:
    ///   - number: A review of kind ``ReviewKind/confirmation``.
    ///   - decision: ``ReviewState/confirmed`` or ``ReviewState/rejected``.
    ///   - officer: Who has made sure.
    /// - Throws: ``GatewayError``.
    package func decide(
        _ number: Int64, as decision: ReviewState, officer: String
    ) throws(GatewayError) {
        precondition(
            decision == .confirmed || decision == .rejected, "a person confirms or rejects")
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        try checkName(officer, "officer")
        try parts.write { writer throws(GatewayError) in
            let filter = ReviewFilter(kind: nil, state: nil, after: number - 1, limit: 1)
            guard let review = try writer.reviews(filter).first, review.number == number else {
                throw .request(.unknownReview(number))
            }
            guard review.kind == .confirmation else { throw .request(.reviewKind(number)) }
            guard let id = try writer.residentIDs(of: [review.resident])[review.resident] else {
                throw .store(.corrupt(what: "a review belongs to no resident"))
            }
            var digest = review.digest
            if digest == nil { digest = try presentDigest(of: review, id, in: writer) }
            guard
                try writer.decideReview(
                    number, as: decision, by: officer, at: parts.clock.minute, digest: digest)
            else { throw .request(.reviewNotOpen(number)) }
            _ = try parts.log.append(
                [
                    .review(
                        review, decision: decision, officer: officer,
                        resident: LocatedResident(number: review.resident, id: id))
                ], in: writer)
        }
    }

    /// What the record says now, for a review that was opened before digests were kept.
    private func presentDigest(
        of review: Review, _ id: ResidentID, in reader: any StoreReader
    ) throws(GatewayError) -> [UInt8]? {
        guard let field = review.field else { return nil }
        let stored = try reader.values(of: [review.resident], fields: [field]).filter {
            $0.record == review.record
        }
        let opener = ValueOpener(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
        guard let value = try opener.open(stored, resident: { _ in id }).first else { return nil }
        return try ValueDigest.of(
            value.text, field: field, resident: id, keyring: parts.keyring)
    }
}
