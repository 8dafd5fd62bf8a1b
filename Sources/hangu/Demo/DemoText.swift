import Gateway

/// What the demo says, in both languages.
enum DemoText {
    static let title = Message(
        "函关演示：三个部门的数据，一道关口。以下人物全部是虚构的。",
        "Hangu, a demonstration: three departments' data behind one gate. Everybody is invented.")

    static func inventing(_ done: Int, of all: Int) -> Message {
        Message("正在虚构居民 \(done)/\(all)", "inventing residents \(done)/\(all)")
    }

    static func town(_ residents: Int, records: Int) -> Message {
        Message(
            "三个部门各自交来文件：民政的表格、社保的数据库、卫健的 FHIR。\(residents) 位居民，\(records) 条记录。",
            "Three departments deliver: civil affairs as spreadsheets, social security as a database, "
                + "health as FHIR. \(residents) residents, \(records) records.")
    }

    static func pulled(_ reports: [StreamReport], residents: Int, seconds: Int) -> Message {
        let read = reports.map(\.read).reduce(0, +)
        let stored = reports.map(\.stored).reduce(0, +)
        let quarantined = reports.map(\.quarantined).reduce(0, +)
        let reviews = reports.map(\.inReview).reduce(0, +)
        return Message(
            "采集用了 \(seconds) 秒：读 \(read) 条，逐字段加密存入 \(stored) 条，有错而隔离 \(quarantined) 条，"
                + "有疑问等人核对 \(reviews) 条；归并为 \(residents) 位居民。",
            "Pulled in \(seconds) s: \(read) records read, \(stored) stored with every field encrypted, "
                + "\(quarantined) faulty ones quarantined, \(reviews) doubtful ones left to a person; "
                + "\(residents) residents.")
    }

    static func asks(_ who: String, what: [String]) -> Message {
        let chinese = what.joined(separator: "、")
        let english = what.joined(separator: ", ")
        return Message("\(who) 询问：\(chinese)", "\(who) asks for: \(english)")
    }

    static let allowance = Message(
        "一、高龄津贴免申即享：只问是否，不要数据",
        "1. An old-age allowance nobody had to apply for: questions, not data")
    static let allowanceMoral = Message(
        "民政局知道该发津贴了，但没有拿到生日、住址和任何病历。",
        "Civil affairs knows the allowance is due, and has learned no birthday, address or record.")

    static let dibao = Message(
        "二、低保核查：全家成年人都授权之前", "2. A dibao check, before every adult has agreed")
    static func dibaoAgreed(_ count: Int) -> Message {
        Message(
            "社工上门，\(count) 位成年家庭成员分别签了授权。再问一次：",
            "A social worker calls; the \(count) adults of the household each agree. Asked again:")
    }
    static let withdrawn = Message(
        "三、一位成员撤回授权：紧接着的下一次请求", "3. One of them withdraws: the very next request")

    static let diagnosis = Message(
        "四、低保人员想看诊断", "4. The dibao officer would like to see a diagnosis")

    static let pension = Message(
        "五、民政登记了一位老人去世：养老金先不停", "5. Civil affairs records a death: the pension does not stop yet")
    static func pensionReview(_ numbers: [Int64]) -> Message {
        let list = numbers.map(String.init)
        return Message(
            "待办第 \(list.joined(separator: "、")) 条：须由人核实。经办人打电话、上门，确认属实。",
            "Review \(list.joined(separator: ", ")) waits for a person. An officer calls, visits, and "
                + "finds it is so.")
    }
    static let pensionConfirmed = Message("人工核实之后再问：", "Asked again after a person has confirmed:")

    static let resident = Message(
        "六、居民自己看：谁查过我，为什么", "6. The resident's own view: who looked at me, and why")

    static let log = Message("七、监督人员核对日志", "7. The officer checks the log")
    static func byteChanged(_ path: String) -> Message {
        Message(
            "有人在导出的副本里改了一个字节（\(path)）。再核对：",
            "Somebody changes one byte of the exported copy (\(path)). Checked again:")
    }

    static func end(seconds: Int) -> Message {
        Message("\n演示结束，共 \(seconds) 秒。", "\nThe end, after \(seconds) s.")
    }
    static func kept(_ path: String) -> Message {
        Message("网关目录留在 \(path)", "the home stays in \(path)")
    }
}
