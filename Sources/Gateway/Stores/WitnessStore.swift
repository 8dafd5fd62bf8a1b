package import TransparencyLog

/// Reading of what witnesses have said about the log.
package protocol WitnessReader {
    /// The newest cosigned checkpoints below a size, largest first.
    func cosigned(below size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint]

    /// The cosigned checkpoint of one size.
    func cosigned(of size: UInt64) throws(GatewayError) -> StoredCheckpoint?

    /// What is known of each witness that was ever asked.
    func witnessStandings() throws(GatewayError) -> [WitnessStanding]
}

/// Keeping of what witnesses have said.
package protocol WitnessWriter: WitnessReader {
    /// Keeps a cosigned checkpoint, in place of one of the same size that has fewer cosignatures.
    func putCosigned(_ checkpoint: StoredCheckpoint) throws(GatewayError)
    func putWitnessStanding(_ standing: WitnessStanding) throws(GatewayError)
}

/// What the gateway knows of one witness.
package struct WitnessStanding: Hashable, Sendable {
    /// The witness's public key as others configure it; a witness with a new key is a new one.
    package let key: String
    /// The size that it cosigned last, as far as is known.
    package var size: UInt64
    /// What came of asking it last.
    package var outcome: WitnessOutcome
    /// How often in a row it gave no cosignature.
    package var failures: Int
    /// Before this moment it is not asked again; milliseconds since 1970.
    package var notBefore: Int64
    /// When it was asked last; milliseconds since 1970.
    package var askedAt: Int64

    package init(
        key: String, size: UInt64 = 0, outcome: WitnessOutcome = .notAsked, failures: Int = 0,
        notBefore: Int64 = 0, askedAt: Int64 = 0
    ) {
        self.key = key
        self.size = size
        self.outcome = outcome
        self.failures = failures
        self.notBefore = notBefore
        self.askedAt = askedAt
    }
}

/// What came of asking one witness.
package enum WitnessOutcome: Hashable, Sendable {
    case notAsked
    case cosigned
    /// No answer; why.
    case unreachable(String)
    /// It does not serve this log, or not now.
    case refused(status: Int)
    /// It answered what no honest witness would.
    case lied(WitnessLie)
    /// It says that this log is not the one it cosigned before.
    case contradicts
    /// It says it cosigned a size that this log has not reached: this home is older than that, or the witness lies.
    case ahead(UInt64)
    /// The policy has no address for it.
    case noAddress

    /// Whether it speaks against this log.
    package var isAgainst: Bool {
        switch self {
        case .contradicts, .ahead: true
        default: false
        }
    }

    /// As it is stored: a word, and what goes with it.
    package var text: String {
        switch self {
        case .notAsked: "not-asked"
        case .cosigned: "cosigned"
        case .unreachable(let reason): "unreachable \(reason)"
        case .refused(let status): "refused \(status)"
        case .lied(let lie): "lied \(lie.rawValue)"
        case .contradicts: "contradicts"
        case .ahead(let size): "ahead \(size)"
        case .noAddress: "no-address"
        }
    }

    /// Reads what ``text`` writes, or nil.
    package init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        let rest = parts.count > 1 ? String(parts[1]) : ""
        switch parts.first {
        case "not-asked": self = .notAsked
        case "cosigned": self = .cosigned
        case "unreachable": self = .unreachable(rest)
        case "contradicts": self = .contradicts
        case "no-address": self = .noAddress
        case "refused":
            guard let status = Int(rest) else { return nil }
            self = .refused(status: status)
        case "lied":
            guard let lie = WitnessLie(rawValue: rest) else { return nil }
            self = .lied(lie)
        case "ahead":
            guard let size = UInt64(rest) else { return nil }
            self = .ahead(size)
        default: return nil
        }
    }
}
