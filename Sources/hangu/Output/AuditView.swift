import Gateway
import JSONText
import TransparencyLog

/// Shows entries of the log: lines of text, or one JSON value each.
struct AuditView {
    let home: OpenHome
    let console: Console
    private let line = Progress()

    init(home: OpenHome, console: Console) {
        self.home = home
        self.console = console
    }

    /// What a terminal shows while the index is brought up to date.
    func progress(_ done: UInt64, _ all: UInt64) {
        line.show(
            AuditMessages.indexing.text(in: console.language), done: Int(clamping: done),
            of: Int(clamping: all))
    }

    func finish() { line.finish() }

    func show(_ lines: [AuditLine], next: String?, isLast: Bool) throws {
        line.finish()
        let text = EntryText(catalogue: home.parts.catalogue, language: console.language)
        for (place, entry) in lines.enumerated() {
            if console.isJSON {
                let isEnd = isLast && place == lines.count - 1
                try console.say(json: AuditLineJSON(entry, next: isEnd ? next : nil))
            } else {
                console.say(text.line(of: entry))
            }
        }
        guard isLast, !console.isJSON else { return }
        if lines.isEmpty { console.say(AuditMessages.nothingFound) }
        if let next { console.say(AuditMessages.more(next)) }
    }
}

/// An entry of a list as `--json` prints it; what was not opened is left out.
struct AuditLineJSON: Encodable {
    let entry: UInt64
    let kind: String
    let decision: String
    let minute: UInt64
    let policyEpoch: UInt32
    let pseudonym: String?
    let operational: String?
    let subject: String?
    let subjectGone: Bool?
    /// On the last entry of a page, where there are more: the cursor of the next page.
    let next: String?

    init(_ line: AuditLine, next: String?) {
        entry = line.index
        kind = line.leaf.type.word
        decision = line.leaf.decision.word
        minute = line.leaf.minute
        policyEpoch = line.leaf.policyEpoch
        pseudonym = line.residentPseudonym
        operational = line.details?.operational.canonicalText
        subject = line.details?.subject?.canonicalText
        subjectGone = line.details?.isSubjectGone
        self.next = next
    }
}
