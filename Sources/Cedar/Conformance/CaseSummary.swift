/// How many of something passed.
public struct PassCount: Hashable, Sendable {
    /// Those that passed.
    public var passed = 0
    /// All.
    public var total = 0

    mutating func add(_ isPassed: Bool) {
        total += 1
        if isPassed { passed += 1 }
    }
}

/// What running conformance cases came to.
public struct CaseSummary: Hashable, Sendable {
    /// Cases read.
    public internal(set) var cases = 0
    /// Requests whose decision, reasons and errors were all as expected.
    public internal(set) var requests = PassCount()
    /// Policy sets whose strict validation came out as expected.
    public internal(set) var verdicts = PassCount()
    /// Requests of the cases that bear each tag.
    public internal(set) var requestsByTag: [String: PassCount] = [:]
    /// Verdicts of the cases that bear each tag.
    public internal(set) var verdictsByTag: [String: PassCount] = [:]
    /// The first failures, one line each.
    public internal(set) var failures: [String] = []

    static let failuresMax = 100

    /// The summary as one JSON object.
    public var json: String {
        func count(_ count: PassCount) -> JSONValue {
            .object([
                JSONMember("passed", .number(String(count.passed))),
                JSONMember("total", .number(String(count.total))),
            ])
        }
        func counts(_ counts: [String: PassCount]) -> JSONValue {
            .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, count($0.value)) })
        }
        return JSONWriter.write(
            .object([
                JSONMember("cases", .number(String(cases))),
                JSONMember("requests", count(requests)),
                JSONMember("verdicts", count(verdicts)),
                JSONMember("requestsByTag", counts(requestsByTag)),
                JSONMember("verdictsByTag", counts(verdictsByTag)),
                JSONMember("failures", .array(failures.map(JSONValue.string))),
            ]))
    }
}
