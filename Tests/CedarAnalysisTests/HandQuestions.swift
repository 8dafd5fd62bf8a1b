import CedarAnalysis
import Testing

/// A question with the answer that follows from the language's rules.
struct HandQuestion: Sendable, CustomTestStringConvertible {
    let question: AnalysisQuestion
    let first: String
    let second: String?
    let expected: Bool

    /// The questions are about conditions; a text that ends in `;` is taken as policies.
    init(_ question: AnalysisQuestion, _ first: String, _ expected: Bool) {
        self.init(question, first, nil, expected)
    }

    init(_ question: AnalysisQuestion, _ first: String, _ second: String?, _ expected: Bool) {
        self.question = question
        self.first = first
        self.second = second
        self.expected = expected
    }

    static func policies(_ text: String) -> String {
        text.hasSuffix(";") || text.isEmpty
            ? text
            : "permit (principal, action == Action::\"read\", resource) when { \(text) };"
    }

    var testDescription: String { "\(question): \(first) / \(second ?? "")" }
}

extension HandQuestion {
    static let schema = """
        entity Dept in [Dept];
        entity Role;
        entity Grade enum ["low", "mid", "high"];
        entity Office in [Dept];
        entity Officer in [Dept, Role, Office] {
            level: Long, dept: Dept, active: Bool, boss?: Officer, name: String, grade: Grade,
            seen: Set<Dept>, home: { city: String, zip?: Long }
        } tags String;
        entity Desk in [Office] tags Set<Long>;
        entity Field in [Dept] {
            owner: Dept, sens: Long, label: String, purposes: Set<String>, note?: String,
            steps: Set<{ a: Long, b?: String }>, ranges: Set<ipaddr>, desk: Desk, grades: Set<Grade>
        };
        action any;
        action read, write in [any] appliesTo { principal: [Officer], resource: [Field], context: {
            purpose: String, n: Long, m: Long, ip: ipaddr, ip2: ipaddr, at: datetime, until: datetime,
            score: decimal, flag: Bool, opt?: Long, d: duration, ns: Set<Long>, ms: Set<Long>,
            extra?: { code: String, inner?: { k: Long } }
        } };
        """

    static let all = numbers + strings + times + addresses + sets + access + hierarchy + decisions

    static let numbers = [
        HandQuestion(
            .neverErrors,
            "context.n < 100 && context.n > -100 && context.m < 100 && context.m > -100 && context.n * context.m < 10000",
            true),
        HandQuestion(.neverErrors, "context.n * 2 > 0", false),
        HandQuestion(.neverErrors, "-context.n > 0", false),
        HandQuestion(.neverErrors, "context.n > -9223372036854775808 && -context.n > 0", true),
        HandQuestion(.neverErrors, "context.n - context.m > 0", false),
        HandQuestion(
            .neverErrors, "context.n > 0 && context.m > 0 && context.n - context.m > 0", true),
        HandQuestion(.neverErrors, "context.flag || context.n + 1 > 0", false),
        HandQuestion(.neverErrors, "true || context.n + 1 > 0", true),
        HandQuestion(.neverErrors, "if context.n < 10 then context.n + 1 > 0 else true", true),
        HandQuestion(.neverErrors, "0 * context.n == 0", true),
        HandQuestion(.neverErrors, "context.n * context.n >= 0", false),
        HandQuestion(.alwaysMatches, "context.n * 0 == 0", true),
        HandQuestion(.alwaysMatches, "context.n + 0 == context.n", true),
        HandQuestion(.alwaysMatches, "context.n - context.n == 0", true),
        HandQuestion(.alwaysMatches, "context.n + 1 > context.n", false),
        HandQuestion(.alwaysMatches, "context.n == context.n", true),
        HandQuestion(.neverMatches, "context.n + 1 < context.n", true),
        HandQuestion(.neverMatches, "context.n * 2 == 7", true),
        HandQuestion(.neverMatches, "context.n * context.n == -1", true),
        HandQuestion(.neverMatches, "context.n * context.n == 16 && context.n < 0", false),
        HandQuestion(
            .neverMatches, "context.n * context.m == 35 && context.n > 1 && context.m > context.n",
            false),
        HandQuestion(.equivalent, "context.n * 2 > 10", "context.n > 5", false),
        HandQuestion(.implies, "context.n * 2 > 10", "context.n > 5", true),
        HandQuestion(.equivalent, "context.n + context.m == 3", "context.m + context.n == 3", true),
        HandQuestion(.equivalent, "context.n * context.m == 6", "context.m * context.n == 6", true),
        HandQuestion(.implies, "context.n > 3", "context.n >= 4", true),
        HandQuestion(.disjoint, "context.n > 3", "context.n < 5", false),
        HandQuestion(
            .neverMatches,
            "context.score.lessThan(decimal(\"0.0001\")) && context.score.greaterThan(decimal(\"0.0\"))",
            true),
        HandQuestion(
            .neverMatches,
            "context.score.lessThan(decimal(\"0.0002\")) && context.score.greaterThan(decimal(\"0.0\"))",
            false),
        HandQuestion(
            .alwaysMatches, "context.score.lessThanOrEqual(decimal(\"922337203685477.5807\"))", true
        ),
        HandQuestion(
            .equivalent, "context.score == decimal(\"1.0\")",
            "context.score == decimal(\"1.0000\")", true),
        HandQuestion(
            .implies, "context.score.greaterThanOrEqual(decimal(\"0.5\"))",
            "context.score.greaterThan(decimal(\"0.4999\"))", true),
    ]

