import Cedar
import Testing

@Suite("The example of the README")
struct ReadmeTests {
    @Test("The example compiles and decides as it says")
    func example() throws {
        let schema = try Schema(
            parsing: """
                entity Team;
                entity User in [Team] { active: Bool };
                entity File { owner: User };
                action read, write appliesTo { principal: User, resource: File, context: { hour: Long } };
                """)
        let policies = try PolicySet(
            parsing: """
                @note("the owner may do anything")
                permit (principal, action, resource) when { resource.owner == principal };

                permit (principal in Team::"audit", action == Action::"read", resource)
                when { context.hour >= 8 && context.hour < 18 };

                forbid (principal, action, resource) unless { principal.active };
                """, file: "files.cedar")
        #expect(Validator(schema: schema).validate(policies).isValid)

        let alice = EntityUID(type: "User", id: "alice")
        let file = EntityUID(type: "File", id: "plan")
        let store = try EntityStore([
            Entity(
                uid: alice, attributes: ["active": true],
                parents: [EntityUID(type: "Team", id: "audit")]),
            Entity(uid: file, attributes: ["owner": .entity(EntityUID(type: "User", id: "bob"))]),
        ])
        let request = Request(
            principal: alice, action: EntityUID(type: "Action", id: "read"), resource: file,
            context: ["hour": 9])
        let response = Authorizer().authorize(request, policies, store)
        #expect(response.decision == .allow)
        #expect(response.determining == ["policy1"])
        #expect(response.errors.isEmpty)
        #expect(policies.policies[0].annotations == ["note": "the owner may do anything"])
        #expect("\(alice)" == "User::<redacted>")
        #expect("\(request.context)" == "<redacted record of 1>")
    }
}
