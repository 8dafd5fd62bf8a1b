import Connectors
import ResidentModel
import TestSupport
import Testing

@Suite("Column paths")
struct ColumnPathTests {
    private static let patient = #"""
        {"resourceType":"Patient","id":"p1","active":true,
        "meta":{"security":[{"system":"a","code":"V"},{"system":"b","code":"PSY"}]},
        "identifier":[{"system":"https://example.org/mrn","value":"H-1"},
        {"system":"https://example.org/fhir/sid/cn-resident-id","value":"78X"}],
        "name":[{"use":"usual","text":"Li Xiu"},{"use":"official","given":["秀","英"],"family":"李"}],
        "birthDate":"1944-02","multipleBirthInteger":2,"_gender":{"extension":[]},
        "extension":[{"url":"http://example.org/x","valueDecimal":72.50},{"url":"y","valueString":""}],
        "contact":[{"telecom":[]},{"telecom":[{"value":"1"},{"value":"2"}]},{"telecom":[{"value":"3"}]}],
        "communication":[{"language":{"coding":[{"system":"s1","code":"zh"},{"system":"s2","code":"bo"}]},
        "preferred":false},{"language":{"coding":[{"system":"s2","code":"ug"}]},"preferred":true}],
        "text":{"status":"generated","div":"<div>78X</div>"}}
        """#

    @Test(
        "A path takes the text it names",
        arguments: [
            ("id", "p1"), ("active", "true"), ("birthDate", "1944-02"),
            ("multipleBirthInteger", "2"), ("meta.security[].code", "V PSY"),
            ("meta.security.code", "V"),
            ("identifier[system=https://example.org/fhir/sid/cn-resident-id].value", "78X"),
            ("name[use=official].given", "秀"), ("name[use=official].given[]", "秀 英"),
            ("name.given", "秀"), ("name[use=official].text", nil),
            ("name[use=official].text | name.text", "Li Xiu"), ("deceasedDateTime", nil),
            ("deceasedDateTime|birthDate", "1944-02"),
            ("extension[url=http://example.org/x].valueDecimal", "72.50"),
            ("extension[url=y].valueString", nil), ("contact.telecom.value", "1"),
            ("contact[].telecom.value", "1 3"), ("contact[].telecom[].value", "1 2 3"),
            ("communication[language.coding.code=bo].preferred", "false"),
            ("communication[preferred=true].language.coding.code", "ug"),
            ("communication.language.coding[system=s2].code", "bo"), ("id.nothing", nil),
        ] as [(String, String?)])
    func takes(path: String, text: String?) throws {
        let delivery = try Delivery()
        let line = Self.patient.split(separator: "\n").joined() + "\n"
        try delivery.write(line, to: "Patient.ndjson")
        let read = try RecordSourceContract(
            StreamRequest(stream: "p", location: "Patient", columns: columns(path))
        ) {
            NDJSONSource(
                name: SourceName("t"), folder: delivery.path, makeDigest: TestDigest.make)
        }.verify(goodCount: 1)
        #expect(read.rows == [[text]])
    }

    @Test(
        "What is no path is refused where it stops being one",
        arguments: [
            ("", 1), ("a.", 3), (".a", 1), ("a[", 3), ("a[b]", 4), ("a[b=c", 6), ("a[b=c]d", 7),
            ("a b", 3), ("a|", 3), ("1a", 1), ("a[=x]", 3), ("name[1]", 6), ("a..b", 3), ("中", 1),
        ])
    func refuses(path: String, column: Int) {
        let error = #expect(throws: ColumnPathError.self) { try ColumnPath(path) }
        #expect(error?.column == column)
    }
}
