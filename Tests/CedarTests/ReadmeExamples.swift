import Cedar
import Testing

/// The examples of `Sources/Cedar/README.md`, compiled and run.
///
/// What stands between `example:` and `end` is in the README byte for byte but for its indentation, which
/// ``ReadmeTests`` checks.
@Suite("The examples of the README")
struct ReadmeExamples {
    let schema: Schema
    let policies: PolicySet
    let store: EntityStore
    let request: Request

    private static let alice = EntityUID(type: "User", id: "alice")
    private static let plan = EntityUID(type: "File", id: "plan")

    init() throws {
        schema = try Schema(
            parsing: """
                entity Team;
                entity User in [Team] { active: Bool };
                entity File { owner: User };
                action read, write appliesTo { principal: User, resource: File, context: { hour: Long } };
                """)
        policies = try PolicySet(
            parsing: """
                permit (principal, action, resource) when { resource.owner == principal };

                permit (principal in Team::"audit", action == Action::"read", resource)
                when { context.hour >= 8 && context.hour < 18 };

                forbid (principal, action, resource) unless { principal.active };
                """, file: "files.cedar")
        store = try EntityStore([
            Entity(
                uid: Self.alice, attributes: ["active": true],
                parents: [EntityUID(type: "Team", id: "audit")]),
            Entity(
                uid: Self.plan, attributes: ["owner": .entity(EntityUID(type: "User", id: "bob"))]),
        ])
        request = Request(
            principal: Self.alice, action: EntityUID(type: "Action", id: "read"),
            resource: Self.plan, context: ["hour": 9])
    }

    @Test("Five minutes")
    func fiveMinutes() throws {
        // example: five minutes
        let schema = try Schema(
            parsing: """
                entity Team;
                entity User in [Team] { active: Bool };
                entity File { owner: User };
                action read, write
                  appliesTo { principal: User, resource: File, context: { hour: Long } };
                """, file: "files.cedarschema")

        let policies = try PolicySet(
            parsing: """
                @note("the owner may do anything")
                permit (principal, action, resource) when { resource.owner == principal };

                permit (principal in Team::"audit", action == Action::"read", resource)
                when { context.hour >= 8 && context.hour < 18 };

                forbid (principal, action, resource) unless { principal.active };
                """, file: "files.cedar")

        for finding in Validator(schema: schema).validate(policies).errors { print(finding) }

        let alice = EntityUID(type: "User", id: "alice")
        let bob = EntityUID(type: "User", id: "bob")
        let plan = EntityUID(type: "File", id: "plan")
        let store = try EntityStore([
            Entity(
                uid: alice, attributes: ["active": true],
                parents: [EntityUID(type: "Team", id: "audit")]),
            Entity(uid: plan, attributes: ["owner": .entity(bob)]),
        ])

        let read = EntityUID(type: "Action", id: "read")
        let request = Request(
            principal: alice, action: read, resource: plan, context: ["hour": 9])
        let response = Authorizer().authorize(request, policies, store)
        // response.decision == .allow, response.determining == ["policy1"], response.errors == []
        // end
        #expect(Validator(schema: schema).validate(policies).isValid)
        #expect(response.decision == .allow)
        #expect(response.determining == ["policy1"])
        #expect(response.errors.isEmpty)
        #expect(policies.policies[0].annotations == ["note": "the owner may do anything"])
        #expect("\(alice)" == "User::<redacted>")
        #expect("\(request.context)" == "<redacted record of 1>")
    }

    @Test("Policies are read from text and JSON and written as either")
    func policyForms() throws {
        // example: policies
        let parsed = try PolicyParser.parse(
            "@id(\"no-one\") forbid (principal, action, resource);", file: "a.cedar")
        let named = parsed.map { $0.withID(PolicyID($0.annotations["id"] ?? $0.id.text)) }
        let set = try PolicySet(named)

        let json = try set.json(indented: true)
        let again = try PolicySet(json: json, file: "a.json")
        let text = again.cedarText
        // text == "@id(\"no-one\")\nforbid (principal, action, resource);\n"
        let one = try Policy(json: again.policies[0].json(), id: "other")
        // end
        #expect(text == "@id(\"no-one\")\nforbid (principal, action, resource);\n")
        #expect(one.id == "other")
        #expect(one.effect == .forbid)
    }

