import Gateway
import JSONText
import TransparencyLog

/// What the commands of `hangu keys` say.
enum KeyMessages {
    private static func kind(_ kind: KeyJobKind) -> Message {
        switch kind {
        case .fieldClass: Message("类别密钥", "class")
        case .epoch: Message("纪元密钥", "epoch")
        case .blindIndex: Message("索引密钥", "index")
        case .pseudonym: Message("代号密钥", "pseudonym")
        case .signing: Message("日志签名密钥", "signing")
        case .shred: Message("遗忘", "shred")
        }
    }

    static func rotating(_ progress: KeyProgress) -> Message {
        let name = kind(progress.kind)
        return Message(
            "\(name.chinese) \(progress.name)：\(progress.done)/\(progress.total)",
            "\(name.english) \(progress.name): \(progress.done) of \(progress.total)")
    }

    static func rotated(_ report: KeyRotationReport) -> Message {
        let job = report.job
        let name = kind(job.kind)
        var text = Message(
            "\(name.chinese) \(job.name) 已换为第 \(job.version) 版，共处理 \(job.done) 项",
            "\(name.english) \(job.name) is now version \(job.version); \(job.done) done in all")
        if report.isResumed {
            text = text + Message("（接着上次做完）", " (went on with an earlier run)")
        }
        if report.goneCount > 0 {
            text =
                text
                + Message(
                    "；已遗忘居民的 \(report.goneCount) 项打不开，保持原样",
                    "; \(report.goneCount) of forgotten residents do not open and stay as they are")
        }
        if report.droppedCount > 0 {
            text =
                text
                + Message(
                    "；\(report.droppedCount) 个索引项已没有对应的值，随旧密钥删除",
                    "; \(report.droppedCount) entries whose value is gone went with the old key")
        }
        return text
    }

    static func retired(_ count: Int) -> Message {
        Message("该版本代号已停用，涉及 \(count) 人", "retired; it had named \(count) residents")
    }

    static func line(_ line: KeyStatusLine, now: Int64) -> Message {
        let name = kind(line.kind)
        let days = line.since.map { max(0, (now - $0) / 1_440) }
        let age = days.map { Message("\($0) 天", "\($0) days") } ?? Message("未知", "unknown")
        let state = line.isNewest ? Message("现用", "in use") : Message("旧版", "old")
        return Message(
            "\(name.chinese) \(line.name) 第 \(line.version) 版  \(state.chinese)  已用 \(age.chinese)  其下 \(line.under) 项",
            "\(name.english) \(line.name) version \(line.version)  \(state.english)  age \(age.english)  \(line.under) under it"
        )
    }

    static func logKey(_ key: String, since: UInt64) -> Message {
        Message("日志公钥（自第 \(since) 条起）\(key)", "log key from size \(since) on: \(key)")
    }

    static func unfinished(_ job: KeyJob) -> Message {
        let name = kind(job.kind)
        let what = job.kind == .shred ? "" : job.name
        return Message(
            "未完成：\(name.chinese) \(what) 第 \(job.version) 版，已处理 \(job.done) 项；再运行一次同一命令",
            "unfinished: \(name.english) \(what) version \(job.version), \(job.done) done; run the same command again"
        )
    }

    static func forgotten(_ count: Int) -> Message {
        Message("已遗忘居民 \(count) 人", "\(count) residents are forgotten")
    }

    static func copies(_ minute: Int64?) -> Message {
        guard let minute else {
            return Message(
                "还没有销毁过纪元密钥：keys.db 的旧备份都还打得开（见 hangu keys rotate epoch）",
                "no epoch key has been destroyed yet: old copies of keys.db still open (see hangu keys rotate epoch)"
            )
        }
        let day = GatewayClock.day(atMilliseconds: minute * 60_000)
        return Message(
            "\(day) 之前的 keys.db 备份已打不开任何居民的数据",
            "copies of keys.db from before \(day) open nothing of any resident")
    }

    static func scanning(_ count: Int) -> Message {
        Message("已检查 \(count) 项", "\(count) looked at")
    }

    static func opened(_ name: String, version: UInt16, count: Int) -> Message {
        Message(
            "\(name) 第 \(version) 版：打得开 \(count) 项", "\(name) version \(version): \(count) open")
    }

    static func gone(_ name: String, count: Int) -> Message {
        Message(
            "\(name)：已遗忘居民的 \(count) 项，没有密钥能打开",
            "\(name): \(count) of forgotten residents, which no key opens")
    }

    static func scanned(_ report: KeyScanReport) -> Message {
        if report.isSound {
            return Message(
                "全部正常：打得开 \(report.openedCount) 项，已遗忘 \(report.forgottenCount) 人的 \(report.goneCount) 项打不开",
                "sound: \(report.openedCount) values open, \(report.goneCount) of \(report.forgottenCount) forgotten residents do not"
            )
        }
        return Message("发现问题：", "not as it must be:")
    }

    static func misfit(_ misfit: IndexMisfit) -> Message {
        let advice =
            misfit.tellsTooMuch
            ? Message("位数过多，相同的值会被数出来，应减少", "too many: equal values can be counted; declare fewer")
            : Message("位数过少，查找会打开太多人，应增加", "too few: searches open too many; declare more")
        return Message(
            "警告：\(misfit.field) 的索引为 \(misfit.bits) 位，而不同的值有 \(misfit.valueCount) 个：\(advice.chinese)",
            "warning: the index of \(misfit.field) has \(misfit.bits) bits for \(misfit.valueCount) different values: \(advice.english)"
        )
    }

    static func shredded(_ certificate: ShredCertificate) -> Message {
        let detail = certificate.detail
        let values = detail["values"]?.integer ?? 0
        let details = detail["details"]?.integer ?? 0
        return Message(
            "已遗忘：删除 \(values) 个值，\(details) 份日志明细永远打不开；日志第 \(certificate.entry) 条为证",
            "forgotten: \(values) values removed, \(details) details of the log open no more; log entry \(certificate.entry) says so"
        )
    }

    static func certified(_ certificate: ShredCertificate, isTheirs: Bool?) -> Message {
        let whose: Message =
            switch isTheirs {
            case .none: Message("", "")
            case .some(true): Message("，确实是这个号码", "; it is about that number")
            case .some(false): Message("，但不是这个号码", "; but not about that number")
            }
        return Message(
            "证明有效：日志第 \(certificate.entry) 条记载一次遗忘\(whose.chinese)",
            "the certificate is valid: entry \(certificate.entry) of the log records a forgetting\(whose.english)"
        )
    }
}

extension Message {
    static func + (left: Message, right: Message) -> Message {
        Message(left.chinese + right.chinese, left.english + right.english)
    }
}