    static let strings = [
        HandQuestion(
            .neverMatches, "context.purpose like \"a*\" && context.purpose like \"b*\"", true),
        HandQuestion(
            .neverMatches, "context.purpose like \"a*b\" && context.purpose like \"*ba*\"", false),
        HandQuestion(.alwaysMatches, "context.purpose like \"*\"", true),
        HandQuestion(.equivalent, "context.purpose like \"**\"", "true", true),
        HandQuestion(
            .implies, "context.purpose like \"a*b*c\"", "context.purpose like \"a*c\"", true),
        HandQuestion(
            .implies, "context.purpose like \"a*c\"", "context.purpose like \"a*b*c\"", false),
        HandQuestion(.equivalent, "context.purpose like \"\\*\"", "context.purpose == \"*\"", true),
        HandQuestion(
            .disjoint, "context.purpose like \"\\**\"", "context.purpose like \"x*\"", true),
        HandQuestion(
            .implies, "context.purpose like \"\\u{1F600}*\"",
            "context.purpose like \"*\\u{1F600}*\"", true),
        HandQuestion(
            .neverMatches,
            "context.purpose == \"\\u{10FFFF}\\\"\\\\u{41}\" && context.purpose like \"*A*\"", true),
        HandQuestion(
            .neverMatches,
            "context.purpose like \"\\u{10FFFF}*\\u{30000}\" && principal.name == context.purpose",
            false),
        HandQuestion(
            .neverMatches, "context.purpose == \"\\u{e9}\" && context.purpose == \"e\\u{301}\"",
            true),
        HandQuestion(
            .matchesDisjoint, "context.purpose == \"\"", "context.purpose like \"?*\"", true),
        HandQuestion(
            .implies, "principal.name == context.purpose && context.purpose == resource.label",
            "principal.name == resource.label", true),
    ]

    static let times = [
        HandQuestion(.neverErrors, "context.at.offset(duration(\"1d\")) > context.at", false),
        HandQuestion(
            .neverErrors,
            "context.at < datetime(\"2030-01-01\") && context.at.offset(duration(\"1d\")) > context.at",
            true),
        HandQuestion(
            .neverErrors, "context.at.durationSince(context.until) > duration(\"1h\")", false),
        HandQuestion(.neverErrors, "context.at.toDate() <= context.at", false),
        HandQuestion(
            .neverErrors,
            "context.at > datetime(\"1970-01-01\") && context.at.toDate() <= context.at", true),
        HandQuestion(.neverErrors, "context.at.toTime() < duration(\"1d\")", true),
        HandQuestion(.alwaysMatches, "context.at.toTime() < duration(\"1d\")", true),
        HandQuestion(.alwaysMatches, "context.at.toDate() <= context.at", false),
        HandQuestion(
            .implies, "context.at.toDate() == datetime(\"2024-02-29\")",
            "context.at < datetime(\"2024-03-01\")", true),
        HandQuestion(
            .equivalent, "context.at.toDate() == datetime(\"2024-02-29\")",
            "context.at >= datetime(\"2024-02-29\") && context.at < datetime(\"2024-03-01\")", true),
        HandQuestion(
            .equivalent, "context.d.toSeconds() == 0",
            "context.d < duration(\"1s\") && context.d > duration(\"-1s\")", true),
        HandQuestion(.implies, "context.d.toDays() >= 1", "context.d.toHours() >= 24", true),
        HandQuestion(
            .neverMatches,
            "context.d.toMinutes() * 60 > context.d.toSeconds() && context.d > duration(\"0s\")",
            true),
        HandQuestion(.neverMatches, "context.at.offset(duration(\"1ms\")) < context.at", true),
        HandQuestion(
            .equivalent, "context.at.durationSince(context.until) > duration(\"0ms\")",
            "context.at > context.until", false),
        HandQuestion(
            .implies, "context.at.durationSince(context.until) > duration(\"0ms\")",
            "context.at > context.until", true),
        HandQuestion(
            .neverMatches, "context.at.toDate() > context.until && context.at < context.until", true
        ),
    ]

