package import JSONText
import ResidentModel

/// Asks the rules once more about a recorded decision, from its record alone: no value of any resident is opened, no
/// catalogue is read and no clock is looked at.
package struct DecisionReplay: Sendable {
    private let policies: PolicyBundle

    /// - Parameter policies: The bundle that is asked; another than the recorded one answers nothing.
    package init(policies: PolicyBundle) { self.policies = policies }

    /// What came of one replay.
    package enum Verdict: Hashable, Sendable {
        case same
        /// The items about which the rules now say something else, each with what differs.
        case differs([String])
        /// The decision was made by another bundle, of this hash.
        case otherBundle(String)
        /// The record lacks something.
        case unreadable(missing: String)
    }

    /// The items that the rules permit from a record's facts, whatever it says came of them; nil where it lacks something.
    package func permitted(by operational: JSONValue, officer: String) -> [String]? {
        let record = RecordedFacts(operational)
        do throws(RecordFault) {
            let items = try record.items()
            let shared = try record.shared(officer: officer, itemCount: items.count)
            let bench = RuleBench(policies, for: shared)
            var found: [String] = []
            for item in items {
                let facts = try item.facts(shared)
                if bench.rule(on: facts).isAllowed { found.append(facts.item.text) }
            }
            return found
        } catch { return nil }
    }

    /// Decides again and compares with what is recorded.
    ///
    /// - Parameters:
    ///   - operational: The operational detail of a decision.
    ///   - officer: From the subject's detail; nil where that is gone. Rules that name an officer then see none.
    /// - Returns: Whether outcome, rules, reasons and obligations of every item are those recorded.
    package func verdict(on operational: JSONValue, officer: String?) -> Verdict {
        let record = RecordedFacts(operational)
        do throws(RecordFault) {
            let hash = try record.text("bundle")
            guard hash == policies.hash else { return .otherBundle(hash) }
            var differences: [String] = []
            let items = try record.items()
            let known = operational["officer"]?.string ?? officer ?? ""
            let shared = try record.shared(officer: known, itemCount: items.count)
            let bench = RuleBench(policies, for: shared)
            var allowed = 0
            for item in items {
                let ruling = bench.rule(on: try item.facts(shared))
                if ruling.isAllowed { allowed += 1 }
                differences += try item.differences(from: ruling)
            }
            let outcome: AnswerOutcome =
                allowed == 0 ? .refused : allowed == items.count ? .allowed : .partlyAllowed
            if try record.text("outcome") != outcome.rawValue {
                differences.append("outcome: now \(outcome.rawValue)")
            }
            return differences.isEmpty ? .same : .differs(differences)
        } catch { return .unreadable(missing: error.member) }
    }
}

/// A member that a record must have.
private struct RecordFault: Error {
    let member: String
}

/// A record as it is read back.
private struct RecordedFacts {
    private let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    func text(_ member: String) throws(RecordFault) -> String {
        guard let text = value[member]?.string else { throw RecordFault(member: member) }
        return text
    }

    func flag(_ member: String) throws(RecordFault) -> Bool {
        guard case .bool(let flag)? = value[member] else { throw RecordFault(member: member) }
        return flag
    }

    func number(_ member: String) throws(RecordFault) -> Int {
        guard let number = value[member]?.integer else { throw RecordFault(member: member) }
        return number
    }

    func texts(_ member: String) throws(RecordFault) -> [String] {
        guard case .array(let values)? = value[member] else { throw RecordFault(member: member) }
        return values.compactMap(\.string)
    }

    func items() throws(RecordFault) -> [RecordedFacts] {
        guard case .array(let values)? = value["items"], !values.isEmpty else {
            throw RecordFault(member: "items")
        }
        return values.map { RecordedFacts($0) }
    }

    func shared(officer: String, itemCount: Int) throws(RecordFault) -> DecisionFacts.Shared {
        DecisionFacts.Shared(
            department: try text("caller"), officer: officer, roles: try texts("roles"),
            isDepartmentKnown: try flag("callerKnown"), purpose: try text("purpose"),
            isPurposeKnown: try flag("purposeKnown"),
            purposeListsDepartment: try flag("purposeListsCaller"),
            purposeListsBasis: try flag("purposeListsBasis"), legalBasis: try text("basis"),
            basisKind: try text("basisKind"), isInForce: try flag("inForce"),
            hasAuthority: try flag("authorityHolds"),
            isConsentRequired: try flag("consentRequired"),
            isMandateRequired: try flag("mandateRequired"),
            mandatesRequired: try number("mandatesRequired"), isCaseGiven: try flag("caseGiven"),
            emergencyState: try text("emergency"),
            isProtected: try flag("protected"), isChild: try flag("child"),
            isDeceased: try flag("deceased"),
            isAskingWithinPurpose: try flag("askingWithinPurpose"), itemCount: itemCount,
            clock: Int64(try number("clock")))
    }

    func facts(_ shared: DecisionFacts.Shared) throws(RecordFault) -> DecisionFacts {
        DecisionFacts(
            shared: shared, item: FieldID(try text("item")), isPredicate: try flag("predicate"),
            isItemKnown: try flag("known"), purposeCoversItem: try flag("purposeCovers"),
            basisCoversItem: try flag("basisCovers"), consentState: try text("consentState"),
            consentAssurance: try number("assurance"), consentGiver: try text("giver"),
            mandatesGiven: try number("mandatesGiven"),
            isWithinBudget: try flag("withinBudget"),
            emergencyCoversItem: try flag("emergencyCovers"),
            isPurposePredicateOnly: try flag("purposePredicateOnly"),
            isConsentAssured: try flag("consentAssured"),
            isAskingWithinConsent: try flag("askingWithinConsent"))
    }

    /// What the rules now say otherwise about this item.
    func differences(from ruling: Ruling) throws(RecordFault) -> [String] {
        let name = try text("item")
        let pairs: [(String, String, String)] = [
            ("allowed", "\(try flag("allowed"))", "\(ruling.isAllowed)"),
            ("rules", "\(try texts("rules"))", "\(ruling.determining)"),
            ("failed", "\(try texts("failed"))", "\(ruling.failed)"),
            ("reasons", "\(try texts("reasons"))", "\(ruling.reasons.map(\.rawValue))"),
            ("form", try text("form"), ruling.obligations.form.name),
            ("notify", "\(try flag("notify"))", "\(ruling.obligations.notifiesResident)"),
            (
                "humanConfirmation", "\(try flag("humanConfirmation"))",
                "\(ruling.obligations.needsHumanConfirmation)"
            ),
            (
                "retainDays", "\(try number("retainDays"))",
                "\(ruling.obligations.retainDaysMax ?? 0)"
            ),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "\(name): \($0.0) \($0.1), now \($0.2)" }
    }
}
