import ResidentModel
import Testing

/// What the shipped catalogue promises, beyond being readable.
@Suite("The shipped catalogue")
struct PolicyCatalogueTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try PolicyFolder.catalogue() }

    @Test("It is as large as the work of three departments needs")
    func counts() {
        let counts = [
            "fields": catalogue.fields.count, "predicates": catalogue.predicates.count,
            "code sets": catalogue.codeSets.count, "departments": catalogue.departments.count,
            "legal bases": catalogue.legalBases.count, "purposes": catalogue.purposes.count,
            "classes": catalogue.classes.count, "never-ingest": catalogue.neverIngest.count,
        ]
        print("catalogue: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })")
        #expect(catalogue.fields.count >= 50)
        #expect(catalogue.predicates.count >= 14)
        #expect(catalogue.departments.count >= 8)
        #expect(catalogue.legalBases.count >= 12)
        #expect(catalogue.purposes.count >= 10)
        #expect(catalogue.neverIngest.count >= 5)
    }

    @Test("Only the citizen number and the household number can be searched for")
    func indexesTwoFields() {
        let indexed = catalogue.fields.filter { $0.index != nil }.map(\.id)
        #expect(Set(indexed) == [.citizenNumber, .householdNumber])
    }

    @Test("Ethnic group is held and never shared")
    func keepsEthnicityIn() {
        #expect(catalogue.field(FieldID("identity.ethnicity"))?.share == ShareType.none)
        #expect(
            catalogue.purposes.values.allSatisfy {
                !$0.fields.contains(FieldID("identity.ethnicity"))
            })
    }

    @Test("No purpose and no legal basis can ask for a value of tier 4 or one that is never shared")
    func keepsTierFourIn() {
        let closed = Set(
            catalogue.fields.filter { $0.tier == .t4 || $0.share == ShareType.none }.map(\.id))
        #expect(!closed.isEmpty)
        for purpose in catalogue.purposes.values {
            #expect(purpose.fields.isDisjoint(with: closed), "\(purpose.id)")
        }
        for basis in catalogue.legalBases.values {
            #expect(basis.fields.isDisjoint(with: closed), "\(basis.id)")
        }
    }

    @Test("A predicate over a field of tier 4 can be asked for one purpose only")
    func keepsTierFourPredicatesRare() throws {
        let predicates = catalogue.predicates.values.filter {
            catalogue.field($0.field)?.tier == .t4
        }
        #expect(!predicates.isEmpty)
        for predicate in predicates {
            let purposes = catalogue.purposes.values.filter { $0.fields.contains(predicate.id) }
            #expect(purposes.count == 1)
            #expect(purposes.allSatisfy { $0.batchMax == 1 })
        }
    }

    @Test("Death is a yes only after a person has confirmed it")
    func confirmsDeaths() {
        for id in ["vital.death-confirmed", "vital.death-date-recorded", "vital.cremated"] {
            #expect(catalogue.predicates[FieldID(id)]?.needsConfirmation == true, "\(id)")
        }
        let alive = catalogue.predicates[FieldID("vital.alive")]?.expression.tests
        #expect(alive?.map(\.combine) == [.all])
    }

    @Test(
        "Each item of each purpose can be carried by a basis that a department of the purpose may invoke"
    )
    func everyItemHasABasis() {
        var checked = 0
        for purpose in catalogue.purposes.values {
            for item in purpose.fields {
                checked += 1
                #expect(canBeCarried(item, for: purpose), "\(purpose.id): \(item)")
            }
        }
        print("catalogue: \(checked) items of purposes, each with a basis")
        #expect(checked > 100)
    }

    private func canBeCarried(_ item: FieldID, for purpose: Purpose) -> Bool {
        purpose.legalBases.compactMap { catalogue.legalBases[$0] }.contains { basis in
            !basis.isRepealed && basis.fields.contains(item)
                && purpose.departments.compactMap { catalogue.departments[$0] }.contains {
                    mayInvoke(basis, $0)
                }
        }
    }

    private func mayInvoke(_ basis: LegalBasis, _ department: Department) -> Bool {
        basis.creditCodeKinds.contains(department.creditCode.kind)
            && (basis.functions.isEmpty || !basis.functions.isDisjoint(with: department.functions))
            && (basis.divisions.isEmpty
                || basis.divisions.contains { department.division.hasPrefix($0) })
    }

    @Test("Every predicate, basis and function is used")
    func nothingIsIdle() {
        let asked = Set(catalogue.purposes.values.flatMap(\.fields))
        for predicate in catalogue.predicates.keys {
            #expect(asked.contains(predicate), "\(predicate)")
        }
        let bases = Set(catalogue.purposes.values.flatMap(\.legalBases))
        for basis in catalogue.legalBases.keys { #expect(bases.contains(basis), "\(basis)") }
        let functions = Set(catalogue.departments.values.flatMap(\.functions))
        for basis in catalogue.legalBases.values {
            #expect(basis.functions.isSubset(of: functions), "\(basis.id)")
        }
    }

    @Test(
        "A statutory duty is open to state organs and institutions only, and a repealed basis is kept"
    )
    func basesAreBounded() {
        for basis in catalogue.legalBases.values where basis.kind == .statutoryDuty {
            #expect(basis.creditCodeKinds.isSubset(of: ["11", "12"]), "\(basis.id)")
            #expect(!basis.functions.isEmpty, "\(basis.id)")
            #expect(basis.impactAssessment != nil, "\(basis.id)")
        }
        #expect(catalogue.legalBases.values.contains { $0.isRepealed })
    }

    @Test("Dibao needs the mandate of each adult, and no other purpose carries it by statute alone")
    func dibaoNeedsMandates() throws {
        let dibao = try #require(catalogue.purposes["dibao-review"])
        #expect(dibao.needsHouseholdMandate)
        for name in dibao.legalBases {
            #expect(try #require(catalogue.legalBases[name]).kind == .subjectRequest)
        }
    }

    @Test(
        "A resident can read every purpose: at most 60 characters in each language, no code, no jargon"
    )
    func plainTexts() {
        for purpose in catalogue.purposes.values {
            for text in [purpose.plain.chinese, purpose.plain.english] {
                #expect(text.count <= Purpose.plainCharactersMax, "\(purpose.id)")
                #expect(text.count >= 8, "\(purpose.id)")
                #expect(!text.contains("_") && !text.contains("("), "\(purpose.id)")
            }
            #expect(purpose.plain.english.allSatisfy { $0.isASCII }, "\(purpose.id)")
            #expect(purpose.plain.chinese.contains { !$0.isASCII }, "\(purpose.id)")
        }
    }

    @Test("Every title has Chinese in its Chinese form and none in its English one")
    func titlesAreInTheirLanguage() {
        var titles = catalogue.fields.map(\.title) + catalogue.predicates.values.map(\.title)
        titles += catalogue.purposes.values.map(\.title) + catalogue.legalBases.values.map(\.title)
        titles +=
            catalogue.legalBases.values.map(\.article) + catalogue.departments.values.map(\.title)
        titles += catalogue.codeSets.values.flatMap { [$0.title] + Array($0.values.values) }
        titles += Array(catalogue.neverIngest.values) + catalogue.classes.map(\.title)
        for title in titles {
            #expect(
                title.english.unicodeScalars.allSatisfy { $0.value < 0x250 }, "\(title.english)")
            #expect(!title.chinese.isEmpty)
        }
        print("catalogue: \(titles.count) titles in two languages")
        #expect(titles.count > 300)
    }
}
