import Gateway
import GatewayServer
import TransparencyLog

/// What commands say about witnesses and the residents' map, in Chinese and English.
enum WitnessMessages {
    static let noWitnesses = Message(
        "没有见证方：hangu.yaml 里没有 witness-policy", "no witnesses: hangu.yaml has no witness-policy")

    static let contradicted = Message(
        "停下来：多家见证方说，这份日志比它们见过的旧，或已被改写。保留整个目录作为证据",
        "stop: so many witnesses say that this log is older than what they saw, or rewritten, that there can be no "
            + "quorum; keep the whole folder as evidence")

    static func size(_ size: UInt64) -> Message { Message("日志 \(size) 条", "\(size) entries") }

    static func quorum(_ report: WitnessReport) -> Message {
        guard let quorum = report.quorum else {
            return Message(
                "还没有经法定数见证的检查点，\(report.lag) 条待见证",
                "no checkpoint has a quorum of witnesses yet; \(report.lag) entries wait for one")
        }
        return Message(
            "法定数见证方已见证前 \(quorum.size) 条，落后 \(report.lag) 条",
            "a quorum of witnesses cosigned \(quorum.size) entries, \(report.lag) behind")
    }

    static func witness(_ line: WitnessReport.Line) -> Message {
        let name = line.witness.name
        let size = line.standing.size
        let chinese: String
        let english: String
        switch line.standing.outcome {
        case .notAsked: (chinese, english) = ("还没有问过", "not asked yet")
        case .cosigned: (chinese, english) = ("已见证到 \(size) 条", "cosigned \(size) entries")
        case .unreachable(let reason):
            (chinese, english) = ("联系不上（\(reason)）", "unreachable: \(reason)")
        case .refused(let status):
            (chinese, english) = ("不受理，状态 \(status)", "refused with status \(status)")
        case .lied(let lie):
            (chinese, english) = ("说假话：\(reason(lie).chinese)", "lied: \(reason(lie).english)")
        case .contradicts:
            (chinese, english) = (
                "说这份日志不是它见证过的那份", "says that this is not the log it cosigned before"
            )
        case .ahead(let other):
            (chinese, english) = (
                "说它见证过 \(other) 条，而本机没有这么多：本机可能被恢复成了旧状态",
                "says it cosigned \(other) entries, more than there are here: this home may be an older copy"
            )
        case .noAddress: (chinese, english) = ("政策文件里没有它的地址", "the policy has no address for it")
        }
        return Message("\(name)：\(chinese)", "\(name): \(english)")
    }

    private static func reason(_ lie: WitnessLie) -> Message {
        switch lie {
        case .unreadable: Message("答复里没有可读的签名", "no signature line that can be read")
        case .otherCheckpoint:
            Message("签的不是发给它的检查点", "its signature is not over the checkpoint it was sent")
        case .otherKey: Message("用别人的密钥签名", "it signed with another key than its own")
        case .future: Message("签名时间在将来", "its signature states a time that has not come")
        case .noSize: Message("说有冲突却说不出大小", "it told of a conflict without a size")
        }
    }

    static func cosigned(_ found: CosignedCheckpoints.Summary, of size: UInt64) -> Message {
        guard let quorum = found.quorumSize else {
            return Message(
                "\(found.count) 个检查点有见证签名，都不到法定数",
                "\(found.count) checkpoints are cosigned, none by a quorum")
        }
        return Message(
            "\(found.count) 个检查点有见证签名，法定数见证了前 \(quorum) 条，落后 \(size - min(quorum, size)) 条",
            "\(found.count) checkpoints are cosigned, a quorum reaches \(quorum) entries, "
                + "\(size - min(quorum, size)) behind")
    }

    static func mapped(_ update: ResidentMap.Update) -> Message {
        Message(
            "总表的根写入第 \(update.index) 条，更新 \(update.changed) 位居民",
            "the map's root is entry \(update.index); \(update.changed) residents had new entries")
    }

    static func mapRoot(_ index: UInt64, size: UInt64) -> Message {
        Message(
            "居民总表的根在第 \(index) 条，其后 \(size - min(index + 1, size)) 条",
            "the residents' map covers up to entry \(index); \(size - min(index + 1, size)) entries "
                + "came after it")
    }

    static func complete(_ found: AccessPackage.Completeness) -> Message {
        switch found {
        case .proved(let covered, let later):
            Message(
                "这份清单完整：前 \(covered) 条由日志里的总表证明；其后 \(later) 条要等下一次总表",
                "this list is whole: the map in the log proves its first \(covered) entries; \(later) later "
                    + "ones wait for the next map")
        case .noMap:
            Message("日志里还没有总表，不能证明清单完整", "the log has no map yet that would prove this list whole")
        case .broken(let why):
            Message("这份清单不完整或被改过：\(why)", "this list is not whole or was changed: \(why)")
        }
    }

    static func packaged(_ count: Int, path: String) -> Message {
        Message(
            "证明已写到 \(path)，共 \(count) 个文件；用 Scripts/verifiers/verify_accesses.py 核验",
            "wrote the proofs to \(path), \(count) files; check them with "
                + "Scripts/verifiers/verify_accesses.py")
    }

    static func witnessMade(_ vkey: String, path: String) -> Message {
        Message(
            "见证方已建立在 \(path)。把这个公钥交给被见证的部门，把它们的公钥写进 logs 文件：\n\(vkey)",
            "made a witness in \(path); give others this public key, and put those of their logs into the "
                + "file logs:\n\(vkey)")
    }

    static func listening(_ host: String, port: Int) -> Message {
        Message("见证方在 \(host):\(port) 等候", "the witness listens at \(host):\(port)")
    }

    static func request(_ event: WitnessServer.Event) -> Message {
        let reason = event.reason.map { " \($0)" } ?? ""
        return Message(
            "答复 \(event.status)，\(event.bodyBytes) 字节，\(event.microseconds) 微秒\(reason)",
            "answered \(event.status), \(event.bodyBytes) bytes, \(event.microseconds) µs\(reason)")
    }

    static func standing(_ standing: Witness.Standing) -> Message {
        Message(
            "\(standing.origin)：已见证到 \(standing.checkpoint?.size ?? 0) 条",
            "\(standing.origin): cosigned \(standing.checkpoint?.size ?? 0) entries")
    }
}
