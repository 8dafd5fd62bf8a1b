import Foundation
import TestSupport
import Testing

/// A delivery of three departments with three residents, sound but for what a test changes in it.
struct SmallDelivery {
    let folder: TemporaryFolder
    var path: String { folder.path("town") }

    /// Citizen numbers with sound check characters; province 78 is assigned to nobody.
    static let numbers = ["zhang", "li", "wang"].enumerated().map { index, _ in
        number("78020119580304\(21 + index)2")
    }

    /// Adds the check character to 17 digits (GB 11643).
    static func number(_ digits: String) -> String {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits.compactMap(\.wholeNumberValue), weights).map { $0 * $1 }.reduce(0, +)
        return digits + ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11]
    }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["minzheng", "shebao", "weijian"] {
            try FileManager.default.createDirectory(
                at: folder.url("town/\(name)"), withIntermediateDirectories: true)
        }
        try write(Self.residents, to: "minzheng/residents.csv")
        let linhe = try toolOutput(
            ["iconv", "-f", "UTF-8", "-t", "GB18030"], input: Data(Self.linhe.utf8))
        try write(linhe, to: "minzheng/residents_linhe_gb18030.csv")
        try write(Self.dump, to: "shebao/shebao.sql")
        for (type, lines) in Self.resources { try write(lines, to: "weijian/\(type).ndjson") }
    }

    func write(_ text: String, to file: String) throws { try write(Data(text.utf8), to: file) }

    func write(_ data: Data, to file: String) throws { try data.write(to: url(file)) }

    func url(_ file: String) -> URL { folder.url("town/\(file)") }

    /// Replaces a text that must stand in a file once.
    func replace(_ text: String, with other: Data, in file: String) throws {
        var data = try Data(contentsOf: url(file))
        let range = try #require(data.range(of: Data(text.utf8)), "\(file) has no '\(text)'")
        data.replaceSubrange(range, with: other)
        try write(data, to: file)
    }

    func replace(_ text: String, with other: String, in file: String) throws {
        try replace(text, with: Data(other.utf8), in: file)
    }

    /// Delivers one more resident, in one more line.
    func addResident() throws {
        let file = "minzheng/residents.csv"
        let line =
            "MZA4,朱四火,女,\(Self.number("78020119580304242")),1958-03-04,汉族,已婚,,16000000004,"
            + "临河市东湖路4号,780201,否,否,,,否,否,否,否,0,,2026-01-05\n"
        try write(try Data(contentsOf: url(file)) + Data(line.utf8), to: file)
    }

    /// How many records each stream has.
    static let counts = [
        "residents": 3, "residents-linhe": 1, "persons": 3, "insurances": 2, "benefits": 1,
        "patients": 3, "conditions": 1, "observations": 1, "immunizations": 1,
        "family-doctor-contracts": 1,
    ]

    private static let residents =
        """
        记录编号,姓名,性别,公民身份号码,出生日期,民族,婚姻登记状态,配偶姓名,联系电话,住址,行政区划代码,低保,特困,残疾类别,残疾等级,残疾补贴,高龄津贴,独居,留守,死亡标志,死亡日期,更新日期
        MZA1,章一山,女,\(numbers[0]),1958-03-04,汉族,已婚,,16000000001,临河市东湖路1号,780201,否,否,,,否,否,否,否,0,,2026-01-02
        MZA2,黎二水,女,\(numbers[1]),1958-03-04,汉族,已婚,,16000000002,临河市东湖路2号,780201,否,否,,,否,否,否,否,0,,2026-01-03
        MZA3,汪三木,女,\(numbers[2]),1958-03-04,汉族,已婚,,16000000003,临河市东湖路3号,780201,否,否,,,否,否,否,否,0,,2026-01-04

        """
    private static let linhe =
        "编号,身份证号,姓名,性别,民族,出生年月日,婚姻状况,电话,地址,区划,救助类型,补贴,家庭情况,死亡日期,修改时间\r\n"
        + "MZB1,\(numbers[0]),章一山,2,01,1958年3月4日,20,16000000001,临河市东湖路1号,780201,,,,,2020/7/9\r\n"
    private static let dump = """
        CREATE TABLE AC01 (AAC001 TEXT, AAC002 TEXT, AAC003 TEXT, AAC004 TEXT, AAC005 TEXT, AAC006 TEXT, AAE005 TEXT, AAE006 TEXT, AAB301 TEXT, AAC009 TEXT, AAC084 TEXT, AAB001 TEXT, AAC060 TEXT, AAE036 TEXT);
        CREATE TABLE AC02 (AAC001 TEXT, AAE140 TEXT, AAC031 TEXT, AAC049 TEXT, AAE202 INTEGER);
        CREATE TABLE AC60 (AAC001 TEXT, AAE140 TEXT, AAE041 TEXT, AIC165 TEXT, AAE116 TEXT);
        INSERT INTO AC01 VALUES
        ('SB1','\(numbers[0])','章一山','2','01','19580304','16000000001','临河市东湖路1号','780201','10','1',NULL,'1','20260102'),
        ('SB2','\(numbers[1])','黎二水','2','01','19580304','16000000002','临河市东湖路2号','780201','10','1',NULL,'1','20260103'),
        ('SB3','\(numbers[2])','汪三木','2','01','19580304','16000000003','临河市东湖路3号','780201','10','1',NULL,'1','20260104');
        INSERT INTO AC02 VALUES ('SB1','110','1','199501',300), ('SB2','170','1','201001',120);
        INSERT INTO AC60 VALUES ('SB1','110','201803','2000.00','1');

        """
    private static let resources = [
        "Patient": ["WJ1", "WJ2", "WJ3"].enumerated().map { index, id in
            #"{"resourceType":"Patient","id":"\#(id)","meta":{"lastUpdated":"2026-01-02T08:00:00+08:00"},"identifier":[{"system":"https://example.org/fhir/sid/cn-resident-id","value":"\#(numbers[index])"}],"name":[{"use":"official","text":"\#(["章一山", "黎二水", "汪三木"][index])"}],"gender":"female","birthDate":"1958-03-04"}"#
                + "\n"
        }.joined(),
        "Condition":
            #"{"resourceType":"Condition","id":"C1","category":[{"coding":[{"system":"https://example.org/fhir/CodeSystem/program","code":"chronic"}]}],"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"}]},"onsetDateTime":"2019-05","subject":{"reference":"Patient/WJ1"}}"#
            + "\n",
        "Observation":
            #"{"resourceType":"Observation","id":"O1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1558-6"}]},"subject":{"reference":"Patient/WJ1"},"effectiveDateTime":"2026-01-02","valueQuantity":{"value":5.5}}"#
            + "\n",
        "Immunization":
            #"{"resourceType":"Immunization","id":"I1","status":"completed","vaccineCode":{"coding":[{"system":"https://example.org/fhir/CodeSystem/cn-vaccine","code":"2101"}]},"patient":{"reference":"Patient/WJ1"},"occurrenceDateTime":"2025-10-02"}"#
            + "\n",
        "EpisodeOfCare":
            #"{"resourceType":"EpisodeOfCare","id":"E1","status":"active","type":[{"coding":[{"system":"https://example.org/fhir/CodeSystem/program","code":"family-doctor"}]}],"patient":{"reference":"Patient/WJ1"},"period":{"start":"2026-01-02","end":"2026-12-31"}}"#
            + "\n",
    ]
}
