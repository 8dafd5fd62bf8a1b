import Foundation
import Testing

/// A fault in one record: the record is quarantined with its place and column, the rest goes in.
struct BadRecord: Sendable, CustomTestStringConvertible {
    let fault: String
    let file: String
    let text: String
    let replacement: [UInt8]
    let stream: String
    let code: String
    let column: String?
    /// The file or table, and the line where it has one, as reports name them.
    let container: String
    let record: Int
    let line: Int?
    /// What stands in the bad record and may not be repeated.
    let hidden: [String]

    var testDescription: String { "\(fault) in \(container)" }

    init(
        _ fault: String, _ file: String, _ text: String, _ replacement: String, _ stream: String,
        _ code: String, column: String?, at place: (String, Int, Int?), hidden: [String]
    ) {
        self.init(
            fault, file, text, Array(replacement.utf8), stream, code, column: column, at: place,
            hidden: hidden)
    }

    init(
        _ fault: String, _ file: String, _ text: String, _ replacement: [UInt8], _ stream: String,
        _ code: String, column: String?, at place: (String, Int, Int?), hidden: [String]
    ) {
        self.fault = fault
        self.file = file
        self.text = text
        self.replacement = replacement
        self.stream = stream
        self.code = code
        self.column = column
        container = place.0
        record = place.1
        line = place.2
        self.hidden = hidden
    }

    private static let wrong = SmallDelivery.numbers.map { number in
        String(number.dropLast()) + (number.last == "5" ? "6" : "5")
    }
    private static let csv = "minzheng/residents.csv"
    private static let linhe = "minzheng/residents_linhe_gb18030.csv"
    private static let sql = "shebao/shebao.sql"
    private static let patients = "weijian/Patient.ndjson"
    private static let identifier =
        "identifier[system=https://example.org/fhir/sid/cn-resident-id].value"
    private static let second = ("residents.csv", 2, Int?.some(3))
    private static let third = ("AC01", 3, Int?.none)
    private static let lastPatient = ("Patient.ndjson", 3, Int?.some(3))

    static let registers = [
        BadRecord(
            "broken quoting", csv, "黎二水", "\"黎二\"水", "residents", "record.quoting",
            column: "姓名", at: second, hidden: ["黎二"]),
        BadRecord(
            "undecodable bytes", csv, "黎二水", [0xE9, 0xBB, 0x8E, 0xFF, 0xFE], "residents",
            "record.encoding", column: "姓名", at: second, hidden: ["黎", "16000000002"]),
        BadRecord(
            "undecodable bytes", linhe, "16000000001", [0x31, 0x36, 0xFF, 0x30], "residents-linhe",
            "record.encoding", column: "电话", at: ("residents_linhe_gb18030.csv", 1, 2),
            hidden: [SmallDelivery.numbers[0]]),
        BadRecord(
            "a cell too many", csv, "黎二水", "黎二水,多余", "residents", "record.column-count",
            column: nil, at: second, hidden: ["黎二水", "多余"]),
        BadRecord(
            "an unknown code", csv, "黎二水,女", "黎二水,秘性", "residents", "field.unknown-code",
            column: "性别", at: second, hidden: ["秘性", "黎二水"]),
        BadRecord(
            "an impossible date", csv, SmallDelivery.numbers[1] + ",1958-03-04",
            SmallDelivery.numbers[1] + ",1958-02-30", "residents", "field.impossible-date",
            column: "出生日期", at: second, hidden: ["1958-02-30"]),
        BadRecord(
            "a wrong check character", csv, SmallDelivery.numbers[1], wrong[1], "residents",
            "field.citizen-number", column: "公民身份号码", at: second, hidden: [wrong[1]]),
        BadRecord(
            "an empty key", csv, "MZA2,", ",", "residents", "record.missing-key", column: "记录编号",
            at: second, hidden: ["黎二水"]),
    ]

    static let databases = [
        BadRecord(
            "a wrong check character", sql, "'\(SmallDelivery.numbers[2])'", "'\(wrong[2])'",
            "persons", "field.citizen-number", column: "AAC002", at: third, hidden: [wrong[2]]),
        BadRecord(
            "an unknown code", sql, "'汪三木','2'", "'汪三木','Q7'", "persons", "field.unknown-code",
            column: "AAC004", at: third, hidden: ["Q7", "汪三木"]),
        BadRecord(
            "an impossible date", sql, "'汪三木','2','01','19580304'",
            "'汪三木','2','01','19581304'", "persons", "field.impossible-date", column: "AAC006",
            at: third, hidden: ["19581304"]),
    ]

