import FieldCrypto

extension KeyMessages {
    /// The root key that everything hangs from.
    static func rootKey(_ place: RootKeyPlace) -> Message {
        let kind =
            switch place.kind {
            case .file: Message("文件", "a file")
            case .passphrase: Message("口令", "a passphrase")
            case .pkcs11: Message("密码设备", "a token")
            }
        return Message(
            "根密钥：\(kind.chinese)，\(place.name.id)/\(place.version)，第 \(place.version) 版（\(place.shown)）",
            "root key: \(kind.english), \(place.name.id)/\(place.version), version \(place.version) (\(place.shown))"
        )
    }
}

/// Texts about root keys, backups and shares.
extension Messages {
    static let askPassphrase = Message("根密钥口令：", "passphrase of the root key:")
    static let secretAgain = Message("再输入一次：", "again:")

    static func askNewPassphrase(_ byteCountMin: Int) -> Message {
        Message(
            "新的根密钥口令（至少 \(byteCountMin) 字节）：",
            "new passphrase of the root key (at least \(byteCountMin) bytes):")
    }

    static func askPIN(_ token: String) -> Message {
        Message("密码设备 \(token) 的 PIN：", "PIN of the token \(token):")
    }

    static func rootKeyChanged(_ outcome: RootKeyChange.Outcome) -> Message {
        let removed = outcome.removed.joined(separator: ", ")
        return Message(
            "根密钥由 \(outcome.old) 改为 \(outcome.new)；已删除 \(removed)。旧的 keys.db 副本仍须旧根密钥才能打开",
            "the root key was \(outcome.old) and is \(outcome.new); removed \(removed). "
                + "Old copies of keys.db still need the old root key")
    }

    static func keysBackedUp(_ outcome: KeyBackup.Outcome, path: String) -> Message {
        let count = outcome.count
        return Message(
            "已把 \(outcome.residents) 位居民的密钥备份到 \(path)（编号 \(outcome.set)）。"
                + "\(count.shares) 份中任意 \(count.needed) 份可打开：现在就分给不同的人，目录里一份都不要留",
            "backed up the keys of \(outcome.residents) residents to \(path) (set \(outcome.set)). "
                + "Any \(count.needed) of \(count.shares) shares open it: give each to another person now, "
                + "and leave none in the folder")
    }

    static func keysRestored(_ outcome: KeyRestore.Outcome) -> Message {
        Message(
            "已从备份 \(outcome.set) 恢复密钥，新根密钥为 \(outcome.rootKey)；再次销毁了 "
                + "\(outcome.shreddedAgain) 位已遗忘居民的密钥。下一步：运行两次 hangu keys rotate epoch",
            "restored the keys of backup \(outcome.set) under the new root key \(outcome.rootKey); destroyed "
                + "again the keys of \(outcome.shreddedAgain) forgotten residents. "
                + "Next: run hangu keys rotate epoch twice")
    }

    static func keysOlderThanData(_ outcome: KeyRestore.Outcome) -> Message {
        let missing = outcome.missing.map(\.description).joined(separator: ", ")
        let chinese = missing.isEmpty ? "" : "；缺少 \(missing)"
        let english = missing.isEmpty ? "" : "; missing: \(missing)"
        return Message(
            "注意：备份比数据旧。\(outcome.withoutKey) 位居民没有密钥\(chinese)。"
                + "有更新的备份就用 --replace 恢复它，否则这些数据要在新目录里重新拉取",
            "careful: the backup is older than the data. \(outcome.withoutKey) residents have no key\(english). "
                + "Restore a newer backup with --replace, or pull them into a new home")
    }

    /// What to do about a root key that cannot be used.
    static func hint(for fault: RootKeyFault) -> Message {
        switch fault {
        case .unavailable:
            Message("插上密码设备后再运行同一命令", "plug the token in and run the same command again")
        case .refused:
            Message(
                "核对口令或 PIN；多次输错会锁住密码设备",
                "check the passphrase or PIN; a token locks itself after several wrong ones")
        case .unusable:
            Message(
                "核对 keys/root-*.yaml 中的模块、设备和密钥标签",
                "check module, token and key in keys/root-*.yaml")
        }
    }

    static let needsSecret = Message(
        "用 --secret-file 或 --secret-fd 提供，或设置 HANGU_SECRET_FILE 为文件名",
        "give it with --secret-file or --secret-fd, or name a file in HANGU_SECRET_FILE")
}
