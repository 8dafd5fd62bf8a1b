import Consent

/// The texts of a printed receipt.
enum ReceiptText {
    static let title = Message("同意回执", "Receipt of your consent")
    static let number = Message("编号", "Number")
    static let who = Message("谁可以查看", "Who may see it")
    static let why = Message("为什么", "What for")
    static let when = Message("从哪天到哪天", "From when until when")
    static let how = Message("怎样登记的", "How it was said")
    static let often = Message("最多多少次", "How often at most")
    static let kept = Message("对方最多保存多久", "How long they may keep it")
    static let seen = Message("可以查看的内容", "What may be seen")
    static let yesOrNo = Message("（只回答是或否）", "(yes or no only)")
    static let stopping = Message("怎样停止", "How to stop")
    static let checking = Message("怎样核对", "How to check this page")
    static let howToCheck = Message(
        "方块码里只有这张回执的代号，没有您的任何信息。到任何窗口都可以核对，也可以请懂电脑的人核对同名的文件。",
        "The square holds the name of this receipt and nothing about you. Any counter can check it, and so can anybody "
            + "who has the file of the same number.")

    /// What the record's state means to its resident.
    static func state(_ word: String) -> Message {
        ConsentState(rawValue: word)?.message ?? Message(word, word)
    }

    static func channel(_ word: String) -> Message {
        switch ConsentChannel(rawValue: word) {
        case .own: Message("本人登录办理", "by yourself, signed in")
        case .counter: Message("本人到窗口办理", "by yourself, at a counter")
        case .homeVisit: Message("工作人员上门", "during a visit at your home")
        case .paper: Message("纸质表格", "on paper")
        case .phone: Message("电话", "by telephone")
        case .textMessage: Message("短信", "by text message")
        case nil: Message(word, word)
        }
    }

    /// A frequency such as `4/month` in words.
    static func frequency(_ text: String) -> Message {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return Message(text, text) }
        let period: Message =
            switch parts[1] {
            case "day": Message("每天", "a day")
            case "month": Message("每月", "a month")
            default: Message("每年", "a year")
            }
        let times = parts[0] == "1" ? "once" : "\(parts[0]) times"
        return Message("\(period.chinese) \(parts[0]) 次", "\(times) \(period.english)")
    }

    static func days(_ count: Int) -> Message {
        Message("\(count) 天", count == 1 ? "one day" : "\(count) days")
    }
}
