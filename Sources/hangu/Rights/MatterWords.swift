import Gateway
import JSONText
import ResidentModel

/// Words for who claims, and for the matters that people work off.
enum MatterWords {
    static func claimant(_ word: String) -> Message {
        switch word {
        case "resident": Message("本人", "the resident")
        case "guardian": Message("监护人", "the guardian")
        case "delegate": Message("受托人", "the delegate")
        case "near-relative": Message("近亲属", "a near relative")
        default: Message(word, word)
        }
    }

    static func kind(_ word: String) -> Message {
        switch MatterKind(rawValue: word) {
        case .emergency: Message("紧急查看", "emergency access")
        case .standing: Message("人身状况认定", "finding about the person")
        case .correction: Message("更正申请", "correction")
        case .delta: Message("更正通知", "notice of a correction")
        case nil: Message(word, word)
        }
    }

    static func state(_ word: String) -> Message {
        switch MatterState(rawValue: word) {
        case .open: Message("办理中", "open")
        case .half: Message("一人已核，待第二人", "one of two has judged")
        case .closed: Message("已办结", "closed")
        case nil: Message(word, word)
        }
    }

    static func step(_ word: String) -> Message {
        switch word {
        case "opened": Message("开启紧急查看", "emergency access opened")
        case "ended": Message("结束紧急查看", "emergency access ended")
        case "reviewed": Message("复核紧急查看", "emergency access reviewed")
        case "corrected": Message("来源已更正", "corrected by its source")
        case "upheld": Message("来源维持原值", "its source stands by it")
        case "queued": Message("待通知", "to be told")
        case "sent": Message("已通知", "told")
        case "acknowledged": Message("已确认收到", "acknowledged")
        default: Message(word, word)
        }
    }

    static func review(_ word: String) -> Message {
        switch ReviewState(rawValue: word) {
        case .open: Message("待核对", "open")
        case .confirmed: Message("已核实", "confirmed")
        case .rejected: Message("不属实", "rejected")
        case .replaced: Message("内容已变，另行核对", "replaced by a newer one")
        case nil: Message(word, word)
        }
    }

    /// The texts of a matter's detail, each after its name, one a line.
    static func detail(_ detail: JSONValue, _ catalogue: Catalogue, _ language: Language) -> String
    {
        (detail.object?.members ?? []).compactMap { member -> String? in
            let text = member.value.string ?? member.value.integer.map(String.init)
            guard let text, !text.isEmpty, member.name != "format" else { return nil }
            if member.name == "department", let title = catalogue.departments[text]?.title {
                return language == .chinese ? title.chinese : title.english
            }
            return "\(member.name): \(text)"
        }.joined(separator: "\n")
    }

    static func refusal(_ reason: AccessRefusal) -> Message {
        switch reason {
        case .unknownResident: Message("没有登记这个号码的居民", "no resident is known by that number")
        case .needsGuardian:
            Message("不满十四周岁，须由监护人申请", "below 14, the guardian has to ask")
        case .residentDeceased:
            Message("本人已去世，由近亲属申请", "the resident has died; near relatives may ask")
        case .noDeath: Message("没有去世的记录", "no death is on record")
        case .deathNotConfirmed:
            Message("去世的记录还没有人工核实", "nobody has confirmed the death yet")
        case .arrangedOtherwise:
            Message("本人生前另有安排", "the deceased had arranged it otherwise")
        }
    }

    static func exported(_ counts: ExportCounts, entry: UInt64) -> Message {
        Message(
            "已导出 \(counts.values) 项信息、\(counts.accesses) 条经过，其中 \(counts.withheld) 条依法暂不告知；日志第 \(entry) 条记下了这次提供",
            "exported \(counts.values) values and \(counts.accesses) entries, \(counts.withheld) of which the law lets "
                + "not be told yet; entry \(entry) of the log tells of it")
    }

    static func exportRefused(_ reasons: [AccessRefusal], entry: UInt64) -> Message {
        let texts = reasons.map(refusal)
        return Message(
            "拒绝（日志第 \(entry) 条）：" + texts.map(\.chinese).joined(separator: "；"),
            "refused (entry \(entry) of the log): " + texts.map(\.english).joined(separator: "; "))
    }
}
