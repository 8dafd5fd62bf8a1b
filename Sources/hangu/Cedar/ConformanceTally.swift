import Cedar

/// How many of something passed.
struct Tally {
    private(set) var passed = 0
    private(set) var total = 0

    mutating func add(_ isPassed: Bool) {
        total += 1
        if isPassed { passed += 1 }
    }

    static func += (left: inout Tally, right: Tally) {
        left.passed += right.passed
        left.total += right.total
    }

    static func += (left: inout Tally, right: PassCount) {
        left.passed += right.passed
        left.total += right.total
    }

    var json: JSONValue {
        .object([
            JSONMember("passed", .number("\(passed)")), JSONMember("total", .number("\(total)")),
        ])
    }
}

/// Requests and verdicts that were checked together.
struct CheckTally {
    var requests = Tally()
    var verdicts = Tally()

    var isPassed: Bool {
        requests.passed == requests.total && verdicts.passed == verdicts.total
    }

    static func += (left: inout CheckTally, right: CheckTally) {
        left.requests += right.requests
        left.verdicts += right.verdicts
    }

    var members: [JSONMember] {
        [
            JSONMember("passed", .number("\(requests.passed + verdicts.passed)")),
            JSONMember("total", .number("\(requests.total + verdicts.total)")),
            JSONMember("requests", requests.json),
            JSONMember("verdicts", verdicts.json),
        ]
    }
}

/// What came of one file.
struct FileTally {
    let path: String
    var items = 0
    var checks = CheckTally()
    var tags: [String: CheckTally] = [:]
    /// The ids of cases and vectors of which something failed.
    var failed: [String] = []
    /// The first failures in words.
    var failures: [String] = []
    /// Vectors that ask for what is not there: a solver.
    var notRun = 0

    static let failuresMax = 100

    mutating func add(_ checks: CheckTally, tags: [String] = [], id: String, failures: [String]) {
        items += 1
        self.checks += checks
        for tag in tags { self.tags[tag, default: CheckTally()] += checks }
        guard !checks.isPassed || !failures.isEmpty else { return }
        failed.append(id)
        let room = max(Self.failuresMax - self.failures.count, 0)
        self.failures += failures.prefix(room)
    }

    var json: JSONValue {
        var members = [
            JSONMember("file", .string(path)), JSONMember("items", .number("\(items)")),
        ]
        members += checks.members
        if notRun > 0 { members.append(JSONMember("notRun", .number("\(notRun)"))) }
        members.append(JSONMember("tags", Self.json(tags)))
        members.append(JSONMember("failed", .array(failed.map(JSONValue.string))))
        members.append(JSONMember("failures", .array(failures.map(JSONValue.string))))
        return .object(members)
    }

    static func json(_ tags: [String: CheckTally]) -> JSONValue {
        .object(
            tags.sorted { $0.key < $1.key }.map { JSONMember($0.key, .object($0.value.members)) })
    }
}
