import ArgumentParser
import Gateway
import ResidentModel

/// The command `hangu review`.
struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "What a person must decide: doubtful links, confirmations, refused records.",
        subcommands: [List.self, Confirm.self, Reject.self, Quarantine.self])

    /// The command `hangu review list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what is waiting.")

        @Option(help: "link or confirmation.")
        var kind: String?

        @Option(help: "Only those after this number.")
        var after: Int64 = 0

        @Option(help: "How many at most.")
        var limit = 100

        @Flag(help: "Those that are decided, too.")
        var all = false

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard kind == nil || ReviewKind(rawValue: kind ?? "") != nil else {
                throw ValidationError("--kind is link or confirmation")
            }
        }

        func run() throws {
            try options.withHome { home, console in
                let filter = ReviewFilter(
                    kind: kind.flatMap(ReviewKind.init(rawValue:)), state: all ? nil : .open,
                    after: after, limit: limit)
                let reviews = try ReviewDesk(home.parts).list(filter)
                if console.isJSON {
                    for review in reviews { try console.say(json: ReviewJSON(review)) }
                    return
                }
                if reviews.isEmpty { console.say(Messages.noReviews) }
                for review in reviews {
                    let reasons = review.reasons.map { ReviewText.text(of: $0, console.language) }
                    console.say(
                        "\(review.number)  \(review.kind.rawValue)  \(review.state.rawValue)  "
                            + "\(review.stream)  \(review.field?.text ?? "")  "
                            + reasons.joined(separator: "; "))
                }
            }
        }
    }

    /// The command `hangu review confirm`.
    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirm that what a source says is so.")

        @Argument(help: "The review's number.")
        var number: Int64

        @Option(help: "Who has made sure.")
        var officer: String

        @OptionGroup var options: HomeOptions

        func run() throws { try decide(number, .confirmed, by: officer, options) }
    }

    /// The command `hangu review reject`.
    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find that what a source says is not so.")

        @Argument(help: "The review's number.")
        var number: Int64

        @Option(help: "Who has made sure.")
        var officer: String

        @OptionGroup var options: HomeOptions

        func run() throws { try decide(number, .rejected, by: officer, options) }
    }

    /// The command `hangu review quarantine`.
    struct Quarantine: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List refused records: where they stand and why, never what they hold.")

        @Option(help: "Only those after this number.")
        var after: Int64 = 0

        @Option(help: "How many at most.")
        var limit = 100

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let items = try ReviewDesk(home.parts).quarantine(after: after, limit: limit)
                if !console.isJSON, items.isEmpty { console.say(Messages.noReviews) }
                for item in items {
                    if console.isJSON {
                        try console.say(json: QuarantineJSON(item))
                    } else {
                        console.say(
                            "\(item.number)  \(item.stream)  \(item.position)  "
                                + item.findings.joined(separator: "; "))
                    }
                }
            }
        }
    }

    private static func decide(
        _ number: Int64, _ decision: ReviewState, by officer: String, _ options: HomeOptions
    ) throws {
        try options.withHome { home, console in
            try ReviewDesk(home.parts).decide(number, as: decision, officer: officer)
            if console.isJSON {
                try console.say(json: ["review": number])
            } else {
                console.say(Messages.reviewDecided(number))
            }
        }
    }
}

/// The sentence behind each reason of a review.
enum ReviewText {
    static func text(of reason: String, _ language: Language) -> String {
        let message: Message? =
            switch reason {
            case "link.birth-date-denied-by-number":
                Message("出生日期与身份号码不符", "the birth date is not that of the citizen number")
            case "link.sex-denied-by-number":
                Message("性别与身份号码不符", "the sex is not that of the citizen number")
            case "link.name-differs":
                Message("同一号码，姓名不同", "same citizen number, another name")
            case "link.name-missing": Message("没有姓名可核对", "no name to confirm the number by")
            case "link.identity-changed":
                Message("同一条记录换了身份信息", "a later version names somebody else")
            case "confirm.one-source":
                Message("来源上报，须人工核实", "a source reports it; a person must confirm")
            default: nil
            }
        return message?.text(in: language) ?? reason
    }
}

/// A review as `--json` prints it.
private struct ReviewJSON: Encodable {
    let number: Int64
    let kind: String
    let state: String
    let stream: String
    let field: String?
    let reasons: [String]
    let hasCandidate: Bool
    let decidedBy: String?

    init(_ review: Review) {
        number = review.number
        kind = review.kind.rawValue
        state = review.state.rawValue
        stream = "\(review.stream)"
        field = review.field?.text
        reasons = review.reasons
        hasCandidate = review.candidate != nil
        decidedBy = review.decidedBy
    }
}

/// A refused record as `--json` prints it.
private struct QuarantineJSON: Encodable {
    let number: Int64
    let stream: String
    let container: String
    let record: Int
    let line: Int?
    let findings: [String]

    init(_ item: QuarantineItem) {
        number = item.number
        stream = "\(item.stream)"
        container = item.position.container
        record = item.position.record
        line = item.position.line
        findings = item.findings
    }
}
