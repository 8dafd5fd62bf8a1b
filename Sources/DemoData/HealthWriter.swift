import Foundation
import ResidentModel

/// Writes the health authority's FHIR R4 resources, one a line, packed.
final class HealthWriter {
    private let today: CalendarDate
    private let files: [String: TextFileWriter]
    private var counts: [String: Int] = [:]

    init(folder: URL, today: CalendarDate) throws(TownError) {
        self.today = today
        var files: [String: TextFileWriter] = [:]
        for type in ["Patient", "Condition", "Observation", "Immunization", "EpisodeOfCare"] {
            files[type] = try TextFileWriter(
                folder: folder, name: "weijian/\(type).ndjson.gz", form: .gzip)
        }
        self.files = files
    }

    /// Writes the resident's resources, if the health authority has any.
    ///
    /// - Returns: The id of the first `Patient`.
    func write(_ resident: Resident, random: inout TownRandom) throws(TownError) -> String? {
        let count = recordCount(
            of: resident, perMilleByAge: (970, 840, 950), twicePerMille: 30, today: today,
            random: &random)
        var first: String?
        for _ in 0..<count {
            let hospital = "H" + digits(random.within(1...12), 2)
            let body = patientBody(
                of: resident, hospital: hospital, today: today, random: &random)
            let id = try write("Patient", idPrefix: "WJ", body)
            first = first ?? id
            for resource in clinicalResources(
                of: resident, patient: id, hospital: hospital, today: today, random: &random)
            {
                try write(resource.type, idPrefix: String(resource.type.prefix(1)), resource.body)
            }
        }
        return first
    }

    func finish() throws(TownError) -> [String: Int] {
        var result: [String: Int] = [:]
        for (type, file) in files {
            try file.finish()
            result[file.name] = counts[type, default: 0]
        }
        return result
    }

    /// Writes one resource and gives it the next id of its type.
    @discardableResult
    private func write(
        _ type: String, idPrefix: String, _ body: String
    ) throws(TownError) -> String {
        let number = counts[type, default: 0] + 1
        counts[type] = number
        let id = idPrefix + digits(number, 8)
        try files[type]?.write(#"{"resourceType":"\#(type)","id":"\#(id)",\#(body)}"# + "\n")
        return id
    }
}

/// The members of a `Patient` after its id.
private func patientBody(
    of resident: Resident, hospital: String, today: CalendarDate, random: inout TownRandom
) -> String {
    let written = WrittenIdentity(of: resident, rates: .health, today: today, random: &random)
    var identifiers = [
        #"{"system":"https://example.org/fhir/sid/mrn/\#(hospital)","value":"\#(hospital)-\#(digits(random.below(1_000_000), 6))"}"#
    ]
    if !written.number.isEmpty {
        identifiers.insert(
            #"{"use":"official","system":"\#(citizenNumberSystem)","value":\#(quoted(written.number))}"#,
            at: 0)
    }
    var name = #"{"use":"official","text":\#(quoted(written.name))"#
    let parts = resident.name
    if parts.hasFamilyName, written.name == parts.text, random.hits(perMille: 700) {
        name += #","family":\#(quoted(parts.family)),"given":[\#(quoted(parts.given))]"#
    }
    var body = [
        #""meta":{"lastUpdated":"\#(written.updated)T08:00:00+08:00"}"#,
        #""identifier":[\#(identifiers.joined(separator: ","))],"active":true"#,
        #""name":[\#(name)}]"#,
    ]
    if let sex = written.sex {
        // A careless supplier sends letters in place of FHIR's words.
        let isCareless = resident.role == nil && random.hits(perMille: 20)
        let word = sex == .male ? (isCareless ? "M" : "male") : (isCareless ? "F" : "female")
        body.append(#""gender":"\#(word)""#)
    }
    if let birth = written.birth { body.append(#""birthDate":"\#(birth)""#) }
    if !written.phone.isEmpty {
        body.append(
            #""telecom":[{"system":"phone","value":\#(quoted(written.phone)),"use":"mobile"}]"#)
    }
    var address = [#""use":"home""#]
    if !written.address.isEmpty { address.append(#""text":\#(quoted(written.address))"#) }
    if !written.division.isEmpty {
        address.append(
            #""extension":[{"url":"https://example.org/fhir/StructureDefinition/gb2260","valueCode":"\#(written.division)"}]"#
        )
    }
    if address.count > 1 { body.append(#""address":[{\#(address.joined(separator: ","))}]"#) }
    // Of the late pensioner's death only civil affairs knows.
    if let death = written.deathDate, resident.role != .latePensioner {
        body.append(#""deceasedDateTime":"\#(death)""#)
    }
    body.append(#""managingOrganization":{"reference":"Organization/\#(hospital)"}"#)
    return body.joined(separator: ",")
}

private let citizenNumberSystem = "https://example.org/fhir/sid/cn-resident-id"

/// A text as a JSON string.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\u{0}"..."\u{1F}":
            let code = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