    static let addresses = [
        HandQuestion(
            .implies, "context.ip.isInRange(ip(\"10.0.0.0/8\"))", "context.ip.isIpv4()", true),
        HandQuestion(
            .implies, "context.ip.isInRange(ip(\"10.0.0.0/8\"))",
            "context.ip.isInRange(ip(\"10.1.0.0/16\"))", false),
        HandQuestion(.alwaysMatches, "context.ip.isIpv4() || context.ip.isIpv6()", true),
        HandQuestion(.neverMatches, "context.ip.isIpv4() && context.ip.isIpv6()", true),
        HandQuestion(.disjoint, "context.ip.isLoopback()", "context.ip.isMulticast()", true),
        HandQuestion(
            .equivalent, "context.ip.isLoopback()",
            "context.ip.isInRange(ip(\"127.0.0.0/8\")) || context.ip == ip(\"::1\")", true),
        HandQuestion(
            .equivalent, "context.ip.isMulticast()",
            "context.ip.isInRange(ip(\"224.0.0.0/4\")) || context.ip.isInRange(ip(\"ff00::/8\"))",
            true),
        HandQuestion(.alwaysMatches, "context.ip.isInRange(context.ip)", true),
        HandQuestion(
            .equivalent, "context.ip.isInRange(ip(\"0.0.0.0/0\"))", "context.ip.isIpv4()", true),
        HandQuestion(
            .neverMatches,
            "context.ip.isInRange(context.ip2) && context.ip2.isInRange(context.ip) && context.ip != context.ip2",
            false),
        HandQuestion(
            .implies,
            "context.ip.isInRange(context.ip2) && context.ip2.isInRange(ip(\"10.0.0.0/8\"))",
            "context.ip.isInRange(ip(\"10.0.0.0/8\"))", true),
        HandQuestion(
            .equivalent, "context.ip == ip(\"1.2.3.4\")", "context.ip == ip(\"1.2.3.4/32\")", true),
        HandQuestion(
            .disjoint, "context.ip == ip(\"1.2.3.0/24\")", "context.ip == ip(\"1.2.3.4/24\")", true),
        HandQuestion(
            .implies, "context.ip == ip(\"fd00::1\")", "context.ip.isInRange(ip(\"fd00::/8\"))",
            true),
        HandQuestion(
            .neverMatches,
            "resource.ranges.contains(context.ip) && context.ip.isInRange(ip(\"fd00::/8\"))", false),
        HandQuestion(.neverErrors, "context.ip.isInRange(ip(\"10.0.0.0/8\"))", true),
    ]

    static let sets = [
        HandQuestion(
            .implies, "resource.purposes.containsAll([\"a\", \"b\"])",
            "resource.purposes.containsAny([\"a\", \"b\"])", true),
        HandQuestion(
            .equivalent, "resource.purposes.contains(\"a\")",
            "resource.purposes.containsAny([\"a\"])", true),
        HandQuestion(
            .equivalent, "resource.purposes.contains(\"a\")",
            "resource.purposes.containsAll([\"a\"])", true),
        HandQuestion(
            .equivalent, "resource.purposes.contains(\"a\") && resource.purposes.contains(\"b\")",
            "resource.purposes.containsAll([\"b\", \"a\"])", true),
        HandQuestion(
            .disjoint, "resource.purposes.isEmpty()", "resource.purposes.contains(context.purpose)",
            true),
        HandQuestion(
            .equivalent, "context.ns == context.ms",
            "context.ns.containsAll(context.ms) && context.ms.containsAll(context.ns)", true),
        HandQuestion(.implies, "context.ns.containsAny(context.ms)", "!context.ns.isEmpty()", true),
        HandQuestion(
            .implies, "context.ns.containsAll(context.ms)", "context.ns.containsAny(context.ms)",
            false),
        HandQuestion(
            .implies, "context.ns.containsAll(context.ms) && !context.ms.isEmpty()",
            "context.ns.containsAny(context.ms)", true),
        HandQuestion(
            .equivalent, "[1, 2].contains(context.n)", "context.n == 1 || context.n == 2", true),
        HandQuestion(.equivalent, "[1, 2, 2] == [2, 1]", "true", true),
        HandQuestion(.neverMatches, "context.ns == [1, 2] && context.ns.contains(3)", true),
        HandQuestion(.neverMatches, "[1, context.n] == [1]", false),
        HandQuestion(.neverErrors, "[context.n + 1, 2].contains(3)", false),
        HandQuestion(.neverErrors, "resource.purposes.containsAny([\"a\"])", true),
        HandQuestion(
            .neverMatches, "resource.steps.contains({ a: context.n }) && context.n == 7", false),
        HandQuestion(
            .matchesEquivalent, "context.ns.containsAny([context.n, 5])",
            "context.ns.contains(context.n) || context.ns.contains(5)", true),
        HandQuestion(
            .neverMatches,
            "resource.grades.contains(Grade::\"low\") && resource.grades == [Grade::\"mid\"]", true),
        HandQuestion(
            .alwaysMatches,
            "[Grade::\"low\", Grade::\"mid\", Grade::\"high\"].contains(principal.grade)", true),
        HandQuestion(
            .alwaysMatches,
            "[Grade::\"low\", Grade::\"mid\", Grade::\"high\"].containsAll(resource.grades)", true),
        HandQuestion(
            .alwaysMatches, "[Grade::\"low\", Grade::\"mid\"].containsAll(resource.grades)", false),
    ]
}
