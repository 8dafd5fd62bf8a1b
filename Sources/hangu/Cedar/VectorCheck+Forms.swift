import Cedar

extension VectorCheck {
    /// Entities or requests, with and without a schema.
    mutating func accepted(_ vector: JSONValue, _ head: JSONValue) {
        func isAccepted(_ schema: Schema?) -> Bool {
            Self.accepts {
                if vector["text"] != nil {
                    _ = try EntityStore(json: Self.text(vector["text"]), schema: schema)
                } else {
                    _ = try Request(json: Self.json(vector["request"]), schema: schema)
                }
            }
        }
        if let expected = Self.flag(vector["acceptedWithoutSchema"]) {
            verdict(isAccepted(nil) == expected, "accepted without schema: \(!expected)")
        }
        guard let expected = Self.flag(vector["acceptedWithSchema"]) else { return }
        do throws(SchemaError) {
            let schema = try Self.schema(head)
            verdict(isAccepted(schema) == expected, "accepted with schema: \(!expected)")
        } catch {
            verdict(false, "the file's head does not load: \(error)")
        }
    }

    /// A schema as text or JSON, or a policy as JSON.
    mutating func form(_ vector: JSONValue, _ head: JSONValue) {
        let expected = Self.flag(vector["accepted"])
        var isTemplate = false
        var outcome: String?
        let isAccepted = Self.accepts {
            if let policy = vector["policy"] {
                let policy = try Policy(json: Self.json(policy), id: "p")
                isTemplate = policy.isTemplate
                let asked = try Request(json: Self.json(head["request"]))
                let response = Authorizer().authorize(asked, try PolicySet([policy]), .empty)
                outcome = response.errors.isEmpty ? response.decision.rawValue : "error"
            } else if let json = vector["json"] {
                _ = try Schema(json: Self.json(json))
            } else {
                _ = try Schema(parsing: Self.text(vector["text"]))
            }
        }
        verdict(isAccepted == expected, "accepted: \(isAccepted)")
        guard expected == true, vector["outcome"] != nil, !isTemplate else { return }
        let wanted = Self.text(vector["outcome"])
        request(outcome == wanted, "\(outcome ?? "nothing") instead of \(wanted)")
    }

    /// Templates with their links, and the requests that they decide.
    mutating func templates(_ vector: JSONValue) {
        var set: PolicySet?
        let isAccepted = Self.accepts {
            let policies = try PolicyParser.parse(Self.text(vector["policies"]), file: "vector")
            set = try PolicySet(policies, links: Self.array(vector["links"]).map(Self.link))
        }
        verdict(isAccepted == Self.flag(vector["accepted"]), "accepted: \(isAccepted)")
        for json in Self.array(vector["requests"]) {
            guard let set else {
                request(false, "a request to a set that was refused")
                continue
            }
            do throws(JSONInputError) {
                let store = try EntityStore(json: Self.json(vector["entities"]))
                let asked = try Request(json: Self.json(json))
                let response = Authorizer().authorize(asked, set, store)
                request(Self.isAsExpected(response, json), "\(response.decision)")
            } catch {
                request(false, "\(error)")
            }
        }
    }

    private static func link(_ json: JSONValue) -> TemplateLink {
        var values: [Slot: EntityUID] = [:]
        for slot in Slot.allCases where json["values"]?[slot.rawValue] != nil {
            values[slot] = uid(json["values"]?[slot.rawValue])
        }
        return TemplateLink(
            templateID: PolicyID(text(json["templateId"])), newID: PolicyID(text(json["newId"])),
            values: values)
    }

    /// Whether decision, reasons and errors are those that a case or vector expects.
    static func isAsExpected(_ response: Response, _ json: JSONValue) -> Bool {
        response.decision.rawValue == text(json["decision"])
            && Set(response.determining.map(\.text)) == Set(array(json["reason"]).map { text($0) })
            && Set(response.errors.map(\.policyID.text))
                == Set(array(json["errors"]).map { text($0) })
    }

    /// Policies, entities and requests that conform to a schema or do not.
    mutating func validator(_ vector: JSONValue) {
        do {
            let schema = try Schema(parsing: Self.text(vector["schema"]))
            let set = try PolicySet(parsing: Self.text(vector["policies"]), file: "vector")
            let result = Validator(schema: schema).validate(set)
            if let expected = Self.flag(vector["policiesValidate"]) {
                verdict(result.isValid == expected, "validates: \(result.isValid)")
            }
            for policy in set.policies {
                guard let expected = Self.flag(vector["perPolicy"]?[policy.id.text]) else {
                    continue
                }
                let isValid = !result.errors.contains { $0.policyID == policy.id }
                verdict(isValid == expected, "\(policy.id) validates: \(isValid)")
            }
            entities(vector, schema)
            for (index, json) in Self.array(vector["requests"]).enumerated() {
                let isValid = Self.accepts {
                    _ = try Request(json: Self.json(json), schema: schema)
                }
                verdict(isValid == Self.flag(json["valid"]), "request \(index) valid: \(isValid)")
            }
        } catch {
            verdict(false, "does not load: \(error)")
        }
    }

    /// Each entity is read alone: whether it conforms does not depend on the others.
    private mutating func entities(_ vector: JSONValue, _ schema: Schema) {
        for entity in Self.array(vector["entities"]) {
            let uid = Self.uid(entity["uid"])
            let name = "\(uid.type)::\(uid.id)"
            guard let expected = Self.flag(vector["perEntity"]?[name]) else { continue }
            let isValid = Self.accepts {
                _ = try EntityStore(json: Self.json(.array([entity])), schema: schema)
            }
            verdict(isValid == expected, "\(name) valid: \(isValid)")
        }
    }
}

/// Makes JSON forms of policies comparable.
enum PolicyJSONForm {
    /// The JSON with sorted keys, patterns one character a literal, and paths of `has` as nested pairs: each may be
    /// written either way.
    static func normalised(_ json: JSONValue) -> String {
        switch json {
        case .array(let elements): return "[\(elements.map(normalised).joined(separator: ","))]"
        case .object(let members):
            if members.count == 1, members[0].key == "Literal" {
                return VectorCheck.text(members[0].value).unicodeScalars.map { "'\($0)'" }
                    .joined(separator: ",")
            }
            if members.count == 1, members[0].key == "has",
                case .array(let path)? = members[0].value["attr"]
            {
                return normalised(nested(members[0].value["left"] ?? .null, path))
            }
            let sorted = members.sorted { $0.key < $1.key }.map {
                "\(JSONWriter.write(.string($0.key))):\(normalised($0.value))"
            }
            return "{\(sorted.joined(separator: ","))}"
        default: return JSONWriter.write(json)
        }
    }

    private static func nested(_ left: JSONValue, _ path: [JSONValue]) -> JSONValue {
        func node(_ key: String, _ first: (String, JSONValue), _ second: (String, JSONValue))
            -> JSONValue
        {
            let members = [JSONMember(first.0, first.1), JSONMember(second.0, second.1)]
            return .object([JSONMember(key, .object(members))])
        }
        var owner = left
        var result: JSONValue?
        for name in path {
            let test = node("has", ("left", owner), ("attr", name))
            result = result.map { node("&&", ("left", $0), ("right", test)) } ?? test
            owner = node(".", ("left", owner), ("attr", name))
        }
        return result ?? left
    }
}
