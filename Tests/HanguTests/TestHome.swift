import Foundation
import TestSupport
import Testing

/// A home in a folder of its own, worked with through the command line alone.
struct TestHome {
    let folder: TemporaryFolder
    /// Kept, since a pull reads it again.
    private let delivery: SmallDelivery?
    /// What every command is given beside the tests' own environment.
    var environment: [String: String] = [:]
    var path: String { folder.path("home") }

    /// Makes a home over a small delivery.
    init(_ delivery: SmallDelivery) throws {
        try self.init(town: delivery.path, healthFolder: nil, delivery: delivery)
    }

    /// Makes a home over a small delivery, with further arguments of `init`.
    init(
        _ delivery: SmallDelivery, arguments: [String], environment: [String: String] = [:]
    ) throws {
        self.delivery = delivery
        self.environment = environment
        folder = try TemporaryFolder()
        let made = try HanguProgram.run(
            ["init", folder.path("home"), "--town", delivery.path] + arguments,
            environment: environment)
        try #require(made.status == 0, "init: \(made.errorText)")
    }

    /// Makes a home over the deliveries of a town.
    init(town: String, healthFolder: String? = nil) throws {
        try self.init(town: town, healthFolder: healthFolder, delivery: nil)
    }

    private init(town: String, healthFolder: String?, delivery: SmallDelivery?) throws {
        self.delivery = delivery
        folder = try TemporaryFolder()
        var arguments = ["init", folder.path("home"), "--town", town]
        if let healthFolder { arguments += ["--health-folder", healthFolder] }
        let made = try HanguProgram.run(arguments)
        try #require(made.status == 0, "init: \(made.errorText)")
    }

    /// Runs a command on this home.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> CommandResult {
        try HanguProgram.run(
            arguments + ["--home", path], input: input,
            environment: self.environment.merging(environment) { $1 })
    }

    /// Runs a command that must end well.
    func check(
        _ arguments: [String], input: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CommandResult {
        let result = try run(arguments, input: input)
        try #require(
            result.status == 0, "\(arguments.joined(separator: " ")): \(result.allText)",
            sourceLocation: sourceLocation)
        return result
    }

    /// Runs a command on this home and leaves it at work.
    func start(_ arguments: [String], input: String = "") throws -> RunningProgram {
        try RunningProgram(
            HanguProgram.place(), arguments + ["--home", path], input: Data(input.utf8))
    }

    /// Pulls, and gives the counts whatever the exit status.
    func pull(_ arguments: [String] = []) throws -> PullCounts {
        let result = try run(["pull", "--json"] + arguments)
        let counts = try result.json(PullCounts.self)
        return try #require(counts.first, "\(result.errorText)")
    }

    func logSize() throws -> UInt64 { try verifyLog().entries }

    func verifyLog() throws -> LogCheck {
        let result = try run(["audit", "verify", "--json"])
        return try #require(try result.json(LogCheck.self).first, "\(result.errorText)")
    }

    /// Every file of the home, by path within it.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            let place = path + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            files[name] = try Data(contentsOf: URL(fileURLWithPath: place))
        }
        return files
    }
}

extension TestHome {
    /// The arguments of a request that the small delivery answers; whose it is comes from standard input.
    static func allowance(_ fields: [String] = ["age.at-least-80"]) -> [String] {
        [
            "disclose", "--department", "civil-affairs", "--officer", "zhao", "--purpose",
            "old-age-allowance", "--basis", "elder-rights-33", "--resident", "-",
        ] + fields.flatMap { ["--field", $0] }
    }

    /// Asks for a predicate and a value that the small delivery answers; the exit status.
    func disclose(_ arguments: [String] = []) throws -> Int32 {
        try run(
            Self.allowance(["age.at-least-80", "identity.name"]) + arguments,
            input: SmallDelivery.numbers[1] + "\n"
        ).status
    }
}

/// What `hangu pull --json` prints.
struct PullCounts: Decodable {
    struct Stream: Decodable {
        let source: String
        let stream: String
        let error: String?
        let read: Int
        let stored: Int
        let updated: Int
        let unchanged: Int
        let quarantined: Int
        let linked: Int
        let opened: Int
        let inReview: Int
        let neverIngest: Int
        let findings: [String: Int]

        /// Every record that was read is accounted for, and every stored one has a resident.
        var addsUp: Bool {
            read == stored + updated + unchanged + quarantined && stored == linked + opened
        }
    }

    let residents: Int
    let streams: [Stream]

    func stream(
        _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Stream {
        try #require(streams.first { $0.stream == name }, sourceLocation: sourceLocation)
    }

    func total(_ count: (Stream) -> Int) -> Int { streams.map(count).reduce(0, +) }
}

/// What `hangu audit verify --json` prints.
struct LogCheck: Decodable {
    let sound: Bool
    let entries: UInt64
    let tiles: UInt64
    let details: Int
    let faults: [String]
}

/// A line of `hangu review quarantine --json`.
struct QuarantineLine: Decodable, Hashable {
    let stream: String
    let container: String
    let record: Int
    let line: Int?
    let findings: [String]
}
