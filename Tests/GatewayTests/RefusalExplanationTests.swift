import Consent
import JSONText
import ResidentModel
import TestSupport
import Testing

import Gateway

@Suite("Explained refusals")
struct RefusalExplanationTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let nobody = citizenNumber("19700101", 125)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["income": "2000", "division": "780102", "household": "H-1"])])
    }

    private func explained(
        _ items: [String], of subject: String? = nil, department: String = "civil",
        purpose: String = "review", basis: String = "duty"
    ) throws -> Answer {
        var request = gateway.request(
            items, of: subject ?? number, department: department, purpose: purpose, basis: basis)
        request.wantsExplanation = true
        return try gateway.answer(request)
    }

    private func change(
        _ item: String, department: String = "civil", purpose: String = "review",
        basis: String = "duty"
    ) throws -> PermittingChange? {
        let answer = try explained(
            [item], department: department, purpose: purpose, basis: basis)
        return try #require(answer.explanations.first).change
    }

    @Test("The smallest change is one with which the rules, asked again, permit the item")
    func changes() throws {
        #expect(try change("residence.division") == .caseNumber)
        #expect(try change("identity.name", basis: "agreed") == .consent(purpose: "review"))
        #expect(
            try change("identity.name", basis: "guardian") == .guardianConsent(purpose: "review"))
        #expect(
            try change("identity.name", purpose: "dibao", basis: "request")
                == .householdMandates(purpose: "dibao"))
        #expect(try change("health.diagnosis") == .question(FieldID("health.is-ill")))
        #expect(try change("identity.name", basis: "unlisted") == .legalBasis("duty"))
        #expect(try change("identity.name", purpose: "few") == .purpose("review"))
        #expect(try change("identity.ethnicity") == nil)
        #expect(try change("no.such-item") == nil)
    }

    @Test("What is proposed for each refusal of every purpose and basis really permits it")
    func proposalsHold() throws {
        var proposed = 0
        let asked = ["duty", "unlisted", "repealed", "narrow"].flatMap { basis in
            ["review", "few"].map { (basis, $0) }
        }
        for (basis, purpose) in asked {
            for item in [
                "identity.name", "identity.sex", "residence.division", "household.member-count",
                "health.diagnosis",
            ] {
                guard
                    let explanation = try explained([item], purpose: purpose, basis: basis)
                        .explanations.first, let change = explanation.change
                else { continue }
                var request = gateway.request([item], of: number, purpose: purpose, basis: basis)
                switch change {
                case .caseNumber: request.caseID = "case-1"
                case .question(let id): request.items = [id.text]
                case .legalBasis(let id): request.legalBasis = id
                case .purpose(let id): request.purpose = id
                default: continue
                }
                proposed += 1
                if change == .legalBasis("agreed") || change == .legalBasis("request") {
                    _ = try gateway.agree(number)
                }
                #expect(try gateway.answer(request).outcome == .allowed, "\(basis) \(item)")
            }
        }
        print("proposals tried: \(proposed)")
        #expect(proposed >= 5)
    }

    @Test("Reasons name their rules in order, and a reason about the basis its article")
    func reasons() throws {
        let answer = try explained(["vital.deceased"], basis: "repealed")
        let reasons = try #require(answer.explanations.first).reasons
        #expect(reasons.map(\.code) == [.basisNotInForce, .excludedByRule])
        #expect(
            reasons.map { $0.rules.map(\.id) } == [["floor.basis-in-force"], ["test.excluded"]])
        #expect(reasons[0].article?.english == "art. 1" && reasons[1].article == nil)
        #expect(try explained(["identity.name"]).explanations.isEmpty)
        let quiet = try gateway.answer(gateway.request(["vital.deceased"], of: number))
        #expect(quiet.explanations.isEmpty)
    }

    /// Everything of an answer but what names the request and its place in the log.
    private func shown(_ answer: Answer) -> String {
        let items = answer.items.map { item in
            "\(item.item) \(item.rules) \(item.obligations.form.name) \(item.withheldCount) "
                + "\(item.isRefused) \(reasonCodes(item))"
        }
        return "\(items) \(answer.explanations) \(answer.isResidentKnown.map { "\($0)" } ?? "-") "
            + "\(answer.pseudonym ?? "-") \(answer.retainDays.map { "\($0)" } ?? "-")"
    }

    private func reasonCodes(_ item: AnswerItem) -> [String] {
        if case .refused(let reasons) = item.outcome { reasons.map(\.rawValue) } else { [] }
    }

    @Test("To a caller who may not know, a refused resident and one nobody knows look the same")
    func existence() throws {
        let record = try gateway.agree(number, items: ["identity.name"])
        _ = try gateway.take(.withdraw, of: record.id)
        _ = try gateway.agree(number, purpose: "dibao", state: .refused)
        let items = [
            "identity.name", "identity.ethnicity", "income.monthly", "income.low",
            "health.diagnosis", "residence.division", "no.such-item",
        ]
        var compared = 0
        for department in ["neighbour", "school", "company", "clinic", "nobody"] {
            for purpose in ["review", "few", "dibao", "nothing"] {
                for basis in ["agreed", "guardian", "request", "duty", "repealed", "none"] {
                    let known = try explained(
                        items, department: department, purpose: purpose, basis: basis)
                    guard known.outcome == .refused else { continue }
                    let unknown = try explained(
                        items, of: nobody, department: department, purpose: purpose, basis: basis)
                    #expect(shown(known) == shown(unknown), "\(department) \(purpose) \(basis)")
                    compared += 1
                }
            }
        }
        print("refusals compared: \(compared)")
        #expect(compared > 80)
    }

    @Test("Who lacks nothing but the resident's agreement is told how it stands")
    func mayKnow() throws {
        let record = try gateway.agree(number, items: ["identity.name"])
        _ = try gateway.take(.withdraw, of: record.id)
        let lawful = gateway.request(["identity.name"], of: number, basis: "agreed")
        #expect(try gateway.reasons(lawful) == [.consentWithdrawn])
        // Of an item that a rule refuses whatever was agreed, what was withdrawn is not told; the log has it.
        let whole = try gateway.agree(number)
        _ = try gateway.take(.withdraw, of: whole.id)
        let answer = try explained(["vital.deceased"], basis: "agreed")
        #expect(
            reasonCodes(answer.items[0]) == ["consent.missing", "policy.purpose-excludes-item"])
        let entry = try AuditDesk(gateway.parts).entry(answer.receipt.index)
        let logged = entry.operational["items"]?.array?.first?["reasons"]?.array
        #expect(logged?.compactMap(\.string).contains("consent.withdrawn") == true)
        let report = try AuditDesk(gateway.parts).replay(by: gateway.parts.policies)
        #expect(report.isSound)
    }
}
