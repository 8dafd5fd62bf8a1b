import ArgumentParser
import Gateway
import SQLiteStore

/// The command `hangu disclose`.
struct DiscloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disclose",
        abstract: "Ask about one resident, as a department would; decided, logged, then answered.",
        discussion: """
            echo NUMBER | hangu disclose --home HOME --department civil-affairs --officer li \\
              --purpose old-age-allowance --basis BASIS --field age.at-least-80 --resident -
            """)

    @Option(help: "The department that asks.")
    var department: String

    @Option(help: "The acting officer, as the department names them.")
    var officer: String

    @Option(help: "The purpose, as the catalogue names it.")
    var purpose: String

    @Option(help: "The legal basis, as the catalogue names it.")
    var basis: String

    @Option(name: [.customLong("case")], help: "The department's case number.")
    var caseID: String?

    @Option(help: "On whose behalf, where that is somebody else.")
    var representing: String?

    @Option(name: [.customLong("field")], help: "A field or predicate; may be given several times.")
    var fields: [String]

    @Flag(
        help: "Say for each refusal which rule it is, and the smallest change that would permit it."
    )
    var explain = false

    @OptionGroup var subject: SubjectInput
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            var request = DisclosureRequest(
                department: department, officer: officer, representedParty: representing,
                purpose: purpose, legalBasis: basis, caseID: caseID, items: fields,
                citizenNumber: subject.pseudonym == nil ? try subject.citizenNumber() : "",
                channel: "command-line")
            request.wantsExplanation = explain
            if let pseudonym = subject.pseudonym { request = request.about(pseudonym: pseudonym) }
            let lock = try home.writerLock("hangu disclose")
            defer { withExtendedLifetime(lock) {} }
            let answer = try DisclosurePath(home.parts).answer(request) { answer in
                try show(answer, home: home, on: console)
            }
            if answer.outcome == .refused {
                throw ExitCode(Console.exitStatus(of: .refused))
            }
        }
    }

    private func show(_ answer: Answer, home: OpenHome, on console: Console) throws {
        if console.isJSON {
            try console.say(json: AnswerJSON(answer, catalogue: home.parts.catalogue))
            return
        }
        console.say(DisclosureMessages.outcome(answer))
        let text = AnswerText(catalogue: home.parts.catalogue, language: console.language)
        let why = ExplanationText(catalogue: home.parts.catalogue, language: console.language)
        for (item, line) in zip(answer.items, text.lines(of: answer)) {
            console.say(line)
            for explanation in answer.explanations where explanation.item == item.item {
                for line in why.lines(of: explanation) { console.say(line) }
            }
        }
        if let duty = text.duty(of: answer) { console.say(duty) }
        if let pseudonym = answer.pseudonym {
            console.say(Message("本部门代号：\(pseudonym)", "your pseudonym: \(pseudonym)"))
        }
        console.say(DisclosureMessages.receipt(answer))
    }
}

extension OpenHome {
    /// How long another request of the command line may take before this one gives up.
    private static let otherWriterSeconds = 10.0

    /// Keeps other writers of decisions out while it is held.
    func writerLock(_ who: String) throws(GatewayError) -> WriterLock {
        try WriterLock(
            at: folder.writerLock, who: who, waitSeconds: Self.otherWriterSeconds)
    }
}

/// What `hangu disclose` says around an answer.
enum DisclosureMessages {
    static func outcome(_ answer: Answer) -> Message {
        switch answer.outcome {
        case .allowed: Message("已准许：", "allowed:")
        case .partlyAllowed: Message("部分准许：", "partly allowed:")
        case .refused: Message("已拒绝：", "refused:")
        }
    }

    static func receipt(_ answer: Answer) -> Message {
        let days = answer.outcome == .refused ? nil : answer.retainDays
        let keep = days.map { Message("；最多保存 \($0) 天", "; keep for at most \($0) days") }
        return Message(
            "日志第 \(answer.receipt.index) 条\(keep?.chinese ?? "")",
            "log entry \(answer.receipt.index)\(keep?.english ?? "")")
    }
}
