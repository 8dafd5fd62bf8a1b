import Consent
import Gateway
import JSONText
import ResidentModel

/// What an export's page says, in the resident's language.
struct ExportWords {
    let catalogue: Catalogue
    let language: Language

    static let pageTitle = Message("关于您的全部信息", "Everything held about you")
    static let lead = Message(
        "这里有我们保存的关于您的每一项信息、它从哪里来、谁看过。如有错误，您可以要求更正（《个人信息保护法》第四十五条、第四十六条）。",
        "Every piece of information that is held about you, where it comes from, and who has seen it. Where something "
            + "is wrong, you may ask for it to be corrected (PIPL articles 45 and 46).")

    static func title(of section: ExportSection) -> Message {
        switch section {
        case .about, .end: Message("", "")
        case .held: Message("保存的信息", "What is held")
        case .refusedRecords: Message("没有收下的记录", "Records that were not taken in")
        case .consents: Message("您的同意与不同意", "What you agreed to or refused")
        case .accesses: Message("谁看过，做过什么", "Who looked, and what was done")
        case .reviews: Message("等人核对或已核对的事", "What people check or have checked")
        case .matters: Message("更正、紧急查看和其他事项", "Corrections, emergencies and other matters")
        case .recipients: Message("知道您的部门", "Departments that know you")
        case .kept: Message("保留多久，暂不告知什么", "What stays, and what is not told yet")
        }
    }

    static func note(of section: ExportSection) -> Message {
        switch section {
        case .about, .end: Message("", "")
        case .held:
            Message(
                "每一项写明内容、来源、来源所说的日期和我们存下的时间。",
                "Each with its source, the day the source speaks of, and when it was stored here.")
        case .refusedRecords:
            Message(
                "这些记录有问题，被拦在门口，没有人能查到。",
                "These had faults and wait at the border; nobody can look anything up in them.")
        case .consents: Message("每一步各占一行。", "One line for each step.")
        case .accesses:
            Message(
                "最新的在前。法律允许暂不告知的，只写依据和可见的日期。",
                "Newest first. Where the law lets you not be told yet, only the article and the day stand here."
            )
        case .reviews: Message("机器拿不准的，由人来定。", "What the program leaves open, a person decides.")
        case .matters: Message("与您有关、由工作人员办理的事项。", "What officers work off about you.")
        case .recipients:
            Message(
                "每个部门只有自己的代号，不能互相对照。",
                "Each has a name of its own for you, useless to the others.")
        case .kept: Message("依法保留的内容。", "What the law has us keep.")
        }
    }

    static func columns(of section: ExportSection) -> [Message] {
        switch section {
        case .about, .end: []
        case .held:
            [
                Message("项目", "item"), Message("内容", "value"), Message("来源", "source"),
                Message("来源日期", "as of"), Message("存下时间", "stored"),
            ]
        case .refusedRecords: [Message("来源", "source"), Message("原因", "why")]
        case .consents:
            [
                Message("编号", "number"), Message("状态", "state"), Message("为了什么", "what for"),
                Message("给谁", "to whom"), Message("起止", "period"),
                Message("怎么说的", "how it was said"),
            ]
        case .accesses: [Message("经过", "what happened")]
        case .reviews:
            [
                Message("编号", "number"), Message("项目", "item"), Message("来源", "source"),
                Message("原因", "why"), Message("状态", "state"),
            ]
        case .matters:
            [
                Message("编号", "number"), Message("事项", "matter"), Message("状态", "state"),
                Message("办理期限", "due"), Message("详情", "details"),
            ]
        case .recipients: [Message("部门", "department")]
        case .kept:
            [Message("内容", "what"), Message("数量", "how many"), Message("依据", "under")]
        }
    }

    func about(_ about: JSONValue) -> [(Message, String)] {
        let minute = UInt64(clamping: about["minute"]?.integer ?? 0)
        let entry = about["entry"]?.integer ?? 0
        let size = about["logSize"]?.integer ?? 0
        let claimant = MatterWords.claimant(about["claimant"]?.string ?? "").text(in: language)
        var lines = [
            (Message("生成时间", "made at"), EntryText.time(ofMinute: minute)),
            (Message("由谁申请", "asked by"), claimant),
            (Message("经办人", "served by"), about["officer"]?.string ?? ""),
            (
                Message("日志", "log"),
                Message(
                    "\(about["log"]?.string ?? "")，第 \(entry) 条记下了这次提供（共 \(size) 条）",
                    "\(about["log"]?.string ?? ""), entry \(entry) of \(size) tells of this export"
                ).text(in: language)
            ),
        ]
        if let reference = about["reference"]?.string, !reference.isEmpty {
            lines.append((Message("办理编号", "reference"), reference))
        }
        return lines
    }

