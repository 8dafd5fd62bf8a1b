import Gateway
import ResidentModel
import StrictYAML

/// A small catalogue, one source and a few rules, as text.
enum TestPolicies {
    static func catalogue(
        fields: String = fields, purposes: String = purposes, moreItems: [String] = []
    ) throws -> Catalogue {
        let more = moreItems.map { ", \($0)" }.joined()
        let legalBases = legalBases.replacing(everything, with: everything + more)
        let purposes = purposes.replacing(everything, with: everything + more)
        return try Catalogue(
            Catalogue.Files(
                fields: YAMLReader.read(fields, file: "fields.yaml"),
                codeSets: YAMLReader.read(codeSets, file: "code-sets.yaml"),
                departments: YAMLReader.read(departments, file: "departments.yaml"),
                legalBases: YAMLReader.read(legalBases, file: "legal-bases.yaml"),
                purposes: YAMLReader.read(purposes, file: "purposes.yaml"),
                emergencies: YAMLReader.read(emergencies, file: "emergencies.yaml"),
                calendar: YAMLReader.read(calendar, file: "calendar.yaml")))
    }

    static func mapping(of catalogue: Catalogue) throws -> SourceMapping {
        try SourceMapping(YAMLReader.read(source, file: "source.yaml"), catalogue: catalogue)
    }

    static func bundle(
        _ rules: String = rules, catalogue: Catalogue? = nil
    ) throws -> PolicyBundle {
        try PolicyBundle(
            files: [PolicyBundle.File(path: "rules/test.cedar", text: rules)],
            catalogue: try catalogue ?? self.catalogue())
    }

    private static func field(
        _ name: String, _ kind: String, _ rest: String = "tier: T2, share: conditional",
        in fieldClass: String = "identity"
    ) -> String {
        "  \(name): {title: {zh: 项, en: Item}, kind: \(kind), class: \(fieldClass), \(rest), owner: civil, "
            + "source: test}"
    }

    private static func predicate(_ name: String, _ rest: String) -> String {
        "  \(name): {title: {zh: 问, en: Question}, \(rest)}"
    }

    static let fields =
        """
        format: hangu/fields/1
        classes:
          identity: {zh: 身份, en: Identity}
          welfare: {zh: 福利, en: Welfare}
          health: {zh: 健康, en: Health}
        fields:

        """
        + [
            field("identity.citizen-number", "citizen-number, indexed: true"),
            field("identity.name", "text"), field("identity.birth-date", "date"),
            field("identity.sex", "code, code-set: sex"),
            field("household.number", "text, indexed: true", in: "welfare"),
            field("contact.phone", "telephone, repeats: true"),
            field("identity.ethnicity", "text", "tier: T3, share: none"),
            field("residence.division", "division"),
            field("income.monthly", "decimal, fresh-days: 365", in: "welfare"),
            field("household.member-count", "integer", in: "welfare"),
            field("account.number", "text", "tier: T3, share: conditional", in: "welfare"),
            field(
                "health.diagnosis", "code, code-set: diagnosis, repeats: true",
                "tier: T4, share: conditional", in: "health"),
            field("vital.deceased", "flag", in: "welfare"),
            field("vital.death-date", "date", in: "welfare"),
        ].joined(separator: "\n")
        + "\npredicates:\n"
        + [
            predicate("age.at-least-60", "ask: age(identity.birth-date) >= 60"),
            predicate("income.low", "ask: income.monthly <= 3000"),
            predicate(
                "vital.death-confirmed",
                "ask: any vital.deceased = true, needs-confirmation: true"),
            predicate("vital.no-death-date", "ask: not exists(vital.death-date)"),
            predicate(
                "health.is-ill", "ask: any health.diagnosis = I10"),
            predicate("ethnicity.known", "ask: exists(identity.ethnicity)"),
        ].joined(separator: "\n")
        + "\nnever-ingest:\n  biometrics: {zh: 生物识别, en: Biometrics}\n"

