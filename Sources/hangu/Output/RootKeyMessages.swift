import FieldCrypto

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
