import ArgumentParser
import Gateway
import JSONText
import ResidentModel

/// The command `hangu emergency`.
struct EmergencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Open an emergency access, end it, and have two other people judge it.",
        subcommands: [Open.self, End.self, List.self, Review.self])

    /// The command `hangu emergency open`.
    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let one officer ask about one resident on an emergency basis, for a while.",
            discussion: """
                echo NUMBER | hangu emergency open --department civil-affairs --officer li \\
                  --template urgent-relief --reason life-at-risk --case 2026-17 --resident -

                It shows nothing by itself: requests with the same officer and case rest on it until it ends. The \
                resident sees it, and two other people review it.
                """)

        @Option(help: "The department that asks.")
        var department: String

        @Option(help: "The officer who will ask.")
        var officer: String

        @Option(help: "The kind of emergency, as catalogue/emergencies.yaml names it.")
        var template: String

        @Option(help: "One of the template's reasons.")
        var reason: String

        @Option(name: [.customLong("case")], help: "The department's case number.")
        var caseID: String

        @OptionGroup var resident: ResidentInput
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let outcome = try EmergencyDesk(home.parts).open(
                    EmergencyRequest(
                        department: department, officer: officer, template: template,
                        reason: reason, caseID: caseID,
                        citizenNumber: try resident.citizenNumber()))
                switch outcome {
                case .opened(let id, let until, let reviewBy, let receipt):
                    if console.isJSON {
                        try console.say(
                            json: Opened(
                                id: id, untilMinute: until, reviewBy: reviewBy.description,
                                entry: receipt.index))
                    } else {
                        console.say(EmergencyMessages.opened(id, until: until, reviewBy: reviewBy))
                    }
                case .refused(let reasons, let receipt):
                    if console.isJSON {
                        try console.say(
                            json: Refused(entry: receipt.index, refused: reasons.map(\.rawValue)))
                    } else {
                        console.say(EmergencyMessages.refused(reasons, entry: receipt.index))
                    }
                    throw ExitCode(Console.exitStatus(of: .refused))
                }
            }
        }

        private struct Opened: Encodable {
            let id: String
            let untilMinute: Int64
            let reviewBy: String
            let entry: UInt64
        }

        private struct Refused: Encodable {
            let entry: UInt64
            let refused: [String]
        }
    }

    /// The command `hangu emergency end`.
    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End an access before its time; it acts on the next decision.")

        @Argument(help: "The access, as `open` named it.")
        var id: String

        @Option(help: "Who ends it.")
        var officer: String

        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                try EmergencyDesk(home.parts).end(id, officer: officer)
                if console.isJSON {
                    try console.say(json: ["ended": id])
                } else {
                    console.say(EmergencyMessages.ended(id))
                }
            }
        }
    }

    /// The command `hangu emergency review`.
    struct Review: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judge an access; the second person's judgement closes it.",
            discussion: "The comment is read from standard input, one line.")

        @Argument(help: "The access, as `list` names it.")
        var id: String

        @Option(help: "Who judges: neither who opened it nor who has judged it.")
        var officer: String

        @Option(help: "justified, not-justified or needs-information.")
        var judgement: String

        @OptionGroup var options: HomeOptions

        func validate() throws {
            guard EmergencyJudgement(rawValue: judgement) != nil else {
                throw ValidationError(
                    "--judgement is one of "
                        + EmergencyJudgement.allCases.map(\.rawValue).joined(separator: ", "))
            }
        }

        func run() throws {
            guard let judgement = EmergencyJudgement(rawValue: judgement) else {
                throw ValidationError("--judgement cannot be read")
            }
            try options.withHome { home, console in
                let isClosed = try EmergencyDesk(home.parts).review(
                    id, judgement, comment: readLine() ?? "", by: officer)
                if console.isJSON {
                    try console.say(json: ["closed": isClosed])
                } else {
                    console.say(EmergencyMessages.reviewed(id, isClosed: isClosed))
                }
            }
        }
    }

    /// The command `hangu emergency list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The accesses that wait for review, oldest first; looking is an entry too.")

        @Flag(help: "Those that are judged, too.")
        var all = false

        @Option(help: "How many at most.")
        var limit = 100

        @OptionGroup(title: "Who reads") var reader: AuditReadingOptions
        @OptionGroup var options: HomeOptions

        func run() throws {
            try options.withHome { home, console in
                let today = home.parts.clock.today
                let matters = try EmergencyDesk(home.parts).list(
                    by: try reader.required(), includesClosed: all, limit: limit)
                if matters.isEmpty, !console.isJSON { console.say(Messages.noReviews) }
                for matter in matters {
                    if console.isJSON {
                        try console.say(json: MatterJSON(matter))
                    } else {
                        console.say(EmergencyMessages.line(matter, home: home, today: today))
                    }
                }
            }
        }
    }
}

