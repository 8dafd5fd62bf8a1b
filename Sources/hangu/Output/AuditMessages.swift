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

    static func indexed(_ size: UInt64) -> Message {
        Message("索引已到第 \(size) 条", "the index reaches \(size) entries")
    }

    static func compared(_ differing: [UInt64]) -> Message {
        if differing.isEmpty {
            return Message("索引与日志一致，没有遗漏", "the index is that of the log; nothing is left out")
        }
        let blocks = differing.map(String.init).joined(separator: ", ")
        return Message(
            "索引与日志不一致，分块 \(blocks)；用 --rebuild 重建，并查明谁改过",
            "the index is not that of the log in blocks \(blocks); make it anew with --rebuild, and find out who "
                + "changed it")
    }
}
