import ResidentModel
import TestSupport
import Testing

import Gateway

struct RecordMapperTests {
    private static let today = CalendarDate(dayNumber: 20_517)

    private func map(_ row: ScriptedSource.Row, stream: String = "residents") throws -> MappedBatch
    {
        let catalogue = try TestPolicies.catalogue()
        let mapping = try TestPolicies.mapping(of: catalogue)
        let stream = try #require(mapping.streams.first { $0.name == stream })
        let mapper = RecordMapper(
            stream: stream, location: stream.location, catalogue: catalogue, today: Self.today)
        let reader = try ScriptedSource("register", rows: [row])
            .open(mapper.request, after: nil, limits: ReadLimits())
        return mapper.map(try #require(try reader.next()))
    }

    /// The text that a cell becomes; nil where nothing is taken.
    private func value(_ field: String, _ cells: ScriptedSource.Row) throws -> String? {
        let batch = try map(row("r-1", nil, name: nil, cells))
        let record = try #require(batch.records.first, "\(batch.refused.map(\.findings))")
        let index = try #require(try TestPolicies.catalogue().index(of: FieldID(field)))
        let found = record.values.filter { $0.fieldIndex == index }
        #expect(found.count <= 1)
        return found.first?.text
    }

    private func findings(_ cells: ScriptedSource.Row) throws -> [RecordFinding] {
        let batch = try map(row("r-1", nil, name: nil, cells))
        #expect(batch.records.isEmpty && batch.refused.count == 1)
        return batch.refused.flatMap(\.findings)
    }

    @Test(
        "A cell becomes the form of its kind",
        arguments: [
            ("identity.name", "name", "　张三丰 ", "张三丰"), ("identity.name", "name", "张\u{0}三", "张三"),
            ("identity.sex", "sex", "男", "1"), ("identity.sex", "sex", " 2 ", "2"),
            ("identity.birth-date", "birth", "1958年3月4日", "1958-03-04"),
            ("identity.birth-date", "birth", "19580300", "1958-03"),
            ("identity.birth-date", "birth", "1958", "1958"),
            (
                "identity.citizen-number", "number",
                "１１０１０１１９５８０３０４１２３" + String(citizenNumber().suffix(1)), citizenNumber()
            ),
            ("contact.phone", "phone", "+86 138-0013 8000", "+86138-00138000"),
            ("residence.division", "division", "780102003", "780102003"),
            ("income.monthly", "income", "03000.50", "03000.50"),
            ("household.member-count", "members", "007", "7"),
            ("vital.deceased", "dead", "1", "true"), ("vital.deceased", "dead", "0", "false"),
        ])
    func forms(field: String, column: String, cell: String, expected: String) throws {
        #expect(try value(field, [column: cell]) == expected)
    }

    @Test("A blank is nothing, whichever the mapping names, but a flag may give a blank a meaning")
    func blanks() throws {
        for blank in ["-", "不详", "", "　"] {
            #expect(try value("identity.name", ["name": blank]) == nil)
        }
        #expect(try value("identity.sex", ["sex": "不详"]) == nil)
        #expect(try value("vital.deceased", ["dead": "-"]) == "false")
        #expect(try value("vital.deceased", ["dead": "不详"]) == nil)
    }

    @Test("A cell of nothing but spaces is blank for every kind of field")
    func spaces() throws {
        for column in ["birth", "sex", "number", "income", "members", "division", "phone", "died"] {
            for blank in [" ", "　", "\t"] {
                let batch = try map(row("r-1", nil, name: nil, [column: blank]))
                #expect(batch.refused.isEmpty, "\(column)")
            }
        }
    }

    @Test("A constant, and a second origin, are taken only where their condition holds")
    func conditions() throws {
        #expect(try value("health.diagnosis", ["kind": "dependent"]) == "Z99")
        #expect(try value("health.diagnosis", ["kind": "worker dependent"]) == "Z99")
        #expect(try value("health.diagnosis", ["kind": "independent"]) == nil)
        #expect(try value("health.diagnosis", [:]) == nil)
        let both = ["income": "100", "pension": "200", "kind": "pensioner"]
        #expect(try value("income.monthly", both) == "100")
        #expect(try value("income.monthly", ["pension": "200", "kind": "pensioner"]) == "200")
        #expect(try value("income.monthly", ["pension": "200"]) == nil)
    }

    @Test(
        "A cell that is not of its kind refuses the record, naming column and kind of fault",
        arguments: [
            ("sex", "3", "field.unknown-code"), ("birth", "1958-02-30", "field.impossible-date"),
            ("birth", "04.03.1958", "field.impossible-date"), ("income", "1,000", "field.number"),
            ("income", "1e3", "field.number"), ("income", ".", "field.number"),
            ("income", String(repeating: "1", count: 41), "field.number"),
            ("members", "2.0", "field.number"),
            ("members", "9223372036854775808", "field.number"),
            ("division", "78010", "field.unknown-code"),
            ("division", "78010２", "field.unknown-code"),
            ("dead", "yes", "field.flag"), ("updated", "2026-03-06", "field.impossible-date"),
            ("updated", "yesterday", "field.impossible-date"),
            ("number", String(citizenNumber().dropLast()) + "?", "field.citizen-number"),
            ("number", "000101195803041232", "field.citizen-number"),
            ("number", "11010119580304", "field.citizen-number"),
        ])
    func refusals(column: String, cell: String, code: String) throws {
        let found = try findings([column: cell])
        #expect(found.map(\.kind.rawValue) == [code])
        #expect(found.first?.field == column)
    }

    @Test("A number of 15 digits, the form of before 1999, is read as the one it became")
    func fifteenDigits() throws {
        #expect(
            try value("identity.citizen-number", ["number": "110101580304123"]) == citizenNumber())
    }

