import ArgumentParser
import Cedar

/// The command `hangu cedar bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time decisions and loading on a folder of the shared form; print JSON.",
        discussion: """
            The folder holds policies_N.cedar, schema.cedarschema, entities.json and requests.jsonl. Every answer is
            checked before anything is timed. One thread; times are medians of repeated passes over all requests.
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Option(parsing: .upToNextOption, help: "Sizes of the policy sets.")
    var sizes = [10, 100, 1_000]

    @Option(help: "Passes over all requests.")
    var passes = 51

    @Option(help: "Times that everything is loaded.")
    var loads = 11

    @Flag(
        help:
            "Only decide: no loading and no parsing of requests is repeated. For counting instructions."
    )
    var decisionsOnly = false

    @OptionGroup var options: CedarOptions

    func validate() throws {
        guard passes >= 0, loads > 0 else { throw ValidationError("--loads is 1 or more") }
    }

    func run() throws {
        try options.run { console in
            for size in sizes {
                var bench = try CedarBench(folder: folder, size: size)
                try bench.check()
                if decisionsOnly {
                    for _ in 0..<passes { bench.decideAll() }
                } else {
                    try console.say(json: try bench.measure(passes: passes, loads: loads))
                }
            }
        }
    }
}

/// One policy set of the bench, loaded.
private struct CedarBench {
    /// Medians for one policy set, as printed.
    struct Figures: Encodable {
        let policies: Int
        let requests: Int
        let passes: Int
        let answersChecked: Int
        let decisionMicroseconds: Double
        let decisionWithParsingMicroseconds: Double
        let schemaMilliseconds: Double
        let policiesMilliseconds: Double
        let validationMilliseconds: Double
        let entitiesMilliseconds: Double
    }

    private let size: Int
    private let texts: (policies: String, schema: String, entities: String)
    private let lines: [String]
    private let expected: [JSONValue]
    private let set: PolicySet
    private let schema: Schema
    private let store: EntityStore
    private let requests: [Request]
    /// Keeps answers alive, so that no work can be left out.
    private(set) var allowed = 0

    init(folder: String, size: Int) throws {
        self.size = size
        let policiesPath = "\(folder)/policies_\(size).cedar"
        texts = (
            try CedarFiles.text(policiesPath), try CedarFiles.text("\(folder)/schema.cedarschema"),
            try CedarFiles.text("\(folder)/entities.json")
        )
        schema = try CedarFiles.schema("\(folder)/schema.cedarschema")
        set = try CedarFiles.policies(policiesPath)
        store = try CedarFiles.entities("\(folder)/entities.json", schema)
        let requestsPath = "\(folder)/requests.jsonl"
        let texts = try CedarFiles.text(requestsPath).split(separator: "\n")
        do {
            let read = try texts.map { try JSONReader.read($0.utf8, file: requestsPath) }
            expected = read.map { $0["expected"]?["\(size)"] ?? .null }
            // Only what a caller would send, without the expected answers.
            lines = read.map { json in
                let keys = ["principal", "action", "resource", "context"]
                return JSONWriter.write(
                    .object(keys.compactMap { key in json[key].map { JSONMember(key, $0) } }))
            }
            let schema = schema
            requests = try lines.map { try Request(json: $0, schema: schema) }
        } catch {
            throw CedarFailure.invalid("\(error)")
        }
    }

    /// Checks every answer against the expected one.
    func check() throws(CedarFailure) {
        for (index, request) in requests.enumerated() {
            let response = Authorizer().authorize(request, set, store)
            guard VectorCheck.isAsExpected(response, expected[index]) else {
                throw .invalid(
                    "request \(index) with \(size) policies: another answer than expected")
            }
        }
    }

    @inline(never)
    mutating func decideAll() {
        for request in requests
        where Authorizer().authorize(request, set, store).decision == .allow { allowed += 1 }
    }

    private mutating func parseAndDecideAll() throws(JSONInputError) {
        for line in lines {
            let request = try Request(json: line, schema: schema)
            if Authorizer().authorize(request, set, store).decision == .allow { allowed += 1 }
        }
    }

    mutating func measure(passes: Int, loads: Int) throws -> Figures {
        let decisions = Double(requests.count)
        var plain: [Double] = []
        var parsing: [Double] = []
        for _ in 0..<max(passes, 1) {
            plain.append(seconds { decideAll() } / decisions * 1e6)
            parsing.append(try seconds { try parseAndDecideAll() } / decisions * 1e6)
        }
        var load: [[Double]] = [[], [], [], []]
        for _ in 0..<loads {
            let texts = texts
            var schema = schema
            var set = set
            load[0].append(
                try seconds { schema = try Schema(parsing: texts.schema) } * 1e3)
            load[1].append(
                try seconds { set = try PolicySet(parsing: texts.policies, file: "bench") }
                    * 1e3)
            var isValid = false
            load[2].append(
                seconds { isValid = Validator(schema: schema).validate(set).isValid } * 1e3
            )
            guard isValid else { throw CedarFailure.invalid("the policies do not validate") }
            var count = 0
            load[3].append(
                try seconds {
                    count = try EntityStore(json: texts.entities, schema: schema).count
                } * 1e3)
            guard count == store.count else { throw CedarFailure.invalid("entities were lost") }
        }
        return Figures(
            policies: size, requests: requests.count, passes: passes,
            answersChecked: requests.count,
            decisionMicroseconds: median(plain),
            decisionWithParsingMicroseconds: median(parsing),
            schemaMilliseconds: median(load[0]), policiesMilliseconds: median(load[1]),
            validationMilliseconds: median(load[2]), entitiesMilliseconds: median(load[3])
        )
    }
}
