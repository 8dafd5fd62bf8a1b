import Linkage
import ResidentModel
import Testing

struct LinkIdentityTests {
    /// Born on 4 March 1958; the sequence number 123 is odd, so male.
    static let number = numbered("11010119580304123")
    static let today = CalendarDate(dayNumber: 20_500)

    static func numbered(_ digits: String) -> CitizenNumber? {
        let check = CitizenNumber.checkCharacter(of: Array(digits.utf8)[...])
        do {
            return try CitizenNumber(
                digits + String(decoding: [check], as: UTF8.self), today: today)
        } catch { return nil }
    }

    private func identity(
        name: String? = "张三", birth: String? = nil, sex: Sex? = nil
    ) throws -> LinkIdentity {
        let number: CitizenNumber = try #require(Self.number)
        return LinkIdentity(
            citizenNumber: number, name: name.map { NormalisedName($0) },
            birthDate: birth.flatMap { PartialDate(parsing: $0) }, sex: sex)
    }

    @Test(
        "A birth date that the number carries, whole or in part, is no contradiction",
        arguments: ["1958-03-04", "1958-03", "1958"])
    func agreeingBirth(text: String) throws {
        #expect(try identity(birth: text, sex: .male).selfContradictions.isEmpty)
    }

    @Test(
        "A birth date that the number denies is one, also where only a part is known",
        arguments: ["1958-03-05", "1958-04", "1959", "1985-03-04"])
    func deniedBirth(text: String) throws {
        #expect(try identity(birth: text).selfContradictions == [.birthDateDeniedByNumber])
    }

    @Test("A sex that the number denies is a contradiction; one that is not stated says nothing")
    func sex() throws {
        #expect(try identity(sex: .female).selfContradictions == [.sexDeniedByNumber])
        #expect(try identity(sex: .unknown).selfContradictions.isEmpty)
        #expect(try identity(sex: .unstated).selfContradictions.isEmpty)
        #expect(
            try identity(birth: "1990-01-01", sex: .female).selfContradictions
                == [.birthDateDeniedByNumber, .sexDeniedByNumber])
    }

    @Test("A record without a number contradicts nothing")
    func noNumber() {
        let identity = LinkIdentity(
            citizenNumber: nil, name: NormalisedName("张三"),
            birthDate: PartialDate(parsing: "1990-01-01"), sex: .female)
        #expect(identity.selfContradictions.isEmpty)
    }

    @Test("The same name confirms a number; any name the resident is known by will do")
    func sameName() throws {
        let known = [try identity(name: "李四"), try identity(name: "张·三")]
        #expect(try identity(name: "李四").doubts(against: known).isEmpty)
        #expect(try identity(name: "张•三").doubts(against: known).isEmpty)
    }

    @Test("Another name, and a name that is missing on either side, keep records apart")
    func otherName() throws {
        let known = [try identity()]
        #expect(try identity(name: "李四").doubts(against: known) == [.nameDiffers])
        #expect(try identity(name: nil).doubts(against: known) == [.nameMissing])
        #expect(try identity(name: " ").doubts(against: known) == [.nameMissing])
        #expect(try identity().doubts(against: [identity(name: nil)]) == [.nameMissing])
        #expect(try identity().doubts(against: []) == [.nameMissing])
    }

    @Test("The codes of doubts are stable")
    func codes() {
        #expect(
            LinkDoubt.allCases.map(\.rawValue) == [
                "link.birth-date-denied-by-number", "link.sex-denied-by-number",
                "link.name-differs", "link.name-missing", "link.identity-changed",
            ])
    }
}
