import Cedar
import Testing

/// Each limit is met by what has exactly so much and exceeded by one more, in every reader it applies to.
@Suite("Limits")
struct LimitsTests {
    private static let actions =
        #""action":{"type":"Action","id":"v"},"resource":{"type":"R","id":"r"},"context":"#

    private func accepts(_ read: () throws -> Void) -> Bool {
        do {
            try read()
            return true
        } catch {
            let text = "\(error)"
            #expect(text.contains("limit of") || text.contains("nest too deeply"), "\(text)")
            return false
        }
    }

    private func policy(_ condition: String) -> String {
        "permit(principal, action, resource) when { \(condition) };"
    }

    private func jsonPolicy(_ body: String) -> String {
        #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"#
            + #""conditions":[{"kind":"when","body":\#(body)}]}"#
    }

    private func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    private func list(_ element: String, _ count: Int) -> String {
        Array(repeating: element, count: count).joined(separator: ",")
    }

    @Test("The size of a text", arguments: [0, 1])
    func textBytes(over: Int) throws {
        let texts: [(String, (String, Limits) throws -> Void)] = [
            (policy("true"), { _ = try PolicySet(parsing: $0, file: "p", limits: $1) }),
            (policy("true"), { _ = try PolicyFormatter().format($0, file: "p", limits: $1) }),
            (
                "1 + 1",
                { text, limits in
                    let nobody = EntityUID(type: "U", id: "")
                    let request = Request(principal: nobody, action: nobody, resource: nobody)
                    _ = try Authorizer().evaluate(text, request, .empty, limits: limits)
                }
            ),
            (
                #"{"staticPolicies":{},"templates":{},"templateLinks":[]}"#,
                { _ = try PolicySet(json: $0, limits: $1) }
            ),
            (jsonPolicy(#"{"Value":true}"#), { _ = try Policy(json: $0, id: "x", limits: $1) }),
            ("entity U;", { _ = try Schema(parsing: $0, limits: $1) }),
            ("{}", { _ = try Schema(json: $0, limits: $1) }),
            ("[]", { _ = try EntityStore(json: $0, limits: $1) }),
            ("{\"a\":1}", { _ = try RecordValue(json: $0, limits: $1) }),
            (
                #"{"principal":{"type":"U","id":"u"},\#(Self.actions){}}"#,
                { _ = try Request(json: $0, limits: $1) }
            ),
        ]
        for (text, read) in texts {
            let limits = Limits(textBytesMax: text.utf8.count - over)
            #expect(accepts { try read(text, limits) } == (over == 0))
        }
    }

    @Test("Nesting in policies, schemas and JSON", arguments: [0, 1])
    func nesting(over: Int) throws {
        let depth = 20 + over
        let limits = Limits(nestingMax: 20)
        let isWithin = over == 0
        // The innermost value is a level too.
        let sets = repeated("[", depth - 1) + "1" + repeated("]", depth - 1)
        #expect(
            accepts { _ = try PolicySet(parsing: policy(sets), file: "p", limits: limits) }
                == isWithin)
        let nots =
            repeated(#"{"!":{"arg":"#, depth - 1) + #"{"Value":true}"# + repeated("}}", depth - 1)
        #expect(
            accepts { _ = try Policy(json: jsonPolicy(nots), id: "x", limits: limits) } == isWithin)
        let type = repeated("Set<", depth - 1) + "Long" + repeated(">", depth - 1)
        #expect(
            accepts { _ = try Schema(parsing: "type T = \(type);", limits: limits) } == isWithin)
        // JSON may nest 48 deep: the list, the entity and its attributes come first.
        let values = repeated("[", 45 + over) + "1" + repeated("]", 45 + over)
        let entity = #"[{"uid":{"type":"U","id":"u"},"parents":[],"attrs":{"a":\#(values)}}]"#
        #expect(accepts { _ = try EntityStore(json: entity, limits: limits) } == isWithin)
        let record = repeated(#"{"a":"#, 48 + over) + "1" + repeated("}", 48 + over)
        #expect(accepts { _ = try RecordValue(json: record, limits: limits) } == isWithin)
        let request =
            #"{"principal":{"type":"U","id":"u"},\#(Self.actions)"#
            + repeated(#"{"a":"#, 47 + over) + "1" + repeated("}", 48 + over)
        #expect(accepts { _ = try Request(json: request, limits: limits) } == isWithin)
    }

    @Test(
        "Nesting of common types counts where they are named, whatever their order",
        arguments: [0, 1])
    func nestingThroughNames(over: Int) {
        // Ten names, each wrapping the next once; the first is read when those below it are known, or before.
        for isReversed in [false, true] {
            var text = ""
            for number in 0..<10 {
                let name = isReversed ? 9 - number : number
                let below = isReversed ? 8 - number : number + 1
                text += "type T\(name) = \(number == 9 ? "Long" : "Set<T\(below)>");"
            }
            // Nine sets and nine names.
            let limits = Limits(nestingMax: 18 - over)
            #expect(accepts { _ = try Schema(parsing: text, limits: limits) } == (over == 0))
        }
    }

    @Test("The number of policies and links", arguments: [0, 1])
    func policyCount(over: Int) throws {
        let limits = Limits(policyCountMax: 4)
        let isWithin = over == 0
        let text = repeated(policy("true"), 4 + over)
        #expect(accepts { _ = try PolicyParser.parse(text, file: "p", limits: limits) } == isWithin)
        let parsed = try PolicyParser.parse(text, file: "p")
        #expect(accepts { _ = try PolicySet(parsed, limits: limits) } == isWithin)
        let template = try PolicyParser.parse(
            "permit(principal == ?principal, action, resource);", file: "t")
        let links = (0..<3 + over).map {
            TemplateLink(
                templateID: "policy0", newID: PolicyID("l\($0)"),
                values: [.principal: EntityUID(type: "U", id: "u")])
        }
        #expect(accepts { _ = try PolicySet(template, links: links, limits: limits) } == isWithin)
        let json = try PolicySet(template, links: links).json()
        #expect(accepts { _ = try PolicySet(json: json, limits: limits) } == isWithin)
        let all = try PolicySet(template, links: Array(links.dropLast()))
        let last = try #require(links.last)
        #expect(accepts { _ = try all.linking(last, limits: limits) } == isWithin)
    }

    @Test("The number of entities", arguments: [0, 1])
    func entityCount(over: Int) throws {
        let limits = Limits(entityCountMax: 3)
        let entities = (0..<3 + over).map { Entity(uid: EntityUID(type: "U", id: "\($0)")) }
        #expect(accepts { _ = try EntityStore(entities, limits: limits) } == (over == 0))
        let json = try EntityStore(entities).json()
        #expect(accepts { _ = try EntityStore(json: json, limits: limits) } == (over == 0))
    }

    @Test("The height of a hierarchy", arguments: [0, 1])
    func hierarchyDepth(over: Int) throws {
        let limits = Limits(hierarchyDepthMax: 5)
        // Each entity and its parent, the last of which is not in the store: so many entities above one another.
        let chain = (0..<4 + over).map {
            Entity(
                uid: EntityUID(type: "U", id: "\($0)"),
                parents: [EntityUID(type: "U", id: "\($0 + 1)")])
        }
        for entities in [chain, chain.reversed()] {
            #expect(accepts { _ = try EntityStore(entities, limits: limits) } == (over == 0))
            let json = try EntityStore(entities).json()
            #expect(accepts { _ = try EntityStore(json: json, limits: limits) } == (over == 0))
        }
    }

    @Test("The number of members of chains, lists, sets and records", arguments: [0, 1])
    func memberCount(over: Int) throws {
        let limits = Limits(memberCountMax: 6)
        let isWithin = over == 0
        let count = 6 + over
        for joined in [" && ", " || ", " + ", " - ", " * "] {
            let chain = Array(repeating: "x", count: count).joined(separator: joined)
                .replacing("x", with: joined.contains("&") || joined.contains("|") ? "true" : "1")
            #expect(
                accepts { _ = try PolicySet(parsing: policy(chain), file: "p", limits: limits) }
                    == isWithin, "\(joined)")
        }
        let members = (0..<count).map { "a\($0): 1" }.joined(separator: ", ")
        for condition in ["[\(list("1", count))]", "{\(members)}", "ip(\(list("1", count)))"] {
            #expect(
                accepts { _ = try PolicySet(parsing: policy(condition), file: "p", limits: limits) }
                    == isWithin)
        }
        let scope = "permit(principal, action in [\(list("Action::\"a\"", count))], resource);"
        #expect(
            accepts { _ = try PolicyParser.parse(scope, file: "p", limits: limits) } == isWithin)
        let set = #"{"Set":[\#(list(#"{"Value":1}"#, count))]}"#
        #expect(
            accepts { _ = try Policy(json: jsonPolicy(set), id: "x", limits: limits) } == isWithin)
        let keys = (0..<count).map { "\"a\($0)\":1" }.joined(separator: ",")
        #expect(
            accepts { _ = try RecordValue(json: "{\"s\":[\(list("1", count))]}", limits: limits) }
                == isWithin)
        #expect(
            accepts { _ = try RecordValue(json: "{\"r\":{\(keys)}}", limits: limits) } == isWithin)
        let entity = #"[{"uid":{"type":"U","id":"u"},"parents":[],"attrs":{\#(keys)}}]"#
        #expect(accepts { _ = try EntityStore(json: entity, limits: limits) } == isWithin)
        let attributes = (0..<count).map { "a\($0): Long" }.joined(separator: ",")
        #expect(
            accepts { _ = try Schema(parsing: "entity U {\(attributes)};", limits: limits) }
                == isWithin)
        let types = (0..<count).map { "entity U\($0);" }.joined()
        #expect(accepts { _ = try Schema(parsing: types, limits: limits) } == isWithin)
        let names = (0..<count).map { "U\($0)" }.joined(separator: ",")
        #expect(accepts { _ = try Schema(parsing: "entity \(names);", limits: limits) } == isWithin)
        let declared = (0..<count).map { "\"U\($0)\":{}" }.joined(separator: ",")
        let json = #"{"":{"entityTypes":{\#(declared)},"actions":{}}}"#
        #expect(accepts { _ = try Schema(json: json, limits: limits) } == isWithin)
    }

    @Test("What a short condition stands for", arguments: [0, 1])
    func expansion(over: Int) throws {
        // `principal has a.b` is two tests, one of them of an attribute: two times one variable and two names.
        let text = policy("principal has a.b")
        #expect(
            accepts {
                _ = try PolicySet(parsing: text, file: "p", limits: Limits(expansionMax: 6 - over))
            } == (over == 0))
        let body = #"{"has":{"left":{"Var":"principal"},"attr":["a","b"]}}"#
        #expect(
            accepts {
                _ = try Policy(
                    json: jsonPolicy(body), id: "x", limits: Limits(expansionMax: 6 - over))
            } == (over == 0))
        // Each level looks at the one inside twice, so 100 of them stand for 2^100 nodes.
        var nested = "principal"
        for _ in 0..<100 {
            nested = "(if \(nested) is U in U::\"a\" then principal else principal)"
        }
        #expect(!accepts { _ = try PolicySet(parsing: policy("\(nested) is U"), file: "p") })
        nested = "principal"
        for _ in 0..<100 { nested = "(if \(nested) has a.b then principal else principal)" }
        #expect(!accepts { _ = try PolicySet(parsing: policy("\(nested) is U"), file: "p") })
    }

    @Test("What a short schema stands for", arguments: [0, 1])
    func schemaExpansion(over: Int) throws {
        // A record of two records of one: the type T, its two members and their members, and their two names.
        let text = "type S = { a: Long }; type T = { a: S, b: S };"
        #expect(
            accepts { _ = try Schema(parsing: text, limits: Limits(expansionMax: 7 - over)) }
                == (over == 0))
        // Each line doubles the one before: 2^60 nodes.
        let doubling = (1...60).map { "type T\($0) = { a: T\($0 - 1), b: T\($0 - 1) };" }.joined()
        #expect(!accepts { _ = try Schema(parsing: "type T0 = Long; \(doubling)") })
        // Each entity type is in the one before: 1 + 2 + 3 pairs.
        let chain = (1...3).map { "entity E\($0) in [E\($0 - 1)];" }.joined()
        let limits = Limits(expansionMax: 6 - over)
        let groups = (1...3).map { "action A\($0) in [A\($0 - 1)];" }.joined()
        for text in ["entity E0; \(chain)", "action A0; \(groups)"] {
            #expect(accepts { _ = try Schema(parsing: text, limits: limits) } == (over == 0))
        }
    }

    @Test("The combinations of action, principal and resource", arguments: [0, 1])
    func environmentCount(over: Int) throws {
        let text = """
            entity A, B, C; action x, y appliesTo { principal: [A, B, C], resource: [A, B] };
            """
        let limits = Limits(environmentCountMax: 12 - over)
        #expect(accepts { _ = try Schema(parsing: text, limits: limits) } == (over == 0))
        let json = try Schema(parsing: text).json()
        #expect(accepts { _ = try Schema(json: json, limits: limits) } == (over == 0))
    }

    @Test("20,000 common types that name one another are read or refused, in either order")
    func longChainsOfTypes() {
        for isReversed in [false, true] {
            let text = (1...20_000).map { number in
                let name = String(isReversed ? 200_001 - number : 100_000 + number)
                let below = String(isReversed ? 200_002 - number : 99_999 + number)
                return "type T\(name) = Set<T\(below)>;"
            }.joined()
            let ends = "type T\(isReversed ? 200_001 : 100_000) = Long;"
            #expect(!accepts { _ = try Schema(parsing: ends + text) })
        }
    }
}
