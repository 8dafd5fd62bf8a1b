import ResidentModel

/// A resource without its type and id.
struct ClinicalResource {
    let type: String
    let body: String
}

/// What the health authority holds of a resident beside the `Patient`.
func clinicalResources(
    of resident: Resident, patient: String, hospital: String, today: CalendarDate,
    random: inout TownRandom
) -> [ClinicalResource] {
    let maker = ClinicalMaker(
        resident: resident, age: resident.age(on: today), patient: patient, hospital: hospital,
        today: today)
    return maker.conditions(&random) + maker.care(&random) + maker.observations(&random)
        + maker.immunizations(&random)
}

private struct ClinicalMaker {
    let resident: Resident
    let age: Int
    let patient: String
    let hospital: String
    let today: CalendarDate

    private var subject: String { #""subject":{"reference":"Patient/\#(patient)"}"# }
    private var patientMember: String { #""patient":{"reference":"Patient/\#(patient)"}"# }

    func conditions(_ random: inout TownRandom) -> [ClinicalResource] {
        var bodies: [String] = []
        for disease in Self.chronicDiseases where hasDisease(disease, &random) {
            let year = max(resident.birthDate.year + 30, today.year - 1 - random.below(18))
            let onset = "\(min(year, today.year - 1))-\(digits(random.within(1...12), 2))"
            bodies.append(
                #""clinicalStatus":{"coding":[{"system":"\#(Self.statusSystem)","code":"active"}]},"#
                    + category("chronic", "慢病管理") + ","
                    + code("http://hl7.org/fhir/sid/icd-10", disease.code, disease.title)
                    + #","onsetDateTime":"\#(onset)""#)
        }
        let isPsychiatric =
            resident.role == .psychiatricPatient
            || (resident.role == nil && age >= 18 && random.hits(perMille: 5))
        if isPsychiatric {
            let icd = resident.role == nil ? random.pick(["F20.9", "F31.9", "F25.9"]) : "F20.9"
            bodies.append(
                #""meta":{"security":[{"system":"\#(Self.confidentialitySystem)","code":"V"},"#
                    + #"{"system":"\#(Self.actSystem)","code":"PSY"}]},"#
                    + category("severe-mental", "严重精神障碍管理") + ","
                    + code("http://hl7.org/fhir/sid/icd-10", icd, "严重精神障碍"))
        }
        if let disability = resident.disability, random.hits(perMille: 700) {
            let title =
                CivilAffairsWriter.disabilities[disability.type - 1] + "残疾"
                + CivilAffairsWriter.grades[disability.grade - 1] + "级"
            bodies.append(
                category("disability", "残疾") + ","
                    + code(
                        "https://example.org/fhir/CodeSystem/gb26341",
                        "\(disability.type)\(disability.grade)", title))
        }
        return bodies.map { ClinicalResource(type: "Condition", body: $0 + "," + subject) }
    }

    func care(_ random: inout TownRandom) -> [ClinicalResource] {
        let share = age >= 60 ? 440 : age < 7 ? 240 : 65
        let hasContract = resident.role?.hasFamilyDoctor ?? random.hits(perMille: share)
        guard hasContract else { return [] }
        let start = "\(today.year)-01-\(digits(random.within(1...28), 2))"
        let type =
            #""type":[{"coding":[{"system":"\#(Self.programSystem)","code":"family-doctor","display":"家庭医生签约"}]}]"#
        return [
            ClinicalResource(
                type: "EpisodeOfCare",
                body: #""status":"active",\#(type),\#(patientMember),"#
                    + #""managingOrganization":{"reference":"Organization/\#(hospital)"},"#
                    + #""period":{"start":"\#(start)","end":"\#(today.year)-12-31"}"#)
        ]
    }

    func observations(_ random: inout TownRandom) -> [ClinicalResource] {
        let isSeen = resident.role != nil || random.hits(perMille: age >= 60 ? 400 : 55)
        guard isSeen else { return [] }
        var day = today.dayNumber - (resident.role == nil ? random.below(170) : 21)
        if let death = resident.deathDate { day = min(day, death.dayNumber - 30) }
        let date = CalendarDate(dayNumber: max(day, resident.birthDate.dayNumber))
        func quantity(_ value: String, _ unit: String, _ code: String) -> String {
            #""valueQuantity":{"value":\#(value),"unit":"\#(unit)","system":"http://unitsofmeasure.org","code":"\#(code)"}"#
        }
        func body(_ loinc: String, _ title: String, _ rest: String) -> ClinicalResource {
            ClinicalResource(
                type: "Observation",
                body: #""status":"final","# + code("http://loinc.org", loinc, title)
                    + #",\#(subject),"effectiveDateTime":"\#(date)",\#(rest)"#)
        }
        let pressures = [("8480-6", random.within(104...176)), ("8462-4", random.within(62...104))]
        let components = pressures.map { loinc, value in
            #"{"code":{"coding":[{"system":"http://loinc.org","code":"\#(loinc)"}]},"#
                + quantity("\(value)", "mmHg", "mm[Hg]") + "}"
        }
        var resources = [
            body("85354-9", "血压", #""component":[\#(components.joined(separator: ","))]"#)
        ]
        if random.hits(perMille: 500) {
            let tenths = random.within(39...98)
            resources.append(
                body(
                    "1558-6", "空腹血糖", quantity("\(tenths / 10).\(tenths % 10)", "mmol/L", "mmol/L"))
            )
        }
        return resources
    }

    func immunizations(_ random: inout TownRandom) -> [ClinicalResource] {
        var given: [(code: String, title: String, day: Int)] = []
        if age < 7 {
            for vaccine in Self.childVaccines where random.hits(perMille: 920) {
                let day = resident.birthDate.dayNumber + vaccine.month * 31 + random.below(20)
                if day < today.dayNumber { given.append((vaccine.code, vaccine.title, day)) }
            }
        } else if age >= 60, resident.deathDate == nil, random.hits(perMille: 300) {
            given.append(("2101", "流感疫苗", today.dayNumber - random.within(150...300)))
        }
        return given.map { code, title, day in
            let vaccine =
                #""vaccineCode":{"coding":[{"system":"https://example.org/fhir/CodeSystem/cn-vaccine","code":"\#(code)","display":"\#(title)"}]}"#
            return ClinicalResource(
                type: "Immunization",
                body: #""status":"completed",\#(vaccine),\#(patientMember),"#
                    + #""occurrenceDateTime":"\#(CalendarDate(dayNumber: day))""#)
        }
    }

    private func hasDisease(
        _ disease: (code: String, title: String, elder: Int, adult: Int),
        _ random: inout TownRandom
    ) -> Bool {
        if let role = resident.role { return role.chronicDiseases.contains(disease.code) }
        return random.hits(perMille: age >= 60 ? disease.elder : age >= 30 ? disease.adult : 0)
    }

    private func category(_ code: String, _ title: String) -> String {
        #""category":[{"coding":[{"system":"\#(Self.programSystem)","code":"\#(code)","display":"\#(title)"}]}]"#
    }

    private func code(_ system: String, _ code: String, _ title: String) -> String {
        #""code":{"coding":[{"system":"\#(system)","code":"\#(code)","display":"\#(title)"}]}"#
    }

    private static let programSystem = "https://example.org/fhir/CodeSystem/program"
    private static let statusSystem = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    private static let confidentialitySystem =
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    private static let actSystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

    /// How many in a thousand have it, from 60 on and from 30 on.
    private static let chronicDiseases: [(code: String, title: String, elder: Int, adult: Int)] = [
        ("I10", "原发性高血压", 370, 40), ("E11.9", "2型糖尿病", 150, 16),
        ("I25.1", "冠状动脉粥样硬化性心脏病", 100, 3), ("J44.9", "慢性阻塞性肺疾病", 55, 2),
        ("I63.9", "脑梗死", 40, 2),
    ]
    private static let childVaccines: [(code: String, title: String, month: Int)] = [
        ("0201", "乙型肝炎疫苗", 0), ("0101", "卡介苗", 0), ("0303", "脊髓灰质炎灭活疫苗", 2),
        ("0401", "百白破疫苗", 3), ("1601", "A群流脑多糖疫苗", 6), ("1201", "麻腮风疫苗", 8),
        ("1801", "乙脑减毒活疫苗", 8),
    ]
}
