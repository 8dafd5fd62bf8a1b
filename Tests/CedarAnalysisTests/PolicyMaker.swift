import TestSupport

/// Makes conditions over the schema of ``HandQuestion``, from a seed.
///
/// Constants come from small pools, so that parts of one condition have to do with each other. Not everything
/// validates: optional attributes and tags are reached for without a test too.
struct PolicyMaker {
    let random: SeededRandom

    private func pick(_ choices: [String]) -> String { choices[random.below(choices.count)] }

    private func chance(_ percent: Int) -> Bool { random.below(100) < percent }

    func condition(_ depth: Int) -> String {
        if depth > 0 {
            switch random.below(10) {
            case 0...2: return "(\(condition(depth - 1)) && \(condition(depth - 1)))"
            case 3...4: return "(\(condition(depth - 1)) || \(condition(depth - 1)))"
            case 5: return "!\(condition(depth - 1))"
            case 6:
                return
                    "(if \(condition(depth - 1)) then \(condition(depth - 1)) else \(condition(depth - 1)))"
            default: break
            }
        }
        switch random.below(12) {
        case 0, 1: return "(\(long(1)) \(pick(["<", "<=", ">", ">=", "==", "!="])) \(long(1)))"
        case 2: return "(\(text()) \(pick(["==", "!="])) \(text()))"
        case 3:
            return "(\(text()) like \"\(pick(["a*", "*b", "*a*", "a*b", "\\\\*", "*", "ab"]))\")"
        case 4: return "(\(texts()).\(pick(["containsAll", "containsAny"]))(\(texts())))"
        case 5: return "(\(texts()).contains(\(text())))"
        case 6: return "(\(member()) in \(group()))"
        case 7: return "(\(time()) \(pick(["<", "<=", "==", ">"])) \(time()))"
        case 8: return address()
        case 9: return "(context.score.\(pick(["lessThan", "greaterThanOrEqual"]))(\(decimal())))"
        case 10: return numbers()
        default: return fact()
        }
    }

    private func fact() -> String {
        pick([
            "context.flag", "principal.active", "(context has opt)", "(principal has boss)",
            "(resource has note)", "(principal.hasTag(\(text())))", "(context has extra.inner.k)",
            "(principal.grade == Grade::\"mid\")", "(resource.grades.contains(principal.grade))",
            "(principal.home has zip)", "(principal == Officer::\"ann\")", "(context.ns.isEmpty())",
            "(resource.steps.contains({ a: context.n, b: \(text()) }))",
            "(principal has boss && principal.boss.level > 1)",
            "(principal.dept == resource.owner)",
            "(resource.ranges.contains(context.ip))", "(context.d.toMinutes() > \(long(0)))",
        ])
    }

    private func long(_ depth: Int) -> String {
        if depth > 0, chance(40) {
            switch random.below(5) {
            case 0: return "(\(long(depth - 1)) + \(long(depth - 1)))"
            case 1: return "(\(long(depth - 1)) - \(long(depth - 1)))"
            case 2: return "(\(long(depth - 1)) * \(pick(["2", "3", "-1"])))"
            case 3: return "(-\(pick(["context.n", "principal.level"])))"
            default:
                return
                    "(if context.flag then \(long(depth - 1)) else \(long(depth - 1)))"
            }
        }
        return pick([
            "context.n", "context.m", "principal.level", "resource.sens", "0", "1", "5", "-1",
            "9223372036854775807", "context.opt", "context.n", "principal.level",
        ])
    }

    private func text() -> String {
        pick([
            "\"a\"", "\"b\"", "\"ab\"", "\"\"", "context.purpose", "principal.name",
            "resource.label", "context.purpose", "principal.getTag(\"a\")", "resource.note",
        ])
    }

    private func texts() -> String {
        pick([
            "resource.purposes", "resource.purposes", "[\(text()), \(text())]", "[\"a\"]",
            "[\"a\", \"b\"]",
        ])
    }

    private func numbers() -> String {
        let sets = ["context.ns", "context.ms", "[1, 5]", "[context.n]"]
        return pick([
            "(\(pick(sets)).containsAll(\(pick(sets))))", "(\(pick(sets)) == \(pick(sets)))",
            "(\(pick(sets)).contains(\(long(0))))", "(\(pick(sets)).containsAny(\(pick(sets))))",
        ])
    }

    private func member() -> String {
        pick([
            "principal", "principal", "principal.dept", "resource.owner", "Dept::\"a\"",
            "Dept::\"b\"", "Office::\"o\"", "resource", "principal.boss",
        ])
    }

    private func group() -> String {
        pick([
            "Dept::\"a\"", "Dept::\"b\"", "Dept::\"c\"", "principal.dept", "resource.owner",
            "[Dept::\"a\", Dept::\"c\"]", "principal.seen", "Office::\"o\"", "Role::\"r\"",
        ])
    }

    private func time() -> String {
        pick([
            "context.at", "context.until", "datetime(\"1970-01-02\")", "context.at.toDate()",
            "context.at.offset(context.d)", "context.until.offset(duration(\"1d\"))",
        ])
    }

    private func decimal() -> String {
        pick(["decimal(\"0.0\")", "decimal(\"1.5\")", "context.score"])
    }

    private func address() -> String {
        let receiver = pick(["context.ip", "context.ip2", "ip(\"10.0.0.1\")"])
        return pick([
            "\(receiver).isIpv4()", "\(receiver).isLoopback()", "\(receiver).isMulticast()",
            "\(receiver).isInRange(context.ip2)", "\(receiver).isInRange(ip(\"10.0.0.0/8\"))",
            "(\(receiver) == context.ip)",
        ])
    }
}
