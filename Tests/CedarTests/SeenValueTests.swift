import Cedar
import Testing

@Suite("Values seen by conditions")
struct SeenValueTests {
    private let user = EntityUID(type: "User", id: "a")
    private let file = EntityUID(type: "File", id: "f")

    private func part(
        _ condition: String, detail: ExplanationDetail = .writtenOut, isUnless: Bool = false
    ) throws -> DecisivePart {
        let store = try EntityStore([
            Entity(
                uid: user,
                attributes: ["level": 3, "boss": .entity(EntityUID(type: "User", id: "b"))],
                parents: [EntityUID(type: "Group", id: "g")], tags: ["t": "x"]),
            Entity(uid: file, attributes: ["owner": .entity(user), "labels": ["p", "q"]]),
        ])
        let request = Request(
            principal: user, action: EntityUID(type: "Action", id: "v"), resource: file,
            context: ["n": 1, "ok": false, "deep": ["m": ["k": "secret"]]])
        let policies = try PolicySet(
            parsing:
                "permit(principal, action, resource)\n\(isUnless ? "unless" : "when") { \(condition) };",
            file: "p")
        let explanation = Authorizer().explain(request, policies, store, detail: detail)
        return try #require(explanation.outcomes[0].part)
    }

    private func seen(_ condition: String) throws -> [String] {
        try part(condition).values.map(\.description)
    }

    @Test("Variables, attributes, tags and tests for them are what is seen")
    func kinds() throws {
        #expect(
            try seen("principal.level + 1 > context.n + 5") == [
                "principal.level: 3", "context.n: 1",
            ])
        #expect(
            try seen("principal == resource.owner.boss") == [
                "principal: User::\"a\"", "resource.owner.boss: User::\"b\"",
            ])
        #expect(try seen("principal has name") == ["principal has name: false"])
        #expect(
            try seen("principal.getTag(\"t\") == \"y\"") == ["principal.getTag(\"t\"): \"x\""])
        #expect(try seen("principal.hasTag(\"u\")") == ["principal.hasTag(\"u\"): false"])
        #expect(try seen("principal in Group::\"h\"") == ["principal: User::\"a\""])
        #expect(try seen("context.deep.m.k like \"x*\"") == ["context.deep.m.k: \"secret\""])
        #expect(try seen("resource.labels.contains(\"z\")") == ["resource.labels: [\"p\", \"q\"]"])
        #expect(try seen("1 == 2").isEmpty)
    }

    @Test("What evaluation leaves out is not seen")
    func shortCircuit() throws {
        #expect(
            try seen("(context.ok || context.n > 5) && principal.level == 3") == [
                "context.ok: false", "context.n: 1",
            ])
        #expect(
            try seen("if context.ok then principal.level == 3 else context.n == 9") == [
                "context.ok: false", "context.n: 1",
            ])
        #expect(
            try seen("principal is File in resource.owner") == ["principal: User::\"a\""])
        #expect(
            try seen("principal is User in resource.owner.boss") == [
                "principal: User::\"a\"", "resource.owner.boss: User::\"b\"",
            ])
        #expect(try seen("!(context.n == 1 || principal.level == 9)") == ["context.n: 1"])
    }

    @Test("The part, its condition and the places are named")
    func places() throws {
        let found = try part("context.n == 1 && context.n > principal.level")
        #expect(found.text == "context.n > principal.level")
        #expect(found.conditionIndex == 0)
        #expect(!found.isUnless)
        #expect(found.position.description == "p:2:26")
        #expect(found.values.map(\.position.description) == ["p:2:26", "p:2:38"])
        let held = try part("context.n == 1", isUnless: true)
        #expect(held.isUnless)
        #expect(held.values.map(\.description) == ["context.n: 1"])
    }

    @Test("A part that fails shows what it read up to the failure")
    func failure() throws {
        let found = try part("context.n == 1 && context.n + principal.missing > 2")
        #expect(found.text == "context.n + principal.missing > 2")
        #expect(
            found.values.map(\.description) == [
                "context.n: 1", "principal.missing: User has no attribute 'missing'",
            ])
        #expect(try part("if context.n then true else false").text == "context.n")
        #expect(try part("!(context.ok || context.n)").text == "context.n")
        #expect(
            try seen("resource.owner.boss.level == 1") == [
                "resource.owner.boss.level: the entity of type User does not exist"
            ])
    }

    @Test("Without a say, no value is written out, be it a value or an id")
    func redaction() throws {
        for condition in [
            "context.deep.m.k == \"x\"", "principal == resource", "principal.getTag(\"t\") == \"\"",
            "context.deep == {}",
        ] {
            let found = try part(condition, detail: .redacted)
            #expect(!found.values.isEmpty)
            for value in found.values {
                #expect(value.description.hasSuffix(">"))
                #expect(value.description.contains(": <redacted "))
                #expect(!"\(value)".contains("secret"))
            }
        }
        let chosen = ExplanationDetail { reading, value in
            reading == "context.n" ? value.cedarText : nil
        }
        let found = try part("context.n + principal.level > 9", detail: chosen)
        #expect(
            found.values.map(\.description) == [
                "context.n: 1", "principal.level: <redacted long>",
            ])
    }

    @Test("Texts and values are bounded")
    func bounds() throws {
        let chain = (0..<5_000).map { "context.n == \($0 + 2)" }.joined(separator: " || ")
        let many = (0..<100).map { "context.deep has a\($0)" }.joined(separator: " || ")
        let detail = ExplanationDetail(textLengthMax: 30, valueCountMax: 5) { _, value in
            value.cedarText
        }
        let long = try part(chain, detail: detail)
        #expect(long.text.count == 31)
        #expect(long.values.map(\.description) == ["context.n: 1"])
        #expect(long.hasAllValues)
        let wide = try part(many, detail: detail)
        #expect(wide.values.count == 5)
        #expect(!wide.hasAllValues)
        let value = try part(
            "context.deep == 1",
            detail: ExplanationDetail(textLengthMax: 4) { _, value in
                value.cedarText
            })
        #expect(value.values[0].finding == .shown("{m: …"))
    }

    @Test("The nesting limit bounds explanations too")
    func nested() throws {
        let depth = Limits.standard.nestingMax / 2 - 2
        let text =
            String(repeating: "(context.n == 1 && (context.ok || ", count: depth) + "context.ok"
            + String(repeating: "))", count: depth)
        #expect(try part(text).values.map(\.description) == ["context.ok: false", "context.n: 1"])
    }
}
