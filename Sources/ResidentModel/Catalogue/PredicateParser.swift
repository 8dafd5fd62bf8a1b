import StrictYAML

/// Reads what a predicate asks, such as `any days-since(vital.alive-evidence-date) <= 365`.
///
/// ```
/// ask     = and { "or" and }
/// and     = factor { "and" factor }
/// factor  = "not" factor | "(" ask ")" | "exists" "(" field ")" | [combine] test
/// combine = "any" | "all" | "agreed-by" number
/// test    = field ( compare literal | "in" "(" code { code } ")" | "within" division )
///         | ( "age" | "months-since" | "days-since" | "count" ) "(" field ")" compare number
/// compare = "=" | "!=" | "<" | "<=" | ">" | ">="
/// ```
///
/// It is typed: each test must fit the kind of its field, and a code must be of the field's code set. It has no comma
/// and no bracket, so that it stands in a flow mapping without quotes, and a fault's column is the file's.
struct PredicateParser {
    private struct Token {
        let text: String
        let offset: Int
    }

    private let tokens: [Token]
    private let end: Int
    private let place: YAMLPosition
    private let fields: [FieldID: FieldDefinition]
    private let codeSets: [String: CodeSet]
    private var next = 0
    private var depth = 0
    private static let depthMax = 16
    private static let testsMax = 16
    private static let numbers = 0...1_000_000_000

    static func parse(
        _ node: YAMLNode, fields: [FieldID: FieldDefinition], codeSets: [String: CodeSet]
    ) throws(YAMLError) -> PredicateExpression {
        var parser = PredicateParser(
            try node.text(), at: node.position, fields: fields, codeSets: codeSets)
        let expression = try parser.alternatives()
        if let token = parser.peek {
            throw parser.fault("'\(token.text)' is too much here; expected 'and' or 'or'")
        }
        guard expression.tests.count <= testsMax else {
            throw YAMLError("expected at most \(testsMax) tests", at: node.position)
        }
        return expression
    }

    private init(
        _ text: String, at place: YAMLPosition, fields: [FieldID: FieldDefinition],
        codeSets: [String: CodeSet]
    ) {
        var tokens: [Token] = []
        let characters = Array(text)
        var index = 0
        func isPunctuation(_ character: Character) -> Bool { "()=!<>".contains(character) }
        while index < characters.count {
            let start = index
            if characters[index] == " " {
                index += 1
                continue
            }
            if characters[index] == "(" || characters[index] == ")" {
                index += 1
            } else if isPunctuation(characters[index]) {
                while index < characters.count, "=!<>".contains(characters[index]) { index += 1 }
            } else {
                while index < characters.count, characters[index] != " ",
                    !isPunctuation(characters[index])
                {
                    index += 1
                }
            }
            tokens.append(Token(text: String(characters[start..<index]), offset: start))
        }
        self.tokens = tokens
        end = characters.count
        self.place = place
        self.fields = fields
        self.codeSets = codeSets
    }

    private var peek: Token? { next < tokens.count ? tokens[next] : nil }

    /// A fault at the next token.
    private func fault(_ problem: String) -> YAMLError {
        fault(problem, offset: peek?.offset ?? end)
    }

    private func fault(_ problem: String, offset: Int) -> YAMLError {
        YAMLError(
            problem,
            at: YAMLPosition(file: place.file, line: place.line, column: place.column + offset))
    }

    private mutating func take(_ what: String) throws(YAMLError) -> Token {
        guard let token = peek else { throw fault("it ends here; expected \(what)") }
        next += 1
        return token
    }

    private mutating func skip(_ text: String) -> Bool {
        guard peek?.text == text else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ text: String) throws(YAMLError) {
        guard skip(text) else {
            throw fault("expected '\(text)'\(peek.map { ", found '\($0.text)'" } ?? "")")
        }
    }