    static let codeSets = """
        format: hangu/code-sets/1
        code-sets:
          sex:
            title: {zh: 性别, en: Sex}
            source: GB/T 2261.1-2003
            values: {"1": {zh: 男, en: male}, "2": {zh: 女, en: female}}
            aliases: {男: "1", 女: "2"}
          diagnosis:
            title: {zh: 诊断, en: Diagnosis}
            source: ICD-10
            open: true
        """

    static let departments = """
        format: hangu/departments/1
        departments:
          civil: {title: {zh: 民政局, en: Civil}, credit-code: 11780000002701011M, functions: [assistance], division: "78"}
          neighbour: {title: {zh: 邻, en: Neighbour}, credit-code: 11790000002706066J, functions: [assistance], division: "79"}
          school: {title: {zh: 校, en: School}, credit-code: 127800000027050550, functions: [assistance], division: "78"}
          company: {title: {zh: 企, en: Company}, credit-code: 91780000002704044F, functions: [assistance], division: "78"}
          clinic: {title: {zh: 医, en: Clinic}, credit-code: 11780000002703033C, functions: [health], division: "7801"}
        """

    private static func basis(
        _ name: String, _ kind: String, _ rest: String = "valid-from: \"2021-11-01\"",
        fields: String = everything
    ) -> String {
        "  \(name): {kind: \(kind), title: {zh: 依据, en: Basis}, article: {zh: 第一条, en: art. 1}, "
            + "fields: [\(fields)], \(rest), notice: false, "
    }

    private static let everything = """
        identity.name, identity.sex, identity.ethnicity, identity.birth-date, contact.phone, residence.division,
        income.monthly, household.member-count, health.diagnosis, vital.deceased, age.at-least-60, income.low,
        vital.death-confirmed, vital.no-death-date, health.is-ill, ethnicity.known
        """.replacing("\n", with: " ")

    static let legalBases =
        "format: hangu/legal-bases/1\nlegal-bases:\n"
        + [
            basis("duty", "statutory-duty")
                + "authority: {credit-code-kinds: [\"11\"], functions: [assistance], divisions: [\"78\"]}}",
            basis("agreed", "consent")
                + "authority: {credit-code-kinds: [\"11\", \"12\", \"91\"]}}",
            basis("guardian", "guardian-consent") + "authority: {credit-code-kinds: [\"11\"]}}",
            basis("request", "subject-request") + "authority: {credit-code-kinds: [\"11\"]}}",
            basis("entrusted", "entrusted")
                + "authority: {credit-code-kinds: [\"12\", \"91\"], divisions: [\"78\"]}}",
            basis("repealed", "statutory-duty", "valid-from: \"2021-11-01\", repealed: true")
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis("future", "statutory-duty", "valid-from: \"2026-03-06\"")
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis(
                "past", "statutory-duty", "valid-from: \"2021-11-01\", valid-until: \"2026-03-04\"")
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis(
                "today", "statutory-duty", "valid-from: \"2026-03-05\", valid-until: \"2026-03-05\""
            )
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis("narrow", "statutory-duty", fields: "identity.name")
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis(
                "inquiry", "statutory-duty", "valid-from: \"2021-11-01\", withhold-days: 30"
            )
                + "authority: {credit-code-kinds: [\"11\"]}}",
            basis("urgent", "emergency")
                + "authority: {credit-code-kinds: [\"11\"], functions: [assistance]}}",
            basis("unlisted", "statutory-duty") + "authority: {credit-code-kinds: [\"11\"]}}",
        ].joined(separator: "\n") + "\n"