    func cells(of part: ExportPart) -> [String] {
        let value = part.value
        func word(_ name: String) -> String { value[name]?.string ?? "" }
        let source = "\(department(word("source")))\n\(word("stream"))"
        switch part.section {
        case .about, .end: return []
        case .held:
            let minute = value["storedMinute"]?.integer.map { UInt64(clamping: $0) }
            let field = FieldID(word("field"))
            return [
                item(field), shown(word("value"), of: field), source, word("asOf"),
                minute.map { EntryText.time(ofMinute: $0) } ?? "–",
            ]
        case .refusedRecords:
            return [source, texts(value["findings"]).joined(separator: "\n")]
        case .consents: return consent(value)
        case .accesses: return [part.entry.map(access) ?? ""]
        case .reviews:
            let reasons = texts(value["reasons"]).map { ReviewText.text(of: $0, language) }
            return [
                "\(value["review"]?.integer ?? 0)",
                word("field").isEmpty ? "–" : item(FieldID(word("field"))), source,
                reasons.joined(separator: "\n"),
                MatterWords.review(word("state")).text(in: language),
            ]
        case .matters:
            return [
                word("matter"), MatterWords.kind(word("kind")).text(in: language),
                MatterWords.state(word("state")).text(in: language), word("due"),
                MatterWords.detail(value["details"] ?? .null, catalogue, language),
            ]
        case .recipients: return [department(word("department"))]
        case .kept: return kept(value)
        }
    }

    private func kept(_ value: JSONValue) -> [String] {
        let count = "\(value["count"]?.integer ?? 0)"
        let article = value["article"]?.string ?? ""
        if value["what"]?.string == "withheld-accesses" {
            let day = value["visibleFrom"]?.string ?? ""
            return [
                Message("暂不告知的查看，\(day) 起可见", "accesses not told yet, visible from \(day)")
                    .text(in: language), count, article,
            ]
        }
        return [
            Message("关于您的日志，至少保存三年", "entries of the log about you, kept at least three years")
                .text(in: language), count, article,
        ]
    }

    private func consent(_ value: JSONValue) -> [String] {
        func word(_ name: String) -> String { value[name]?.string ?? "" }
        let state = ConsentState(rawValue: word("state"))?.message.text(in: language) ?? ""
        return [
            "\(word("id")) · \(value["version"]?.integer ?? 0)", state,
            purpose(word("purpose")), department(word("recipient")),
            "\(word("from")) – \(word("until"))",
            "\(word("channel"))\n\(word("giver")) · \(word("registeredBy"))",
        ]
    }

    private func access(_ entry: OpenedEntry) -> String {
        EntryText(catalogue: catalogue, language: language).history(entry)
            .joined(separator: "\n")
    }

    /// A code with what it means.
    private func shown(_ text: String, of field: FieldID) -> String {
        let kind = catalogue.field(field)?.kind
        if kind == .flag {
            let word = text == "true" ? Message("是", "yes") : Message("否", "no")
            return word.text(in: language)
        }
        guard case .code(let set)? = kind, let title = catalogue.codeSets[set]?.values[text]
        else { return text }
        return "\(language == .chinese ? title.chinese : title.english) (\(text))"
    }

    private func item(_ field: FieldID) -> String {
        AnswerText(catalogue: catalogue, language: language).title(of: field)
    }

    private func texts(_ value: JSONValue?) -> [String] {
        (value?.array ?? []).compactMap(\.string)
    }

    private func department(_ id: String) -> String {
        guard let title = catalogue.departments[id]?.title else { return id }
        return language == .chinese ? title.chinese : title.english
    }

    private func purpose(_ id: String) -> String {
        guard let title = catalogue.purposes[id]?.plain else { return id }
        return language == .chinese ? title.chinese : title.english
    }
}
