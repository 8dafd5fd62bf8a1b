import ResidentModel
import StrictYAML
import Testing

/// Mapping files: the shipped ones are whole, and a fault is said where it stands.
@Suite("Source mappings")
struct SourceMappingTests {
    @Test("The shipped mappings name their streams in the order in which they are pulled")
    func shippedMappings() throws {
        let catalogue = try PolicyFolder.catalogue()
        let mappings = try PolicyFolder.mappings(of: catalogue)
        print("mappings: \(mappings.map { "\($0.id) \($0.streams.count) streams" })")
        let byID = Dictionary(uniqueKeysWithValues: mappings.map { ($0.id, $0) })
        #expect(byID.count >= 4)
        #expect(byID["civil-affairs"]?.connector == .csv)
        #expect(byID["social-security"]?.streams.map(\.location) == ["AC01", "AC02", "AC60"])
        #expect(byID["health"]?.streams.first?.location == "Patient")
        #expect(byID["civil-affairs"]?.streams.last?.encoding == .gb18030)
    }

    @Test("No mapping takes a column of a third person, and none takes a column that it refuses")
    func takesNoThirdPersons() throws {
        let catalogue = try PolicyFolder.catalogue()
        for mapping in try PolicyFolder.mappings(of: catalogue) {
            for stream in mapping.streams {
                let columns = stream.fields.compactMap { field -> String? in
                    if case .column(let name) = field.origin { name } else { nil }
                }
                #expect(!columns.contains("配偶姓名"), "\(mapping.id)/\(stream.name)")
                #expect(
                    Set(columns).isDisjoint(with: stream.neverIngest),
                    "\(mapping.id)/\(stream.name)")
            }
        }
    }

    @Test("Each stream of residents carries a citizen number, a name, a birth date and a sex")
    func residentsCanBeLinked() throws {
        let catalogue = try PolicyFolder.catalogue()
        var checked = 0
        for mapping in try PolicyFolder.mappings(of: catalogue) {
            for stream in mapping.streams where stream.subject == .resident {
                let fields = Set(stream.fields.map(\.field))
                for id in [FieldID.citizenNumber, .name, .birthDate, .sex] {
                    #expect(fields.contains(id), "\(mapping.id)/\(stream.name)")
                    checked += 1
                }
            }
        }
        #expect(checked >= 16)
    }

    @Test("Placeholder numbers and telephones of the deliveries are blanks")
    func placeholdersAreBlank() throws {
        let catalogue = try PolicyFolder.catalogue()
        let placeholders = [
            "000000000000000000", "111111111111111111", "999999999999999", "不详", "无", "N/A", "-",
            "12345678901", "11111111111", "00000000000",
        ]
        var checked = 0
        for mapping in try PolicyFolder.mappings(of: catalogue) where mapping.id != "health-synthea"
        {
            for stream in mapping.streams where stream.subject == .resident {
                #expect(stream.blanks.isSuperset(of: placeholders), "\(mapping.id)/\(stream.name)")
                checked += 1
            }
        }
        #expect(checked >= 4)
    }

    private static let text = """
        format: hangu/source/1
        source: office
        department: office
        connector: csv
        title: {zh: 办公室, en: Office}
        streams:
          residents:
            location: residents.csv
            encoding: gb18030
            key: [编号]
            observed-at: 更新日期
            blanks: [无]
            never-ingest: {biometrics: [指纹]}
            optional-columns: [户编号]
            fields:
              identity.name: 姓名
              household.number: 户编号
              household.alone:
                - {column: 独居, true-texts: [是], false-texts: [否]}
                - {constant: "true", when: {column: 家庭, is: [独居]}}
          events:
            location: events.csv
            key: [编号, 序号]
            subject: {stream: residents, column: 编号, prefix: R-}
            fields:
              identity.sex: 性别
        """

    private static func mapping(_ text: String) throws -> SourceMapping {
        let catalogue = try CatalogueFaultTests.catalogue(CatalogueFaultTests.files)
        return try SourceMapping(YAMLReader.read(text, file: "office.yaml"), catalogue: catalogue)
    }

    @Test("Every key of a mapping is read as it stands")
    func readsKeys() throws {
        let mapping = try Self.mapping(Self.text)
        let stream = try #require(mapping.streams.first)
        #expect(stream.encoding == .gb18030)
        #expect(stream.key == ["编号"])
        #expect(stream.observedAt == "更新日期")
        #expect(stream.blanks == ["无"])
        #expect(stream.neverIngest == ["指纹"])
        #expect(stream.optionalColumns == ["户编号"])
        #expect(stream.fields.count == 4)
        #expect(stream.fields.last?.origin == .constant("true"))
        #expect(stream.fields.last?.condition?.texts == ["独居"])
        #expect(
            mapping.streams.last?.subject
                == .record(ofStream: "residents", column: "编号", prefix: "R-"))
    }

    static let faults: [CatalogueFaultTests.Fault] = [
        .init(
            "office.yaml", "hangu/source/1", "hangu/source/9", at: "hangu/source/9",
            says: "expected the format"),
        .init(
            "office.yaml", "source: office", "source: Office", at: "Office\ndep",
            says: "is no source name"),
        .init(
            "office.yaml", "department: office", "department: bureau", at: "bureau",
            says: "'bureau' is not a department"),
        .init(
            "office.yaml", "connector: csv", "connector: excel", at: "excel",
            says: "'excel' is not one of: csv, sqlite, fhir-ndjson"),
        .init(
            "office.yaml", "gb18030", "gbk", at: "gbk", says: "'gbk' is not one of: utf-8, gb18030"),
        .init("office.yaml", "key: [编号]\n", "key: []\n", at: "[]", says: "at least one key column"),
        .init(
            "office.yaml", "biometrics", "fingers", at: "fingers",
            says: "'fingers' is not a never-ingest class"),
        .init(
            "office.yaml", "identity.name: 姓名", "identity.label: 姓名", at: "identity.label",
            says: "'identity.label' is not a field"),
        .init(
            "office.yaml", ", true-texts: [是], false-texts: [否]}", "}", at: "{column: 独居}",
            says: "a flag needs 'true-texts'"),
        .init(
            "office.yaml", "      household.number: 户编号\n",
            "      household.number: 户编号\n      household.alone: 独居\n", at: "household.alone:",
            says: "stands more than once"),
        .init(
            "office.yaml", "{constant: \"true\", when: {column: 家庭, is: [独居]}}",
            "{when: {column: 家庭, is: [独居]}}", at: "{when", says: "'column' is missing here"),
        .init(
            "office.yaml", "is: [独居]", "equals: [独居]", at: "{column: 家庭",
            says: "'is' is missing here"),
        .init(
            "office.yaml", "stream: residents", "stream: people", at: "people",
            says: "'people' is not a stream above this one"),
        .init(
            "office.yaml", "stream: residents", "stream: events", at: "events, column",
            says: "'events' is not a stream above this one"),
        .init(
            "office.yaml", "observed-at: 更新日期", "observed: 更新日期", at: "observed: ",
            says: "'observed' is not a key that is known here"),
    ]

    @Test("A fault of a mapping is said where it stands", arguments: faults)
    func reports(fault: CatalogueFaultTests.Fault) throws {
        try #require(Self.text.contains(fault.old), "the change does not apply")
        let changed = Self.text.replacing(fault.old, with: fault.new, maxReplacements: 1)
        let error = #expect(throws: YAMLError.self) { try Self.mapping(changed) }
        let place = try #require(
            CatalogueFaultTests.place(of: fault.at, in: changed, file: fault.file))
        #expect(error?.position == place, "\(error.map { "\($0)" } ?? "no error")")
        #expect(error?.problem.contains(fault.says) == true, "\(error?.problem ?? "")")
    }
}
