import Foundation
import Testing

import Gateway

@Suite("Faults of rules")
struct RuleFaultTests {
    private static let schema = """
        namespace Hangu {
            entity Department; entity Officer in [Department];
            entity Field { tier: Long, share: String };
            action disclose, answer appliesTo { principal: Officer, resource: Field, context: { n: Long } };
        }
        """

    /// What reading these files says is wrong.
    private func fault(_ files: [(String, String)]) throws -> String {
        let catalogue = try TestPolicies.catalogue()
        let error = #expect(throws: GatewayError.self) {
            try PolicyBundle(
                files: files.map { PolicyBundle.File(path: $0.0, text: $0.1) }, catalogue: catalogue
            )
        }
        guard case .policy(let text)? = error else {
            Issue.record("a fault of a rule is an error of policies")
            return ""
        }
        return text
    }

    private func fault(_ rule: String) throws -> String { try fault([("rules/a.cedar", rule)]) }

    private static let permit = "permit (principal, action, resource);"
    private static let forbid = "forbid (principal, action, resource);"

    @Test(
        "An annotation that is not known is refused, and the one that was meant is named",
        arguments: [
            ("obligaton", "@obligation"), ("Reason", "@reason"), ("ctie", "@cite"), ("ID", nil),
            ("comment", nil), ("obligations", "@obligation"),
        ])
    func unknownAnnotation(name: String, meant: String?) throws {
        let text = try fault("@id(\"a\")\n  @\(name)(\"clear\")\n\(Self.permit)")
        #expect(text.hasPrefix("rules/a.cedar:2:3: there is no annotation '@\(name)'"), "\(text)")
        #expect(text.contains("expected @id, @reason, @cite, @zh, @en or @obligation"))
        if let meant {
            #expect(text.contains("did you mean '\(meant)'?"))
        }
    }

    @Test(
        "A reason that is no stable code is refused, and the one that was meant is named",
        arguments: [
            ("policy.purpose-exclude-item", "policy.purpose-excludes-item"),
            ("consent.witdrawn", "consent.withdrawn"), ("because", nil),
        ])
    func unknownReason(code: String, meant: String?) throws {
        let text = try fault("@id(\"a\") @reason(\"\(code)\") \(Self.forbid)")
        #expect(text.hasPrefix("rules/a.cedar:1:10: there is no reason '\(code)'"), "\(text)")
        #expect(text.contains("expected one of admission.unknown-department, "))
        #expect(text.contains("did you mean") == (meant != nil))
        if let meant { #expect(text.contains("did you mean '\(meant)'?")) }
    }

    @Test(
        "An obligation with a word that is not known is refused, naming the word",
        arguments: [
            ("clear mask:end", "mask:end", "mask:ends"),
            ("notify-residents", "notify-residents", "notify-resident"),
            ("band:0", "band:0", "band:1000"), ("division:7", "division:7", "division:9"),
            ("retain-at-most:30", "retain-at-most:30", "retain-at-most:30d"),
            ("clear,mask:last4", "clear,mask:last4", nil),
        ])
    func unknownObligation(words: String, word: String, meant: String?) throws {
        let text = try fault("@id(\"a\")\n@obligation(\"\(words)\") \(Self.permit)")
        #expect(text.hasPrefix("rules/a.cedar:2:1: '\(word)' is no obligation"), "\(text)")
        #expect(text.contains("expected clear, round:N"))
        if let meant, word.hasPrefix(String(meant.prefix(4))), !text.contains(meant) {
            #expect(text.contains("did you mean"), "\(text)")
        }
    }

    @Test("A reason on a permit and an obligation on a forbid would have no effect and are refused")
    func wrongEffect() throws {
        #expect(
            try fault("@id(\"a\") @reason(\"policy.forbidden\") \(Self.permit)").hasPrefix(
                "rules/a.cedar:1:10: a permit refuses nothing"))
        #expect(
            try fault("@id(\"a\") @obligation(\"clear\") \(Self.forbid)").hasPrefix(
                "rules/a.cedar:1:10: a forbid lets nothing leave"))
    }

    @Test(
        "An annotation without a value is refused", arguments: ["cite", "zh", "en", "obligation"])
    func empty(name: String) throws {
        for value in ["", "(\"\")", "(\" \")"] {
            let text = try fault("@id(\"a\") @\(name)\(value) \(Self.permit)")
            #expect(text.hasPrefix("rules/a.cedar:1:10: '@\(name)' says nothing"), "\(text)")
        }
        #expect(try fault("@id(\"a\") @reason \(Self.forbid)").contains("'@reason' says nothing"))
    }

    @Test("The first fault in the text is the one named")
    func first() throws {
        let text = try fault("@id(\"a\") @zh @reasn(\"x\") @obligation(\"x\") \(Self.permit)")
        #expect(text.hasPrefix("rules/a.cedar:1:10: '@zh'"))
    }

    @Test(
        "Rules are validated against the schema of the folder",
        arguments: [
            ("when { resource.teir > 1 }", "teir"), ("when { resource.tier == \"1\" }", "String"),
            ("when { context.m > 1 }", "'m'"),
        ])
    func invalid(condition: String, said: String) throws {
        // The floor rules see more than this schema has, so they are the first not to validate.
        let floor = try fault([("schema.cedarschema", Self.schema)])
        #expect(floor.hasPrefix("floor.cedar:") && floor.contains("schema.cedarschema"), "\(floor)")
        let text = try fault([
            ("schema.cedarschema", try Self.shippedSchema()),
            ("rules/a.cedar", "@id(\"a\")\npermit (principal, action, resource)\n\(condition);"),
        ])
        #expect(text.hasPrefix("rules/a.cedar:3:"), "\(text)")
        #expect(text.contains(said) && text.hasSuffix("expected what schema.cedarschema declares"))
    }

    @Test("A rule about an entity type or an action that is not declared is refused")
    func undeclared() throws {
        for scope in [
            "principal, action == Hangu::Action::\"disclos\", resource",
            "principal is Hangu::Offcer, action, resource",
            "principal, action, resource in Hangu::Feild::\"x\"",
        ] {
            let text = try fault([
                ("schema.cedarschema", try Self.shippedSchema()),
                ("rules/a.cedar", "@id(\"a\") permit (\(scope));"),
            ])
            #expect(text.hasPrefix("rules/a.cedar:1:"), "\(text)")
        }
    }

    @Test("There is one schema")
    func twoSchemas() throws {
        let text = try fault([
            ("a.cedarschema", Self.schema), ("b.cedarschema", Self.schema),
        ])
        #expect(text == "b.cedarschema: expected one schema, beside a.cedarschema")
    }

    @Test("The floor rules validate against the schema of the checkout")
    func floorValidates() throws {
        let bundle = try PolicyBundle(
            files: [
                PolicyBundle.File(path: "schema.cedarschema", text: try Self.shippedSchema())
            ], catalogue: TestPolicies.catalogue())
        #expect(bundle.ruleCount > 15)
    }

    private static func shippedSchema() throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Policies/schema.cedarschema").resolvingSymlinksInPath(),
            encoding: .utf8)
    }
}
