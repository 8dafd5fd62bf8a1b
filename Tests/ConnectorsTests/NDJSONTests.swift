import Connectors
import Foundation
import ResidentModel
import TestSupport
import Testing

@Suite("FHIR NDJSON")
struct NDJSONTests {
    private func contract(
        _ delivery: Delivery, columns names: [String] = ["id", "gender"], type: String = "Patient",
        neverIngest: [String] = [], known: Set<String> = [], hidden: [String] = []
    ) -> RecordSourceContract {
        RecordSourceContract(
            StreamRequest(
                stream: "p", location: type, columns: columns(names), neverIngest: neverIngest),
            hiddenTexts: hidden
        ) {
            NDJSONSource(
                name: SourceName("test"), folder: delivery.path, knownModifierExtensions: known,
                makeDigest: TestDigest.make)
        }
    }

    private func patient(_ id: Int, _ more: String = "") -> String {
        #"{"resourceType":"Patient","id":"\#(id)","gender":"female"\#(more)}"#
    }

    @Test("A byte order mark, CRLF and blank lines are passed over")
    func lines() throws {
        let delivery = try Delivery()
        try delivery.write(
            "\u{FEFF}\(patient(1))\r\n\r\n  \n\(patient(2))\n\n\(patient(3))", to: "Patient.ndjson")
        let read = try contract(delivery).verify(goodCount: 3)
        #expect(read.entries.map(\.position.line) == [1, 4, 6])
        #expect(read.rows.map { $0[0] } == ["1", "2", "3"])
    }

