import Cedar
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    private static let policy = """
        @id("é\\u{1F600}") // c
        permit(principal is A::B in ?principal, action in [Action::"a\\n"], resource) when { if context.a["b"] > -1
        then {x: [1, 2,], "y": "\\x41*" like "a\\*b*"}.x.contains(1) else !(ip("::1/128").isInRange(ip("::/0"))) }
        unless { principal has a.b && true || 1 * 2 - 3 == 4 };
        """

    private static let schema = """
        @doc("x") namespace A::B { type T = { a: Long, "b c"?: Set<String> }; @x entity E, F in [E] = { t: T } tags T;
        entity G enum ["x", "é"]; action "a b", c in [d] appliesTo { principal: [E], resource: F, context: T }; action d; }
        """

    private static let entities = """
        [{"uid": {"type": "A::B", "id": "\\ud83d\\ude00é"}, "attrs": {"a": -1, "b": [true, {"__extn": {"fn": "ip",
        "arg": "1.1.1.1"}}]}, "parents": [{"__entity": {"type": "G", "id": ""}}], "tags": {"": "x"}}]
        """

    private static func parse(_ text: String) {
        do {
            let policies = try PolicyParser.parse(text, file: "p")
            _ = try PolicySet(policies).json()
            _ = try PolicyFormatter().format(text, file: "p")
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    private static func readSchema(_ text: String) {
        do {
            _ = try Schema(parsing: text).cedarText
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    private static func readEntities(_ text: String) {
        do {
            _ = try EntityStore(json: text).json()
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test("Every truncation is read or refused")
    func truncations() throws {
        for (text, read) in [
            (Self.policy, Self.parse), (Self.schema, Self.readSchema),
            (Self.entities, Self.readEntities),
        ] {
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                rest = rest.dropLast()
                read(String(rest))
            }
        }
        #expect(try PolicyParser.parse(Self.policy, file: "p").count == 1)
        #expect(try Schema(parsing: Self.schema).entityTypeNames.count == 3)
        #expect(try EntityStore(json: Self.entities).count == 1)
    }

    @Test("Texts with bytes changed at random are read or refused")
    func mutations() throws {
        var random = SeededRandom(seed: 3)
        let signs = Array("(){}[]\"\\,.:;@!-*&|<>=?01aé\u{0}\n".unicodeScalars)
        for (text, read) in [
            (Self.policy, Self.parse), (Self.schema, Self.readSchema),
            (Self.entities, Self.readEntities),
        ] {
            for _ in 0..<400 {
                var scalars = Array(text.unicodeScalars)
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0..<scalars.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: scalars.remove(at: place)
                    case 1: scalars.insert(signs.randomElement(using: &random) ?? "x", at: place)
                    default: scalars[place] = signs.randomElement(using: &random) ?? "x"
                    }
                }
                var mutated = String.UnicodeScalarView()
                mutated.append(contentsOf: scalars)
                read(String(mutated))
            }
        }
        #expect(signs.count > 20)
    }

    @Test("What is nested up to the limit is validated, formatted, written and read back")
    func nestingAtLimit() throws {
        let schema = try Schema(
            parsing:
                "entity U; action v appliesTo { principal: U, resource: U, context: { b: Bool } };")
        let depth = Limits.standard.nestingMax - 4
        for (opening, inner, closing) in [
            ("(", "context.b", ")"), ("!(", "context.b", ")"),
            ("if context.b then ", "true", " else false"),
        ] {
            let body =
                String(repeating: opening, count: depth) + inner
                + String(repeating: closing, count: depth)
            let text = "permit(principal, action, resource) when { \(body) };"
            let policies = try PolicySet(parsing: text, file: "deep")
            #expect(Validator(schema: schema).validate(policies, level: 0).isValid)
            let formatted = try PolicyFormatter(widthMax: 1_000_000).format(text, file: "deep")
            #expect(try PolicySet(parsing: formatted, file: "deep").json() == policies.json())
            let authorizer = try PartialAuthorizer(schema: schema, policies: policies)
            let user = PartialUID(type: "U")
            let request = PartialRequest(
                principal: user, action: EntityUID(type: "Action", id: "v"), resource: user,
                context: nil)
            #expect(try authorizer.authorize(request, PartialEntities()).outcomes.count == 1)
        }
        let type =
            String(repeating: "Set<", count: depth) + "Long" + String(repeating: ">", count: depth)
        let deep = try Schema(parsing: "entity U { s: \(type) };")
        #expect(try Schema(json: deep.json()).cedarText == deep.cedarText)
        #expect(throws: SchemaError.self) {
            try Schema(parsing: "entity U { s: \(String(repeating: "Set<", count: 100_000))")
        }
    }

    @Test("Long chains are validated and formatted")
    func longChains() throws {
        let schema = try Schema(
            parsing:
                "entity U { o?: Long }; action v appliesTo { principal: U, resource: U, context: { b: Bool } };"
        )
        let members = (0..<20_000).map { $0 % 2 == 0 ? "principal has o" : "principal.o > \($0)" }
        let text =
            "permit(principal, action, resource) when { \(members.joined(separator: " && ")) };"
        let policies = try PolicySet(parsing: text, file: "long")
        #expect(Validator(schema: schema).validate(policies).isValid)
        #expect(try PolicyFormatter().format(text, file: "long").utf8.count > text.utf8.count)
        #expect(throws: JSONOutputError.self) { try policies.json() }
    }

    @Test("Patterns with many wildcards take no exponential time")
    func patterns() throws {
        let text = String(repeating: "a", count: 20_000)
        let pattern = String(repeating: "*a", count: 2_000) + "*b"
        let policies = try PolicySet(
            parsing:
                "permit(principal, action, resource) when { \"\(text)\" like \"\(pattern)\" };",
            file: "like")
        let nobody = EntityUID(type: "U", id: "")
        let request = Request(principal: nobody, action: nobody, resource: nobody)
        #expect(Authorizer().authorize(request, policies, .empty).decision == .deny)
    }

    @Test("Strings that look alike but have other scalars are different")
    func scalars() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        #expect(Value.string(composed) != Value.string(decomposed))
        #expect(EntityUID(type: "U", id: composed) != EntityUID(type: "U", id: decomposed))
        let record: RecordValue = [(composed): 1, (decomposed): 2]
        #expect(record.count == 2)
        #expect(record[composed] == 1)
        #expect(SetValue([.string(composed), .string(decomposed)]).count == 2)
        let store = try EntityStore([
            Entity(uid: EntityUID(type: "U", id: composed)),
            Entity(uid: EntityUID(type: "U", id: decomposed)),
        ])
        #expect(store.count == 2)
    }
}
