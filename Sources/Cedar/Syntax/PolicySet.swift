/// Policies that cannot form a set.
public enum PolicySetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two policies have one id.
    case duplicateID(PolicyID)
    /// The text is not Cedar.
    case syntax(PolicySyntaxError)

    /// What is wrong.
    public var description: String {
        switch self {
        case .duplicateID(let id): "two policies have the id '\(id)'"
        case .syntax(let error): error.description
        }
    }
}

/// Policies to be evaluated together, compiled once.
public struct PolicySet: Sendable {
    /// The policies in order, templates included.
    public let policies: [Policy]

    let compiled: [CompiledPolicy]

    /// Makes a set and compiles it.
    ///
    /// - Parameter policies: In the order in which they are to be reported. Templates never apply by themselves.
    /// - Throws: ``PolicySetError/duplicateID(_:)``.
    public init(_ policies: [Policy]) throws(PolicySetError) {
        var seen: Set<PolicyID> = []
        for policy in policies where !seen.insert(policy.id).inserted {
            throw .duplicateID(policy.id)
        }
        self.policies = policies
        compiled = policies.filter { !$0.isTemplate }.map(CompiledPolicy.init)
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
        try self.init(policies)
    }

    /// Visits, in order, at least every policy whose scope matches.
    @inline(__always)
    func forEachCandidate(_ frame: Frame, _ visit: (CompiledPolicy) -> Void) {
        for policy in compiled { visit(policy) }
    }
}