    @Test("A bad line is told with its number, and its content stays out of every text")
    func badLines() throws {
        let delivery = try Delivery()
        let secret = "780181195110054349"
        let lines = [
            patient(1), #"{"resourceType":"Patient","id":"\#(secret)""#,
            #"{"resourceType":"Observation","id":"\#(secret)"}"#, "[\"\(secret)\"]", secret,
            patient(2, #","id":"\#(secret)""#), #"{"id":"\#(secret)"}"#,
            patient(3, #","implicitRules":"http://example.org/\#(secret)""#),
            patient(
                4, #","modifierExtension":[{"url":"http://example.org/not","valueBoolean":true}]"#),
            patient(5, #","contact":[{"modifierExtension":[{"url":"http://example.org/not"}]}]"#),
            patient(6, #","\#(secret)":"\#(secret)""#),
        ]
        try delivery.write(lines.joined(separator: "\n") + "\n", to: "Patient.ndjson")
        let read = try contract(delivery, hidden: [secret]).verify(goodCount: 2, badCount: 9)
        #expect(read.rows.map { $0[0] } == ["1", "6"])
        #expect(
            read.findings.map(\.kind) == [
                .json, .resourceType, .json, .json, .json, .resourceType, .modifierExtension,
                .modifierExtension, .modifierExtension,
            ])
        #expect(!read.columnsNotTaken.contains(secret))
        let known = try contract(delivery, known: ["http://example.org/not"])
            .verify(goodCount: 4, badCount: 7)
        #expect(known.rows.map { $0[0] } == ["1", "4", "5", "6"])
    }

    @Test("Bytes outside UTF-8, lines too long and paths that end on objects make their line bad")
    func otherBadLines() throws {
        let delivery = try Delivery()
        var bytes = Array(#"{"resourceType":"Patient","id":""#.utf8) + [0xFF]
        bytes += Array("\"}\n\(patient(1))\n\(patient(2, #","meta":{}"#))\n".utf8)
        try delivery.write(bytes, to: "Patient.ndjson")
        let read = try contract(delivery, columns: ["id", "meta"]).verify(goodCount: 1, badCount: 2)
        #expect(read.findings.map(\.kind) == [.encoding, .json])
        #expect(read.findings[1].field == "meta")
        let source = NDJSONSource(
            name: SourceName("test"), folder: delivery.path, makeDigest: TestDigest.make)
        let reader = try source.open(
            StreamRequest(stream: "p", location: "Patient", columns: columns("id")), after: nil,
            limits: ReadLimits(recordBytesMax: 60))
        let batch = try #require(try reader.next())
        #expect(batch.badRecords.map(\.finding.kind) == [.encoding, .tooLong])
        #expect(batch.records.map { $0.cells[0] } == ["1"])
    }

    @Test("The parts of a type are read in the order of their numbers")
    func parts() throws {
        let delivery = try Delivery()
        for part in [0, 2, 10] {
            let lines = (1...3).map { patient(part * 10 + $0) + "\n" }.joined()
            try delivery.write(gzip(Array(lines.utf8)), to: "Patient.\(part).ndjson.gz")
        }
        try delivery.write("", to: "Patient.1.ndjson")
        try delivery.write("not read", to: "PatientX.ndjson")
        try delivery.write("not read", to: "Patient.x.ndjson")
        let read = try contract(delivery).verify(goodCount: 9)
        #expect(
            read.rows.compactMap { $0[0] } == [1, 2, 3, 21, 22, 23, 101, 102, 103].map { "\($0)" })
        #expect(read.entries[8].position.description == "Patient.10.ndjson.gz:3 (record 3)")

        try delivery.write(patient(111) + "\n", to: "Patient.11.ndjson")
        #expect(try contract(delivery).read(after: read.cursors.last).rows.map { $0[0] } == ["111"])
        try delivery.append(patient(11) + "\n", to: "Patient.1.ndjson")
        #expect(try contract(delivery).read(after: read.cursors.last).goodCount == 11)
        try delivery.write(patient(1), to: "Patient.0.ndjson")
        #expect(throws: SourceError.self) { try contract(delivery).read(after: nil) }
    }

    @Test("A type without a file, and a column that is no path, are refused")
    func refused() throws {
        let delivery = try Delivery()
        #expect(throws: SourceError.absent(container: "Patient.ndjson")) {
            try contract(delivery).read(after: nil)
        }
        try delivery.write(patient(1), to: "Patient.ndjson")
        #expect(throws: SourceError.self) {
            try contract(delivery, columns: ["id", "text.div"]).read(after: nil)
        }
    }

    @Test("Never-ingest members are counted and dropped; members that no column takes are named")
    func neverIngest() throws {
        let delivery = try Delivery()
        try delivery.write(
            [patient(1, #","photo":[{"data":"AAAA"}],"telecom":[]"#), patient(2)].joined(
                separator: "\n"), to: "Patient.ndjson")
        let read = try contract(delivery, neverIngest: ["photo.data"]).verify(goodCount: 2)
        #expect(read.entries.map(\.neverIngestCount) == [1, 0])
        #expect(read.columnsNotTaken == ["telecom"])
    }

    @Test("The narrative can be counted among what is never ingested, and held by no column")
    func narrative() throws {
        let delivery = try Delivery()
        let secret = "780181195110054349"
        try delivery.write(
            patient(1, #","text":{"status":"generated","div":"<div>\#(secret)</div>"}"#),
            to: "Patient.ndjson")
        let read = try contract(delivery, neverIngest: ["text.div"], hidden: [secret])
            .verify(goodCount: 1)
        #expect(read.entries[0].neverIngestCount == 1)
        for path in ["text.div", "id | text.div", "contained.text.div", "text[].div[]"] {
            #expect(throws: SourceError.self) {
                try contract(delivery, columns: ["id", path]).read(after: nil)
            }
        }
    }

    @Test(
        "Exports that others made are read whole",
        arguments: [
            ("export-300", "Patient", 300), ("export-300", "Condition", 2_269),
            ("export-300", "AllergyIntolerance", 215), ("export-300", "Encounter", 9_291),
            ("export-300", "Immunization", 3_576), ("export-300", "Observation", 43_813),
            ("export-10", "Patient", nil), ("export-10", "Condition", nil),
            ("export-10", "Immunization", nil), ("population-1000", "Patient", 1_144),
        ] as [(String, String, Int?)])
    func exports(folder: String, type: String, count: Int?) throws {
        guard let url = SharedData.url("fhir/\(folder)") else { return }
        let date =
            "onsetDateTime | occurrenceDateTime | effectiveDateTime | period.start | birthDate"
        let request = StreamRequest(
            stream: "s", location: type,
            columns: columns(
                "id", date, "code.coding.code | vaccineCode.coding.code", "valueQuantity.value",
                "subject.reference | patient.reference"))
        func source() -> NDJSONSource {
            NDJSONSource(name: SourceName("t"), folder: url.path, makeDigest: TestDigest.make)
        }
        var expected = count ?? 0
        if count == nil {
            let text = try String(
                contentsOf: url.appendingPathComponent("\(type).000.ndjson"), encoding: .utf8)
            expected = text.split(separator: "\n").count
        }
        let reader = try source().open(request, after: nil, limits: ReadLimits())
        var read = 0
        while let batch = try reader.next() {
            #expect(batch.badRecords.isEmpty)
            #expect(batch.records.allSatisfy { $0.cells[0] != nil })
            read += batch.records.count
        }
        print("FHIR \(folder): \(read) of type \(type)")
        #expect(read == expected && read > 0)
        if expected < 500 {
            try RecordSourceContract(request) { source() }.verify(goodCount: expected)
        }
    }
}
