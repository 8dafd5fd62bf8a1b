/// Policies that cannot form a set, or templates that cannot be linked.
public enum PolicySetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two policies have one id.
    case duplicateID(PolicyID)
    /// There is no policy of this id.
    case unknownTemplate(PolicyID)
    /// The policy has no slots, so there is nothing to link.
    case notATemplate(PolicyID)
    /// A slot of the template is given no value.
    case missingValue(Slot, of: PolicyID)
    /// A value is given for a slot that the template does not have.
    case extraValue(Slot, of: PolicyID)
    /// There are more policies and links than ``Limits/policyCountMax``.
    case tooMany(Int, most: Int)
    /// The text is not Cedar.
    case syntax(PolicySyntaxError)
    /// The JSON is not Cedar.
    case json(JSONInputError)

    /// What is wrong.
    public var description: String {
        switch self {
        case .duplicateID(let id): "two policies have the id '\(id)'"
        case .unknownTemplate(let id): "there is no template '\(id)'"
        case .notATemplate(let id): "policy '\(id)' has no slots to fill"
        case .missingValue(let slot, let id):
            "the slot \(slot.rawValue) of template '\(id)' has no value"
        case .extraValue(let slot, let id): "template '\(id)' has no slot \(slot.rawValue)"
        case .tooMany(let count, let most):
            "the number of policies, \(count), exceeds the limit of \(most)"
        case .syntax(let error): error.description
        case .json(let error): error.description
        }
    }
}

/// The values that turn a template into a policy.
public struct TemplateLink: Hashable, Sendable {
    /// The template.
    public let templateID: PolicyID
    /// The id of the policy that results.
    public let newID: PolicyID
    /// An entity for each slot of the template.
    public let values: [Slot: EntityUID]

    /// Makes a link.
    public init(templateID: PolicyID, newID: PolicyID, values: [Slot: EntityUID]) {
        self.templateID = templateID
        self.newID = newID
        self.values = values
    }
}

/// Policies to be evaluated together, compiled once.
public struct PolicySet: Sendable {
    /// The policies in order, templates and their links included.
    public private(set) var policies: [Policy]

    private(set) var compiled: [CompiledPolicy]
    private(set) var index: ScopeIndex

    /// Makes a set and compiles it.
    ///
    /// - Parameters:
    ///   - policies: In the order in which they are to be reported. Templates never apply by themselves.
    ///   - limits: A bound on their number.
    /// - Throws: ``PolicySetError/duplicateID(_:)`` or ``PolicySetError/tooMany(_:most:)``.
    public init(_ policies: [Policy], limits: Limits = .standard) throws(PolicySetError) {
        try self.init(policies, links: [], limits: limits)
    }

    /// Makes a set of policies and of links of the templates among them.
    ///
    /// - Parameters:
    ///   - policies: In the order in which they are to be reported.
    ///   - links: What to put into the slots of templates; the resulting policies come last.
    ///   - limits: A bound on the number of both.
    /// - Throws: ``PolicySetError`` if ids clash, a link does not fit its template or there are too many.
    public init(
        _ policies: [Policy], links: [TemplateLink], limits: Limits = .standard
    ) throws(PolicySetError) {
        let count = policies.count + links.count
        if count > limits.policyCountMax { throw .tooMany(count, most: limits.policyCountMax) }
        var all: [PolicyID: Policy] = [:]
        for policy in policies {
            guard all.updateValue(policy, forKey: policy.id) == nil else {
                throw .duplicateID(policy.id)
            }
        }
        var linked: [Policy] = []
        for link in links {
            guard let template = all[link.templateID] else {
                throw .unknownTemplate(link.templateID)
            }
            let policy = try template.filled(link)
            guard all.updateValue(policy, forKey: policy.id) == nil else {
                throw .duplicateID(policy.id)
            }
            linked.append(policy)
        }
        self.policies = policies + linked
        compiled = self.policies.filter { !$0.isTemplate }.map(CompiledPolicy.init)
        index = ScopeIndex(compiled)
    }

    /// Reads and compiles the policies of a text, with the ids `policy0`, `policy1` and so on.
    public init(
        parsing text: String, file: String, limits: Limits = .standard
    ) throws(PolicySetError) {
        let policies: [Policy]
        do {
            policies = try PolicyParser.parse(text, file: file, limits: limits)
        } catch {
            throw .syntax(error)
        }
        try self.init(policies, limits: limits)
    }

