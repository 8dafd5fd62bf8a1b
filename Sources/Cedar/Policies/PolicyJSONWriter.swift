/// What the JSON form cannot hold.
public enum JSONOutputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A chain of operators is too long: JSON nests where text only goes on.
    case tooDeep(PolicyID, most: Int)
    /// A record has a member that JSON reserves for escapes.
    case reservedKey(String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .tooDeep(let id, let most):
            "policy '\(id)' nests deeper in JSON than the limit of \(most)"
        case .reservedKey(let key): "a record has the member '\(key)', which JSON reserves"
        }
    }
}

/// Writes policies in the JSON form of the language.
struct PolicyJSONWriter {
    let limits: Limits

    func policySet(_ set: PolicySet) throws(JSONOutputError) -> JSONValue {
        var statics: [JSONMember] = []
        var templates: [JSONMember] = []
        var links: [JSONValue] = []
        for policy in set.policies {
            if let templateID = policy.templateID {
                links.append(link(policy, of: templateID))
            } else {
                let member = JSONMember(policy.id.text, try self.policy(policy))
                if policy.isTemplate { templates.append(member) } else { statics.append(member) }
            }
        }
        return .object([
            JSONMember("templates", .object(templates)),
            JSONMember("staticPolicies", .object(statics)),
            JSONMember("templateLinks", .array(links)),
        ])
    }

    private func link(_ policy: Policy, of templateID: PolicyID) -> JSONValue {
        let values = policy.linkedSlots.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            JSONMember($0.key.rawValue, ValueJSON.json($0.value))
        }
        return .object([
            JSONMember("templateId", .string(templateID.text)),
            JSONMember("newId", .string(policy.id.text)),
            JSONMember("values", .object(values)),
        ])
    }

    func policy(_ policy: Policy) throws(JSONOutputError) -> JSONValue {
        let writer = ExpressionJSONWriter()
        var conditions: [JSONValue] = []
        for condition in policy.conditions {
            guard ExpressionJSONWriter.depth(condition.body) <= limits.nestingMax else {
                throw .tooDeep(policy.id, most: limits.nestingMax)
            }
            conditions.append(
                .object([
                    JSONMember("kind", .string(condition.isUnless ? "unless" : "when")),
                    JSONMember("body", writer.json(condition.body)),
                ]))
        }
        var members = [
            JSONMember("effect", .string(policy.effect.rawValue)),
            JSONMember("principal", constraint(policy.scope.principal, .principal)),
            JSONMember("action", action(policy.scope.action)),
            JSONMember("resource", constraint(policy.scope.resource, .resource)),
            JSONMember("conditions", .array(conditions)),
        ]
        if !policy.annotations.isEmpty {
            let annotations = policy.annotations.sorted { $0.key < $1.key }
            members.append(
                JSONMember(
                    "annotations",
                    .object(annotations.map { JSONMember($0.key, .string($0.value)) })))
        }
        return .object(members)
    }

    private func target(_ target: EntityConstraint.Target, _ slot: Slot) -> JSONMember {
        switch target {
        case .entity(let uid): JSONMember("entity", ValueJSON.json(uid))
        case .slot: JSONMember("slot", .string(slot.rawValue))
        }
    }

    private func constraint(_ constraint: EntityConstraint, _ slot: Slot) -> JSONValue {
        func op(_ name: String, _ rest: [JSONMember]) -> JSONValue {
            .object([JSONMember("op", .string(name))] + rest)
        }
        return switch constraint {
        case .any: op("All", [])
        case .equal(let target): op("==", [self.target(target, slot)])
        case .isIn(let target): op("in", [self.target(target, slot)])
        case .isType(let type): op("is", [JSONMember("entity_type", .string(type))])
        case .isTypeIn(let type, let target):
            op(
                "is",
                [
                    JSONMember("entity_type", .string(type)),
                    JSONMember("in", .object([self.target(target, slot)])),
                ])
        }
    }

    private func action(_ constraint: ActionConstraint) -> JSONValue {
        switch constraint {
        case .any: .object([JSONMember("op", .string("All"))])
        case .equal(let uid):
            .object([JSONMember("op", .string("==")), JSONMember("entity", ValueJSON.json(uid))])
        case .isIn(let uid):
            .object([JSONMember("op", .string("in")), JSONMember("entity", ValueJSON.json(uid))])
        case .isInAny(let uids):
            .object([
                JSONMember("op", .string("in")),
                JSONMember("entities", .array(uids.map { ValueJSON.json($0) })),
            ])
        }
    }
}
