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
        for rule in rules { try RuleAnnotation.check(rule) }
        do {
            policies = try PolicySet(rules)
            entities = try EntityStore(CatalogueEntities(catalogue).entities)
        } catch { throw .policy("\(error)") }
        ruleCount = rules.count
        annotations = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0.annotations) })
        try Self.validate(policies, against: sorted)
        self.files = [floor] + sorted
        hash = Self.hash(of: self.files)
    }

    /// The names of all rules, floor rules included, sorted.
    package var ruleNames: [String] { annotations.keys.map(\.text).sorted() }

    /// A rule's annotation, such as its reason code or its sentence in Chinese.
    package func annotation(_ name: String, of rule: PolicyID) -> String? { annotations[rule]?[name] }

    /// A draft with other rules over the same catalogue, to compare with; it has no hash and is never in force.
    ///
    /// - Parameter rules: All rules of the draft, floor rules included, each of the form that was checked before.
    /// - Returns: The draft.
    /// - Throws: ``GatewayError/policy(_:)`` where the rules form no set.
    package func draft(_ rules: [Policy]) throws(GatewayError) -> PolicyBundle {
        var draft = self
        do { draft.policies = try PolicySet(rules) } catch { throw .policy("\(error)") }
        draft.annotations = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0.annotations) })
        draft.ruleCount = rules.count
        draft.hash = ""
        return draft
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
