import Connectors
import FieldCrypto
import Foundation
import Gateway
import ResidentModel
import SQLiteStore

/// A home at work: its parts opened, its policies in force.
struct OpenHome {
    let folder: HomeFolder
    let configuration: HomeConfiguration
    let mappings: [String: SourceMapping]
    let parts: GatewayParts
    let store: HomeStore
    let keyDatabase: KeyDatabase
    /// How many consents were found to have ended when the home was opened.
    let endedConsentCount: Int

    /// - Parameters:
    ///   - folder: A home that `hangu init` has made.
    ///   - secrets: Where the root key's passphrase or PIN comes from, if it has one.
    /// - Throws: ``GatewayError``; configuration, catalogue and rules are checked before any data is touched.
    init(_ folder: HomeFolder, secrets: SecretInput) throws(GatewayError) {
        try self.init(folder) { keys throws(GatewayError) in
            try RootKeyOpening(folder: folder, secrets: secrets).rootKey(of: keys)
        }
    }

    /// Opens a home whose root key is known.
    init(_ folder: HomeFolder, rootKey: RootKey) throws(GatewayError) {
        try self.init(folder) { _ throws(GatewayError) in rootKey }
    }

    private init(
        _ folder: HomeFolder, clock: GatewayClock = .system,
        rootKey: (KeyDatabase) throws(GatewayError) -> RootKey
    ) throws(GatewayError) {
        let configuration = try folder.readConfiguration()
        let policies = try PolicyFolder(folder.resolved(configuration.policies))
        guard FileManager.default.fileExists(atPath: folder.keys.path) else {
            throw .store(.unreadable(why: "keys/keys.db is absent; without it nothing opens"))
        }
        let keyDatabase = try KeyDatabase(at: folder.keys, epochs: folder.epochs)
        let rootKey = try rootKey(keyDatabase)
        let random = SecureRandom()
        let keyring = try inCrypto { () throws(FieldCryptoError) in
            let keyring = try Keyring.open(rootKey: rootKey, store: keyDatabase, random: random)
            try HomeKeys.complete(keyring, catalogue: policies.catalogue)
            return keyring
        }
        let store = try HomeStore(at: folder.store)
        let log = AuditLog(
            origin: configuration.logOrigin, keyring: keyring,
            tenant: configuration.tenant, clock: clock, random: random,
            mark: try LogMarkFile(at: folder.logMark))
        self.folder = folder
        self.configuration = configuration
        self.store = store
        self.keyDatabase = keyDatabase
        mappings = policies.mappings
        parts = GatewayParts(
            store: store, keyring: keyring, catalogue: policies.catalogue,
            policies: policies.bundle, tenant: configuration.tenant, log: log, clock: clock,
            random: random, threads: StoreThreads())
        try PolicyActivation.activate(parts)
        let forgottenCount = try Forgetting(parts).finishPending()
        endedConsentCount = try ConsentBook(parts: parts).recordEnded()
        if forgottenCount > 0 { try clearAuditIndex() }
    }

    /// Empties the index over the log, which is made anew when it is next asked: terms of details that no key opens any
    /// more must not stay in it.
    func clearAuditIndex() throws(GatewayError) {
        guard FileManager.default.fileExists(atPath: folder.auditIndex.path) else { return }
        try AuditIndexDatabase(at: folder.auditIndex).clear()
    }

    func close() throws(GatewayError) {
        try parts.log.moveMark(in: store)
        try store.close()
    }
}

extension GatewayClock {
    /// The machine's clock.
    static let system = GatewayClock { Int64(Date().timeIntervalSince1970 * 1_000) }
}

/// The keys that every home has, beside those of the catalogue's classes.
enum HomeKeys {
    static let ownClasses = [
        "provenance", "quarantine", "consent", MatterBook.matterClass, AuditLog.operationalClass,
        AuditLog.subjectClass,
    ]
    static let indexes = [
        FieldID.citizenNumber.text, FieldID.householdNumber.text, "record-key", "record-content",
        AuditTrail.indexKeyName, ResidentMap.keyName, ValueTokens.keyName, QuestionBudget.keyName,
        AskingCount.keyName,
    ]

    /// Adds the first version of every key that the ring does not have yet; in a ring of the SM family also the log's
    /// SM2 key.
    static func complete(_ keyring: Keyring, catalogue: Catalogue) throws(FieldCryptoError) {
        let known = Set(keyring.keyNames.map { "\($0.kind.rawValue) \($0.name)" })
        for name in catalogue.classes.map(\.name) + ownClasses
        where !known.contains("\(KeyKind.fieldClass.rawValue) \(name)") {
            _ = try keyring.addVersion(of: .fieldClass, name: name)
        }
        for name in catalogue.departments.keys.sorted()
        where !known.contains("\(KeyKind.pseudonym.rawValue) \(name)") {
            _ = try keyring.addVersion(of: .pseudonym, name: name)
        }
        let declared = catalogue.fields.filter { $0.index != nil }.map(\.id.text)
        for name in Set(indexes + declared).sorted()
        where !known.contains("\(KeyKind.blindIndex.rawValue) \(name)") {
            _ = try keyring.addVersion(of: .blindIndex, name: name)
        }
        try AuditLog.ensureNationalKey(of: keyring)
    }
}

/// SHA-256 for the connectors' cursors, which may not know the cryptographic library.
final class CursorDigest: StreamingDigest {
    private var hasher = SHA256Hasher()

    func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bytes) }

    func value() -> [UInt8] { hasher.digestSoFar().bytes }
}