    private mutating func alternatives() throws(YAMLError) -> PredicateExpression {
        var parts = [try conjunction()]
        while skip("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(YAMLError) -> PredicateExpression {
        var parts = [try factor()]
        while skip("and") { parts.append(try factor()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func factor() throws(YAMLError) -> PredicateExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw fault("expected at most \(Self.depthMax) levels of 'not' and parentheses")
        }
        if skip("not") { return .not(try factor()) }
        if skip("(") {
            let inner = try alternatives()
            try expect(")")
            return inner
        }
        if skip("exists") {
            let field = try argument()
            return .test(
                FieldTest(field: field.id, measure: .count(NumberBound(.atLeast, 1))))
        }
        var combine = SourceCombination.agreement
        if skip("any") {
            combine = .any
        } else if skip("all") {
            combine = .all
        } else if skip("agreed-by") {
            combine = .agreed(try number(in: 1...16))
        }
        return .test(try test(combine))
    }

    private mutating func argument() throws(YAMLError) -> FieldDefinition {
        try expect("(")
        let field = try field()
        try expect(")")
        return field
    }

    private mutating func field() throws(YAMLError) -> FieldDefinition {
        let token = try take("a field")
        guard let field = fields[FieldID(token.text)] else {
            throw fault("'\(token.text)' is not a field of the catalogue", offset: token.offset)
        }
        return field
    }

    private mutating func test(_ combine: SourceCombination) throws(YAMLError) -> FieldTest {
        guard let first = peek else { throw fault("it ends here; expected a test") }
        switch first.text {
        case "count":
            guard combine == .agreement else {
                throw fault("a count is over all values; 'any', 'all' and 'agreed-by' do not fit")
            }
            next += 1
            let field = try argument()
            return FieldTest(field: field.id, measure: .count(try bound()))
        case "age", "months-since", "days-since":
            next += 1
            let field = try argument()
            guard field.kind == .date else {
                throw fault(
                    "'\(first.text)' needs a date; '\(field.id)' is of kind \(field.kind.word)",
                    offset: first.offset)
            }
            let bound = try bound()
            let value: ValueTest =
                first.text == "age"
                ? .years(bound) : first.text == "days-since" ? .days(bound) : .months(bound)
            return FieldTest(field: field.id, measure: .value(value), combine: combine)
        default:
            let field = try field()
            return FieldTest(
                field: field.id, measure: .value(try valueTest(of: field)), combine: combine)
        }
    }

    private mutating func valueTest(of field: FieldDefinition) throws(YAMLError) -> ValueTest {
        let token = try take("a comparison, 'in' or 'within'")
        switch (token.text, field.kind) {
        case ("within", .division):
            let code = try take("a division code")
            guard [2, 4, 6, 9, 12].contains(code.text.utf8.count),
                code.text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
            else {
                throw fault(
                    "expected a division code of 2, 4, 6, 9 or 12 digits", offset: code.offset)
            }
            return .within(code.text)
        case ("in", .code(let set)): return .code(try codes(of: set))
        case ("=", .code(let set)):
            return .code([try code(of: set, take("a code"))])
        case ("=", .flag), ("!=", .flag):
            let flag = try take("true or false")
            guard let value = ["true": true, "false": false][flag.text] else {
                throw fault(
                    "expected true or false, found '\(flag.text)'", offset: flag.offset)
            }
            return .flag(value == (token.text == "="))
        default: break
        }
        guard let comparison = Comparison(rawValue: token.text) else {
            throw fault(
                "'\(token.text)' cannot be asked of '\(field.id)', which is of kind "
                    + field.kind.word, offset: token.offset)
        }
        switch field.kind {
        case .integer, .decimal:
            return .number(NumberBound(comparison, try number(in: Self.numbers)))
        case .date:
            let date = try take("a date")
            guard let day = PartialDate(parsing: date.text)?.fullDate else {
                throw fault("expected a date such as 2026-03-05", offset: date.offset)
            }
            return .date(comparison, day)
        default:
            throw fault(
                "'\(token.text)' cannot be asked of '\(field.id)', which is of kind "
                    + field.kind.word, offset: token.offset)
        }
    }

    private mutating func codes(of set: String) throws(YAMLError) -> Set<String> {
        try expect("(")
        var found: Set<String> = []
        repeat {
            found.insert(try code(of: set, take("a code")))
        } while peek?.text != ")"
            && peek != nil
        try expect(")")
        return found
    }

    private func code(of set: String, _ token: Token) throws(YAMLError) -> String {
        guard codeSets[set]?.code(for: token.text) == token.text else {
            throw fault("'\(token.text)' is not a code of '\(set)'", offset: token.offset)
        }
        return token.text
    }

    private mutating func bound() throws(YAMLError) -> NumberBound {
        let token = try take("a comparison")
        guard let comparison = Comparison(rawValue: token.text) else {
            throw fault(
                "expected one of =, !=, <, <=, >, >=, found '\(token.text)'", offset: token.offset)
        }
        return NumberBound(comparison, try number(in: Self.numbers))
    }

    private mutating func number(in range: ClosedRange<Int>) throws(YAMLError) -> Int {
        let token = try take("a whole number")
        guard let number = Int(token.text), range.contains(number), "\(number)" == token.text else {
            throw fault(
                "expected a whole number from \(range.lowerBound) to \(range.upperBound), found "
                    + "'\(token.text)'", offset: token.offset)
        }
        return number
    }
}
