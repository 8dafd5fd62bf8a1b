/// Reads policies from the JSON form of the language.
struct PolicyJSONReader {
    let limits: Limits
    let file: String

    /// The policies of `{staticPolicies, templates, templateLinks}`.
    func policies(_ json: JSONValue) throws(JSONInputError) -> [Policy] {
        let path = JSONPath.root
        try json.allowOnly(["staticPolicies", "templates", "templateLinks"], path)
        var policies: [Policy] = []
        for (section, isTemplate) in [("staticPolicies", false), ("templates", true)] {
            for member in try json.required(section, path).members(path.key(section)) {
                let place = path.key(section).key(member.key)
                let policy = try policy(member.value, id: PolicyID(member.key), place)
                if policy.isTemplate != isTemplate {
                    throw place.error(
                        isTemplate ? "a template needs a slot" : "only a template can have a slot")
                }
                policies.append(policy)
            }
        }
        return policies
    }

    func links(_ json: JSONValue) throws(JSONInputError) -> [TemplateLink] {
        let path = JSONPath.root.key("templateLinks")
        var links: [TemplateLink] = []
        for (index, element) in try json.required("templateLinks", .root).elements(path)
            .enumerated()
        {
            links.append(try Self.link(element, path.index(index)))
        }
        return links
    }

    static func link(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> TemplateLink {
        try json.allowOnly(["templateId", "newId", "values"], path)
        var values: [Slot: EntityUID] = [:]
        let place = path.key("values")
        for member in try json.required("values", path).members(place) {
            guard let slot = Slot(rawValue: member.key) else {
                throw place.error("there is no slot of this name")
            }
            values[slot] = try ValueJSON.uid(member.value, place)
        }
        return TemplateLink(
            templateID: PolicyID(
                try json.required("templateId", path).text(path.key("templateId"))),
            newID: PolicyID(try json.required("newId", path).text(path.key("newId"))),
            values: values)
    }

    /// One policy or template.
    func policy(_ json: JSONValue, id: PolicyID, _ path: JSONPath) throws(JSONInputError) -> Policy
    {
        try json.allowOnly(
            ["effect", "principal", "action", "resource", "conditions", "annotations"], path)
        guard
            let effect = Effect(
                rawValue: try json.required("effect", path).text(path.key("effect")))
        else {
            throw path.key("effect").error("expected 'permit' or 'forbid'")
        }
        let scope = Scope(
            principal: try constraint(
                try json.required("principal", path), .principal, path.key("principal")),
            action: try action(try json.required("action", path), path.key("action")),
            resource: try constraint(
                try json.required("resource", path), .resource, path.key("resource")))
        var conditions: [Condition] = []
        let place = path.key("conditions")
        for (index, element) in try json.required("conditions", path).elements(place).enumerated() {
            conditions.append(try condition(element, place.index(index)))
        }
        return Policy(
            id: id, effect: effect, annotations: try SchemaJSONReader.annotations(json, path),
            position: SourcePosition(file: file, line: 0, column: 0), scope: scope,
            conditions: conditions)
    }

    private func condition(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Condition
    {
        try json.allowOnly(["kind", "body"], path)
        let kind = try json.required("kind", path).text(path.key("kind"))
        guard kind == "when" || kind == "unless" else {
            throw path.key("kind").error("expected 'when' or 'unless'")
        }
        let reader = ExpressionJSONReader(limits: limits)
        let body = try reader.expression(try json.required("body", path), path.key("body"))
        return Condition(isUnless: kind == "unless", body: body, position: .none)
    }

    // MARK: Scope

    private func constraint(
        _ json: JSONValue, _ slot: Slot, _ path: JSONPath
    ) throws(JSONInputError) -> EntityConstraint {
        switch try json.required("op", path).text(path.key("op")) {
        case "All", "all": return .any
        case "==": return .equal(try target(json, slot, path))
        case "in": return .isIn(try target(json, slot, path))
        case "is":
            try json.allowOnly(["op", "entity_type", "in"], path)
            let type = try json.required("entity_type", path).text(path.key("entity_type"))
            guard Name.isNormalised(type) else {
                throw path.key("entity_type").error("this is not the name of a type")
            }
            guard let ancestor = json["in"] else { return .isType(type) }
            return .isTypeIn(type, try target(ancestor, slot, path.key("in")))
        default: throw path.key("op").error("expected 'All', '==', 'in' or 'is'")
        }
    }

    private func target(
        _ json: JSONValue, _ slot: Slot, _ path: JSONPath
    ) throws(JSONInputError) -> EntityConstraint.Target {
        if let entity = json["entity"] {
            return .entity(try ValueJSON.uid(entity, path.key("entity")))
        }
        let name = try json.required("slot", path).text(path.key("slot"))
        guard name == slot.rawValue else {
            throw path.key("slot").error("expected '\(slot.rawValue)'")
        }
        return .slot
    }

    private func action(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> ActionConstraint
    {
        func uid(_ json: JSONValue, _ place: JSONPath) throws(JSONInputError) -> EntityUID {
            let uid = try ValueJSON.uid(json, place)
            guard uid.isAction else {
                throw place.error("an action has the type 'Action', perhaps in a namespace")
            }
            return uid
        }
        switch try json.required("op", path).text(path.key("op")) {
        case "All", "all": return .any
        case "==": return .equal(try uid(try json.required("entity", path), path.key("entity")))
        case "in":
            if let entity = json["entity"] { return .isIn(try uid(entity, path.key("entity"))) }
            let place = path.key("entities")
            var uids: [EntityUID] = []
            for (index, element) in try json.required("entities", path).elements(place).enumerated()
            {
                uids.append(try uid(element, place.index(index)))
            }
            return .isInAny(uids)
        default: throw path.key("op").error("expected 'All', '==' or 'in'")
        }
    }
}