    static let purposes = """
        format: hangu/purposes/1
        purposes:
          review:
            title: {zh: 核验, en: Review}
            plain: {zh: 核验, en: Review}
            legal-bases: [duty, agreed, guardian, request, entrusted, repealed, future, past, today, narrow,
              inquiry, urgent]
            departments: [civil, neighbour, school, company]
            fields: [\(everything), account.number]
            data-life-days: 90
            batch-max: 1
            frequency: 1000/day
          few:
            title: {zh: 少, en: Few}
            plain: {zh: 少, en: Few}
            legal-bases: [duty]
            departments: [civil]
            fields: [identity.sex]
            data-life-days: 7
            batch-max: 1
            frequency: 1000/day
          dibao:
            title: {zh: 低保, en: Dibao}
            plain: {zh: 低保, en: Dibao}
            legal-bases: [request, duty]
            departments: [civil]
            fields: [identity.name, income.low]
            data-life-days: 30
            batch-max: 1
            frequency: 1000/day
            household-mandate: true
        """

    static let emergencies = """
        format: hangu/emergencies/1
        emergencies:
          rescue:
            title: {zh: 救援, en: Rescue}
            plain: {zh: 紧急救助, en: Help was urgent}
            legal-bases: [urgent]
            departments: [civil]
            items: [identity.name, contact.phone, health.is-ill]
            reasons: {life-at-risk: {zh: 生命危险, en: Life at risk}}
            hours: 2
            review-working-days: 3
        """

    static let calendar = """
        format: hangu/calendar/1
        years:
          "2026":
            source: {zh: 通知, en: Notice}
            holidays: ["2026-03-09/2026-03-10"]
            worked-weekends: ["2026-03-07"]
        """

    static let source = """
        format: hangu/source/1
        source: register
        department: civil
        connector: csv
        title: {zh: 登记, en: Register}
        streams:
          residents:
            location: residents.csv
            key: [id]
            observed-at: updated
            blanks: ["-", 不详]
            never-ingest: {biometrics: [face]}
            optional-columns: [household]
            fields:
              identity.citizen-number: number
              identity.name: name
              identity.birth-date: birth
              identity.sex: sex
              household.number: household
              contact.phone: phone
              identity.ethnicity: ethnicity
              residence.division: division
              income.monthly:
                - {column: income}
                - {column: pension, when: {column: kind, is: [pensioner]}}
              household.member-count: members
              account.number: account
              health.diagnosis: {constant: Z99, when: {column: kind, is: [dependent]}}
              vital.deceased: {column: dead, true-texts: ["1"], false-texts: ["0", "-"]}
              vital.death-date: died
          visits:
            location: visits.csv
            key: [id, part]
            observed-at: updated
            subject: {stream: residents, column: patient, prefix: Patient/}
            fields:
              health.diagnosis: diagnosis
        """

    static let rules = """
        @id("test.review")
        permit (principal, action, resource)
        when { context.purpose == Hangu::Purpose::"review" && context.clock > datetime("2020-01-01") }
        unless { resource == Hangu::Field::"household.member-count" };

        @id("test.few")
        permit (principal, action, resource) when { context.purpose == Hangu::Purpose::"few" };

        @id("test.dibao")
        @obligation("mask:ends retain-at-most:20d")
        permit (principal, action, resource) when { context.purpose == Hangu::Purpose::"dibao" };

        @id("test.income-band")
        @obligation("band:1000 notify-resident retain-at-most:40d")
        permit (principal, action, resource == Hangu::Field::"income.monthly")
        when { context.purpose == Hangu::Purpose::"review" };

        @id("test.income-round")
        @obligation("round:300 retain-at-most:60d")
        permit (principal, action, resource == Hangu::Field::"income.monthly")
        when { context.purpose == Hangu::Purpose::"review" };

        @id("test.phone")
        @obligation("mask:last4")
        permit (principal, action, resource == Hangu::Field::"contact.phone");

        @id("test.excluded") @reason("policy.purpose-excludes-item")
        forbid (principal, action, resource == Hangu::Field::"vital.deceased");

        @id("test.forbidden")
        forbid (principal, action, resource == Hangu::Field::"residence.division")
        unless { context.case.given };
        """
}