    @Test("Syntax errors say where, what and what was expected")
    func syntaxErrors() {
        // example: errors
        do {
            _ = try PolicyParser.parse("permit (principal, action);", file: "a.cedar")
        } catch {
            print(error)  // a.cedar:1:26: found ')', expected ','
        }
        // end
        let error = #expect(throws: PolicySyntaxError.self) {
            try PolicyParser.parse("permit (principal, action);", file: "a.cedar")
        }
        #expect(error?.description == "a.cedar:1:26: found ')', expected ','")
    }

    @Test("Templates are linked")
    func templates() throws {
        // example: templates
        let templates = try PolicySet(
            parsing: "permit (principal == ?principal, action, resource in ?resource);",
            file: "templates.cedar")
        let linked = try templates.linking(
            TemplateLink(
                templateID: "policy0", newID: "alice-plans",
                values: [
                    .principal: EntityUID(type: "User", id: "alice"),
                    .resource: EntityUID(type: "Folder", id: "plans"),
                ]))
        // linked.policies.map(\.id) == ["policy0", "alice-plans"]; policy0 itself never applies
        // end
        #expect(linked.policies.map(\.id) == ["policy0", "alice-plans"])
    }

    @Test("Schemas are read from text and JSON and written as either")
    func schemas() throws {
        // example: schemas
        let schemaJSON = schema.json(indented: true)
        let fromJSON = try Schema(json: schemaJSON, file: "files.json")
        let schemaText = try fromJSON.cedarText
        // fromJSON.entityTypeNames == ["File", "Team", "User"], fromJSON.actionUIDs.count == 2
        // end
        #expect(fromJSON.entityTypeNames == ["File", "Team", "User"])
        #expect(fromJSON.actionUIDs.count == 2)
        let schemaAgain = try Schema(parsing: schemaText)
        #expect(schemaAgain.json() == schema.json())
    }

    @Test("Policies are validated, and their level found")
    func validation() throws {
        // example: validation
        let faulty = try PolicySet(
            parsing: "permit (principal, action, resource) when { principal.name == 1 };",
            file: "b.cedar")
        let result = Validator(schema: schema).validate(faulty)
        // result.isValid == false; result.errors[0].position.column == 45
        for finding in result.errors + result.warnings { print(finding) }
        // end
        #expect(!result.isValid)
        #expect(result.errors[0].position.column == 45)
    }

    @Test("Levels bound how far policies look")
    func levels() {
        // example: levels
        let validator = Validator(schema: schema)
        let isValidAtZero = validator.validate(policies, level: 0).isValid
        let least = validator.leastLevel(policies)
        // isValidAtZero == false, least == 1: no policy looks further than the attributes of
        // principal and resource, so these and their ancestors are all that must be loaded
        // end
        #expect(!isValidAtZero)
        #expect(least == 1)
    }

    @Test("Entities and requests are read from JSON with the schema")
    func entitiesAndRequests() throws {
        // example: entities and requests
        let entities = try EntityStore(
            json: """
                [{"uid": {"type": "User", "id": "alice"}, "attrs": {"active": true},
                  "parents": [{"type": "Team", "id": "audit"}]},
                 {"uid": {"type": "File", "id": "plan"}, "parents": [],
                  "attrs": {"owner": {"type": "User", "id": "bob"}}}]
                """, schema: schema, file: "entities.json")
        let asked = try Request(
            json: """
                {"principal": {"type": "User", "id": "alice"}, "context": {"hour": 7},
                 "action": {"type": "Action", "id": "read"},
                 "resource": {"type": "File", "id": "plan"}}
                """, schema: schema, file: "request.json")
        let decision = Authorizer().authorize(asked, policies, entities).decision
        // decision == .deny: it is seven o'clock
        let context = try RecordValue(json: #"{"from": {"__extn": {"fn": "ip", "arg": "::1"}}}"#)
        let written = try (entities.json(), context.json())
        // end
        #expect(decision == .deny)
        #expect(context["from"] == IPAddressValue("::1").map(Value.ipaddr))
        #expect(try EntityStore(json: written.0).count == entities.count)
        #expect(try RecordValue(json: written.1) == context)
    }

    @Test("What Swift code made is checked against the schema")
    func checks() {
        // example: checks
        let wrong = Entity(uid: EntityUID(type: "User", id: "eve"), attributes: ["active": "yes"])
        do {
            try schema.check(wrong)
            try schema.check(request)
        } catch {
            print(error)  // an attribute of User is a string where the schema has Bool
        }
        let complete = store.adding(schema.actionEntities)
        // end
        let error = #expect(throws: ConformanceError.self) { try schema.check(wrong) }
        #expect(
            error?.description == "an attribute of User is a string where the schema has Bool")
        #expect(complete.count == store.count + 2)
        #expect(throws: Never.self) { try schema.check(request) }
    }

    @Test("One expression is evaluated")
    func expressions() throws {
        // example: expressions
        let value = try Authorizer().evaluate(
            "resource.owner == principal || context.hour + 1 == 10", request, store)
        // value == true
        // end
        #expect(value == true)
    }

    @Test("A decision is explained")
    func explanation() {
        // example: explanation
        let night = Request(
            principal: request.principal, action: request.action, resource: request.resource,
            context: ["hour": 19])
        let explanation = Authorizer().explain(night, policies, store)
        for outcome in explanation.couldHaveMattered {
            print(outcome)
            for value in outcome.part?.values ?? [] { print("  \(value)") }
        }
        // files.cedar:1:45: policy0: not satisfied because of resource.owner == principal
        //   resource.owner: <redacted entity>
        //   principal: <redacted entity>
        // files.cedar:4:29: policy1: not satisfied because of context.hour < 18
        //   context.hour: <redacted long>
        // end
        var lines: [String] = []
        for outcome in explanation.couldHaveMattered {
            lines.append("\(outcome)")
            for value in outcome.part?.values ?? [] { lines.append("  \(value)") }
        }
        #expect(
            lines == [
                "files.cedar:1:45: policy0: not satisfied because of resource.owner == principal",
                "  resource.owner: <redacted entity>", "  principal: <redacted entity>",
                "files.cedar:4:29: policy1: not satisfied because of context.hour < 18",
                "  context.hour: <redacted long>",
            ])
    }

    @Test("An explanation shows the values that the caller lets it show")
    func shownValues() {
        // example: shown values
        let detail = ExplanationDetail { reading, value in
            reading.hasPrefix("context.") ? value.cedarText : nil
        }
        let shown = Authorizer().explain(request, policies, store, detail: detail)
        let values = shown.outcomes.flatMap { $0.part?.values ?? [] }.map(\.description)
        // .writtenOut shows every value, .redacted, which is the standard, none
        // end
        #expect(values.contains("resource.owner: <redacted entity>"))
        #expect(values.contains("principal.active: <redacted bool>"))
        #expect(!values.contains { $0.hasPrefix("context.hour") })
    }

    @Test("A decision may be certain before everything is known")
    func partial() throws {
        // example: partial evaluation
        let partial = try PartialAuthorizer(schema: schema, policies: policies)
        let known = PartialEntities([
            request.principal: PartialEntity(attributes: ["active": false])
        ])
        let answer = try partial.authorize(
            PartialRequest(
                principal: PartialUID(request.principal), action: request.action,
                resource: PartialUID(type: "File"), context: nil), known)
        // answer.decision == .deny, whatever the file: alice is not active
        let open = answer.outcomes.filter { $0.status == .residual }
        for outcome in open { print(outcome.residual.cedarText) }
        // end
        #expect(answer.decision == .deny)
        #expect(open.count == 2)
    }

    @Test("What is allowed can be asked, and entities loaded as they matter")
    func queries() throws {
        // example: queries
        let authorizer = try PartialAuthorizer(schema: schema, policies: policies)
        let readable = try authorizer.resources(
            among: [request.resource], allowedFor: request.principal, action: request.action,
            context: request.context, store)
        let actions = authorizer.actions(
            allowedFor: request.principal, on: request.resource, context: request.context, store)
        // readable == [request.resource], actions == [request.action]
        let response = try authorizer.authorize(request, roundsMax: 2) { wanted in
            wanted.compactMap { store[$0] }
        }
        // response.decision == .allow
        // end
        #expect(readable == [request.resource])
        #expect(actions == [request.action])
        #expect(response.decision == .allow)
    }

    @Test("Policies are laid out")
    func formatting() throws {
        // example: formatting
        let tidy = try PolicyFormatter(widthMax: 80).format(
            "permit(principal,action,resource)when{ true };  // kept", file: "c.cedar")
        let same = try PolicyFormatter(widthMax: 80).format(tidy, file: "c.cedar")
        // same == tidy, comments and meaning are kept
        // end
        #expect(same == tidy)
        #expect(tidy.contains("// kept"))
        #expect(tidy.contains("permit (principal, action, resource)"))
    }

    @Test("Untrusted input is read within limits")
    func limits() {
        // example: limits
        let limits = Limits(nestingMax: 64, textBytesMax: 1 << 20, policyCountMax: 1_000)
        let deep = String(repeating: "(", count: 100_000)
        do {
            _ = try PolicySet(
                parsing: "permit (principal, action, resource) when { \(deep)", file: "d.cedar",
                limits: limits)
        } catch {
            print(error)  // d.cedar:1:109: the nesting exceeds the limit of 64
        }
        // end
        let error = #expect(throws: PolicySetError.self) {
            try PolicySet(
                parsing: "permit (principal, action, resource) when { \(deep)", file: "d.cedar",
                limits: limits)
        }
        #expect(error?.description == "d.cedar:1:109: the nesting exceeds the limit of 64")
    }

    @Test("Conformance cases are run")
    func conformance() {
        // example: conformance
        var runner = CaseRunner()
        let line = """
            {"id": "1", "policies": "permit(principal, action, resource);", "entities": [],
             "schema": "entity U; action a appliesTo { principal: U, resource: U };",
             "shouldValidate": true, "tags": [], "requests": [
               {"principal": {"type": "U", "id": "x"}, "action": {"type": "Action", "id": "a"},
                "resource": {"type": "U", "id": "y"}, "context": {}, "validateRequest": true,
                "decision": "allow", "reason": ["policy0"], "errors": []}]}
            """
        runner.run(line: line.utf8)
        // runner.summary.requests.passed == 1; runner.summary.json has the counts by tag
        // end
        #expect(runner.summary.requests.passed == 1)
        #expect(runner.summary.verdicts.passed == 1)
        #expect(runner.summary.failures.isEmpty)
    }

    @Test("The index over scopes needs no call")
    func scopeIndex() throws {
        // example: scope index
        let text = (0..<1_000).map {
            "permit (principal == User::\"\($0)\", action, resource);"
        }
        let thousand = try PolicySet(parsing: text.joined(separator: "\n"), file: "many.cedar")
        let asked = Request(
            principal: EntityUID(type: "User", id: "999"), action: request.action,
            resource: request.resource)
        let found = Authorizer().authorize(asked, thousand, store).determining
        // found == ["policy999"]; of the thousand policies one was looked at
        // end
        #expect(found == ["policy999"])
    }
}
