import Consent
import JSONText
import ResidentModel
import TestSupport
import Testing

import Gateway

/// What may never make a decision wider.
struct DecisionPropertyTests {
    private static let items = [
        "identity.name", "identity.sex", "contact.phone", "income.monthly", "income.low",
        "age.at-least-60", "household.member-count", "health.is-ill",
    ]

    private func gateway() throws -> TestGateway {
        let gateway = try TestGateway()
        try gateway.pull([row("r-1", ["income": "2000", "sex": "1", "phone": "13800138000"])])
        return gateway
    }

    private func allowed(_ answer: Answer) -> Set<String> {
        Set(answer.items.filter { !$0.isRefused }.map(\.item.text))
    }

    /// A forbid that a seed makes up, over any part of what a rule can see.
    private func forbid(_ index: Int, _ random: SeededRandom) -> String {
        let scopes = [
            "principal, action, resource",
            "principal, action == Hangu::Action::\"disclose\", resource",
            "principal, action, resource in Hangu::FieldClass::\"welfare\"",
            "principal, action, resource == Hangu::Field::\"identity.name\"",
            "principal in Hangu::Department::\"civil\", action, resource",
        ]
        let conditions = [
            "", "when { context.case.given }", "unless { context.case.given }",
            "when { context.itemCount > 3 }", "when { resource.tier >= 3 }",
            "unless { context.consent.inForce }", "when { context.basis.kind == \"consent\" }",
            "when { context.nothing.of.this }",
        ]
        return "@id(\"more.\(index)\") forbid (\(scopes[random.below(scopes.count)])) "
            + "\(conditions[random.below(conditions.count)]);"
    }

    @Test("Adding a forbid never permits what was refused, and never shows more")
    func forbidNeverWidens() throws {
        let gateway = try gateway()
        let random = SeededRandom(seed: 31)
        var requests: [DisclosureRequest] = []
        _ = try gateway.agree(citizenNumber())
        for basis in ["duty", "agreed", "repealed", "request"] {
            for caseID in [nil, "case-1"] {
                requests.append(
                    gateway.request(
                        Self.items, of: citizenNumber(), basis: basis, caseID: caseID))
            }
        }
        let before = try requests.map { try gateway.answer($0) }
        var narrower = 0
        for index in 0..<40 {
            let rules = (0...random.below(3)).map { forbid(index * 10 + $0, random) }
            let policies = try TestPolicies.bundle(
                TestPolicies.rules + "\n" + rules.joined(separator: "\n"))
            let path = DisclosurePath(gateway.parts(policies: policies))
            for (request, earlier) in zip(requests, before) {
                let answer = try path.answer(request) { _ in }
                #expect(allowed(answer).isSubset(of: allowed(earlier)), "\(rules)")
                for (now, then) in zip(answer.items, earlier.items) where !now.isRefused {
                    let both = now.obligations.form.stricter(then.obligations.form)
                    #expect(both == now.obligations.form)
                }
                if allowed(answer).count < allowed(earlier).count { narrower += 1 }
            }
        }
        print("sets with a forbid more: 40, narrower answers: \(narrower)")
        #expect(narrower > 50)
    }

    @Test("A fact that is not known, each in turn and in pairs, never permits what was refused")
    func unknownNeverWidens() throws {
        let gateway = try gateway()
        _ = try gateway.agree(citizenNumber())
        let replay = DecisionReplay(policies: gateway.parts.policies)
        let unknown: [(String, JSONValue)] = [
            ("callerKnown", .bool(false)), ("purposeKnown", .bool(false)),
            ("purposeListsCaller", .bool(false)), ("purposeListsBasis", .bool(false)),
            ("basisKind", .string("")), ("inForce", .bool(false)),
            ("authorityHolds", .bool(false)), ("consentRequired", .bool(true)),
            ("mandateRequired", .bool(true)), ("caseGiven", .bool(false)),
            ("purpose", .string("unheard-of")), ("caller", .string("unheard-of")),
        ]
        let unknownOfItem: [(String, JSONValue)] = [
            ("known", .bool(false)), ("purposeCovers", .bool(false)),
            ("basisCovers", .bool(false)), ("consentState", .string("none")),
            ("consentState", .string("unheard-of")), ("withinBudget", .bool(false)),
            ("mandatesGiven", .integer(0)),
        ]
        var asked = 0
        for basis in ["duty", "agreed", "repealed", "request"] {
            let answer = try gateway.answer(
                gateway.request(Self.items, of: citizenNumber(), basis: basis))
            let record = try AuditDesk(gateway.parts).entry(answer.receipt.index).operational
            let permitted = Set(try #require(replay.permitted(by: record, officer: "officer-7")))
            #expect(permitted == allowed(answer))
            for (first, value) in unknown {
                let once = replacing(first, by: value, in: record)
                for (second, other) in unknown {
                    let twice = replacing(second, by: other, in: once)
                    let now = Set(try #require(replay.permitted(by: twice, officer: "officer-7")))
                    #expect(now.isSubset(of: permitted), "\(first) \(second)")
                    asked += 1
                }
                for (second, other) in unknownOfItem {
                    let twice = replacingInItems(second, by: other, in: once)
                    let now = Set(try #require(replay.permitted(by: twice, officer: "officer-7")))
                    #expect(now.isSubset(of: permitted), "\(first) \(second)")
                    asked += 1
                }
            }
        }
        print("decisions with something unknown: \(asked)")
        #expect(asked > 800)
    }

    private func replacing(_ name: String, by value: JSONValue, in record: JSONValue) -> JSONValue {
        let members = (record.object?.members ?? []).map { ($0.name, $0.value) }
        let changed = JSONObject(members.map { $0.0 == name ? (name, value) : $0 })
        return changed.map { .object($0) } ?? .null
    }

    private func replacingInItems(
        _ name: String, by value: JSONValue, in record: JSONValue
    ) -> JSONValue {
        let items = (record["items"]?.array ?? []).map { replacing(name, by: value, in: $0) }
        return replacing("items", by: .array(items), in: record)
    }
}