/// A matter as `--json` prints it.
struct MatterJSON: Encodable {
    let matter: String
    let kind: String
    let state: String
    let openedMinute: Int64
    let due: String?
    let details: String

    init(_ matter: Matter) {
        self.matter = matter.id
        kind = matter.kind.rawValue
        state = matter.state.rawValue
        openedMinute = matter.openedAt
        due = matter.due?.description
        details = matter.detail.canonicalText
    }
}

/// What `hangu emergency` says to people.
enum EmergencyMessages {
    static func opened(_ id: String, until: Int64, reviewBy: CalendarDate) -> Message {
        let time = EntryText.time(ofMinute: UInt64(clamping: until))
        return Message(
            "已开启紧急查看 \(id)，到 \(time) 自动结束；\(reviewBy) 前由另外两人复核，本人可以看到",
            "opened \(id); it ends by itself at \(time), two other people review it by \(reviewBy), and the resident "
                + "sees it")
    }

    static func ended(_ id: String) -> Message {
        Message("已结束 \(id)，下一次请求起生效", "ended \(id); it holds from the next request on")
    }

    static func reviewed(_ id: String, isClosed: Bool) -> Message {
        isClosed
            ? Message("\(id) 已办结", "\(id) is closed")
            : Message("已记下对 \(id) 的意见，还要另一人复核", "recorded; \(id) waits for another person")
    }

    static func refused(_ reasons: [EmergencyRefusal], entry: UInt64) -> Message {
        let texts = reasons.map(text)
        return Message(
            "拒绝（日志第 \(entry) 条）：" + texts.map(\.chinese).joined(separator: "；"),
            "refused (entry \(entry) of the log): " + texts.map(\.english).joined(separator: "; "))
    }

    static func line(_ matter: Matter, home: OpenHome, today: CalendarDate) -> Message {
        func word(_ name: String) -> String { matter.detail[name]?.string ?? "" }
        let until = UInt64(clamping: matter.detail["untilMinute"]?.integer ?? 0)
        let due = matter.due?.description ?? "–"
        let isLate = matter.due.map { $0 < today } ?? false
        let rest =
            "\(word("department"))  \(word("officer"))  \(word("template"))  \(word("reason"))  \(word("case"))"
        let state = MatterWords.state(matter.state.rawValue)
        let end = EntryText.time(ofMinute: until)
        return Message(
            "\(matter.id)  \(state.chinese)  \(rest)  至 \(end)  复核期限 \(due)\(isLate ? "（已逾期）" : "")",
            "\(matter.id)  \(state.english)  \(rest)  until \(end)  review by \(due)\(isLate ? " (overdue)" : "")"
        )
    }

    private static func text(_ reason: EmergencyRefusal) -> Message {
        switch reason {
        case .unknownDepartment: Message("没有登记的部门", "the department is not registered")
        case .unknownTemplate: Message("没有这种紧急情形", "there is no such kind of emergency")
        case .notOfDepartment:
            Message("该部门不能以此情形开启", "this department may not open that kind")
        case .unknownReason: Message("没有这个理由", "the reason is none of the template's")
        case .noCase: Message("缺少办理编号", "a case number is needed")
        case .unknownResident: Message("没有登记这个号码的居民", "no resident is known by that number")
        }
    }
}
