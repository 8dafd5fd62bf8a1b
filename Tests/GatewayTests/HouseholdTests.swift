import Consent
import ResidentModel
import TestSupport
import Testing

import Gateway

struct HouseholdTests {
    private let gateway: TestGateway
    private let father = citizenNumber("19700101", 123)
    private let mother = citizenNumber("19720101", 124)
    private let child = citizenNumber("20150101", 123)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            member("r-f", father, "父", birth: "1970-01-01"),
            member("r-m", mother, "母", birth: "1972-01-01"),
            member("r-c", child, "子", birth: "2015-01-01"),
        ])
    }

    private func member(
        _ id: String, _ number: String, _ name: String, birth: String?, household: String = "H-1"
    ) -> ScriptedSource.Row {
        var cells = ["household": household, "income": "1000"]
        cells["birth"] = birth
        return row(id, number, name: name, cells)
    }

    private func agree(_ number: String, items: [String] = []) throws -> ConsentRecord {
        let until = CalendarDate(dayNumber: gateway.clock.gatewayClock.today.dayNumber + 30)
        return try gateway.agree(number, purpose: "dibao", items: items, until: until)
    }

    private func reasons(
        _ number: String? = nil, item: String = "income.low", basis: String = "request"
    ) throws -> [RefusalReason] {
        try gateway.reasons(
            gateway.request([item], of: number ?? father, purpose: "dibao", basis: basis))
    }

    @Test("Each adult member must have agreed; children need not")
    func everyAdult() throws {
        #expect(try reasons() == [.consentMissing, .mandateIncomplete])
        _ = try agree(father)
        #expect(try reasons() == [.mandateIncomplete])
        let mandate = try agree(mother)
        #expect(try reasons().isEmpty)
        _ = try gateway.take(.withdraw, of: mandate.id)
        #expect(try reasons() == [.mandateIncomplete])
    }

    @Test("A mandate counts for the items it names")
    func items() throws {
        _ = try agree(father)
        _ = try agree(mother, items: ["identity.name"])
        #expect(try reasons() == [.mandateIncomplete])
        #expect(try reasons(item: "identity.name").isEmpty)
    }

    @Test("A duty does not stand in for the household's mandate")
    func duty() throws {
        #expect(try reasons(basis: "duty") == [.mandateIncomplete])
    }

    @Test("One who comes of age must agree from the birthday on")
    func comesOfAge() throws {
        _ = try agree(father)
        _ = try agree(mother)
        try gateway.pull([member("r-c", child, "子", birth: "2008-03-06")])
        try gateway.pull([member("r-d", citizenNumber("20080306", 123), "女", birth: "2008-03-06")])
        #expect(try reasons().isEmpty)
        gateway.clock.advance(days: 1)
        #expect(try reasons() == [.mandateIncomplete])
    }

    @Test("A member of whom no birth date is known counts as an adult")
    func unknownAge() throws {
        _ = try agree(father)
        _ = try agree(mother)
        try gateway.pull([member("r-x", "", "某", birth: nil)])
        #expect(try reasons() == [.mandateIncomplete])
    }

    @Test("A member who is an adult by one source and a child by another counts as an adult")
    func conflictingAge() throws {
        _ = try agree(father)
        _ = try agree(mother)
        #expect(try reasons().isEmpty)
        let brother = citizenNumber("20010101", 123)
        try gateway.pull([
            member("r-b", brother, "弟", birth: "2001"), member("r-b2", brother, "弟", birth: "2001"),
        ])
        #expect(try reasons() == [.mandateIncomplete])
        try gateway.pull([member("r-b2", brother, "弟", birth: "2015-01-01")])
        #expect(try reasons() == [.mandateIncomplete])
        try gateway.pull([member("r-b", brother, "弟", birth: "2015-01-01")])
        #expect(try reasons() == [.mandateIncomplete], "the number still says 2001")
    }

    @Test("A member of whom only the year of birth is known is an adult as soon as they can be one")
    func partialBirth() throws {
        _ = try agree(father)
        _ = try agree(mother)
        try gateway.pull([member("r-y", "", "某", birth: "2008-12")])
        #expect(try reasons().isEmpty)
        try gateway.pull([member("r-y", "", "某", birth: "2008")])
        #expect(try reasons() == [.mandateIncomplete])
    }

    @Test("One who has left the household need not agree any more")
    func leaves() throws {
        _ = try agree(father)
        #expect(try reasons() == [.mandateIncomplete])
        try gateway.pull([member("r-m", mother, "母", birth: "1972-01-01", household: "H-2")])
        #expect(try reasons().isEmpty)
        #expect(try reasons(mother) == [.consentMissing, .mandateIncomplete])
    }

    @Test("A resident without a household stands for themselves; a number nobody has for nobody")
    func alone() throws {
        let single = citizenNumber("19800101", 125)
        try gateway.pull([row("r-s", single, name: "独")])
        #expect(try reasons(single) == [.consentMissing, .mandateIncomplete])
        _ = try agree(single)
        #expect(try reasons(single).isEmpty)
        #expect(
            try reasons(citizenNumber("19990101", 127)) == [.consentMissing, .mandateIncomplete])
    }

    @Test("A child asked about needs the household's adults, and their own consent by a guardian")
    func childAsked() throws {
        _ = try agree(father)
        _ = try agree(mother)
        #expect(try reasons(child) == [.consentMissing, .mandateIncomplete])
        _ = try gateway.agree(
            child, purpose: "dibao",
            until: CalendarDate(dayNumber: gateway.clock.gatewayClock.today.dayNumber + 30)
        ) { $0.giver = .guardian(evidence: "household register") }
        #expect(try reasons(child).isEmpty)
    }
}
