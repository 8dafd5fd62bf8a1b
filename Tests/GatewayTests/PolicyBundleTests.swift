import Foundation
import ResidentModel
import StrictYAML
import Testing

import Gateway

struct PolicyBundleTests {
    /// The error of a bundle with one more file.
    private func fault(_ rules: String, path: String = "rules/mine.cedar") throws -> String {
        let catalogue = try TestPolicies.catalogue()
        let files = [
            PolicyBundle.File(path: "rules/test.cedar", text: TestPolicies.rules),
            PolicyBundle.File(path: path, text: rules),
        ]
        let error = #expect(throws: GatewayError.self) {
            try PolicyBundle(files: files, catalogue: catalogue)
        }
        guard case .policy(let text)? = error else {
            Issue.record("a fault of a rule is an error of policies")
            return ""
        }
        #expect(error?.category == .caller)
        return text
    }

    private static let permit = "permit (principal, action, resource);"

    @Test("A rule without an id is refused, naming where it stands")
    func withoutID() throws {
        let text = try fault("// one\n\n  @cite(\"x\")\n  \(Self.permit)")
        #expect(text.hasPrefix("rules/mine.cedar:3:3"))
        #expect(text.contains("@id"))
        #expect(try fault("@id(\"\") \(Self.permit)").hasPrefix("rules/mine.cedar:1:1"))
    }

    @Test("A syntax error names file, line and column")
    func syntax() throws {
        let text = try fault("@id(\"mine\")\npermit (principal, action resource);")
        #expect(text.hasPrefix("rules/mine.cedar:2:27"))
        #expect(
            try fault("@id(\"mine\") permit (principal, action, resource)").hasPrefix(
                "rules/mine.cedar:"))
    }

    @Test("An obligation that is not known is refused, naming the word and the rule's place")
    func obligation() throws {
        let text = try fault("\n@id(\"mine\") @obligation(\"clear mask:middle\") \(Self.permit)")
        #expect(text.hasPrefix("rules/mine.cedar:2:1") && text.contains("'mask:middle'"))
    }

    @Test("An id that stands twice, in one file, in two or in the floor rules, is refused")
    func idTwice() throws {
        let mine = "@id(\"mine\") \(Self.permit)"
        #expect(try fault(mine + "\n" + mine).contains("mine"))
        #expect(try fault("@id(\"test.review\") \(Self.permit)").contains("test.review"))
        #expect(try fault("@id(\"floor.tier-4\") \(Self.permit)").contains("floor.tier-4"))
    }

    @Test("A template is no rule")
    func template() throws {
        let text = try fault("@id(\"mine\") permit (principal == ?principal, action, resource);")
        #expect(text.hasPrefix("rules/mine.cedar:1:1"))
    }

    @Test(
        "The hash covers every file by name and text, whatever the order, and tells their borders")
    func hash() throws {
        let catalogue = try TestPolicies.catalogue()
        func hash(_ files: [(String, String)]) throws -> String {
            try PolicyBundle(
                files: files.map { PolicyBundle.File(path: $0.0, text: $0.1) }, catalogue: catalogue
            ).hash
        }
        let rule = "@id(\"a\") \(Self.permit)"
        let base = try hash([("rules/a.cedar", rule), ("catalogue/x.yaml", "x")])
        #expect(base.count == 64)
        #expect(try hash([("catalogue/x.yaml", "x"), ("rules/a.cedar", rule)]) == base)
        for other in [
            [("rules/a.cedar", rule + " "), ("catalogue/x.yaml", "x")],
            [("rules/a.cedar", rule), ("catalogue/x.yaml", "y")],
            [("rules/b.cedar", rule), ("catalogue/x.yaml", "x")], [("rules/a.cedar", rule)],
            [("rules/a.cedar", rule), ("catalogue/x.yam", "lx")],
        ] {
            #expect(try hash(other) != base)
        }
    }

    @Test("The floor rules stand in every bundle, and no permit outweighs them")
    func floor() throws {
        let bundle = try TestPolicies.bundle(
            Self.permit.replacing("permit", with: "@id(\"all\") permit"))
        let floor = try PolicyBundle(files: [], catalogue: TestPolicies.catalogue())
        #expect(bundle.ruleCount == floor.ruleCount + 1 && floor.ruleCount > 15)
        let gateway = try TestGateway(rules: "@id(\"all\") \(Self.permit)")
        try gateway.pull([row("r-1", ["ethnicity": "x", "kind": "dependent"])])
        for (item, basis, reason) in [
            ("identity.ethnicity", "duty", RefusalReason.neverShared),
            ("health.diagnosis", "duty", .predicateOnly),
            ("identity.name", "past", .basisNotInForce),
            ("identity.name", "agreed", .consentMissing), ("x.y", "duty", .unknownItem),
        ] {
            let request = gateway.request([item], of: citizenNumber(), basis: basis)
            #expect(try gateway.reasons(request).contains(reason), "\(item)")
        }
    }

    @Test("Every floor rule gives a reason that is one of the stable codes")
    func floorReasons() throws {
        let parts = FloorRules.text.split(separator: "@reason(\"").dropFirst()
        let codes = parts.compactMap { $0.split(separator: "\"").first.map(String.init) }
        #expect(
            codes.count
                == (try PolicyBundle(files: [], catalogue: TestPolicies.catalogue())).ruleCount)
        for code in codes { #expect(RefusalReason(rawValue: code) != nil, "\(code)") }
    }

    @Test("The policies of this checkout make one bundle, and their reasons are stable codes")
    func shippedPolicies() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Policies", isDirectory: true).resolvingSymlinksInPath()
        var files: [PolicyBundle.File] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        where [".cedar", ".yaml", ".cedarschema"].contains(where: path.hasSuffix) {
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            files.append(PolicyBundle.File(path: path, text: text))
        }
        func node(_ name: String) throws -> YAMLNode {
            let path = "catalogue/\(name).yaml"
            let file = try #require(files.first { $0.path == path })
            return try YAMLReader.read(file.text, file: path)
        }
        let catalogue = try Catalogue(
            Catalogue.Files(
                fields: node("fields"), codeSets: node("code-sets"),
                departments: node("departments"),
                legalBases: node("legal-bases"), purposes: node("purposes"),
                emergencies: node("emergencies"), calendar: node("calendar")))
        let rules = files.filter { $0.path.hasPrefix("rules/") && $0.path.hasSuffix(".cedar") }
        let bundle = try PolicyBundle(
            files: files.filter { !$0.path.hasPrefix("tests/") }, catalogue: catalogue)
        let floor = try PolicyBundle(files: [], catalogue: catalogue).ruleCount
        let written = rules.reduce(0) { $0 + $1.text.split(separator: "@id(\"").count - 1 }
        #expect(bundle.ruleCount == floor + written && written > 20)
        for file in rules {
            for part in file.text.split(separator: "@reason(\"").dropFirst() {
                let code = part.split(separator: "\"").first.map(String.init) ?? ""
                #expect(RefusalReason(rawValue: code) != nil, "\(file.path): \(code)")
            }
        }
        print("rules of the checkout: \(written) beside \(floor) of the floor")
    }
}
