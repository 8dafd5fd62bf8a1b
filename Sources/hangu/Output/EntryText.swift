import Consent
import Foundation
import Gateway
import JSONText
import ResidentModel
import TransparencyLog

/// An entry of the log in words.
struct EntryText {
    let catalogue: Catalogue
    let language: Language

    /// One line: number, time, what kind, and what about, as far as that was opened.
    func line(of line: AuditLine) -> String {
        var parts = ["\(line.index)", time(of: line.leaf), kind(of: line.leaf)]
        guard let operational = line.details?.operational else {
            return parts.joined(separator: "  ")
        }
        if let caller = operational["caller"]?.string ?? operational["recipient"]?.string {
            parts.append(department(caller))
        }
        if let officer = (line.details?.subject?["officer"] ?? operational["officer"])?.string {
            parts.append(officer)
        }
        if let resident = line.residentPseudonym { parts.append(resident) }
        if let purpose = operational["purpose"]?.string { parts.append(title(ofPurpose: purpose)) }
        if let source = operational["source"]?.string {
            parts.append("\(source)/\(operational["stream"]?.string ?? "")")
            parts.append(
                Message(
                    "存 \(operational["stored"]?.integer ?? 0)",
                    "stored \(operational["stored"]?.integer ?? 0)"
                ).text(in: language))
        }
        if let field = operational["field"]?.string, !field.isEmpty { parts.append(field) }
        if line.leaf.type == .auditRead {
            parts += [operational["reason"]?.string, operational["filter"]?.string].compactMap(
                \.self)
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// What a resident reads about one access.
    func access(_ entry: OpenedEntry) -> [String] {
        if let withheld = entry.withheld {
            return [self.withheld(withheld, entry: entry).text(in: language)]
        }
        let operational = entry.operational
        if operational["claimant"] != nil { return [subjectAccess(entry).text(in: language)] }
        let who = department(operational["caller"]?.string ?? "")
        let officer = entry.subject?["officer"]?.string ?? "?"
        let why = title(ofPurpose: operational["purpose"]?.string ?? "")
        let law = article(of: operational)
        var lines = [
            Message(
                "第 \(entry.index) 条  \(time(of: entry.leaf))  \(who)（经办人 \(officer)）：\(why)",
                "entry \(entry.index)  \(time(of: entry.leaf))  \(who) (officer \(officer)): \(why)"
            ).text(in: language)
        ]
        if !law.isEmpty {
            lines.append(Message("    依据：\(law)", "    under: \(law)").text(in: language))
        }
        for item in operational["items"]?.array ?? [] {
            let name = AnswerText(catalogue: catalogue, language: language)
                .title(of: FieldID(item["item"]?.string ?? ""))
            lines.append("    \(name): \(decision(of: item))")
        }
        return lines
    }

    /// What a resident reads about any entry that concerns them.
    func history(_ entry: OpenedEntry) -> [String] {
        if entry.withheld != nil || entry.leaf.type == .decision { return access(entry) }
        var parts = [
            Message("第 \(entry.index) 条", "entry \(entry.index)").text(in: language),
            time(of: entry.leaf), kind(of: entry.leaf),
        ]
        if let decision = entry.operational["entry"]?.integer {
            parts.append(Message("（第 \(decision) 条）", "(of entry \(decision))").text(in: language))
        }
        if let purpose = entry.operational["purpose"]?.string {
            parts.append(title(ofPurpose: purpose))
        }
        if entry.operational["format"]?.string == AuditDraft.emergencyFormat {
            parts += emergency(entry)
        }
        if let kind = entry.operational["kind"]?.string.flatMap(MatterKind.init(rawValue:)) {
            parts.append(MatterWords.kind(kind.rawValue).text(in: language))
            let item = FieldID(entry.operational["field"]?.string ?? "")
            parts.append(AnswerText(catalogue: catalogue, language: language).title(of: item))
            let step = entry.operational["step"]?.string ?? ""
            let word = step == "opened" ? Message("已受理", "taken") : MatterWords.step(step)
            parts.append(word.text(in: language))
        }
        if let recipient = entry.operational["recipient"]?.string {
            parts.append(department(recipient))
        }
        if let state = entry.operational["state"]?.string.flatMap(ConsentState.init(rawValue:)) {
            parts.append(state.message.text(in: language))
        }
        return [parts.joined(separator: "  ")]
    }

    /// What a resident reads about a step of an emergency access.
    private func emergency(_ entry: OpenedEntry) -> [String] {
        let operational = entry.operational
        let step = MatterWords.step(operational["step"]?.string ?? "").text(in: language)
        var parts = [step, department(operational["caller"]?.string ?? "")]
        if let officer = entry.subject?["officer"]?.string { parts.append(officer) }
        if let template = catalogue.emergencies[operational["template"]?.string ?? ""] {
            let reason = template.reasons[operational["reason"]?.string ?? ""]
            parts += [template.plain, reason].compactMap(\.self).map {
                language == .chinese ? $0.chinese : $0.english
            }
        }
        return parts
    }

    /// What a resident reads about a request for everything that is held about them.
    private func subjectAccess(_ entry: OpenedEntry) -> Message {
        let claimant = MatterWords.claimant(entry.operational["claimant"]?.string ?? "")
        let officer = entry.subject?["officer"]?.string ?? "?"
        let when = time(of: entry.leaf)
        let isAllowed = entry.leaf.decision == .allowed
        return Message(
            "第 \(entry.index) 条  \(when)  \(claimant.chinese)申请查阅全部信息（经办人 \(officer)）："
                + (isAllowed ? "准许" : "拒绝"),
            "entry \(entry.index)  \(when)  \(claimant.english) asked for everything held (officer \(officer)): "
                + (isAllowed ? "granted" : "refused"))
    }

    /// What a resident reads about an access that the law lets nobody tell them of yet.
    private func withheld(_ withheld: Withholding, entry: OpenedEntry) -> Message {
        Message(
            "第 \(entry.index) 条  \(time(of: entry.leaf))  依法暂不告知：\(withheld.article)，"
                + "\(withheld.visibleFrom) 起可见",
            "entry \(entry.index)  \(time(of: entry.leaf))  not told yet, as the law allows: "
                + "\(article(of: entry.operational)); visible from \(withheld.visibleFrom)")
    }

    private func decision(of item: JSONValue) -> String {
        if item["allowed"]?.bool == true {
            return item["predicate"]?.bool == true
                ? Message("只答是否", "answered yes, no or unknown only").text(in: language)
                : Message("已给出", "given").text(in: language)
        }
        let reasons = (item["reasons"]?.array ?? []).compactMap(\.string)
            .compactMap(RefusalReason.init(rawValue:))
            .map { ReasonText.text(of: $0).text(in: language) }
        return Message("拒绝：", "refused: ").text(in: language)
            + reasons.joined(separator: language == .chinese ? "；" : "; ")
    }

    /// The article in the reader's language where the catalogue still has the basis; else as it was recorded.
    private func article(of operational: JSONValue) -> String {
        let recorded = operational["article"]?.string ?? ""
        guard language == .english, let basis = operational["basis"]?.string,
            let article = catalogue.legalBases[basis]?.article, article.chinese == recorded
        else { return recorded }
        return article.english
    }

    private func department(_ id: String) -> String {
        guard let title = catalogue.departments[id]?.title else { return id }
        return language == .chinese ? title.chinese : title.english
    }

    private func title(ofPurpose id: String) -> String {
        guard let plain = catalogue.purposes[id]?.plain else { return id }
        return language == .chinese ? plain.chinese : plain.english
    }

    /// Day and minute in China Standard Time.
    func time(of leaf: AuditLeaf) -> String { Self.time(ofMinute: leaf.minute) }

    /// Day and minute in China Standard Time of a minute since 1970.
    static func time(ofMinute number: UInt64) -> String {
        let minute = Int64(clamping: number)
        let day = GatewayClock.day(atMilliseconds: minute * 60_000)
        let local = (minute + 8 * 60) % (24 * 60)
        let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(day) \(two(local / 60)):\(two(local % 60))"
    }

    func kind(of leaf: AuditLeaf) -> String {
        let message: Message =
            switch (leaf.type, leaf.decision) {
            case (.decision, .allowed): Message("准许", "allowed")
            case (.decision, .partlyAllowed): Message("部分准许", "partly allowed")
            case (.decision, _): Message("拒绝", "refused")
            case (.outcome, .released): Message("已交付", "released")
            case (.outcome, _): Message("未交付", "not released")
            case (.consentChange, _): Message("同意变更", "consent")
            case (.ingest, _): Message("采集", "ingest")
            case (.keyEvent, _): Message("密钥", "key")
            case (.shred, _): Message("销毁", "shred")
            case (.admin, _): Message("管理", "admin")
            case (.mapRoot, _): Message("总表", "map root")
            case (.auditRead, _): Message("查阅日志", "log read")
            }
        return message.text(in: language)
    }
}

/// An entry as `--json` prints it.
struct EntryJSON: Encodable {
    let entry: UInt64
    let type: String
    let decision: String
    let minute: UInt64
    let policyEpoch: UInt32
    let operational: String
    let subject: String?
    let subjectGone: Bool
    let visibleFrom: String?

    init(_ opened: OpenedEntry) {
        entry = opened.index
        type = "\(opened.leaf.type)"
        decision = "\(opened.leaf.decision)"
        minute = opened.leaf.minute
        policyEpoch = opened.leaf.policyEpoch
        operational = opened.operational.canonicalText
        subject = opened.subject?.canonicalText
        subjectGone = opened.isSubjectGone
        visibleFrom = opened.withheld?.visibleFrom.description
    }
}
