import DemoData
import Foundation
import ResidentModel
import Testing

@Suite("The people of the story")
struct StoryTests {
    private static let number =
        "identifier[system=https://example.org/fhir/sid/cn-resident-id].value"

    @Test(
        "Everyone has a clean record with all three departments, in towns of every size",
        arguments: [(100, 1), (100, 77), (3_000, 1)])
    func cleanRecords(residents: Int, seed: UInt64) throws {
        let town = try WrittenTown(TownGenerator(residents: residents, seed: seed))
        let civil = try town.rows(
            WrittenTown.register, ["记录编号", "姓名", "性别", "公民身份号码", "出生日期", "联系电话", "住址", "行政区划代码"])
        let social = try town.rows(
            "AC01", ["AAC001", "AAC002", "AAC003", "AAC004", "AAC006", "AAE005", "AAE006"])
        let health = try town.rows(
            "Patient",
            [
                "id", Self.number, "name[use=official].text", "gender", "birthDate",
                "telecom.value", "address.text",
            ])
        let people = everyone(town.story)
        #expect(Set(people.map(\.citizenNumber)).count == 7)
        for person in people {
            let first = try #require(civil.first { $0["记录编号"] == person.civilAffairsRecord })
            let second = try #require(social.first { $0["AAC001"] == person.socialSecurityRecord })
            let third = try #require(health.first { $0["id"] == person.healthRecord })
            #expect(first.count == 8 && second.count == 7 && third.count == 7)
            let number = person.citizenNumber.digits
            #expect(
                [first["公民身份号码"], second["AAC002"], third[Self.number]] == [number, number, number])
            let name = person.name
            #expect(
                [first["姓名"], second["AAC003"], third["name[use=official].text"]] == [
                    name, name, name,
                ])
            #expect(person.citizenNumber.birthDate == person.birthDate)
            #expect(person.citizenNumber.sex == person.sex)
            #expect(first["出生日期"] == person.birthDate.description)
            #expect(third["birthDate"] == person.birthDate.description)
            #expect(second["AAC004"] == person.sex.rawValue)
        }
    }

    @Test("The elder is a woman of 82 who lives alone, with a pension and no old-age allowance")
    func elder() throws {
        let town = try WrittenTown(TownGenerator(residents: 500, seed: 1))
        let elder = town.story.elder
        #expect(elder.birthDate.fullYears(on: TownGenerator.defaultToday) == 82)
        #expect(elder.sex == .female)
        let row = try #require(
            try town.rows(WrittenTown.register, ["记录编号", "独居", "高龄津贴", "死亡标志"])
                .first { $0["记录编号"] == elder.civilAffairsRecord })
        #expect([row["独居"], row["高龄津贴"], row["死亡标志"]] == ["是", "否", "0"])
        let benefits = try town.rows("AC60", ["AAC001", "AAE140", "AAE116"])
            .filter { $0["AAC001"] == elder.socialSecurityRecord }
        #expect(benefits.map { $0["AAE140"] } == ["170"])
        #expect(benefits.map { $0["AAE116"] } == ["1"])
        let contracts = try town.rows("EpisodeOfCare", ["patient.reference", "status"])
        #expect(contracts.contains { $0["patient.reference"] == "Patient/\(elder.healthRecord)" })
    }

    @Test("Three adults share a household with minimum living allowance; the son has a job")
    func household() throws {
        let town = try WrittenTown(TownGenerator(residents: 500, seed: 2))
        let household = town.story.allowanceHousehold
        let rows = try town.rows(WrittenTown.register, ["记录编号", "户编号", "低保", "家庭月收入"])
            .filter { $0["户编号"] == household.number }
        #expect(rows.map { $0["记录编号"] } == household.members.map(\.civilAffairsRecord))
        #expect(rows.count == 3)
        #expect(rows.allSatisfy { $0["低保"] == "是" && $0["家庭月收入"] == "1860" })
        let today = TownGenerator.defaultToday
        #expect(household.members.allSatisfy { $0.birthDate.fullYears(on: today) >= 18 })
        let insurances = try town.rows("AC02", ["AAC001", "AAE140", "AAC031"])
        let kinds = household.members.map { member in
            Set(
                insurances.filter { $0["AAC001"] == member.socialSecurityRecord }
                    .compactMap { $0["AAE140"] })
        }
        #expect(kinds[0] == ["390", "170"] && kinds[1] == ["390", "170"])
        #expect(kinds[2] == ["310", "110", "210", "410", "510"])
    }

    @Test("Diagnoses: diabetes in care, and a psychiatric condition with its labels")
    func diagnoses() throws {
        let town = try WrittenTown(TownGenerator(residents: 500, seed: 3))
        let labels = "meta.security[].code"
        let conditions = try town.rows(
            "Condition", ["subject.reference", "code.coding.code", labels, "category.coding.code"])
        func codes(_ person: TownStory.Person) -> [String?] {
            conditions.filter { $0["subject.reference"] == "Patient/\(person.healthRecord)" }
                .map { $0["code.coding.code"] }
        }
        #expect(codes(town.story.chronicPatient) == ["I10", "E11.9"])
        #expect(codes(town.story.psychiatricPatient) == ["F20.9"])
        let labelled = conditions.filter { $0[labels] == "V PSY" }
        #expect(labelled.allSatisfy { $0["category.coding.code"] == "severe-mental" })
        #expect(labelled.contains { $0["code.coding.code"] == "F20.9" })
    }

    @Test("Of the late pensioner's death only civil affairs knows, and the pension is still paid")
    func latePensioner() throws {
        let town = try WrittenTown(TownGenerator(residents: 500, seed: 4))
        let person = town.story.latePensioner
        let civil = try #require(
            try town.rows(WrittenTown.register, ["记录编号", "死亡标志", "死亡日期", "殡葬火化日期"])
                .first { $0["记录编号"] == person.civilAffairsRecord })
        #expect(
            [civil["死亡标志"], civil["死亡日期"], civil["殡葬火化日期"]] == ["1", "2026-05-21", "2026-05-24"])
        let social = try #require(
            try town.rows("AC01", ["AAC001", "AAC060", "AAC084"])
                .first { $0["AAC001"] == person.socialSecurityRecord })
        #expect([social["AAC060"], social["AAC084"]] == ["1", "1"])
        let benefit = try town.rows("AC60", ["AAC001", "AAE140", "AAE116"])
            .filter { $0["AAC001"] == person.socialSecurityRecord }
        #expect(benefit.map { $0["AAE116"] } == ["1"] && benefit.map { $0["AAE140"] } == ["110"])
        let patient = try #require(
            try town.rows("Patient", ["id", "deceasedDateTime"])
                .first { $0["id"] == person.healthRecord })
        #expect(patient["deceasedDateTime"] == nil)
        let seen = try town.rows("Observation", ["subject.reference", "effectiveDateTime"])
            .filter { $0["subject.reference"] == "Patient/\(person.healthRecord)" }
        #expect(seen.allSatisfy { ($0["effectiveDateTime"] ?? "9") < "2026-05-21" })
    }

    private func everyone(_ story: TownStory) -> [TownStory.Person] {
        [story.elder] + story.allowanceHousehold.members
            + [story.chronicPatient, story.psychiatricPatient, story.latePensioner]
    }
}
