import Consent
import JSONText
import ResidentModel
import Testing
import TransparencyLog

import Gateway

struct ConsentBookTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["sex": "1", "income": "1000"])])
    }

    private func reasons(_ item: String, basis: String = "agreed") throws -> [String] {
        try gateway.reasons(gateway.request([item], of: number, basis: basis)).map(\.rawValue)
    }

    private func later() { gateway.clock.advance(milliseconds: 1) }

    @Test(
        "A sensitive consent that a helper registers has no effect before a second person confirms it"
    )
    func secondPerson() throws {
        let record = try gateway.agree(number, items: ["health.is-ill"]) {
            $0.channel = .homeVisit
            $0.helper = "neighbour"
        }
        #expect(record.state == .awaitingConfirmation && record.confirmBy != nil)
        #expect(try reasons("health.is-ill") == ["consent.awaiting-confirmation"])
        for officer in ["o-1", "neighbour"] {
            #expect(throws: GatewayError.self) {
                try gateway.take(.confirm, of: record.id, by: officer)
            }
        }
        later()
        #expect(try gateway.take(.confirm, of: record.id, by: "o-2").state == .given)
        #expect(try !reasons("health.is-ill").contains { $0.hasPrefix("consent.") })
        #expect(try gateway.verification().isSound)
    }

    @Test("A confirmation after three days comes too late, and the consent counts as expired")
    func lateConfirmation() throws {
        let record = try gateway.agree(number, items: ["health.is-ill"]) {
            $0.channel = .phone
            $0.witness = "listener"
        }
        gateway.clock.advance(days: 4)
        #expect(throws: GatewayError.self) { try gateway.take(.confirm, of: record.id, by: "o-2") }
        #expect(try reasons("health.is-ill") == ["consent.expired"])
    }

    @Test("A newer refusal stops an older consent, whichever record it stands in")
    func newerRefusal() throws {
        _ = try gateway.agree(number, items: ["identity.name"])
        #expect(try reasons("identity.name").isEmpty)
        later()
        _ = try gateway.agree(number, items: ["identity.name", "identity.sex"], state: .refused)
        #expect(try reasons("identity.name") == ["consent.refused"])
        later()
        _ = try gateway.agree(number, items: ["identity.name"])
        #expect(try reasons("identity.name").isEmpty)
        #expect(try reasons("identity.sex") == ["consent.refused"])
    }

    @Test(
        "A newer consent takes the place of one to no more than the same, and the log has both steps"
    )
    func replaced() throws {
        let old = try gateway.agree(number, items: ["identity.name"])
        later()
        let size = try gateway.logSize
        let new = try gateway.agree(number, items: ["identity.name", "identity.sex"])
        #expect(try gateway.logSize == size + 2)
        let states = try ConsentBook(parts: gateway.parts).list(citizenNumber: number)
            .reduce(into: [:]) { $0[$1.id] = $1.state }
        #expect(states == [old.id: .replaced, new.id: .given])
        _ = try gateway.take(.withdraw, of: new.id)
        #expect(try reasons("identity.name") == ["consent.withdrawn"])
        #expect(throws: GatewayError.self) { try gateway.take(.resume, of: old.id) }
    }

    @Test("Who has refused is not asked again for 180 days, and may agree unasked at any time")
    func quiet() throws {
        _ = try gateway.agree(number, items: ["identity.name"], state: .refused)
        gateway.clock.advance(days: 180)
        #expect(throws: GatewayError.self) {
            try gateway.agree(number, items: ["identity.name"], state: .requested)
        }
        _ = try gateway.agree(number, items: ["identity.sex"], state: .requested)
        gateway.clock.advance(days: 1)
        let asked = try gateway.agree(number, items: ["identity.name"], state: .requested)
        #expect(try reasons("identity.name") == ["consent.refused"])
        later()
        #expect(try gateway.take(.give, of: asked.id).state == .given)
        #expect(try reasons("identity.name").isEmpty)
    }

    @Test("Under a basis of guardians, the guardian has to agree")
    func guardian() throws {
        _ = try gateway.agree(number, items: ["identity.name"])
        #expect(try reasons("identity.name", basis: "guardian") == ["consent.not-of-guardian"])
        later()
        _ = try gateway.agree(number, items: ["identity.name"]) {
            $0.giver = .guardian(evidence: "household register 12")
        }
        #expect(try reasons("identity.name", basis: "guardian").isEmpty)
    }

    @Test("A consent keeps all that was said through the store, sealed")
    func roundTrip() throws {
        let evidence = String(repeating: "0f", count: 32)
        let record = try gateway.agree(number, items: ["identity.name"]) {
            $0.channel = .paper
            $0.helper = "daughter"
            $0.witness = "neighbour"
            $0.evidence = evidence
            $0.textVersion = 3
            $0.giver = .delegate(evidence: "mandate 7")
        }
        #expect(record.statement.assurance == 3)
        let listed = try ConsentBook(parts: gateway.parts).list(citizenNumber: number)
        #expect(listed == [record])
        #expect(throws: GatewayError.self) {
            try gateway.agree(number) { $0.evidence = "no digest" }
        }
        #expect(throws: GatewayError.self) {
            try gateway.agree(number) { $0.witness = "o-1" }
        }
    }

    @Test("A no that is said before a second person confirms an earlier yes stands above it")
    func refusedMeanwhile() throws {
        let waiting = try gateway.agree(number, items: ["health.is-ill"]) {
            $0.channel = .homeVisit
        }
        later()
        _ = try gateway.agree(number, items: ["health.is-ill"], state: .refused)
        later()
        let confirmed = try gateway.take(.confirm, of: waiting.id, by: "o-2")
        #expect(confirmed.state == .given && confirmed.confirmedBy == "o-2")
        #expect(confirmed.statement == waiting.statement)
        #expect(try reasons("health.is-ill") == ["consent.refused"])
    }

    @Test("A yes on paper names its form, one by telephone its recording or who listened")
    func evidence() throws {
        let evidence = String(repeating: "0f", count: 32)
        for channel in [ConsentChannel.paper, .phone] {
            #expect(throws: GatewayError.self) {
                try gateway.agree(number, items: ["identity.name"]) { $0.channel = channel }
            }
            let given = try gateway.agree(number, items: ["identity.name"]) {
                $0.channel = channel
                $0.evidence = evidence
            }
            #expect(given.state == .given)
        }
        let refused = try gateway.agree(number, items: ["identity.name"], state: .refused) {
            $0.channel = .phone
        }
        #expect(refused.state == .refused)
    }

    @Test("A question that waits for its answer is not put again")
    func askedOnce() throws {
        let asked = try gateway.agree(
            number, items: ["identity.name", "identity.sex"], state: .requested)
        #expect(throws: GatewayError.self) {
            try gateway.agree(number, items: ["identity.name"], state: .requested)
        }
        let other = try gateway.agree(number, items: ["income.monthly"], state: .requested)
        #expect(other.id != asked.id)
        gateway.clock.advance(days: 31)
        let again = try gateway.agree(number, items: ["identity.name"], state: .requested)
        #expect(again.state == .requested)
    }

    @Test("A consent that ends gets its entry once, from whichever process sees it first")
    func ended() throws {
        let given = try gateway.agree(number, items: ["identity.name"])
        let waiting = try gateway.agree(number, items: ["health.is-ill"]) {
            $0.channel = .homeVisit
        }
        later()
        _ = try gateway.take(.pause, of: given.id)
        let book = ConsentBook(parts: gateway.parts)
        #expect(try book.recordEnded() == 0)
        gateway.clock.advance(days: 4)
        #expect(try book.recordEnded() == 1)
        gateway.clock.advance(days: 27)
        let size = try gateway.logSize
        #expect(try ConsentBook(parts: gateway.secondProcess()).recordEnded() == 1)
        #expect(try book.recordEnded() == 0)
        #expect(try gateway.logSize == size + 1)
        let states = try book.list(citizenNumber: number).reduce(into: [:]) {
            $0[$1.id] = [$1.state, $1.endedAs]
        }
        #expect(
            states == [
                given.id: [.expired, .paused], waiting.id: [.expired, .awaitingConfirmation],
            ])
        let entry = try #require(try AuditDesk(gateway.parts).entries(from: size, limit: 1).first)
        #expect(entry.operational["state"]?.string == "expired")
        #expect(entry.subject?["registeredBy"]?.string == "")
        #expect(try gateway.verification().isSound)
    }

    @Test("An ended pause stays a no: an older consent to the same does not come back")
    func endedPause() throws {
        let far = CalendarDate(dayNumber: gateway.clock.gatewayClock.today.dayNumber + 300)
        _ = try gateway.agree(number, items: ["identity.name", "identity.sex"], until: far)
        later()
        let short = try gateway.agree(number, items: ["identity.name"])
        later()
        _ = try gateway.take(.pause, of: short.id)
        #expect(try reasons("identity.name") == ["consent.paused"])
        gateway.clock.advance(days: 31)
        #expect(try reasons("identity.name") == ["consent.paused"])
        #expect(try ConsentBook(parts: gateway.parts).recordEnded() == 1)
        #expect(try reasons("identity.name") == ["consent.expired"])
        #expect(try reasons("identity.sex").isEmpty)
    }

    @Test(
        "A consent that is less sure than its purpose asks by now is refused with a code of its own"
    )
    func assurance() throws {
        let strict = TestPolicies.purposes.replacing(
            "frequency: 1000/day", with: "frequency: 1000/day\n    consent-assurance: 3")
        _ = try gateway.agree(number, items: ["identity.name"]) { $0.channel = .homeVisit }
        let parts = gateway.parts(
            catalogue: try TestPolicies.catalogue(purposes: strict))
        let answer = try DisclosurePath(parts).answer(
            gateway.request(["identity.name"], of: number, basis: "agreed")
        ) { _ in }
        guard case .refused(let reasons)? = answer.items.first?.outcome else {
            Issue.record("it was permitted")
            return
        }
        #expect(reasons == [.consentAssuranceTooLow])
    }
}