    @Test("Every fault of a record is found, and none of them tells what the record holds")
    func noValueInFindings() throws {
        let secret = "機密機密機密"
        let cells = [
            "sex": secret, "birth": secret, "income": secret, "members": secret, "division": secret,
            "dead": secret, "number": secret, "updated": secret, "died": secret,
        ]
        let batch = try map(row(secret, nil, name: secret, cells))
        let refused = try #require(batch.refused.first)
        #expect(refused.findings.count == 9)
        for finding in refused.findings {
            #expect(!finding.description.contains("機") && !"\(finding)".contains("密"))
        }
        #expect(!"\(batch)".contains("機") && !"\(refused)".contains("機"))
        let good = try map(row(secret, nil, name: secret))
        #expect(good.records.count == 1 && !"\(good)".contains("機"))
        print("findings looked at: \(refused.findings.count)")
    }

    @Test(
        "A number of which one digit is wrong is refused, and the finding is the same for every digit"
    )
    func numberFault() throws {
        var details: Set<String> = []
        for position in 0..<17 {
            var digits = Array(citizenNumber())
            digits[position] = digits[position] == "9" ? "8" : "9"
            let found = try findings(["number": String(digits)])
            #expect(found.map(\.kind) == [.citizenNumber])
            details.formUnion(found.map(\.detail))
        }
        #expect(details.count == 1)
    }

    @Test("A text too long, and a record without its key or its subject, are refused")
    func tooLongAndMissing() throws {
        #expect(
            try findings(["name": String(repeating: "长", count: 342)]).map(\.kind) == [
                .tooLongField
            ])
        #expect(try value("identity.name", ["name": String(repeating: "长", count: 341)]) != nil)
        #expect(try map(row("")).refused.first?.findings.map(\.kind) == [.missingKey])
        let visit = ["id": "v-1", "part": "a", "patient": "Patient/r-1", "diagnosis": "I10"]
        #expect(try map(visit, stream: "visits").records.count == 1)
        for patient in ["Patient/", "Person/r-1", "r-1", "", "-"] {
            let batch = try map(visit.merging(["patient": patient]) { $1 }, stream: "visits")
            #expect(batch.refused.first?.findings.map(\.kind) == [.missingField])
        }
        #expect(
            try map(visit.filter { $0.key != "part" }, stream: "visits").refused.first?.findings
                .map(\.kind) == [.missingKey])
    }

    @Test("The day of the pull stands in where a record does not say as of when it speaks")
    func observedAt() throws {
        func day(_ text: String?) throws -> CalendarDate? {
            var cells = row("r-1")
            cells["updated"] = text
            return try map(cells).records.first?.observedAt
        }
        #expect(try day("2026-03-05")?.description == "2026-03-05")
        #expect(try day("2025")?.description == "2025-01-01")
        #expect(try day("2025-06")?.description == "2025-06-01")
        #expect(try day("不详") == Self.today)
        #expect(try day(nil) == Self.today)
    }

    @Test("What must never be taken in is counted, and a bad record is passed on with its finding")
    func neverIngestAndBad() throws {
        let batch = try map(row("r-1", nil, name: nil, ["face": "AAAA"]))
        #expect(batch.neverIngestCount == 1)
        let bad = try map(["!bad": "a quote is not closed"])
        #expect(bad.refused.first?.findings.map(\.kind) == [.quoting])
        #expect(bad.refused.first?.cells.isEmpty == true && bad.refused.first?.key == nil)
    }

    @Test("A column is asked for once, however many fields it feeds")
    func columns() throws {
        let catalogue = try TestPolicies.catalogue()
        let stream = try #require(try TestPolicies.mapping(of: catalogue).streams.first)
        let request = RecordMapper(
            stream: stream, location: "x", catalogue: catalogue, today: Self.today
        ).request
        #expect(Set(request.columns.map(\.name)).count == request.columns.count)
        #expect(request.columns.filter(\.isOptional).map(\.name) == ["household"])
        #expect(request.neverIngest == ["face"] && !request.columns.contains { $0.name == "face" })
        #expect(request.keysetColumns == ["id"])
    }
}
