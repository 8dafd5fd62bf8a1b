import Cedar
import Testing

@Suite("Validation")
struct ValidationTests {
    private func validates(_ text: String, _ schema: Schema, level: Int? = nil) -> Bool {
        do throws(PolicySetError) {
            let policies = try PolicySet(parsing: text, file: "vector")
            return Validator(schema: schema).validate(policies, level: level).isValid
        } catch {
            return false
        }
    }

    @Test("Every expression and scope types as expected")
    func typing() throws {
        guard let (head, vectors) = try SharedCases.vectors("typing") else { return }
        let schema = try Schema(parsing: SharedCases.text(head["schema"]))
        var passed = 0
        for vector in vectors {
            let expression = SharedCases.text(vector["expr"])
            let text =
                vector["scope"] == nil
                ? "permit(principal, action == Action::\"v\", resource) when { \(expression) };"
                : "permit(\(SharedCases.text(vector["scope"])));"
            let isRight = validates(text, schema) == SharedCases.flag(vector["validates"])
            #expect(isRight, "\(JSONWriter.write(vector))")
            if isRight { passed += 1 }
        }
        print("typing: \(passed)/\(vectors.count)")
    }

    @Test("Every expression that parses validates as expected")
    func expressions() throws {
        guard let (head, vectors) = try SharedCases.vectors("expressions") else { return }
        let schema = try Schema(parsing: SharedCases.text(head["schema"]))
        var passed = 0
        var total = 0
        for vector in vectors {
            guard let expected = SharedCases.flag(vector["validates"]) else { continue }
            total += 1
            let expression = SharedCases.text(vector["expr"])
            let isRight =
                validates("permit(principal, action, resource) when { \(expression) };", schema)
                == expected
            #expect(isRight, "\(expression)")
            if isRight { passed += 1 }
        }
        print("expressions validates: \(passed)/\(total)")
        #expect(total > 0)
    }

    @Test("Every policy has the expected least level")
    func levels() throws {
        guard let (head, vectors) = try SharedCases.vectors("levels") else { return }
        let schema = try Schema(parsing: SharedCases.text(head["schema"]))
        var passed = 0
        for vector in vectors {
            let policies = try PolicySet(
                parsing: SharedCases.text(vector["policy"]), file: "vector")
            let level = Validator(schema: schema).leastLevel(policies)
            let expected = vector["minLevel"].flatMap { Int(JSONWriter.write($0)) }
            #expect(level == expected, "\(JSONWriter.write(vector))")
            if level == expected { passed += 1 }
        }
        print("levels: \(passed)/\(vectors.count)")
    }

    @Test("Policies, entities and requests conform to their schemas as expected")
    func validator() throws {
        guard let (_, vectors) = try SharedCases.vectors("validator") else { return }
        var passed = 0
        var total = 0
        func check(_ isRight: Bool, _ what: String) {
            #expect(isRight, "\(what)")
            total += 1
            if isRight { passed += 1 }
        }
        for vector in vectors {
            let name = SharedCases.text(vector["id"])
            let schema = try Schema(parsing: SharedCases.text(vector["schema"]))
            let policies = try PolicySet(parsing: SharedCases.text(vector["policies"]), file: name)
            let result = Validator(schema: schema).validate(policies)
            if let expected = SharedCases.flag(vector["policiesValidate"]) {
                check(result.isValid == expected, "\(name): \(result)")
            }
            for policy in policies.policies {
                guard let expected = SharedCases.flag(vector["perPolicy"]?[policy.id.text]) else {
                    continue
                }
                let isValid = !result.errors.contains { $0.policyID == policy.id }
                check(isValid == expected, "\(name) \(policy.id): \(result)")
            }
            checkEntities(vector, schema, name, check)
            for (index, request) in SharedCases.array(vector["requests"]).enumerated() {
                var isValid = true
                do {
                    _ = try Request(json: SharedCases.text(of: request), schema: schema)
                } catch {
                    isValid = false
                }
                check(isValid == SharedCases.flag(request["valid"]), "\(name) request \(index)")
            }
        }
        print("validator: \(passed)/\(total)")
        #expect(total > 0)
    }

    /// Each entity is read alone among the actions, which are closed transitively by the store.
    private func checkEntities(
        _ vector: JSONValue, _ schema: Schema, _ name: String, _ check: (Bool, String) -> Void
    ) {
        let all = SharedCases.array(vector["entities"])
        for entity in all {
            let uid = SharedCases.uid(entity["uid"])
            guard let expected = SharedCases.flag(vector["perEntity"]?["\(uid.type)::\(uid.id)"])
            else { continue }
            var isValid = true
            do {
                _ = try EntityStore(json: JSONWriter.write(.array([entity])), schema: schema)
            } catch {
                isValid = false
            }
            check(isValid == expected, "\(name) \(uid.type)::\(uid.id)")
        }
    }
}
