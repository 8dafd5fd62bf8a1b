/// Checks policies against a schema, strictly.
///
/// Policies that validate never fail on a type, a missing attribute or a missing tag, given entities and requests
/// that conform to the schema. Overflow, absent entities and arithmetic on instants can still fail.
public struct Validator: Sendable {
    /// The schema to check against.
    public let schema: Schema

    /// Makes a validator.
    public init(schema: Schema) { self.schema = schema }

    /// Checks every policy and template of a set.
    ///
    /// - Parameters:
    ///   - policies: The set; links of templates are checked for the entities they put in.
    ///   - level: How many steps from entity to entity a policy may take from the request; nil for any number.
    /// - Returns: All errors and warnings, in the order of the policies.
    public func validate(_ policies: PolicySet, level: Int? = nil) -> ValidationResult {
        let environments = schema.environments
        var errors: [ValidationFinding] = []
        var warnings: [ValidationFinding] = []
        for policy in policies.policies {
            let check = PolicyCheck(
                schema: schema, environments: environments, policy: policy, level: level)
            let (found, suspicious) = check.run()
            errors += found
            warnings += suspicious
        }
        return ValidationResult(errors: errors, warnings: warnings)
    }

    /// The least level at which a set passes ``validate(_:level:)``, nil if none does.
    ///
    /// - Parameter policies: The set.
    /// - Returns: The level; nil also for a set that is invalid apart from levels.
    public func leastLevel(_ policies: PolicySet) -> Int? {
        guard validate(policies).isValid else { return nil }
        // No policy takes more steps than its expressions are deep.
        let deepest = policies.policies.flatMap(\.conditions).map(\.body.depth).max() ?? 0
        return (0...deepest + 1).first { validate(policies, level: $0).isValid }
    }
}

/// The check of one policy.
private struct PolicyCheck {
    let schema: Schema
    let environments: [RequestEnvironment]
    let policy: Policy
    let level: Int?

    func run() -> (errors: [ValidationFinding], warnings: [ValidationFinding]) {
        var faults = NameChecks(schema: schema, policy: policy).faults()
        var warnings: [ValidationFinding] = []
        // A link was type-checked as its template, for every entity that could fill its slots.
        if policy.templateID == nil {
            let (typeFaults, isNeverTrue) = typeCheck()
            faults += typeFaults
            if isNeverTrue { warnings.append(finding("this policy is never satisfied", at: start)) }
            warnings += TextChecks.warnings(policy).map { finding($0.message, at: $0.position) }
        }
        var seen: Set<TypeChecker.Fault> = []
        let errors = faults.filter { seen.insert($0).inserted }.map {
            finding($0.message, at: $0.position)
        }
        return (errors, warnings)
    }

    private var start: TextPosition {
        TextPosition(line: Int32(policy.position.line), column: Int32(policy.position.column))
    }

    private func finding(_ message: String, at place: TextPosition) -> ValidationFinding {
        ValidationFinding(
            policyID: policy.id, position: place.within(policy.position.file), message: message)
    }

    private func typeCheck() -> (faults: [TypeChecker.Fault], isNeverTrue: Bool) {
        let plain = policy.plainCondition
        var faults: [TypeChecker.Fault] = []
        var isNeverTrue = true
        for environment in environments {
            let checker = TypeChecker(schema: schema, environment: environment)
            let typing = checker.boolean(plain, [])
            faults += checker.faults
            if typing.type != .bool(false) { isNeverTrue = false }
            if let level, checker.faults.isEmpty {
                var levels = LevelChecker(checker: checker, levelMax: level)
                levels.check(plain)
                faults += levels.faults
            }
        }
        return (faults, isNeverTrue)
    }
}

extension Policy {
    /// Scope and conditions as one expression in plain form.
    package var plainCondition: Expression {
        let start = TextPosition(line: Int32(position.line), column: Int32(position.column))
        var members = PlainForm.scope(scope, at: start)
        for condition in conditions {
            let body = PlainForm.of(condition.body)
            members.append(
                condition.isUnless ? Expression(.not(body), at: condition.position) : body)
        }
        return Expression(.and(members), at: start)
    }
}