    static let resources = [
        BadRecord(
            "an invalid line", patients, #""id":"WJ3","#, #""id":"WJ3""#, "patients", "record.json",
            column: nil, at: lastPatient, hidden: ["汪三木", "WJ3"]),
        BadRecord(
            "a cut line", patients, #""WJ3","meta":{"#, #""WJ3"}{"#, "patients", "record.json",
            column: nil, at: lastPatient, hidden: ["汪三木", "WJ3"]),
        BadRecord(
            "undecodable bytes", patients, "汪三木", [0xE6, 0xB1, 0xFF], "patients",
            "record.encoding", column: nil, at: lastPatient, hidden: ["WJ3"]),
        BadRecord(
            "a wrong check character", patients, SmallDelivery.numbers[2], wrong[2], "patients",
            "field.citizen-number", column: identifier, at: lastPatient, hidden: [wrong[2]]),
        BadRecord(
            "an impossible date", "weijian/Observation.ndjson", "2026-01-02", "2026-02-31",
            "observations", "field.impossible-date", column: "effectiveDateTime",
            at: ("Observation.ndjson", 1, 1), hidden: ["2026-02-31"]),
        BadRecord(
            "an unknown code", "weijian/Condition.ndjson", "I10", "秘病", "conditions",
            "field.unknown-code",
            column: "code.coding[system=http://hl7.org/fhir/sid/icd-10].code",
            at: ("Condition.ndjson", 1, 1), hidden: ["秘病"]),
        BadRecord(
            "a reference to nobody", "weijian/Condition.ndjson", "Patient/WJ1", "Patient/WJ9",
            "conditions", "record.unknown-reference", column: nil, at: ("Condition.ndjson", 1, 1),
            hidden: ["WJ9"]),
    ]
}

/// Bad records of every reader, seen from the command line.
@Suite("Bad records")
struct BadRecordTests {
    @Test(
        "A bad record is quarantined with its place, column and reason, and the rest goes in",
        arguments: BadRecord.registers + BadRecord.databases + BadRecord.resources)
    func badRecord(bad: BadRecord) throws {
        let delivery = try SmallDelivery()
        try delivery.replace(bad.text, with: Data(bad.replacement), in: bad.file)
        let home = try TestHome(delivery)
        let pulled = try home.run(["pull", "--json"])
        #expect(pulled.status == 0, "\(pulled.allText)")
        let counts = try #require(try pulled.json(PullCounts.self).first)
        for stream in counts.streams {
            #expect(stream.addsUp && stream.read == SmallDelivery.counts[stream.stream])
            #expect(stream.quarantined == (stream.stream == bad.stream ? 1 : 0), "\(stream.stream)")
        }
        #expect(try counts.stream(bad.stream).findings.keys.sorted() == [bad.code])

        let listed = try home.check(["review", "quarantine", "--json"])
        let item = try #require(try listed.json(QuarantineLine.self).first)
        #expect(item.container == bad.container && item.record == bad.record)
        #expect(item.line == bad.line)
        #expect(!item.findings.isEmpty)
        for finding in item.findings {
            #expect(finding.hasPrefix("\(bad.code): "))
            if let column = bad.column { #expect(finding.contains("'\(column)'")) }
        }
        let shown = try home.check(["review", "quarantine"])
        #expect(shown.outputText.contains(bad.container))
        let again = try home.run(["pull"])
        for text in bad.hidden {
            for result in [pulled, listed, shown, again] {
                #expect(!result.allText.contains(text), "a value of the record is shown")
            }
        }
    }

    @Test("A record that is put right leaves the quarantine")
    func mended() throws {
        let delivery = try SmallDelivery()
        try delivery.replace("黎二水,女", with: "黎二水,秘", in: "minzheng/residents.csv")
        let home = try TestHome(delivery)
        #expect(try home.pull().stream("residents").quarantined == 1)
        try delivery.replace("黎二水,秘", with: "黎二水,女", in: "minzheng/residents.csv")
        let counts = try home.pull()
        #expect(try counts.stream("residents").stored == 1)
        #expect(try home.check(["review", "quarantine", "--json"]).lines.isEmpty)
        #expect(try home.verifyLog().sound)
    }

    @Test("Columns of never-ingest classes are counted, and their content is kept nowhere")
    func neverIngest() throws {
        let delivery = try SmallDelivery()
        let template = "AFPT-0123456789-TEMPLATE"
        var register = try String(
            contentsOf: delivery.url("minzheng/residents.csv"), encoding: .utf8)
        register = register.replacingOccurrences(of: ",更新日期\n", with: ",更新日期,指纹特征\n")
        for day in ["02", "03", "04"] {
            register = register.replacingOccurrences(
                of: "2026-01-\(day)\n", with: "2026-01-\(day),\(template)\n")
        }
        // A bad record keeps its cells for whoever mends it, but not these.
        register = register.replacingOccurrences(of: "黎二水,女", with: "黎二水,秘")
        try delivery.write(register, to: "minzheng/residents.csv")
        let home = try TestHome(delivery)
        let pulled = try home.check(["pull", "--json"])
        let counts = try #require(try pulled.json(PullCounts.self).first)
        let residents = try counts.stream("residents")
        #expect(residents.neverIngest == 3 && residents.quarantined == 1)
        let search = try SecretSearch([Secret(kind: .neverIngest, text: template)])
        for (name, data) in try home.files() { #expect(search.hits(in: data).isEmpty, "\(name)") }
        #expect(!pulled.allText.contains(template))
    }
}
