import Foundation
import ResidentModel

/// Writes the two registers of civil affairs: the province's, and the older one of the city of Linhe.
final class CivilAffairsWriter {
    private let register: TextFileWriter
    private let linhe: TextFileWriter
    private var registerCount = 0
    private var linheCount = 0

    init(folder: URL) throws(TownError) {
        register = try TextFileWriter(folder: folder, name: "minzheng/residents.csv", form: .plain)
        linhe = try TextFileWriter(
            folder: folder, name: "minzheng/residents_linhe_gb18030.csv", form: .gb18030)
        try register.write(
            """
            \u{FEFF}记录编号,姓名,性别,公民身份号码,出生日期,民族,婚姻登记状态,配偶姓名,联系电话,住址,行政区划代码,低保,特困,残疾类别,\
            残疾等级,残疾补贴,高龄津贴,独居,留守,死亡标志,死亡日期,更新日期,户编号,殡葬火化日期,家庭月收入\n
            """)
        try linhe.write(
            "编号,身份证号,姓名,性别,民族,出生年月日,婚姻状况,电话,地址,区划,救助类型,补贴,家庭情况,死亡日期,修改时间\r\n")
    }

    /// Writes the resident's records, if civil affairs has any.
    ///
    /// - Returns: The number of the first record.
    func write(
        _ resident: Resident, today: CalendarDate, random: inout TownRandom
    ) throws(TownError) -> String? {
        let count = recordCount(
            of: resident, perMilleByAge: (350, 650, 860), twicePerMille: 15, today: today,
            random: &random)
        var first: String?
        for _ in 0..<count {
            let written = WrittenIdentity(
                of: resident, rates: .civilAffairs, today: today, random: &random)
            let isLinhe = resident.home.division.code.hasPrefix("7802")
            let number =
                isLinhe
                ? try writeLinhe(resident, written, &random)
                : try writeRegister(resident, written, today: today, &random)
            first = first ?? number
        }
        return first
    }

    func finish() throws(TownError) -> [String: Int] {
        try register.finish()
        try linhe.finish()
        return [register.name: registerCount, linhe.name: linheCount]
    }

    private func writeRegister(
        _ resident: Resident, _ written: WrittenIdentity, today: CalendarDate,
        _ random: inout TownRandom
    ) throws(TownError) -> String {
        registerCount += 1
        let number = "MZA" + digits(registerCount, 7)
        let form: DateForm =
            resident.role == nil && random.hits(perMille: 70) ? .chinese : .dashes
        let sex = written.sex.map { $0 == .male ? "男" : "女" }
        let identity: [String] = [
            number, written.name, sex ?? "", written.number, date(written.birth, form),
            Self.ethnicGroups[resident.ethnicity] ?? "",
            Self.maritalStates[resident.maritalStatus] ?? "", resident.spouseName ?? "",
            written.phone, written.address, written.division,
        ]
        let disability = resident.disability
        let facts: [String] = [
            flag(resident.household.hasAllowance),
            flag(resident.household.hasExtremePovertySupport),
            disability.map { Self.disabilities[$0.type - 1] } ?? "",
            disability.map { Self.grades[$0.grade - 1] + "级" } ?? "", flag(hasSubsidy(resident)),
            flag(resident.hasOldAgeAllowance), flag(resident.livesAlone),
            flag(resident.isLeftBehind),
        ]
        let death = written.deathDate
        var cremation: CalendarDate?
        if let death, resident.role != nil || random.hits(perMille: 800) {
            cremation = CalendarDate(dayNumber: min(death.dayNumber + 3, today.dayNumber))
        }
        let income = resident.household.monthlyIncome.map { String($0) }
        let ends: [String] = [
            death == nil ? "0" : "1", death?.description ?? "", written.updated.description,
            resident.household.number, cremation?.description ?? "", income ?? "",
        ]
        let row = identity + facts + ends
        try register.write(row.map(cell).joined(separator: ",") + "\n")
        return number
    }

    private func writeLinhe(
        _ resident: Resident, _ written: WrittenIdentity, _ random: inout TownRandom
    ) throws(TownError) -> String {
        linheCount += 1
        let number = "MZB" + digits(linheCount, 7)
        func list(_ items: [(String, Bool)]) -> String {
            items.filter(\.1).map(\.0).joined(separator: "|")
        }
        let household = resident.household
        let aid = list([
            ("低保", household.hasAllowance), ("特困", household.hasExtremePovertySupport),
        ])
        let subsidies = list([
            ("残疾人两项补贴", hasSubsidy(resident)), ("高龄津贴", resident.hasOldAgeAllowance),
        ])
        let circumstances = list([("独居", resident.livesAlone), ("留守儿童", resident.isLeftBehind)])
        let form: DateForm = random.hits(perMille: 800) ? .chinese : .digits
        let updated = written.updated
        let row: [String] = [
            number, written.number, written.name, (written.sex ?? .unstated).rawValue,
            resident.ethnicity, date(written.birth, form), resident.maritalStatus, written.phone,
            written.address, written.division, aid, subsidies, circumstances,
            date(written.deathDate.flatMap { PartialDate(of: $0) }, .chinese),
            "\(updated.year)/\(updated.month)/\(updated.day)",
        ]
        try linhe.write(row.map(cell).joined(separator: ",") + "\r\n")
        return number
    }

    private func hasSubsidy(_ resident: Resident) -> Bool {
        resident.disability.map { $0.grade <= 2 } ?? false
    }

    private func flag(_ value: Bool) -> String { value ? "是" : "否" }

    private func cell(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    private static let ethnicGroups = [
        "01": "汉族", "02": "蒙古族", "03": "回族", "04": "藏族", "05": "维吾尔族", "07": "彝族", "08": "壮族",
        "11": "满族",
    ]
    private static let maritalStates = ["10": "未婚", "20": "已婚", "30": "丧偶", "40": "离婚"]
    static let disabilities = ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]
    static let grades = ["一", "二", "三", "四"]
}

/// The ways in which departments write a date.
enum DateForm { case dashes, chinese, digits, fhir }

/// A date in one of the forms; where only the year is known, most forms make it the first of January.
func date(_ date: PartialDate?, _ form: DateForm) -> String {
    guard let date else { return "" }
    let (month, day) = (date.month ?? 1, date.day ?? 1)
    return switch form {
    case .dashes: "\(digits(date.year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    case .chinese: "\(date.year)年\(month)月\(day)日"
    case .digits:
        date.month == nil
            ? digits(date.year, 4) + "0000"
            : digits(date.year, 4) + digits(month, 2) + digits(day, 2)
    case .fhir: date.description
    }
}

extension PartialDate {
    init?(of day: CalendarDate) {
        let parts = day.parts
        self.init(year: parts.year, month: parts.month, day: parts.day)
    }
}
