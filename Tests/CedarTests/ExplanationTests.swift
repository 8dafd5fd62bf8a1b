import Cedar
import TestSupport
import Testing

@Suite("Explanations and the scope index")
struct ExplanationTests {
    private static let request = Request(
        principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "v"),
        resource: EntityUID(type: "File", id: "f"), context: ["n": 1, "ok": false])

    @Test("The first part of a condition that did not hold is named with its place")
    func firstFalsePart() throws {
        let text = """
            permit(principal, action, resource)
            when { context.n == 1 && (context.ok || context.n > 5) && true };
            permit(principal, action == Action::"w", resource);
            permit(principal == User::"b", action, resource);
            permit(principal, action, resource) when { context.missing };
            permit(principal, action, resource) unless { context.ok || context.n == 1 };
            """
        let policies = try PolicySet(parsing: text, file: "p.cedar")
        let explanation = Authorizer().explain(Self.request, policies, .empty)
        #expect(explanation.response.decision == .deny)
        let lines = explanation.outcomes.map(\.description)
        #expect(
            lines[0]
                == "p.cedar:2:27: policy0: not satisfied because of context.ok || context.n > 5")
        #expect(lines[1] == "p.cedar:3:1: policy1: is about another action")
        #expect(lines[2] == "p.cedar:4:1: policy2: is about another principal")
        #expect(lines[3] == "p.cedar:5:44: policy3: the context has no attribute 'missing'")
        #expect(lines[4] == "p.cedar:6:60: policy4: not satisfied because of context.n == 1")
        #expect(
            explanation.couldHaveMattered.map(\.policyID) == [
                "policy0", "policy2", "policy3", "policy4",
            ])
    }

    @Test(
        "Explanations agree with decisions on every case", arguments: ["generated", "handwritten"])
    func agree(name: String) throws {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return }
        var count = 0
        for line in lines {
            let json = try JSONReader.read(line)
            let policies = try PolicySet(parsing: SharedCases.text(json["policies"]), file: "case")
            let schema = try Schema(parsing: SharedCases.text(json["schema"]))
            let store = try EntityStore(
                json: SharedCases.text(of: json["entities"]), schema: schema)
            for given in SharedCases.array(json["requests"])
            where SharedCases.flag(given["validateRequest"]) != false {
                let request = try Request(json: JSONWriter.write(given), schema: schema)
                let explanation = Authorizer().explain(request, policies, store)
                let failed = explanation.outcomes.filter {
                    if case .failed = $0.cause { true } else { false }
                }
                #expect(failed.map(\.policyID) == explanation.response.errors.map(\.policyID))
                let satisfied = explanation.outcomes.filter { $0.cause == .satisfied }
                let deciding = satisfied.filter { $0.effect == .forbid }
                #expect(
                    (deciding.isEmpty ? satisfied : deciding).map(\.policyID)
                        == explanation.response.determining)
                count += 1
            }
        }
        print("explanations of \(name): \(count)")
        #expect(count > 0)
    }

    /// Policies and requests over few names, so that many scopes match, with hierarchies and errors.
    @Test("The index never changes reasons or errors")
    func indexAgrees() throws {
        let random = SeededRandom(seed: 7)
        func pick(_ choices: [String]) -> String {
            choices[Int(random.next() % UInt64(choices.count))]
        }
        let users = (0..<4).map { "User::\"\($0)\"" } + (0..<3).map { "Group::\"\($0)\"" }
        let actions = (0..<3).map { "Action::\"\($0)\"" }
        var text = ""
        for _ in 0..<300 {
            let principal = pick([
                "", " == \(pick(users))", " in \(pick(users))", " is User",
                " is User in \(pick(users))",
            ])
            let action = pick([
                "", " == \(pick(actions))", " in \(pick(actions))",
                " in [\(pick(actions)), \(pick(actions))]", " in []",
            ])
            let resource = pick(["", " == \(pick(users))", " in \(pick(users))", " is Group"])
            let condition = pick([
                "", " when { context.x }", " when { true }", " unless { 1 == 1 }",
            ])
            text +=
                "\(pick(["permit", "forbid"]))(principal\(principal), action\(action), resource\(resource))\(condition);\n"
        }
        let policies = try PolicyParser.parse(text, file: "random")
        let all = try PolicySet(policies)
        let group = { (number: Int) in EntityUID(type: "Group", id: "\(number)") }
        let store = try EntityStore(
            (0..<4).map {
                Entity(uid: EntityUID(type: "User", id: "\($0)"), parents: [group($0 % 2)])
            }
                + [Entity(uid: group(0), parents: [group(2)])]
                + [
                    Entity(
                        uid: EntityUID(type: "Action", id: "0"),
                        parents: [EntityUID(type: "Action", id: "1")])
                ])
        var matches = 0
        for _ in 0..<100 {
            let request = Request(
                principal: EntityUID(
                    type: pick(["User", "Group"]), id: pick(["0", "1", "2", "9"])),
                action: EntityUID(type: "Action", id: pick(["0", "1", "2"])),
                resource: EntityUID(type: pick(["User", "Group"]), id: pick(["0", "1", "2"])))
            let indexed = Authorizer().authorize(request, all, store)
            // Sets of one policy are too small for the index.
            let alone = try policies.map {
                Authorizer().authorize(request, try PolicySet([$0]), store)
            }
            #expect(indexed.errors == alone.flatMap(\.errors))
            let satisfied = zip(policies, alone).filter { pair in
                pair.1.decision == .allow || pair.0.effect == .forbid && !pair.1.determining.isEmpty
            }.map(\.0)
            let forbids = satisfied.filter { $0.effect == .forbid }
            #expect(indexed.determining == (forbids.isEmpty ? satisfied : forbids).map(\.id))
            matches += satisfied.count
        }
        #expect(matches > 1_000)
    }
}
