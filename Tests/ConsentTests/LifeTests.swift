import Consent
import ResidentModel
import Testing

struct LifeTests {
    private static let day = StandingTests.day

    private func take(
        _ step: ConsentStep, in state: ConsentState, by officer: String = "o-2",
        channel: ConsentChannel = .counter, after days: Int = 0, isHighRisk: Bool = false
    ) throws(ConsentError) -> ConsentRecord {
        try StandingTests.record("C-1", state).taking(
            step, statement: StandingTests.statement(channel, by: officer),
            on: StandingTests.days(days), isHighRisk: isHighRisk)
    }

    @Test("Each step is possible from its states alone, and leads where the table says")
    func table() throws {
        let wanted: [ConsentStep: (from: Set<ConsentState>, to: ConsentState)] = [
            .give: ([.requested], .given), .refuse: ([.requested], .refused),
            .confirm: ([.awaitingConfirmation], .given), .pause: ([.given], .paused),
            .resume: ([.paused], .given),
            .withdraw: ([.awaitingConfirmation, .given, .paused], .withdrawn),
            .expire: ([.requested, .awaitingConfirmation, .given, .paused], .expired),
            .replace: ([.requested, .awaitingConfirmation, .given, .paused], .replaced),
        ]
        var possible = 0
        for step in ConsentStep.allCases {
            let (from, to) = try #require(wanted[step])
            for state in ConsentState.allCases {
                let days = step == .expire ? 31 : 0
                if from.contains(state) {
                    #expect(try take(step, in: state, after: days).state == to)
                    possible += 1
                } else {
                    #expect(throws: ConsentError.notPossible(step: step, state: state)) {
                        try take(step, in: state, after: days)
                    }
                }
            }
        }
        #expect(possible == 16)
    }

    @Test("A step makes a new version that keeps scope and terms")
    func version() throws {
        let given = StandingTests.record()
        let next = try take(.withdraw, in: .given)
        #expect(next.version == 2 && next.scope == given.scope && next.terms == given.terms)
        #expect(next.statement == StandingTests.statement(by: "o-2"))
        #expect(given.version == 1 && given.state == .given)
    }

    @Test("A consent expires after its last day, not on it, and cannot be resumed or given then")
    func ends() throws {
        #expect(throws: ConsentError.notPossible(step: .expire, state: .given)) {
            try take(.expire, in: .given, after: 30)
        }
        #expect(try take(.expire, in: .given, after: 31).state == .expired)
        #expect(throws: ConsentError.endsBeforeItStarts) {
            try take(.resume, in: .paused, after: 31)
        }
        #expect(throws: ConsentError.endsBeforeItStarts) {
            try take(.give, in: .requested, after: 31)
        }
    }

    @Test("A risky yes or resumption that somebody else wrote down waits for a second person")
    func secondPerson() throws {
        for (step, state) in [(ConsentStep.give, ConsentState.requested), (.resume, .paused)] {
            let waiting = try take(step, in: state, channel: .phone, isHighRisk: true)
            #expect(waiting.state == .awaitingConfirmation)
            #expect(waiting.confirmBy == StandingTests.days(ConsentRegister.confirmationDays))
            func confirm(by officer: String, after days: Int) throws(ConsentError) -> ConsentRecord
            {
                try waiting.taking(
                    .confirm, statement: StandingTests.statement(by: officer),
                    on: StandingTests.days(days), isHighRisk: true)
            }
            #expect(throws: ConsentError.confirmedByTheSame) { try confirm(by: "o-2", after: 0) }
            #expect(throws: ConsentError.confirmationTooLate) { try confirm(by: "o-3", after: 4) }
            let given = try confirm(by: "o-3", after: 3)
            #expect(given.state == .given && given.confirmBy == nil)
        }
        #expect(try take(.give, in: .requested, isHighRisk: true).state == .given)
        #expect(
            try take(.withdraw, in: .given, channel: .phone, isHighRisk: true).state == .withdrawn)
    }

    @Test("Assurance follows the channel; a witness raises it by one, up to three")
    func assurance() {
        for channel in ConsentChannel.allCases {
            let alone = StandingTests.statement(channel).assurance
            #expect(alone == channel.assurance)
            #expect(StandingTests.statement(channel, witness: "w").assurance == min(3, alone + 1))
        }
    }

    @Test("Givers are read back from their words, and nobody speaks for another without evidence")
    func givers() {
        for giver: ConsentGiver in [.resident, .guardian(evidence: "a"), .delegate(evidence: "b")] {
            #expect(ConsentGiver(word: giver.word, evidence: giver.evidence) == giver)
        }
        for (word, evidence) in [
            ("guardian", nil), ("delegate", ""), ("resident", "x"), ("neighbour", "x"),
        ] as [(String, String?)] {
            #expect(ConsentGiver(word: word, evidence: evidence) == nil)
        }
    }
}
