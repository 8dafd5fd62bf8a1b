import Cedar
import Testing

@Suite("Small parts of the interface")
struct InterfaceTests {
    private let request = Request(
        principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "v"),
        resource: EntityUID(type: "File", id: "f"), context: ["n": 2])

    @Test("A single expression has a value of any type, or says where it fails")
    func expressions() throws {
        let authorizer = Authorizer()
        #expect(try authorizer.evaluate("context.n * 3 + 1", request, .empty) == 7)
        #expect(
            try authorizer.evaluate("{a: [principal]}", request, .empty) == [
                "a": [.entity(request.principal)]
            ])
        #expect(throws: ExpressionError.self) { try authorizer.evaluate("1 +", request, .empty) }
        do {
            _ = try authorizer.evaluate("1 == 1 && context.m", file: "e", request, .empty)
            Issue.record("a missing attribute has no value")
        } catch {
            #expect("\(error)" == "e:1:11: the context has no attribute 'm'")
        }
    }

    @Test("Policies can be renamed and templates linked one by one")
    func ids() throws {
        let parsed = try PolicyParser.parse(
            "permit(principal == ?principal, action, resource); forbid(principal, action, resource) when { false };",
            file: "p")
        #expect(parsed.map(\.isTemplate) == [true, false])
        let set = try PolicySet([parsed[0].withID("t"), parsed[1].withID("f")])
        let link = TemplateLink(
            templateID: "t", newID: "l", values: [.principal: request.principal])
        let linked = try set.linking(link)
        #expect(Authorizer().authorize(request, set, .empty).decision == .deny)
        #expect(Authorizer().authorize(request, linked, .empty).determining == ["l"])
        #expect(throws: PolicySetError.duplicateID("l")) { try linked.linking(link) }
        #expect(throws: PolicySetError.duplicateID("f")) {
            try PolicySet([parsed[1].withID("f"), parsed[0].withID("f")])
        }
        #expect(try PolicySet(json: linked.json()).policies.map(\.id) == ["f", "t", "l"])
    }

    @Test("Records, entities and instants survive JSON")
    func values() throws {
        let record: RecordValue = [
            "a": 1, "b": [true, "x", ["c": 2]], "d": .decimal(DecimalValue(tenThousandths: -5)),
            "e": .datetime(DatetimeValue(milliseconds: .min)),
            "f": .duration(DurationValue(milliseconds: .min)),
            "g": .entity(request.principal),
        ]
        #expect(try RecordValue(json: record.json()) == record)
        #expect(record.setting("a", to: 3)["a"] == 3)
        #expect(throws: JSONOutputError.reservedKey("__extn")) {
            try RecordValue([("__extn", 1)]).json()
        }
        for text in ["1.2.3.4", "10.0.0.0/8", "::1", "1:2::7:8/64", "ffff::/0"] {
            let address = try #require(IPAddressValue(text))
            #expect(IPAddressValue(address.text) == address)
        }
        for number in [Int64.min, -10_000, -5, 0, 5, 12_345, .max] {
            let value = DecimalValue(tenThousandths: number)
            #expect(DecimalValue(value.text) == value)
        }
        let store = try EntityStore([
            Entity(
                uid: request.principal, attributes: record, parents: [EntityUID(type: "G", id: "")],
                tags: ["t": 1])
        ])
        #expect(try EntityStore(json: store.json())[request.principal] == store[request.principal])
    }

    @Test("Validation warns of texts that do not say what they seem to")
    func warnings() throws {
        let schema = try Schema(
            parsing:
                "entity U; action v appliesTo { principal: U, resource: U, context: { s: String } };"
        )
        let policies = try PolicySet(
            parsing: """
                permit(principal, action, resource) when { context.s == "p\u{430}ypal" };
                permit(principal, action, resource) when { context.s == "a\u{202E}b" };
                permit(principal, action, resource) when { principal is U && false };
                permit(principal, action, resource) when { context.s == "\u{4E2D}文 abc" };
                """, file: "w")
        let result = Validator(schema: schema).validate(policies)
        #expect(result.isValid)
        #expect(result.warnings.map(\.policyID) == ["policy0", "policy1", "policy2"])
    }
}
