import Consent
import ResidentModel
import StrictYAML
import Testing

struct ScopeTests {
    private static let first = FieldID("identity.name")
    private static let second = FieldID("identity.sex")

    /// A purpose of department `civil` that can need two fields.
    private func purpose() throws -> Purpose {
        try #require(try TestPurposes.catalogue().purposes["visit"])
    }

    private func draft(
        items: Set<FieldID> = [first], from: Int = 0, until: Int = 30, recipient: String = "civil"
    ) -> ConsentRecord {
        StandingTests.record(
            from: from, until: until, purpose: "visit", recipient: recipient, items: items)
    }

    private func opened(_ draft: ConsentRecord) throws -> ConsentRecord {
        try ConsentRegister.opened(draft, purpose: purpose(), isHighRisk: false, earlier: [])
    }

    @Test("A consent within what its purpose can need is opened as it stands")
    func opened() throws {
        let wanted = draft(items: [Self.first, Self.second])
        #expect(try opened(wanted) == wanted)
    }

    @Test("A consent to more than the purpose can need is refused, naming the item")
    func outsidePurpose() throws {
        let outside = FieldID("identity.birth-date")
        #expect(throws: ConsentError.itemOutsidePurpose(outside)) {
            try opened(draft(items: [Self.first, outside]))
        }
        #expect(throws: ConsentError.noItems) {
            try opened(draft(items: []))
        }
    }

    @Test("A consent to a department that does not pursue the purpose is refused")
    func recipient() throws {
        #expect(throws: ConsentError.recipientOutsidePurpose) {
            try opened(draft(recipient: "school"))
        }
    }

    @Test("A consent has an end, not before its start, and 1,096 days after it at the latest")
    func length() throws {
        #expect(throws: ConsentError.endsBeforeItStarts) {
            try opened(draft(from: 1, until: 0))
        }
        #expect(throws: ConsentError.tooLong(daysMax: 1_096)) {
            try opened(draft(until: 1_096))
        }
        let longest = draft(until: 1_095)
        #expect(try opened(longest) == longest)
        let shortest = draft(until: 0)
        #expect(try opened(shortest) == shortest)
    }
}

/// A catalogue with one purpose, as text.
enum TestPurposes {
    static func catalogue() throws -> Catalogue {
        try Catalogue(
            Catalogue.Files(
                fields: YAMLReader.read(fields, file: "fields.yaml"),
                codeSets: YAMLReader.read(codeSets, file: "code-sets.yaml"),
                departments: YAMLReader.read(departments, file: "departments.yaml"),
                legalBases: YAMLReader.read(legalBases, file: "legal-bases.yaml"),
                purposes: YAMLReader.read(purposes, file: "purposes.yaml")))
    }

    private static let rest =
        "class: identity, tier: T2, share: conditional, owner: civil, source: test"

    private static let fields = """
        format: hangu/fields/1
        classes:
          identity: {zh: 身份, en: Identity}
        fields:
          identity.citizen-number: {title: {zh: a, en: a}, kind: citizen-number, indexed: true, \(rest)}
          identity.name: {title: {zh: a, en: a}, kind: text, \(rest)}
          identity.birth-date: {title: {zh: a, en: a}, kind: date, \(rest)}
          identity.sex: {title: {zh: a, en: a}, kind: code, code-set: sex, \(rest)}
          household.number: {title: {zh: a, en: a}, kind: text, indexed: true, \(rest)}
        predicates: {}
        never-ingest: {}
        """

    private static let codeSets = """
        format: hangu/code-sets/1
        code-sets:
          sex:
            title: {zh: 性别, en: Sex}
            source: GB/T 2261.1-2003
            values: {"1": {zh: 男, en: male}, "2": {zh: 女, en: female}}
        """

    private static let departments = """
        format: hangu/departments/1
        departments:
          civil:
            title: {zh: 民政局, en: Civil affairs}
            credit-code: 11780000002701011M
            functions: [social-assistance]
            division: "78"
        """

    private static let legalBases = """
        format: hangu/legal-bases/1
        legal-bases:
          agreed:
            kind: consent
            title: {zh: 同意, en: Consent}
            article: {zh: 第十三条, en: art. 13}
            authority: {credit-code-kinds: ["11"]}
            fields: [identity.name]
            valid-from: "2021-11-01"
            notice: false
        """

    private static let purposes = """
        format: hangu/purposes/1
        purposes:
          visit:
            title: {zh: 探访, en: Visit}
            plain: {zh: 上门看望, en: To visit you}
            legal-bases: [agreed]
            departments: [civil]
            fields: [identity.name, identity.sex]
            data-life-days: 30
            batch-max: 1
            frequency: 1000/day
        """
}
