import Cedar
import Testing

@Suite("Expression and policy text vectors")
struct VectorTests {
    @Test("Every expression comes out as expected")
    func expressions() throws {
        guard let (head, vectors) = try SharedCases.vectors("expressions") else { return }
        let schema = try Schema(parsing: SharedCases.text(head["schema"]))
        let store = try EntityStore(json: SharedCases.text(of: head["entities"]), schema: schema)
        let described = head["request"]
        let request = Request(
            principal: SharedCases.uid(described?["principal"]),
            action: SharedCases.uid(described?["action"]),
            resource: SharedCases.uid(described?["resource"]),
            context: try RecordValue(json: SharedCases.text(of: described?["context"])))
        var passed = 0
        for vector in vectors {
            let expression = SharedCases.text(vector["expr"])
            let text = "permit(principal, action, resource) when { \(expression) };"
            let outcome: String
            do {
                let policies = try PolicySet(parsing: text, file: "vector")
                let response = Authorizer().authorize(request, policies, store)
                if response.errors.isEmpty {
                    outcome = response.decision == .allow ? "true" : "false"
                } else {
                    outcome = "error"
                }
            } catch {
                outcome = "parse-error"
            }
            #expect(outcome == SharedCases.text(vector["outcome"]), "\(expression)")
            if outcome == SharedCases.text(vector["outcome"]) { passed += 1 }
        }
        print("expressions: \(passed)/\(vectors.count)")
    }

    @Test("Every policy text is accepted or refused as expected")
    func policyText() throws {
        guard let (_, vectors) = try SharedCases.vectors("policy-text") else { return }
        var passed = 0
        for vector in vectors {
            let text = SharedCases.text(vector["text"])
            var parses = true
            do throws(PolicySyntaxError) {
                _ = try PolicyParser.parse(text, file: "vector")
            } catch {
                parses = false
            }
            #expect(parses == SharedCases.flag(vector["parses"]), "\(text)")
            if parses == SharedCases.flag(vector["parses"]) { passed += 1 }
        }
        print("policy-text: \(passed)/\(vectors.count)")
    }
}
