import ArgumentParser
import Gateway
import JSONText
import ResidentModel

/// The command `hangu correction`.
struct CorrectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correction",
        abstract: "Challenges to what a field says, answered by its source, and passed on.",
        subcommands: [Open.self, List.self, Answer.self, Deltas.self, Acknowledge.self])

    /// The command `hangu correction open`.
    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a challenge, and route it to the sources that said it.",
            discussion: """
                printf 'NUMBER\\nwhat is right, and why\\n' | hangu correction open --field income.monthly \\
                  --challenger resident --officer li --resident -

                The second line of standard input is the claim; it is sealed.
                """)

        @Option(help: "The field that is said to be wrong.")
        var field: String

        @Option(help: "resident, guardian, delegate, near-relative, or a department.")
        var challenger = "resident"

        @Option(help: "Who takes it.")
        var officer: String

        @Option(help: "The number under which it is filed.")
        var reference: String?

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let number = try resident.citizenNumber()
                let matter = try CorrectionDesk(home.parts).open(
                    CorrectionRequest(
                        citizenNumber: number, field: field, challenger: challenger,
                        claim: readLine() ?? "", officer: officer, reference: reference ?? ""))
                if console.isJSON {
                    try console.say(json: MatterJSON(matter))
                } else {
                    console.say(CorrectionMessages.opened(matter))
                }
            }
        }
    }

    /// The command `hangu correction list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Challenges that are open, oldest first; looking is an entry too.")

        @Flag(help: "Those that are closed, too.")
        var all = false

        @Option(help: "How many at most.")
        var limit = 100

        @OptionGroup(title: "Who reads") var reader: AuditReadingOptions
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let matters = try CorrectionDesk(home.parts).list(
                    .correction, by: try reader.required(), includesClosed: all, limit: limit)
                if matters.isEmpty, !console.isJSON { console.say(Messages.noReviews) }
                for matter in matters {
                    if console.isJSON {
                        try console.say(json: MatterJSON(matter))
                    } else {
                        console.say(
                            CorrectionMessages.line(matter, today: home.parts.clock.today))
                    }
                }
            }
        }
    }

    /// The command `hangu correction answer`.
    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep what the source says; a correction tells every past recipient.",
            discussion: "`corrected` needs the source's new delivery to be pulled first.")

        @Argument(help: "The challenge.")
        var id: String

        @Argument(help: "corrected or upheld.")
        var answer: String

        @Option(help: "Who keeps the answer.")
        var officer: String

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard CorrectionAnswer(rawValue: answer) != nil else {
                throw ValidationError("the answer is corrected or upheld")
            }
        }

        func run() throws {
            guard let said = CorrectionAnswer(rawValue: answer) else {
                throw ValidationError("the answer cannot be read")
            }
            try options.withHome { home, console in
                let deltas = try CorrectionDesk(home.parts).answer(id, said, officer: officer)
                if console.isJSON {
                    try console.say(json: ["deltas": deltas.map(\.id)])
                } else {
                    console.say(CorrectionMessages.answered(id, said, deltas: deltas.count))
                }
            }
        }
    }

    /// The command `hangu correction deltas`.
    struct Deltas: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a department has to take note of; that it was sent is in the log first."
        )

        @Option(help: "The department.")
        var department: String

        @Option(help: "The acting officer.")
        var officer: String

        @Option(help: "How many at most.")
        var limit = 100

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let deltas = try CorrectionDesk(home.parts).deltas(
                    for: department, officer: officer, limit: limit)
                if deltas.isEmpty, !console.isJSON { console.say(Messages.noReviews) }
                for delta in deltas {
                    if console.isJSON {
                        try console.say(json: DeltaJSON(delta))
                    } else {
                        console.say(CorrectionMessages.delta(delta))
                    }
                }
            }
        }
    }

    /// The command `hangu correction acknowledge`.
    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A department has taken note of a correction.")

        @Argument(help: "The delta.")
        var id: String

        @Option(help: "The department.")
        var department: String

        @Option(help: "The acting officer.")
        var officer: String

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                try CorrectionDesk(home.parts).acknowledge(
                    id, department: department, officer: officer)
                if console.isJSON {
                    try console.say(json: ["acknowledged": id])
                } else {
                    console.say(Message("\(id) 已确认收到", "\(id) is acknowledged"))
                }
            }
        }
    }
}

private struct DeltaJSON: Encodable {
    let delta: String
    let pseudonym: String?
    let field: String
    let items: [String]
    let due: String?

    init(_ delta: CorrectionDelta) {
        self.delta = delta.id
        pseudonym = delta.pseudonym
        field = delta.field
        items = delta.items
        due = delta.due?.description
    }
}

/// What `hangu correction` says to people.
enum CorrectionMessages {
    static func opened(_ matter: Matter) -> Message {
        let sources = self.sources(matter)
        let due = matter.due?.description ?? ""
        return Message(
            "已受理 \(matter.id)，转 \(sources) 核对，期限 \(due)",
            "took \(matter.id); \(sources) checks it by \(due)")
    }

    static func line(_ matter: Matter, today: CalendarDate) -> Message {
        let state = MatterWords.state(matter.state.rawValue)
        let field = matter.detail["field"]?.string ?? ""
        let due = matter.due?.description ?? "–"
        let isLate = matter.due.map { $0 < today } ?? false
        return Message(
            "\(matter.id)  \(state.chinese)  \(field)  \(sources(matter))  期限 \(due)\(isLate ? "（已逾期）" : "")",
            "\(matter.id)  \(state.english)  \(field)  \(sources(matter))  by \(due)\(isLate ? " (overdue)" : "")"
        )
    }

    static func answered(_ id: String, _ answer: CorrectionAnswer, deltas: Int) -> Message {
        switch answer {
        case .upheld:
            Message("\(id)：来源核对后维持原值，已办结", "\(id): the source stands by it; closed")
        case .corrected:
            Message(
                "\(id)：来源已更正，已办结；\(deltas) 个曾取得旧值的部门待通知",
                "\(id): the source has corrected it; closed. Past recipients to be told: \(deltas)")
        }
    }

    static func delta(_ delta: CorrectionDelta) -> Message {
        let who = delta.pseudonym ?? "–"
        let due = delta.due?.description ?? ""
        return Message(
            "\(delta.id)  代号 \(who) 的 \(delta.field) 已更正，请重新查询（\(delta.items.joined(separator: "、"))）；"
                + "\(due) 前确认收到",
            "\(delta.id)  \(delta.field) of \(who) was corrected: ask again (\(delta.items.joined(separator: ", "))) and "
                + "acknowledge by \(due)")
    }

    private static func sources(_ matter: Matter) -> String {
        (matter.detail["sources"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
    }
}
