import Cedar
import Testing

@Suite("Depth and length")
struct NestingTests {
    private static let count = 100_000

    @Test(
        "Nesting beyond the limit is an error, never a crash",
        arguments: [
            "(", "[", "{a:", "!(", "-(", "if ", "principal.a(", "ip(", "context[", "if true then ",
        ])
    func deepNesting(opening: String) {
        let text =
            "permit(principal, action, resource) when { \(String(repeating: opening, count: Self.count))"
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.parse(text, file: "deep") }
        let scope = "permit(principal == \(String(repeating: "(", count: Self.count))"
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.parse(scope, file: "deep") }
    }

    @Test(
        "A long path of attributes is an error, never a crash",
        arguments: [".a", "[\"a\"]", ".isIpv4()"])
    func longPath(step: String) {
        let text =
            "permit(principal, action, resource) when { context\(String(repeating: step, count: Self.count)) };"
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.parse(text, file: "deep") }
    }

    @Test(
        "What is nested up to the limit is read and evaluated",
        arguments: ["(", "!(", "[", "if true then "])
    func nestingAtLimit(opening: String) throws {
        let depth = Limits.standard.nestingMax - 2
        let closing = opening.hasSuffix("(") ? ")" : opening == "[" ? "]" : " else false"
        let nested =
            String(repeating: opening, count: depth) + "true"
            + String(repeating: closing, count: depth)
        let policies = try PolicySet(
            parsing: "permit(principal, action, resource) when { \(nested) };", file: "deep")
        let response = Authorizer().authorize(Self.request, policies, .empty)
        #expect(response.errors.count == (opening == "[" ? 1 : 0))
    }

    @Test("A chain of 100,000 members is read and evaluated", arguments: ["&&", "||"])
    func longChain(sign: String) throws {
        let member = sign == "&&" ? "true" : "false"
        let chain = Array(repeating: member, count: Self.count).joined(separator: " \(sign) ")
        let policies = try PolicySet(
            parsing: "permit(principal, action, resource) when { \(chain) \(sign) true };",
            file: "long")
        #expect(Authorizer().authorize(Self.request, policies, .empty).decision == .allow)
    }

    @Test("A sum of 100,000 members is read and evaluated")
    func longSum() throws {
        let sum = Array(repeating: "1", count: Self.count).joined(separator: " + ")
        let product = Array(repeating: "1", count: Self.count).joined(separator: " * ")
        let policies = try PolicySet(
            parsing:
                "permit(principal, action, resource) when { \(sum) == \(Self.count) && \(product) == 1 };",
            file: "long")
        #expect(Authorizer().authorize(Self.request, policies, .empty).decision == .allow)
    }

    @Test("A hierarchy of 100,000 levels is kept and searched")
    func deepHierarchy() throws {
        func group(_ number: Int) -> EntityUID { EntityUID(type: "Group", id: "\(number)") }
        let entities = (0..<Self.count).map { Entity(uid: group($0), parents: [group($0 + 1)]) }
        let store = try EntityStore(entities)
        #expect(store.isEntity(group(0), in: group(Self.count)))
        #expect(!store.isEntity(group(1), in: group(0)))
        let cycle = entities + [Entity(uid: group(Self.count), parents: [group(0)])]
        #expect(throws: EntityStoreError.self) { try EntityStore(cycle) }
    }

    @Test("A hierarchy 10,000 deep is read from JSON, and one 100,000 wide either way")
    func hierarchiesFromJSON() throws {
        func uid(_ number: Int) -> String { #"{"type":"G","id":"\#(number)"}"# }
        func entity(_ number: Int, parents: [Int]) -> String {
            let list = parents.map(uid).joined(separator: ",")
            return #"{"uid":\#(uid(number)),"attrs":{},"parents":[\#(list)]}"#
        }
        func store(_ entities: [String]) throws -> EntityStore {
            try EntityStore(json: "[\(entities.joined(separator: ","))]")
        }
        func group(_ number: Int) -> EntityUID { EntityUID(type: "G", id: "\(number)") }
        let deep = try store((0..<10_000).map { entity($0, parents: [$0 + 1]) })
        #expect(deep.isEntity(group(0), in: group(10_000)))
        #expect(!deep.isEntity(group(1), in: group(0)))
        let children = try store((1...Self.count).map { entity($0, parents: [0]) })
        #expect(children.isEntity(group(Self.count), in: group(0)))
        #expect(!children.isEntity(group(Self.count), in: group(1)))
        let parents = try store([entity(0, parents: Array(1...Self.count))])
        #expect(parents.isEntity(group(0), in: group(Self.count)))
        #expect(!parents.isEntity(group(Self.count), in: group(0)))
    }

    @Test("Deep JSON is an error, never a crash", arguments: ["[", "{\"a\":"])
    func deepJSON(opening: String) {
        let text = String(repeating: opening, count: Self.count)
        #expect(throws: JSONInputError.self) { try EntityStore(json: text) }
    }

    private static let request = Request(
        principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "v"),
        resource: EntityUID(type: "File", id: "f"))
}
