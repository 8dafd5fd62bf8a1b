import Cedar
import TestSupport
import Testing

@Suite("Partial evaluation")
struct PartialTests {
    /// A valid case of the shared files, loaded.
    private struct LoadedCase {
        let policies: PolicySet
        let authorizer: PartialAuthorizer
        let store: EntityStore
        let requests: [Request]

        /// In a fixed order, so that the same are hidden in every run.
        var entities: [Entity] { store.entities.sorted { $0.uid.cedarText < $1.uid.cedarText } }

        init?(_ json: JSONValue) throws {
            guard SharedCases.flag(json["shouldValidate"]) == true else { return nil }
            let schema = try Schema(parsing: SharedCases.text(json["schema"]))
            policies = try PolicySet(parsing: SharedCases.text(json["policies"]), file: "case")
            authorizer = try PartialAuthorizer(schema: schema, policies: policies)
            store = try EntityStore(json: SharedCases.text(of: json["entities"]), schema: schema)
            requests = try SharedCases.array(json["requests"])
                .filter { SharedCases.flag($0["validateRequest"]) != false }
                .map { try Request(json: JSONWriter.write($0), schema: schema) }
        }
    }

    private static func cases(_ name: String) throws -> [LoadedCase]? {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return nil }
        return try lines.enumerated()
            .filter { name != "corpus-4.10" || $0.offset % 8 == 0 }
            .compactMap { try LoadedCase(JSONReader.read($0.element)) }
    }

    @Test(
        "Hiding parts of a request or of the entities changes no decision, reason or error",
        arguments: ["generated", "handwritten", "corpus-4.10"])
    func hiding(name: String) throws {
        var random = SeededRandom(seed: 11)
        var checks = 0
        var decided = 0
        guard let cases = try Self.cases(name) else { return }
        for loaded in cases {
            for request in loaded.requests {
                let full = Authorizer().authorize(request, loaded.policies, loaded.store)
                for _ in 0..<4 {
                    func isHidden() -> Bool { Bool.random(using: &random) }
                    let partial = PartialRequest(
                        principal: isHidden()
                            ? PartialUID(type: request.principal.type)
                            : PartialUID(request.principal),
                        action: request.action,
                        resource: isHidden()
                            ? PartialUID(type: request.resource.type)
                            : PartialUID(request.resource),
                        context: isHidden() ? nil : request.context)
                    var entities = PartialEntities()
                    for entity in loaded.entities where !isHidden() {
                        entities.entities[entity.uid] = PartialEntity(
                            attributes: isHidden() ? nil : entity.attributes,
                            ancestors: isHidden()
                                ? nil : Set(loaded.store.ancestors(of: entity.uid)),
                            tags: isHidden() ? nil : entity.tags)
                    }
                    let response = try loaded.authorizer.authorize(partial, entities)
                    let completed = Authorizer().authorize(
                        request, try response.residuals, loaded.store)
                    #expect(completed.decision == full.decision)
                    #expect(completed.determining == full.determining)
                    #expect(completed.errors.map(\.policyID) == full.errors.map(\.policyID))
                    if let decision = response.decision {
                        #expect(decision == full.decision)
                        decided += 1
                    }
                    checks += 1
                }
            }
        }
        print("partial evaluations of \(name): \(checks), decided early \(decided)")
        #expect(name == "handwritten" || decided > 0)
    }

    @Test(
        "Entities loaded as needed give the response of a full store",
        arguments: ["generated", "handwritten"])
    func loading(name: String) throws {
        guard let cases = try Self.cases(name) else { return }
        var checks = 0
        for loaded in cases {
            for request in loaded.requests {
                let full = Authorizer().authorize(request, loaded.policies, loaded.store)
                let response = try loaded.authorizer.authorize(request, roundsMax: 50) { wanted in
                    wanted.compactMap { uid in
                        loaded.store[uid].map { entity in
                            Entity(
                                uid: uid, attributes: entity.attributes,
                                parents: loaded.store.ancestors(of: uid), tags: entity.tags)
                        }
                    }
                }
                #expect(response.decision == full.decision)
                #expect(response.determining == full.determining)
                #expect(response.errors.map(\.policyID) == full.errors.map(\.policyID))
                checks += 1
            }
        }
        print("loaded step by step, \(name): \(checks)")
        #expect(checks > 0)
    }

    @Test("Queries find exactly what single requests allow", arguments: ["generated"])
    func queries(name: String) throws {
        guard let cases = try Self.cases(name) else { return }
        var checks = 0
        for loaded in cases {
            for request in loaded.requests {
                let principals = loaded.store.entities.map(\.uid).filter {
                    $0.type == request.principal.type
                }
                let resources = loaded.store.entities.map(\.uid).filter {
                    $0.type == request.resource.type
                }
                func allows(_ principal: EntityUID, _ resource: EntityUID) -> Bool {
                    let single = Request(
                        principal: principal, action: request.action, resource: resource,
                        context: request.context)
                    return Authorizer().authorize(single, loaded.policies, loaded.store).decision
                        == .allow
                }
                #expect(
                    try loaded.authorizer.resources(
                        among: resources, allowedFor: request.principal, action: request.action,
                        context: request.context, loaded.store)
                        == resources.filter { allows(request.principal, $0) })
                #expect(
                    try loaded.authorizer.principals(
                        among: principals, allowedTo: request.action, on: request.resource,
                        context: request.context, loaded.store)
                        == principals.filter { allows($0, request.resource) })
                let actions = loaded.authorizer.actions(
                    allowedFor: request.principal, on: request.resource, context: request.context,
                    loaded.store)
                #expect(
                    actions.contains(request.action) == allows(request.principal, request.resource))
                checks += 1
            }
        }
        print("queries of \(name): \(checks)")
        #expect(checks > 0)
    }
}
