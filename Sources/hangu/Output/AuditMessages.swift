import Gateway
import TransparencyLog

/// What the commands that read the log say to people.
enum AuditMessages {
    static let indexing = Message("正在补齐日志索引", "bringing the index of the log up to date")
    static let nothingFound = Message("没有符合条件的日志", "no entry is as asked for")
    static let subjectGone = Message(
        "居民的密钥已销毁，居民一侧的明细打不开了",
        "the resident's key is destroyed; what their detail said cannot be opened any more")

    static func more(_ cursor: String) -> Message {
        Message("还有更多：--cursor \(cursor)", "there are more: --cursor \(cursor)")
    }

    static func evidence(_ bundle: EvidenceBundle, path: String) -> Message {
        Message(
            "已把 \(bundle.entryCount) 条写入 \(path)，日志第 \(bundle.entry) 条记下了这次取证；核对：解包后运行 python3 verify.py",
            "wrote \(bundle.entryCount) entries to \(path); entry \(bundle.entry) of the log tells so; to check: "
                + "unpack it and run python3 verify.py")
    }

    static func pruned(_ plan: RetentionPlan, isDone: Bool) -> Message {
        let range = "\(plan.first)–\(plan.minimum)"
        if plan.entryCount == 0 {
            return Message("没有到期的日志可以清除", "nothing is old enough to go")
        }
        return isDone
            ? Message(
                "已清除 \(plan.entryCount) 条（\(range)，不含末尾），哈希都还在",
                "removed \(plan.entryCount) entries (\(range), the last not included); every hash stays"
            )
            : Message(
                "可以清除 \(plan.entryCount) 条（\(range)，不含末尾）",
                "\(plan.entryCount) entries could go (\(range), the last not included)")
    }

    static func stop(_ stop: RetentionPlan.Stop) -> Message {
        switch stop {
        case .kept(let entry, let kind):
            Message(
                "止于第 \(entry) 条：\(kind.word) 的保存期未满",
                "no further than entry \(entry): the time for \(kind.word) is not over")
        case .held(let entry):
            Message(
                "止于第 \(entry) 条：所属案件依法留存",
                "no further than entry \(entry): its case is under a legal hold")
        case .end: Message("止于最新的条目包", "no further than the newest bundle")
        }
    }

    static func indexed(_ size: UInt64) -> Message {
        Message("索引已含前 \(size) 条", "the index reaches \(size) entries")
    }

    static func compared(_ differing: [UInt64]) -> Message {
        if differing.isEmpty {
            return Message("索引与日志一致，没有遗漏", "the index is that of the log; nothing is left out")
        }
        let blocks = differing.map(String.init).joined(separator: ", ")
        return Message(
            "索引与日志不一致，第 \(blocks) 段；用 --rebuild 重建，并查明谁改过",
            "the index is not that of the log in blocks \(blocks); make it anew with --rebuild, and find out who "
                + "changed it")
    }
}
