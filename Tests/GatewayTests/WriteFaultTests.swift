import Consent
import FieldCrypto
import ResidentModel
import Synchronization
import TestSupport
import Testing

import Gateway

/// Every call to the store is made to fail once, on the way of one answer, one consent, one review, one activation.
struct WriteFaultTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["dead": "1"])])
    }

    @Test("Nothing is opened or delivered before the decision is durable, whichever call fails")
    func answer() throws {
        var refused = 0
        var deliveredOnly = 0
        for call in 1... {
            let size = try gateway.logSize
            let faulty = FaultyStore(gateway.store, failingCall: call)
            var isDelivered = false
            var isDurable = false
            do {
                _ = try DisclosurePath(gateway.parts(over: faulty)).answer(
                    gateway.request(["identity.name"], of: number)
                ) { answer in
                    isDelivered = true
                    isDurable = try gateway.logSize > answer.receipt.index
                }
                #expect(isDelivered && isDurable)
                break
            } catch {}
            let added = try gateway.logSize - size
            if isDelivered {
                // The outcome could not be kept: the decision stands alone and says so.
                #expect(isDurable && added == 1)
                deliveredOnly += 1
            } else {
                #expect(added <= 2)
                refused += 1
            }
            #expect(try gateway.verification().isSound, "call \(call)")
        }
        print("calls made to fail: \(refused) before delivery, \(deliveredOnly) after it")
        #expect(refused >= 12 && deliveredOnly >= 8)
    }

    @Test("No value is asked of the store before the decision's transaction has ended")
    func opensLate() throws {
        let recording = FaultyStore(gateway.store, failingCall: .max)
        var callsAtDelivery = 0
        _ = try DisclosurePath(gateway.parts(over: recording)).answer(
            gateway.request(["identity.name"], of: number)
        ) { _ in callsAtDelivery = recording.callCount }
        let log = recording.names
        let commit = try #require(log.firstIndex(of: "commit"))
        let opening = try #require(log.firstIndex(of: "values"))
        #expect(commit < opening && opening < callsAtDelivery)
    }

    @Test(
        "A consent, a withdrawal, a review and an activation are there with their entry, or not at all"
    )
    func otherWrites() throws {
        let until = CalendarDate(dayNumber: gateway.clock.gatewayClock.today.dayNumber + 30)
        let draft = ConsentBook.Draft(
            purpose: "review", recipient: "civil", until: until,
            saying: ConsentBook.Saying(channel: .counter, registeredBy: "o-1", language: "zh"))
        let rules = try TestPolicies.bundle(TestPolicies.rules + "\n// changed")
        let review = try #require(try gateway.reviews(.confirmation).first)
        var failures = try failing { parts in
            _ = try ConsentBook(parts: parts).register(draft, citizenNumber: number)
        }
        let consent = try #require(
            try ConsentBook(parts: gateway.parts).list(citizenNumber: number).first)
        failures += try failing { parts in
            _ = try ConsentBook(parts: parts).take(
                .withdraw, of: consent.id,
                saying: ConsentBook.Saying(channel: .counter, registeredBy: "o-1", language: "zh"))
        }
        failures += try failing { parts in
            try ReviewDesk(parts).decide(review.number, as: .confirmed, officer: "o-1")
        }
        failures += try failing(policies: rules) { parts in try PolicyActivation.activate(parts) }
        print("calls made to fail: \(failures)")
        #expect(failures > 40)
        let consents = try ConsentBook(parts: gateway.parts).list(citizenNumber: number)
        #expect(consents.map(\.version) == [2])
    }

    /// Fails the first, second … call until the work is done.
    ///
    /// - Returns: How often it failed.
    private func failing(
        policies: PolicyBundle? = nil, _ work: (GatewayParts) throws -> Void
    ) throws -> Int {
        let size = try gateway.logSize
        for call in 1... {
            let faulty = FaultyStore(gateway.store, failingCall: call)
            do { try work(gateway.parts(over: faulty, policies: policies)) } catch {
                #expect(try gateway.logSize == size)
                continue
            }
            #expect(try gateway.logSize == size + 1)
            #expect(try gateway.verification().isSound)
            return call - 1
        }
        return 0
    }

    @Test("A key store that fails stops an answer and a pull, delivers nothing and loses nothing")
    func keyStore() throws {
        let residents = try residentKeys()
        gateway.keys.content.withLock { $0.isFailing = true }
        let size = try gateway.logSize
        var isDelivered = false
        // Keys that are in memory still open; a new resident's key must be kept first.
        let error = #expect(throws: GatewayError.self) {
            try gateway.pull([row("r-2", citizenNumber("19600101", 124), name: "李四")])
        }
        #expect(error?.category == .unavailable)
        try gateway.parts.keyring.dropExpiredKeys()
        try gateway.parts.keyring.forget(residents)
        let refused = #expect(throws: GatewayError.self, "an answer needs the resident's audit key")
        {
            try DisclosurePath(gateway.parts).answer(
                gateway.request(["identity.name"], of: number)
            ) { _ in isDelivered = true }
        }
        #expect(refused?.category == .unavailable)
        #expect(!isDelivered)
        #expect(try gateway.logSize == size)
        gateway.keys.content.withLock { $0.isFailing = false }
        #expect(
            try gateway.pull([row("r-2", citizenNumber("19600101", 124), name: "李四")]).stored == 1)
        #expect(try gateway.verification().isSound)
    }

    private func residentKeys() throws -> [ResidentKeyID] {
        let row = try #require(try gateway.resident(number))
        let ids = try gateway.parts.store.read { reader throws(GatewayError) in
            try reader.residentIDs(of: [row])
        }
        return ids.values.compactMap { ResidentKeyID(bytes: $0.bytes) }
    }
}
