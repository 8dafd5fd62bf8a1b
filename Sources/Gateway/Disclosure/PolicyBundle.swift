package import Cedar
import FieldCrypto
package import ResidentModel

/// All rules and the catalogue that decide, compiled once, under one hash.
package struct PolicyBundle: Sendable {
    /// SHA-256 over every file of the bundle and the floor rules, in hexadecimal.
    package private(set) var hash: String
    /// How many rules there are, floor rules included.
    package private(set) var ruleCount: Int
    /// Every file that the hash is over, in its order: the floor rules first.
    package let files: [File]
    package private(set) var policies: PolicySet
    let entities: EntityStore
    private var annotations: [PolicyID: [String: String]]
    /// What each rule's annotations ask for, read once.
    private var obligations: [PolicyID: Obligations]
    private var reasons: [PolicyID: RefusalReason]
    private var forbids: Set<PolicyID>
    /// The names under which rules know fields and predicates.
    private let fieldUIDs: [FieldID: EntityUID]
    private let predicateUIDs: [FieldID: EntityUID]
    /// What the values of each field are; a form that does not fit them lets none leave.
    private let kinds: [FieldID: FieldKind]
    /// Purposes whose answers stop no payment and refuse no benefit.
    private let harmlessPurposes: Set<String>

    /// One file of the bundle, as it was read.
    package struct File: Sendable {
        /// Relative to the policies folder, such as `rules/dibao.cedar`.
        package let path: String
        package let text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// Compiles the rules.
    ///
    /// - Parameters:
    ///   - files: Every file of the policies folder that governs decisions; those ending in `.cedar` are rules, one
    ///     ending in `.cedarschema` is what they are validated against.
    ///   - catalogue: Read from the same files.
    /// - Throws: ``GatewayError/policy(_:)`` naming file, line and column of the first fault.
    package init(files: [File], catalogue: Catalogue) throws(GatewayError) {
        var rules: [Policy] = []
        let sorted = files.sorted { $0.path < $1.path }
        let floor = File(path: FloorRules.file, text: FloorRules.text)
        for file in [floor] + sorted where file.path.hasSuffix(".cedar") {
            rules += try Self.rules(of: file)
        }
        for rule in rules { try RuleAnnotation.check(rule, catalogue: catalogue) }
        do {
            policies = try PolicySet(rules)
            entities = try EntityStore(CatalogueEntities(catalogue).entities)
        } catch { throw .policy("\(error)") }
        ruleCount = rules.count
        (annotations, obligations, reasons, forbids) = ([:], [:], [:], [])
        fieldUIDs = Dictionary(
            uniqueKeysWithValues: catalogue.fields.map { ($0.id, CatalogueEntities.field($0.id)) })
        predicateUIDs = Dictionary(
            uniqueKeysWithValues: catalogue.predicates.keys.map {
                ($0, CatalogueEntities.predicate($0))
            })
        kinds = Dictionary(uniqueKeysWithValues: catalogue.fields.map { ($0.id, $0.kind) })
        harmlessPurposes = Set(
            catalogue.purposes.values.filter { !$0.isAdverse }.map(\.id))
        self.files = [floor] + sorted
        hash = Self.hash(of: self.files)
        readAnnotations(of: rules)
        try Self.validate(policies, against: sorted)
    }

    private mutating func readAnnotations(of rules: [Policy]) {
        annotations = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0.annotations) })
        obligations = Dictionary(
            uniqueKeysWithValues: rules.compactMap { rule in
                RuleAnnotation.obligations(of: rule).map { (rule.id, $0) }
            })
        reasons = Dictionary(
            uniqueKeysWithValues: rules.compactMap { rule in
                rule.annotations["reason"].flatMap(RefusalReason.init(rawValue:)).map {
                    (rule.id, $0)
                }
            })
        forbids = Set(rules.filter { $0.effect == .forbid }.map(\.id))
    }

    /// The bundle with one more file, compiled anew.
    package func adding(_ file: File, catalogue: Catalogue) throws(GatewayError) -> PolicyBundle {
        try PolicyBundle(files: files.dropFirst() + [file], catalogue: catalogue)
    }

    /// The names of all rules, floor rules included, sorted.
    package var ruleNames: [String] { annotations.keys.map(\.text).sorted() }

    /// A rule's annotation, such as its reason code or its sentence in Chinese.
    package func annotation(_ name: String, of rule: PolicyID) -> String? {
        annotations[rule]?[name]
    }

    /// A draft with other rules over the same catalogue, to compare with; it has no hash and is never in force.
    ///
    /// - Parameter rules: All rules of the draft, floor rules included, each of the form that was checked before.
    /// - Returns: The draft.
    /// - Throws: ``GatewayError/policy(_:)`` where the rules form no set.
    package func draft(_ rules: [Policy]) throws(GatewayError) -> PolicyBundle {
        var draft = self
        do { draft.policies = try PolicySet(rules) } catch { throw .policy("\(error)") }
        draft.readAnnotations(of: rules)
        draft.ruleCount = rules.count
        draft.hash = ""
        return draft
    }

    /// What is asked of an item that these rules permit: everything that each of them asks, at its strictest.
    ///
    /// Under a purpose that can stop a payment or refuse a benefit, a person confirms before anything is done, whatever
    /// the rules say. A form that does not fit the field's values lets none leave.
    func obligations(
        of rules: [PolicyID], item: FieldID, purpose: String
    ) -> Obligations {
        var combined = Obligations.none
        for rule in rules {
            if let obligations = obligations[rule] {
                combined = combined.combined(with: obligations)
            }
        }
        return settled(combined, item: item, purpose: purpose)
    }

    /// What the rules ask, with what purpose and field ask beside them.
    package func settled(_ asked: Obligations, item: FieldID, purpose: String) -> Obligations {
        var settled = asked
        if !harmlessPurposes.contains(purpose) { settled.needsHumanConfirmation = true }
        if let kind = kinds[item], !settled.form.fits(kind) { settled.form = .denied }
        return settled
    }

    /// The name under which the rules know an item.
    func uid(of item: FieldID, isPredicate: Bool) -> EntityUID {
        if isPredicate { return predicateUIDs[item] ?? CatalogueEntities.predicate(item) }
        return fieldUIDs[item] ?? CatalogueEntities.field(item)
    }

    /// The reason that a forbid gives; `policy.forbidden` where it names none.
    func reason(of rule: PolicyID) -> RefusalReason { reasons[rule] ?? .forbiddenByRule }

    /// The reason that a rule gives where it refuses; nil for a permit.
    func reasonGiven(by rule: String) -> RefusalReason? {
        let id = PolicyID(rule)
        return forbids.contains(id) ? reason(of: id) : nil
    }

    /// A rule as a person reads it.
    func note(_ rule: String) -> RefusalExplanation.Rule {
        let words = annotations[PolicyID(rule)] ?? [:]
        var plain: Title?
        if let chinese = words["zh"], let english = words["en"] {
            plain = Title(chinese: chinese, english: english)
        }
        return RefusalExplanation.Rule(id: rule, cite: words["cite"], plain: plain)
    }

    private static func rules(of file: File) throws(GatewayError) -> [Policy] {
        let parsed: [Policy]
        do { parsed = try PolicyParser.parse(file.text, file: file.path) } catch {
            throw .policy("\(error)")
        }
        var rules: [Policy] = []
        for policy in parsed {
            guard let id = policy.annotations["id"], !id.isEmpty else {
                throw .policy("\(policy.position): the rule has no @id(\"…\")")
            }
            if policy.isTemplate {
                throw .policy("\(policy.position): templates are not rules of a bundle")
            }
            rules.append(policy.withID(PolicyID(id)))
        }
        return rules
    }

    /// Checks every rule, the floor rules too, against the schema among the files.
    ///
    /// A rule that validates cannot fail on a misspelt attribute or a wrong type when a request is decided.
    private static func validate(_ rules: PolicySet, against files: [File]) throws(GatewayError) {
        let schemas = files.filter { $0.path.hasSuffix(".cedarschema") }
        if schemas.count > 1 {
            throw .policy("\(schemas[1].path): expected one schema, beside \(schemas[0].path)")
        }
        guard let file = schemas.first else { return }
        let schema: Schema
        do { schema = try Schema(parsing: file.text, file: file.path) } catch {
            throw .policy("\(error)")
        }
        if let finding = Validator(schema: schema).validate(rules).errors.first {
            throw .policy("\(finding); expected what \(file.path) declares")
        }
    }

    private static func hash(of files: [File]) -> String {
        var bytes: [UInt8] = []
        for file in files {
            for part in [file.path, file.text] {
                let length = UInt64(part.utf8.count)
                withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
                bytes.append(contentsOf: part.utf8)
            }
        }
        return sha256(bytes).description
    }
}
