import Consent
import FieldCrypto
package import JSONText
import ResidentModel
package import TransparencyLog

/// An entry on its way into the log.
package struct AuditDraft: Sendable {
    let type: AuditEntryType
    let decision: AuditDecision
    let operational: JSONValue
    /// Whom it concerns, and what only their key opens; nil where it concerns nobody.
    let subject: (resident: LocatedResident, detail: JSONValue)?

    package init(
        type: AuditEntryType, decision: AuditDecision, operational: JSONValue,
        subject: (resident: LocatedResident, detail: JSONValue)?
    ) {
        self.type = type
        self.decision = decision
        self.operational = operational
        self.subject = subject
    }

    /// The same about nobody.
    var withoutSubject: AuditDraft {
        AuditDraft(type: type, decision: decision, operational: operational, subject: nil)
    }
}

extension AuditDraft {
    /// One stored batch of a pull.
    static func ingest(_ stream: StreamName, batch: Int64, counts: BatchCounts) -> AuditDraft {
        AuditDraft(
            type: .ingest, decision: .none,
            operational: .object([
                "format": .string("hangu/ingest/1"), "source": .string(stream.source.text),
                "stream": .string(stream.stream), "batch": .integer(Int(batch)),
                "stored": .integer(counts.stored), "updated": .integer(counts.updated),
                "linked": .integer(counts.linked), "opened": .integer(counts.opened),
                "inReview": .integer(counts.inReview),
                "quarantined": .integer(counts.newlyQuarantined),
            ]), subject: nil)
    }

    /// A decision, allowed or refused.
    static func decision(_ record: DecisionRecord, resident: LocatedResident?) -> AuditDraft {
        let decision: AuditDecision =
            switch record.outcome {
            case .allowed: .allowed
            case .partlyAllowed: .partlyAllowed
            case .refused: .refused
            }
        var subject: (resident: LocatedResident, detail: JSONValue)?
        if let resident, let detail = record.subject { subject = (resident, detail) }
        return AuditDraft(
            type: .decision, decision: decision, operational: record.operational, subject: subject)
    }

    /// What became of a decision: released with so many values, or failed.
    static func outcome(of recorded: RecordedDecision, answer: Answer?) -> AuditDraft {
        let given = (answer?.items ?? []).map { item in
            switch item.outcome {
            case .values(let values, _): values.count
            case .predicate: 1
            case .refused: 0
            }
        }
        let index = Int(recorded.receipt.index)
        let detail: JSONValue = .object([
            "format": .string("hangu/outcome-subject/1"), "entry": .integer(index),
            "items": .array((answer?.items ?? []).map(Self.released)),
        ])
        return AuditDraft(
            type: .outcome, decision: answer == nil ? .failed : .released,
            operational: .object([
                "format": .string("hangu/outcome/1"), "entry": .integer(index),
                "released": .bool(answer != nil), "values": .integer(given.reduce(0, +)),
            ]),
            subject: recorded.decided.consented.located.resident.map { ($0, detail) })
    }

    /// What was released of one item: how much and as of when, never the value.
    private static func released(_ item: AnswerItem) -> JSONValue {
        var members: [(String, JSONValue)] = [("item", .string(item.item.text))]
        switch item.outcome {
        case .values(let values, let hasConflict):
            members.append(("values", .integer(values.count)))
            members.append(("conflict", .bool(hasConflict)))
            members.append(("asOf", .array(values.map { .string($0.observedAt.description) })))
            members.append(("sources", .array(values.map { .string($0.source.text) })))
        case .predicate(let result):
            members.append(("answered", .bool(result.answer != .unknown)))
            members.append(("asOf", .string(result.asOf?.description ?? "")))
        case .refused: members.append(("refused", .bool(true)))
        }
        return .object(JSONObject(distinctMembers: members))
    }

    /// One step of a consent's life.
    ///
    /// Its subject detail commits to the whole record, so that a receipt can show that the log has it.
    static func consentChange(_ record: ConsentRecord, resident: LocatedResident) -> AuditDraft {
        let isByItself = record.state == .expired
        let statement = record.statement
        return AuditDraft(
            type: .consentChange, decision: .none,
            operational: .object([
                "format": .string("hangu/consent-change/1"),
                "purpose": .string(record.scope.purpose),
                "recipient": .string(record.scope.recipient),
                "state": .string(record.state.rawValue),
                "channel": .string(record.statement.channel.rawValue),
                "giver": .string(record.statement.giver.word),
                "assurance": .integer(record.statement.assurance),
                "until": .string(record.terms.until.description),
            ]),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/consent-change-subject/1"),
                    "consent": .string(record.id), "version": .integer(record.version),
                    "registeredBy": .string(
                        isByItself ? "" : record.confirmedBy ?? statement.registeredBy),
                    "helper": .string(isByItself ? "" : statement.helper ?? ""),
                    "witness": .string(isByItself ? "" : statement.witness ?? ""),
                    "evidence": .string(isByItself ? "" : statement.evidence ?? ""),
                    "record": .string(
                        sha256(ConsentJSON.encoded(record).canonicalBytes).description),
                ])
            ))
    }

    /// A person's decision on the review list.
    static func review(
        _ review: Review, decision: ReviewState, officer: String, resident: LocatedResident
    ) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/review/1"), "kind": .string(review.kind.rawValue),
                "decision": .string(decision.rawValue),
                "field": .string(review.field?.text ?? ""),
            ]),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/review-subject/1"),
                    "review": .integer(Int(review.number)), "officer": .string(officer),
                ])
            ))
    }

    /// The machine's clock was found before the newest entry.
    static func clockWentBack(from newest: UInt64, to now: UInt64) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/clock/1"), "newestMinute": .integer(Int(newest)),
                "clockMinute": .integer(Int(now)),
            ]), subject: nil)
    }

    /// Another policy bundle begins to decide.
    static func policyChange(_ epoch: PolicyEpoch) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/policy-epoch/1"),
                "epoch": .integer(Int(epoch.number)), "bundle": .string(epoch.bundleHash),
            ]), subject: nil)
    }
}

extension AuditDraft {
    /// The root of the map over all residents' entries before this one.
    static func mapRoot(_ root: SHA256Digest, changed: Int) -> AuditDraft {
        AuditDraft(
            type: .mapRoot, decision: .none,
            operational: .object([
                "format": .string("hangu/map-root/1"), "root": .string(hexadecimal(root.bytes)),
                "changed": .integer(changed),
            ]), subject: nil)
    }
}
