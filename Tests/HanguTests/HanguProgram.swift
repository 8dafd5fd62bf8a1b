import Dispatch
import Foundation
import Glibc
import TestSupport
import Testing

/// The built command line, run as a user runs it.
enum HanguProgram {
    /// The checkout.
    static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The policies that come with the program.
    static let policies = checkout.appendingPathComponent("Policies", isDirectory: true)

    /// The product beside the running test program.
    static func place() throws -> URL {
        let test = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let place = test.deletingLastPathComponent().appendingPathComponent("hangu")
        guard FileManager.default.isExecutableFile(atPath: place.path) else {
            throw MissingProgram(place: place.path)
        }
        return place
    }

    struct MissingProgram: Error, CustomStringConvertible {
        let place: String
        var description: String { "\(place) is absent: build the product hangu first" }
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: As on the command line.
    ///   - input: What it reads from standard input.
    ///   - environment: Beside a small fixed environment in English.
    ///   - deadlineSeconds: When it is taken as hanging and is killed.
    /// - Returns: What it printed and how it ended.
    /// - Throws: ``MissingProgram`` or ``Hanging``.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        deadlineSeconds: Double = 600
    ) throws -> CommandResult {
        let run = try RunningProgram(
            place(), arguments, input: Data(input.utf8), environment: environment)
        guard run.hasEnded(within: deadlineSeconds) else {
            run.kill()
            throw Hanging(command: arguments.first ?? "")
        }
        return try run.result()
    }

    struct Hanging: Error { let command: String }
}

/// What a command printed and how it ended.
struct CommandResult {
    /// The exit status, or 128 and the signal that ended it.
    let status: Int32
    let output: Data
    let errors: Data

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }
    /// All that anybody at the terminal would see.
    var allText: String { outputText + errorText }

    var lines: [String] { outputText.split(separator: "\n").map(String.init) }

    /// The output as JSON values, one a line.
    func json<Value: Decodable>(_ type: Value.Type) throws -> [Value] {
        try lines.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
}

/// A program at work, its output going to files, so that no pipe can fill up and stop it.
final class RunningProgram {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let folder: TemporaryFolder

    init(
        _ program: URL, _ arguments: [String], input: Data = Data(),
        environment: [String: String] = [:]
    ) throws {
        folder = try TemporaryFolder()
        try input.write(to: folder.url("in"))
        for name in ["out", "err"] { try Data().write(to: folder.url(name)) }
        process.executableURL = program
        process.arguments = arguments
        process.environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder.path,
            "HANGU_POLICIES": HanguProgram.policies.path,
        ].merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: folder.url("in"))
        process.standardOutput = try FileHandle(forWritingTo: folder.url("out"))
        process.standardError = try FileHandle(forWritingTo: folder.url("err"))
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
    }

    /// Waits for the end, but no longer than so many seconds.
    func hasEnded(within seconds: Double) -> Bool {
        guard ended.wait(timeout: .now() + seconds) == .success else { return false }
        ended.signal()
        return true
    }

    /// What it has printed so far.
    func outputSoFar() throws -> String {
        String(decoding: try Data(contentsOf: folder.url("out")), as: UTF8.self)
    }

    /// Asks the program to end, as a service manager does.
    func terminate() { Glibc.kill(process.processIdentifier, SIGTERM) }

    /// Ends the program as a power cut would: it gets no chance to tidy up.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func result() throws -> CommandResult {
        process.waitUntilExit()
        let status = process.terminationStatus
        return CommandResult(
            status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: try Data(contentsOf: folder.url("out")),
            errors: try Data(contentsOf: folder.url("err")))
    }
}

extension TemporaryFolder {
    var path: String { url.path }

    func url(_ name: String) -> URL { file(name) }

    /// The path of something in it.
    func path(_ name: String) -> String { file(name).path }
}

/// Runs a tool of the system, such as `gzip`, and gives what it printed.
func toolOutput(_ arguments: [String], input: Data = Data()) throws -> Data {
    let run = try RunningProgram(
        URL(fileURLWithPath: "/usr/bin/env"), arguments, input: input)
    guard run.hasEnded(within: 120) else {
        run.kill()
        throw HanguProgram.Hanging(command: arguments.first ?? "")
    }
    let result = try run.result()
    try #require(result.status == 0, "\(arguments.first ?? ""): \(result.errorText)")
    return result.output
}

/// Runs another program to its end, whatever it comes to.
func tool(
    _ arguments: [String], _ environment: [String: String] = [:]
) throws -> CommandResult {
    let run = try RunningProgram(
        URL(fileURLWithPath: "/usr/bin/env"), arguments,
        environment: environment.merging(
            ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]) { $1 })
    guard run.hasEnded(within: 300) else {
        run.kill()
        throw HanguProgram.Hanging(command: arguments.first ?? "")
    }
    return try run.result()
}
