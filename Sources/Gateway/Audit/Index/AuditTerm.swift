import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// What an entry can be found by: a kind of term, and its value as the entry has it.
package struct AuditTerm: Hashable, Sendable {
    /// The raw values stand in keyed hashes: a change makes the index another one.
    package enum Kind: String, Sendable, CaseIterable {
        case kind, decision, epoch
        case department, purpose, basis, item, rule, officer, consent, resident
        case caseID = "case"
        case breakGlass = "break-glass"

        /// Whether anybody reads it off the public leaf.
        var isPublic: Bool { self == .kind || self == .decision || self == .epoch }
    }

    package let kind: Kind
    package let value: String

    package init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }
}

/// The terms of one entry, apart by the detail they come from.
///
/// The same rules fill the index and check what it answers, so the index can leave out and never add.
struct EntryTerms {
    /// From the leaf and the operational detail.
    private(set) var lasting: Set<AuditTerm> = []
    /// From the subject's detail, and the resident: they go with the resident's key.
    private(set) var ofSubject: Set<AuditTerm> = []

    /// - Parameters:
    ///   - entry: Opened, so what its leaf commits to.
    ///   - residentPseudonym: Of whom it is about; nil where it is about nobody, or nobody any more.
    init(_ entry: OpenedEntry, residentPseudonym: String?) {
        let leaf = entry.leaf
        lasting = [
            AuditTerm(.kind, leaf.type.word), AuditTerm(.decision, leaf.decision.word),
            AuditTerm(.epoch, String(leaf.policyEpoch)),
        ]
        lasting.formUnion(Self.terms(of: entry.operational))
        if let subject = entry.subject { ofSubject = Self.terms(of: subject) }
        if let residentPseudonym, entry.subject != nil {
            ofSubject.insert(AuditTerm(.resident, residentPseudonym))
        }
        ofSubject.subtract(lasting)
    }

    func contains(_ term: AuditTerm) -> Bool {
        lasting.contains(term) || ofSubject.contains(term)
    }

    private static func terms(of detail: JSONValue) -> Set<AuditTerm> {
        var terms: Set<AuditTerm> = []
        func add(_ kind: AuditTerm.Kind, _ value: JSONValue?) {
            if let text = value?.string, !text.isEmpty { terms.insert(AuditTerm(kind, text)) }
        }
        add(.department, detail["caller"])
        add(.department, detail["recipient"])
        add(.purpose, detail["purpose"])
        add(.basis, detail["basis"])
        add(.item, detail["field"])
        add(.officer, detail["officer"])
        add(.officer, detail["registeredBy"])
        add(.caseID, detail["case"])
        add(.consent, detail["consent"])
        for field in detail["fields"]?.array ?? [] { add(.item, field) }
        for consent in detail["consents"]?.array ?? [] { add(.consent, consent["id"]) }
        for item in detail["items"]?.array ?? [] {
            add(.item, item["item"])
            for rule in item["rules"]?.array ?? [] { add(.rule, rule) }
            for rule in item["failed"]?.array ?? [] { add(.rule, rule) }
        }
        if detail["basisKind"]?.string == LegalBasisKind.emergency.rawValue {
            terms.insert(AuditTerm(.breakGlass, "true"))
        }
        return terms
    }
}

/// Turns terms into what the index keeps: 64 bits of a keyed hash, which say nothing without the key.
struct TermKeys {
    /// The name of the key in the ring.
    static let index = "audit-term"

    let keyring: Keyring

    /// The version of the key that new terms are hashed under.
    func version() throws(GatewayError) -> UInt32 {
        try newest(of: [Array("version".utf8)]).first?.version ?? 0
    }

    /// The kept form of terms, in their order.
    func hashes(_ terms: [AuditTerm]) throws(GatewayError) -> [Int64] {
        let messages = terms.map { Array("term\0\($0.kind.rawValue)\0\($0.value)".utf8) }
        return try newest(of: messages).map { found in
            Int64(bitPattern: found.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }

    /// By what name officers follow a resident through the log: 16 characters `a-z2-7` that lead to nobody without
    /// the key, and to nothing outside this log.
    func pseudonym(of resident: ResidentID) throws(GatewayError) -> String {
        let found = try newest(of: [Array("resident\0".utf8) + resident.bytes])
        return Base32.encode(Array((found.first?.bytes ?? []).prefix(10)))
    }

    /// 16 bytes that only a holder of the key can make for a text.
    func seal(_ text: [UInt8]) throws(GatewayError) -> [UInt8] {
        let found = try newest(of: [Array("cursor\0".utf8) + text])
        return Array((found.first?.bytes ?? []).prefix(16))
    }

    private func newest(of messages: [[UInt8]]) throws(GatewayError) -> [BlindIndexValue] {
        try inCrypto { () throws(FieldCryptoError) in
            try keyring.blindIndexes(messages, index: Self.index, bits: 128)
        }.compactMap(\.first)
    }
}

extension AuditEntryType {
    /// As commands and filters name it: `consent-change`.
    package var word: String { kebab("\(self)") }
}

extension AuditDecision {
    /// As commands and filters name it: `partly-allowed`.
    package var word: String { kebab("\(self)") }
}

private func kebab(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
}
