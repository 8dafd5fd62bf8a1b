import ResidentModel
import StrictYAML
import Testing

/// Every fault of a catalogue file is reported with the file, line and column where it stands.
@Suite("Faults of the catalogue")
struct CatalogueFaultTests {
    /// One change to the small catalogue below, and what must be said about it.
    struct Fault: CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        /// The text at which the place must point, in the changed file.
        let at: String
        let says: String
        var testDescription: String { "\(file): \(new.prefix(60))" }

        init(_ file: String, _ old: String, _ new: String, at: String, says: String) {
            self.file = file
            self.old = old
            self.new = new
            self.at = at
            self.says = says
        }
    }

    static let files = [
        "fields.yaml": """
        format: hangu/fields/1
        classes:
          identity: {zh: 身份, en: Identity}
          household: {zh: 家庭, en: Household}
        fields:
          identity.citizen-number: {title: {zh: 号, en: Number}, class: identity, tier: T3, share: conditional, kind: citizen-number, owner: office, source: GB 11643, indexed: true}
          identity.name: {title: {zh: 名, en: Name}, class: identity, tier: T2, share: conditional, kind: text, owner: office, source: s}
          identity.birth-date: {title: {zh: 生, en: B}, class: identity, tier: T2, share: conditional, kind: date, owner: office, source: s}
          identity.sex: {title: {zh: 性, en: S}, class: identity, tier: T1, share: conditional, kind: code, code-set: sex, owner: office, source: s}
          household.number: {title: {zh: 户, en: H}, class: household, tier: T2, share: conditional, kind: text, owner: office, source: s, fresh-days: 30}
          household.alone: {title: {zh: 独, en: A}, class: household, tier: T3, share: none, kind: flag, owner: office, source: s}
        predicates:
          age.at-least-80: {title: {zh: 八, en: E}, ask: age(identity.birth-date) >= 80}
          sex.is-male: {title: {zh: 男, en: M}, ask: identity.sex = 1}
        never-ingest:
          biometrics: {zh: 生物, en: Biometrics}
        """,
        "code-sets.yaml": """
        format: hangu/code-sets/1
        code-sets:
          sex:
            title: {zh: 性别, en: Sex}
            source: GB/T 2261.1
            values: {"1": {zh: 男, en: Male}, "2": {zh: 女, en: Female}}
            aliases: {男: "1", 女: "2"}
        """,
        "departments.yaml": """
        format: hangu/departments/1
        departments:
          office:
            title: {zh: 办公室, en: Office}
            credit-code: 11780000002701011M
            functions: [welfare]
            division: "78"
        """,
        "legal-bases.yaml": """
        format: hangu/legal-bases/1
        legal-bases:
          duty:
            kind: statutory-duty
            title: {zh: 职责, en: Duty}
            article: {zh: 第一条, en: art. 1}
            authority: {credit-code-kinds: ["11", "12"], functions: [welfare], divisions: ["78"]}
            fields: [identity.name, age.at-least-80]
            valid-from: "2020-01-01"
            valid-until: "2030-12-31"
            notice: true
        """,
        "purposes.yaml": """
        format: hangu/purposes/1
        purposes:
          allowance:
            title: {zh: 津贴, en: Allowance}
            plain: {zh: 给您发津贴, en: To pay you}
            legal-bases: [duty]
            departments: [office]
            fields: [identity.name, age.at-least-80]
            data-life-days: 30
            batch-max: 10
            frequency: 1000/day
        """,
    ]

    static let faults: [Fault] = [
        // fields.yaml
        Fault(
            "fields.yaml", "hangu/fields/1", "hangu/fields/2", at: "hangu/fields/2",
            says: "expected the format 'hangu/fields/1'"),
        Fault(
            "fields.yaml", "  household: {zh", "  House: {zh", at: "House:",
            says: "is no class name"),
        Fault(
            "fields.yaml", "  household.alone", "  Household.Alone", at: "Household.Alone",
            says: "is no field name"),
        Fault(
            "fields.yaml", "class: household, tier: T3", "class: home, tier: T3",
            at: "home, tier: T3", says: "'home' is not one of the classes"),
        Fault(
            "fields.yaml", "tier: T3, share: none", "tier: T5, share: none", at: "T5",
            says: "'T5' is not one of: T1, T2, T3, T4"),
        Fault(
            "fields.yaml", "share: none", "share: public", at: "public",
            says: "'public' is not one of: unconditional, conditional, none"),
        Fault(
            "fields.yaml", "kind: flag", "kind: bool", at: "bool",
            says: "'bool' is not one of: text"),
        Fault(
            "fields.yaml", "code-set: sex, ", "", at: "code, owner",
            says: "a code needs its 'code-set'"),
        Fault(
            "fields.yaml", "kind: flag", "kind: flag, code-set: sex",
            at: "sex, owner: office, source: s}\npredicates", says: "only a code has a 'code-set'"),
        Fault(
            "fields.yaml", "code-set: sex", "code-set: gender", at: "identity.sex: {",
            says: "'gender' is not a code set"),
        Fault(
            "fields.yaml", "kind: flag,", "kind: flag, indexed: true,", at: "true, owner",
            says: "must not be indexed"),
        Fault(
            "fields.yaml", "fresh-days: 30", "fresh-days: 0", at: "0}\n  household.alone",
            says: "expected a whole number from 1 to 36500"),
        Fault(
            "fields.yaml", "source: s, fresh-days", "source: s, freshness", at: "freshness",
            says: "'freshness' is not a key that is known here"),
        Fault(
            "fields.yaml", "kind: flag, owner: office", "kind: flag, owner: nobody",
            at: "household.alone", says: "the owner 'nobody' is not a department"),
        Fault(
            "fields.yaml", "  sex.is-male", "  identity.sex", at: "identity.sex: {title: {zh: 男",
            says: "is a field's name already"),
        Fault(
            "fields.yaml", "ask: identity.sex", "ask: identity.gender", at: "identity.gender",
            says: "'identity.gender' is not a field"),
        Fault(
            "fields.yaml", "ask: age(identity.birth-date) >= 80",
            "ask: identity.birth-date within 80",
            at: "within 80", says: "'within' cannot be asked of 'identity.birth-date'"),
        Fault(
            "fields.yaml", ">= 80}", ">= 80 age}", at: "age}", says: "'age' is too much here"),
        Fault(
            "fields.yaml", "sex = 1", "sex = 3", at: "3}", says: "'3' is not a code of 'sex'"),
        Fault(
            "fields.yaml", "en: E}, ask", "en: E}, combine: most, ask", at: "combine",
            says: "'combine' is not a key that is known here"),
        Fault(
            "fields.yaml", "  identity.name: {", "  identity.label: {", at: "format:",
            says: "the field 'identity.name' is missing"),
        Fault(
            "fields.yaml", "{zh: 身份, en: Identity}", "{zh: 身份}", at: "{zh: 身份}",
            says: "'en' is missing here"),
        Fault(
            "fields.yaml", "  household.alone: ", "  identity.name: ",
            at: "identity.name: {title: {zh: 名", says: "stands more than once"),
        // code-sets.yaml
        Fault(
            "code-sets.yaml", "男: \"1\"", "男: \"3\"", at: "\"3\"",
            says: "'3' is not a code of the set"),
        Fault(
            "code-sets.yaml",
            "    values: {\"1\": {zh: 男, en: Male}, \"2\": {zh: 女, en: Female}}\n", "",
            at: "\"1\", 女", says: "is not a code of the set"),
        Fault(
            "code-sets.yaml", "source: GB/T 2261.1", "open: maybe\n    source: GB/T 2261.1",
            at: "maybe", says: "expected true or false"),
        // departments.yaml
        Fault(
            "departments.yaml", "11780000002701011M", "11780000002701011N",
            at: "11780000002701011N", says: "is no unified social credit code"),
        Fault(
            "departments.yaml", "division: \"78\"", "division: \"780\"", at: "\"780\"",
            says: "expected a division code of 2, 4, 6, 9 or 12 digits"),
        Fault(
            "departments.yaml", "  office:", "  Office:", at: "Office:",
            says: "'Office' is no department name"),
        Fault(
            "departments.yaml", "functions: [welfare]", "functions: welfare", at: "welfare",
            says: "expected a list, found a text"),
        // legal-bases.yaml
        Fault(
            "legal-bases.yaml", "kind: statutory-duty", "kind: statute", at: "statute",
            says: "'statute' is not one of: consent"),
        Fault(
            "legal-bases.yaml", "[\"11\", \"12\"]", "[\"11\", \"91\"]", at: "[\"11\", \"91\"]",
            says: "only state organs (11) and authorised institutions (12)"),
        Fault(
            "legal-bases.yaml", "divisions: [\"78\"]", "divisions: [\"7x\"]", at: "\"7x\"",
            says: "expected a division code"),
        Fault(
            "legal-bases.yaml", "[identity.name, age", "[identity.nome, age", at: "identity.nome",
            says: "'identity.nome' is not a field or predicate"),
        Fault(
            "legal-bases.yaml", "\"2020-01-01\"", "\"2020-13-01\"", at: "\"2020-13-01\"",
            says: "expected a date such as 2026-03-05"),
        Fault(
            "legal-bases.yaml", "\"2020-01-01\"", "\"2020\"", at: "\"2020\"",
            says: "expected a date such as 2026-03-05"),
        Fault(
            "legal-bases.yaml", "\"2030-12-31\"", "\"2019-12-31\"", at: "\"2019-12-31\"",
            says: "would end before it starts"),
        Fault(
            "legal-bases.yaml", "    notice: true", "    note: true", at: "kind: statutory",
            says: "'notice' is missing here"),
        // purposes.yaml
        Fault(
            "purposes.yaml", "legal-bases: [duty]", "legal-bases: [duties]", at: "duties]",
            says: "'duties' is not a legal basis"),
        Fault(
            "purposes.yaml", "departments: [office]", "departments: [bureau]", at: "bureau]",
            says: "'bureau' is not a department"),
        Fault(
            "purposes.yaml", "age.at-least-80]", "age.at-least-81]", at: "age.at-least-81",
            says: "is not a field or predicate"),
        Fault(
            "purposes.yaml", "fields: [identity.name, age.at-least-80]", "fields: []", at: "[]",
            says: "a purpose that can need nothing is none"),
        Fault(
            "purposes.yaml", "batch-max: 10",
            "batch-max: 10\n    predicate-only: [age.at-least-80]",
            at: "age.at-least-80]\n    frequency", says: "'age.at-least-80' is not a field"),
        Fault(
            "purposes.yaml", "batch-max: 10", "batch-max: 10\n    predicate-only: [identity.name]",
            at: "identity.name]\n    frequency", says: "stands in 'fields' too"),
        Fault(
            "purposes.yaml", "batch-max: 10", "batch-max: 10\n    predicate-only: [identity.sex]",
            at: "identity.sex]\n    frequency", says: "no predicate of 'fields' asks 'identity.sex'"
        ),
        Fault(
            "purposes.yaml", "frequency: 1000/day", "frequency: 1001/day", at: "1001/day",
            says: "expected 1 to 1000 per day, month or year"),
        Fault(
            "purposes.yaml", "frequency: 1000/day", "frequency: 4/week", at: "4/week",
            says: "is no frequency"),
        Fault(
            "purposes.yaml", "frequency: 1000/day", "consent-assurance: 2", at: "title: {zh: 津贴",
            says: "'frequency' is missing here"),
        Fault(
            "purposes.yaml", "frequency: 1000/day", "frequency: 1/day\n    consent-assurance: 4",
            at: "4", says: "expected a whole number from 1 to 3"),
        Fault(
            "purposes.yaml", "data-life-days: 30", "data-life-days: 0", at: "0\n    batch",
            says: "expected a whole number from 1 to 3650"),
        Fault(
            "purposes.yaml", "batch-max: 10", "batch-max: many", at: "many",
            says: "expected a whole number from 1 to 100000"),
        Fault(
            "purposes.yaml", "batch-max: 10", "batch-max: 10\n    mandate: true", at: "mandate",
            says: "'mandate' is not a key that is known here"),
        Fault(
            "purposes.yaml", "  allowance:", "  Allowance:", at: "Allowance:",
            says: "'Allowance' is no purpose name"),
        Fault(
            "purposes.yaml", "en: To pay you", "en: \(String(repeating: "x", count: 61))",
            at: "{zh: 给您发津贴", says: "has 61 characters, at most 60"),
        Fault(
            "purposes.yaml", "zh: 给您发津贴", "zh: \(String(repeating: "津", count: 61))", at: "{zh: 津津",
            says: "has 61 characters, at most 60"),
    ]

    @Test("The small catalogue itself is whole")
    func readsWhole() throws {
        let catalogue = try Self.catalogue(Self.files)
        #expect(catalogue.fields.count == 6)
        #expect(catalogue.purposes["allowance"]?.batchMax == 10)
        #expect(catalogue.carrier(of: FieldID("age.at-least-80"))?.id == .birthDate)
        #expect(catalogue.carrier(of: FieldID("age.at-least-81")) == nil)
        print("catalogue faults: \(Self.faults.count) cases")
        #expect(Self.faults.count >= 45)
    }

    @Test("A fault is said where it stands", arguments: faults)
    func reports(fault: Fault) throws {
        var files = Self.files
        let text = try #require(files[fault.file])
        try #require(text.contains(fault.old), "the change does not apply")
        let changed = text.replacing(fault.old, with: fault.new, maxReplacements: 1)
        files[fault.file] = changed
        let error = #expect(throws: YAMLError.self) { try Self.catalogue(files) }
        let place = try #require(Self.place(of: fault.at, in: changed, file: fault.file))
        #expect(error?.position == place, "\(error.map { "\($0)" } ?? "no error")")
        #expect(error?.problem.contains(fault.says) == true, "\(error?.problem ?? "")")
    }

    @Test("A text of 60 characters is not too long, whatever their bytes")
    func takesSixtyCharacters() throws {
        var files = Self.files
        let sixty = String(repeating: "津", count: 60)
        files["purposes.yaml"] = files["purposes.yaml"]?.replacing("给您发津贴", with: sixty)
        #expect(try Self.catalogue(files).purposes["allowance"]?.plain.chinese == sixty)
    }

    static func catalogue(_ files: [String: String]) throws -> Catalogue {
        func node(_ name: String) throws -> YAMLNode {
            try YAMLReader.read(try #require(files[name]), file: name)
        }
        return try Catalogue(
            Catalogue.Files(
                fields: node("fields.yaml"), codeSets: node("code-sets.yaml"),
                departments: node("departments.yaml"), legalBases: node("legal-bases.yaml"),
                purposes: node("purposes.yaml")))
    }

    /// Line and column of the first occurrence of a text, counted from 1 in characters.
    static func place(of text: String, in file: String, file name: String) -> YAMLPosition? {
        guard let range = file.firstRange(of: text) else { return nil }
        let before = file[..<range.lowerBound]
        let line = before.count { $0 == "\n" } + 1
        let column = before.reversed().prefix { $0 != "\n" }.count + 1
        return YAMLPosition(file: name, line: line, column: column)
    }
}
