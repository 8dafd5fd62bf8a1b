import Foundation
import Gateway
import ResidentModel
import StrictYAML

import PolicyTesting

/// The policies that come with the program, with their tests, read as `hangu policy` reads them.
struct StarterPolicies {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Policies", isDirectory: true)

    /// No purpose of the catalogue asks for what these look at, so they refuse nothing.
    static let unusedRules = ["floor.purpose-predicate-only", "floor.consent-assurance"]

    let catalogue: Catalogue
    let bundle: PolicyBundle

    var rehearsal: Rehearsal { Rehearsal(catalogue: catalogue, policies: bundle) }

    /// Reads them; `edit` changes a rule file's text before that.
    init(edit: (String, String) -> String = { $1 }) throws {
        func node(_ name: String) throws -> YAMLNode {
            let path = "catalogue/\(name).yaml"
            return try YAMLReader.read(Self.text(path), file: path)
        }
        catalogue = try Catalogue(
            Catalogue.Files(
                fields: node("fields"), codeSets: node("code-sets"),
                departments: node("departments"), legalBases: node("legal-bases"),
                purposes: node("purposes"),
                emergencies: node("emergencies"), calendar: node("calendar")))
        let rules = try FileManager.default
            .contentsOfDirectory(atPath: Self.folder.appendingPathComponent("rules").path)
            .filter { $0.hasSuffix(".cedar") }.sorted().map { "rules/\($0)" }
        bundle = try PolicyBundle(
            files: (rules + ["schema.cedarschema"]).map {
                PolicyBundle.File(path: $0, text: edit($0, try Self.text($0)))
            }, catalogue: catalogue)
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    /// The suites of the starter set, without those of invariants alone.
    static func suites() throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(atPath: folder.appendingPathComponent("tests").path)
            .filter { $0.hasSuffix(".test.yaml") && !$0.contains("invariants") }.sorted()
    }

    /// The cases of some suites; `edit` changes a file's text before it is read.
    func plan(
        _ suites: [String], edit: @escaping (String) -> String = { $0 }
    ) throws -> TestPlan {
        let reader = SuiteReader(catalogue: catalogue, bundle: bundle) {
            (path, position) throws(ScenarioFault) in
            do { return edit(try Self.text("tests/\(path)")) } catch {
                throw ScenarioFault(.file, at: position, "读不到", "cannot be read")
            }
        }
        return try reader.read(suites)
    }

    /// The cases of one text.
    func plan(of text: String, files: [String: String] = [:]) throws(ScenarioFault) -> TestPlan {
        let all = files.merging(["a.test.yaml": text]) { $1 }
        let reader = SuiteReader(catalogue: catalogue, bundle: bundle) {
            (path, position) throws(ScenarioFault) in
            guard let text = all[path] else {
                throw ScenarioFault(.file, at: position, "读不到", "the file '\(path)' cannot be read")
            }
            return text
        }
        return try reader.read(["a.test.yaml"])
    }

    func runner(_ plan: TestPlan) throws -> CaseRunner {
        try CaseRunner(rehearsal: rehearsal, plan: plan) {
            Title(chinese: $0.rawValue, english: $0.rawValue)
        }
    }

    func results(_ plan: TestPlan) throws -> [CaseResult] { try runner(plan).run(plan) }
}
