import FieldCrypto
import Gateway
import ResidentModel
import StrictYAML
import TransparencyLog

/// Every text that the commands show to people, in Chinese and English.
enum Messages {
    static let errorWord = Message("错误", "error")
    static let hintWord = Message("提示", "hint")

    static func homeCreated(_ path: String, sources: Int) -> Message {
        Message(
            "已建立空的网关目录 \(path)，声明了 \(sources) 个数据来源。下一步：hangu pull --home \(path)",
            "made an empty home in \(path) with \(sources) sources; next: hangu pull --home \(path)"
        )
    }

    static func pulled(_ report: StreamReport) -> Message {
        Message(
            "\(report.stream)：读取 \(report.read)，新存 \(report.stored)，更新 \(report.updated)，"
                + "未变 \(report.unchanged)，隔离 \(report.quarantined)；归入已知居民 \(report.linked)，"
                + "新居民 \(report.opened)，待人工核对 \(report.inReview)，拒收敏感列 \(report.neverIngest)",
            "\(report.stream): read \(report.read), stored \(report.stored), updated "
                + "\(report.updated), unchanged \(report.unchanged), quarantined "
                + "\(report.quarantined); linked \(report.linked), new residents \(report.opened), "
                + "in review \(report.inReview), never-ingest cells dropped \(report.neverIngest)")
    }

    /// What a terminal shows while a stream is pulled.
    static func pulling(_ report: StreamReport) -> Message {
        Message(
            "\(report.stream) 已读 \(report.read)，隔离 \(report.quarantined)",
            "\(report.stream): \(report.read) read, \(report.quarantined) quarantined")
    }

    static func columnsNotTaken(_ columns: [String]) -> Message {
        let list = columns.joined(separator: ", ")
        return Message("  未采集的列：\(list)", "  columns not taken: \(list)")
    }

    static func finding(_ code: String, count: Int) -> Message {
        Message("  隔离原因 \(code)：\(count)", "  quarantined for \(code): \(count)")
    }

    static func streamFailed(_ stream: String, why: String) -> Message {
        Message("\(stream)：没有读完：\(why)", "\(stream): not read to its end: \(why)")
    }

    static func pullTotal(_ reports: [StreamReport], residents: Int) -> Message {
        let read = reports.map(\.read).reduce(0, +)
        let stored = reports.map(\.stored).reduce(0, +)
        let updated = reports.map(\.updated).reduce(0, +)
        let unchanged = reports.map(\.unchanged).reduce(0, +)
        let quarantined = reports.map(\.quarantined).reduce(0, +)
        return Message(
            "合计：读取 \(read) = 新存 \(stored) + 更新 \(updated) + 未变 \(unchanged) + 隔离 "
                + "\(quarantined)；现有居民 \(residents) 人",
            "total: read \(read) = stored \(stored) + updated \(updated) + unchanged \(unchanged) + "
                + "quarantined \(quarantined); \(residents) residents now")
    }

    static let noConsents = Message("没有登记过同意", "no consent is registered")
    static let noAccesses = Message("没有人查看过这位居民", "nobody has looked at this resident")
    static let noReviews = Message("没有待办", "nothing is waiting")

    static func reviewDecided(_ number: Int64) -> Message {
        Message("第 \(number) 条已办结", "review \(number) is decided")
    }

    static func exported(_ size: UInt64, path: String) -> Message {
        Message("已把 \(size) 条日志导出到 \(path)", "exported \(size) entries to \(path)")
    }

    static func rebuilt(_ found: TileRebuild, files: Int) -> Message {
        Message(
            "已由 \(found.entries) 条日志重算 \(found.tiles) 个分块，\(found.faults.count) 个有出入并已重写；"
                + "导出目录重写 \(files) 个文件",
            "derived \(found.tiles) tiles from \(found.entries) entries; \(found.faults.count) differed and "
                + "were written anew, and \(files) exported files")
    }

    static func replayed(_ report: ReplayReport) -> Message {
        Message(
            "重新裁决 \(report.decisions) 次：\(report.same) 次相同，\(report.differing.count) 次不同，"
                + "\(report.otherBundles) 次属于别的规则版本",
            "decided \(report.decisions) decisions again: \(report.same) the same, "
                + "\(report.differing.count) different, \(report.otherBundles) by other bundles")
    }

