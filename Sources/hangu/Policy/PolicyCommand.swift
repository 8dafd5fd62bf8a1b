import ArgumentParser
import Foundation
import Gateway
import PolicyTesting
import ResidentModel
import StrictYAML

/// The commands for people who write and answer for rules.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Test, measure and change the rules of disclosure.",
        discussion: """
            Scenarios stand in the folder tests of the policies, in files that end in .test.yaml; tables may be CSV
            files beside them. Docs/PolicyTests.md has the form.

            Exit status: 0 all as expected, 1 a test failed, 2 a file is wrong or there is no test, 3 coverage below
            its minimum, 4 a draft widens access, 5 mutation score below its minimum, 64 wrong usage.
            """,
        subcommands: [PolicyTestCommand.self])
}

/// What every command of this group takes.
struct PolicyOptions: ParsableArguments {
    @Option(
        help:
            "The policies folder; ./Policies, or HANGU_POLICIES, or what comes with the program, where it is not given."
    )
    var policies: String?

    @Option(help: "zh or en; the environment's language where it is not given.")
    var lang: String?

    func validate() throws {
        guard lang == nil || Language(rawValue: lang ?? "") != nil else {
            throw ValidationError("--lang is zh or en")
        }
    }

    var language: Language { lang.flatMap(Language.init(rawValue:)) ?? .ofEnvironment }

    var reportLanguage: ReportLanguage { language == .chinese ? .chinese : .english }

    var console: Console { Console(language: language, isJSON: false) }

    /// The folder that is named, else the one in the current folder, else the one that comes with the program.
    func folder() throws(GatewayError) -> URL {
        let here = URL(fileURLWithPath: policies ?? "Policies", isDirectory: true)
            .standardizedFileURL
        let marker = here.appendingPathComponent("catalogue/fields.yaml")
        if policies != nil || FileManager.default.fileExists(atPath: marker.path) { return here }
        return try StarterPolicies.find()
    }

    /// Runs a command's work; what is wrong with a file ends the program with status 2.
    func run(_ body: (PolicyBench) throws -> Void) throws {
        let console = console
        do { try body(try PolicyBench(try folder())) } catch let fault as ScenarioFault {
            console.fail(fault.line(in: reportLanguage), hint: nil)
            throw ExitCode(PolicyExit.badFile.rawValue)
        } catch let error as GatewayError {
            console.fail(error)
            throw ExitCode(PolicyExit.badFile.rawValue)
        }
    }
}

/// How these commands end; fixed, so that a build can rely on it.
enum PolicyExit: Int32 {
    case failed = 1
    case badFile = 2
    case coverage = 3
    case widening = 4
    case mutation = 5
}

/// A policies folder with its tests, read.
struct PolicyBench {
    let folder: URL
    let policies: PolicyFolder
    let rehearsal: Rehearsal

    init(_ folder: URL) throws(GatewayError) {
        self.folder = folder
        policies = try PolicyFolder(folder)
        rehearsal = Rehearsal(catalogue: policies.catalogue, policies: policies.bundle)
    }

    var tests: URL { folder.appendingPathComponent("tests", isDirectory: true) }

    /// Reads the named suites, or all below the tests' folder.
    ///
    /// - Parameter named: Files or folders; relative to the current folder or to the tests' folder.
    /// - Returns: The cases of all of them.
    /// - Throws: ``ScenarioFault``, also where there is none.
    func plan(_ named: [String]) throws(ScenarioFault) -> TestPlan {
        let all = try paths()
        var files: [String] = []
        for name in named {
            let found = all.filter { isMeant($0, by: name) }
            guard !found.isEmpty else {
                throw ScenarioFault(
                    .file, at: YAMLPosition(file: name, line: 1, column: 1), "没有这个测试文件",
                    "there is no such test file")
            }
            files += found.filter { !files.contains($0) }
        }
        if named.isEmpty { files = all }
        guard !files.isEmpty else {
            throw ScenarioFault(
                .empty, at: YAMLPosition(file: "tests", line: 1, column: 1), "没有一个 .test.yaml 文件",
                "there is no file that ends in .test.yaml")
        }
        return try reader.read(files)
    }

    var reader: SuiteReader {
        let tests = tests
        return SuiteReader(catalogue: policies.catalogue, bundle: policies.bundle) {
            (path, position) throws(ScenarioFault) in
            do throws(GatewayError) {
                return try HomeFolder.readText(tests.appendingPathComponent(path), name: path)
            } catch {
                throw ScenarioFault(
                    .file, at: position, "读不到文件“\(path)”", "the file '\(path)' cannot be read")
            }
        }
    }

    private func paths() throws(ScenarioFault) -> [String] {
        do throws(GatewayError) {
            return try PolicyFolder.paths(below: tests).filter { $0.hasSuffix(".test.yaml") }
        } catch {
            throw ScenarioFault(
                .file, at: YAMLPosition(file: "tests", line: 1, column: 1), "没有 tests 目录",
                "there is no folder 'tests' below the policies")
        }
    }

    private func isMeant(_ path: String, by name: String) -> Bool {
        let absolute = tests.appendingPathComponent(path).standardizedFileURL.path
        let places = [
            URL(fileURLWithPath: name).standardizedFileURL.path,
            tests.appendingPathComponent(name).standardizedFileURL.path,
        ]
        return places.contains { absolute == $0 || absolute.hasPrefix($0 + "/") }
    }
}