    /// Reads a set from JSON: `staticPolicies`, `templates` and `templateLinks`.
    public init(
        json text: String, file: String = "policies", limits: Limits = .standard
    ) throws(PolicySetError) {
        let policies: [Policy]
        let links: [TemplateLink]
        do {
            let json = try JSONReader.read(text.utf8, file: file, limits: limits, listDepth: 2)
            let reader = PolicyJSONReader(limits: limits, file: file)
            policies = try reader.policies(json)
            links = try reader.links(json)
        } catch {
            throw .json(error)
        }
        try self.init(policies, links: links, limits: limits)
    }

    /// The set with one more link of a template.
    ///
    /// - Parameters:
    ///   - link: The template, the new id and an entity for each slot.
    ///   - limits: A bound on the number of policies.
    /// - Returns: The set with the new policy last; compiled anew.
    /// - Throws: ``PolicySetError`` if ids clash, the link does not fit its template or there are too many policies.
    public func linking(
        _ link: TemplateLink, limits: Limits = .standard
    ) throws(PolicySetError) -> PolicySet {
        guard let template = policies.first(where: { $0.id == link.templateID }) else {
            throw .unknownTemplate(link.templateID)
        }
        return try PolicySet(policies + [template.filled(link)], limits: limits)
    }

    /// The set as JSON.
    ///
    /// - Parameters:
    ///   - indented: Whether to lay it out over lines.
    ///   - limits: How deep the JSON may nest; chains of operators nest there.
    /// - Returns: An object with `staticPolicies`, `templates` and `templateLinks`.
    /// - Throws: ``JSONOutputError/tooDeep(_:most:)``.
    public func json(indented: Bool = false, limits: Limits = .standard) throws(JSONOutputError)
        -> String
    {
        JSONWriter.write(try PolicyJSONWriter(limits: limits).policySet(self), indented: indented)
    }

    /// The set as Cedar text, each policy on lines of its own.
    ///
    /// Links are written as the policies they stand for.
    public var cedarText: String { policies.map { $0.cedarText + "\n" }.joined(separator: "\n") }

    /// Visits, in order, at least every policy whose scope matches.
    @inline(__always)
    func forEachCandidate(_ frame: Frame, _ visit: (CompiledPolicy) -> Void) {
        guard let candidates = index.candidates(frame) else {
            for policy in compiled { visit(policy) }
            return
        }
        for candidate in candidates { visit(compiled[candidate]) }
    }
}

extension Policy {
    /// Reads one policy or template from JSON.
    public init(
        json text: String, id: PolicyID, file: String = "policy", limits: Limits = .standard
    ) throws(JSONInputError) {
        let json = try JSONReader.read(text.utf8, file: file, limits: limits)
        self = try PolicyJSONReader(limits: limits, file: file).policy(json, id: id, .root)
    }

    /// The policy as JSON.
    ///
    /// A link is written as the policy it stands for.
    ///
    /// - Parameters:
    ///   - indented: Whether to lay it out over lines.
    ///   - limits: How deep the JSON may nest; chains of operators nest there.
    /// - Returns: One JSON object.
    /// - Throws: ``JSONOutputError/tooDeep(_:most:)``.
    public func json(indented: Bool = false, limits: Limits = .standard) throws(JSONOutputError)
        -> String
    {
        JSONWriter.write(try PolicyJSONWriter(limits: limits).policy(self), indented: indented)
    }

    /// The policy that results from filling the slots of this template.
    func filled(_ link: TemplateLink) throws(PolicySetError) -> Policy {
        guard isTemplate, templateID == nil else { throw .notATemplate(id) }
        for slot in slots where link.values[slot] == nil { throw .missingValue(slot, of: id) }
        for slot in link.values.keys where !slots.contains(slot) { throw .extraValue(slot, of: id) }
        var scope = scope
        scope.principal = scope.principal.filled(link.values[.principal])
        scope.resource = scope.resource.filled(link.values[.resource])
        return Policy(
            id: link.newID, effect: effect, annotations: annotations,
            annotationPositions: annotationPositions, position: position,
            scope: scope,
            conditions: conditions, templateID: id, linkedSlots: link.values)
    }
}

extension EntityConstraint {
    fileprivate func filled(_ uid: EntityUID?) -> EntityConstraint {
        guard let uid else { return self }
        return switch self {
        case .equal(.slot): .equal(.entity(uid))
        case .isIn(.slot): .isIn(.entity(uid))
        case .isTypeIn(let type, .slot): .isTypeIn(type, .entity(uid))
        default: self
        }
    }
}