    static let stillRunning = Message("正在停止，已存的不会丢", "stopping; what is stored stays stored")

    static func verified(_ result: AuditVerification) -> Message {
        let size = result.log.entryCount
        if result.isSound, result.log.prunedCount > 0 {
            let pruned = result.log.prunedCount
            return Message(
                "日志完好：\(size) 条、\(result.log.tileCount) 个分块、\(result.detailsChecked) 份明细都对得上；"
                    + "另有最早的 \(pruned) 条已按保存期清除，只核对了哈希",
                "the log is sound: \(size) entries, \(result.log.tileCount) tiles, \(result.detailsChecked) "
                    + "details agree; of the first \(pruned) entries, pruned by age, the hashes alone were checked"
            )
        }
        if result.isSound {
            return Message(
                "日志完好：\(size) 条、\(result.log.tileCount) 个分块，签名、哈希树和 "
                    + "\(result.detailsChecked) 份明细都对得上",
                "the log is sound: \(size) entries, \(result.log.tileCount) tiles; signature, tree "
                    + "and \(result.detailsChecked) details agree")
        }
        return Message("日志被改动过，或不完整", "the log was changed or is not whole")
    }

    /// What to do about an error, where that is known.
    static func hint(for error: GatewayError) -> Message? {
        switch error {
        case .store(.logRolledBack):
            Message(
                "保留整个目录作为证据，恢复最新的备份；已签名的日志不能变短，丢失的条目找不回时，请另建网关目录",
                "keep the whole folder as evidence and restore the newest copy; a signed log cannot become "
                    + "shorter, so where its last entries are lost, begin a new home")
        case .store(.otherWriter):
            Message(
                "等那个进程结束，或向它提出请求", "wait until that process has ended, or ask it instead")
        case .store(.overloaded):
            Message("稍后再试", "try again a little later")
        case .store(.busy), .crypto(.store(.unavailable)):
            Message("等另一个进程结束后再试", "try again when the other process has ended")
        case .store(.diskFull):
            Message("腾出磁盘空间后再运行同一命令", "free some space and run the same command again")
        case .crypto(.rootKey(let fault)): hint(for: fault)
        case .crypto(.unwrap), .crypto(.otherRootKey):
            Message(
                "根密钥或 keys.db 属于另一个目录，或已损坏：停下来，保留证据，核对两者是否同一份备份",
                "the root key or keys.db is another home's, or damaged: stop, keep both as evidence, "
                    + "and see whether they belong together")
        case .crypto(.residentKeyMissing), .crypto(.unknownKey), .crypto(.commitmentMissing):
            Message(
                "keys.db 比数据旧：换回最新的副本，或用 hangu keys restore 恢复最新的备份",
                "keys.db is older than the data: put back its newest copy, or restore the newest backup "
                    + "with hangu keys restore")
        case .crypto(.notAuthentic):
            Message(
                "这个值被改过，或 keys.db 比数据旧：先核对 keys.db 是否最新的副本；若是，停下来，保留整个目录作为证据",
                "the value was changed, or keys.db is older than the data: see first whether keys.db is its newest "
                    + "copy; if it is, stop and keep the whole folder as evidence")
        case .crypto(.share):
            Message("向其他保管人再要份额，或核对抄写", "ask other holders for their shares, or check the typing")
        case .store(.corrupt), .log, .crypto:
            Message(
                "停下来，保留整个目录作为证据，再从备份恢复",
                "stop, keep the whole folder as evidence, then restore a backup")
        case .store(.newerFormat):
            Message("用更新的 hangu 打开", "open it with a newer hangu")
        case .declaration(let error):
            error.hint.map { Message($0, $0) }
                ?? Message("改正这一行后再试", "mend that line and try again")
        case .policy: Message("改正这条规则后再试", "mend that rule and try again")
        case .request(.unreadable("there is no home here: hangu.yaml is absent")):
            Message("先运行 hangu init 目录", "run hangu init FOLDER first")
        case .request(.unreadable(SecretInput.noTerminal)): needsSecret
        case .request(.noSuchResident):
            Message("核对号码，或先运行 hangu pull", "check the number, or run hangu pull first")
        case .stopped: Message("再次运行同一命令即可继续", "run the same command again to go on")
        default: nil
        }
    }
}
