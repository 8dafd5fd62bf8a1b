import FieldCrypto
import Foundation
import Gateway
import ResidentModel
import SQLiteStore

/// A log with keys and residents of its own, in a folder made for a measurement.
struct BenchHome {
    static let origin = "bench.example/audit"
    let store: HomeStore
    let keyring: Keyring
    let log: AuditLog
    let signingKey: SigningKey
    let threads = StoreThreads()
    /// Residents that entries can be about.
    let residents: [LocatedResident]

    init(_ folder: URL, residentCount: Int) throws {
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("keys"), withIntermediateDirectories: true)
        let place = RootKeyPlace(kind: .file, version: 1, in: HomeFolder(path: folder.path))
        let isNew = !FileManager.default.fileExists(atPath: place.url.path)
        let rootKey = isNew ? try RootKeyFile.create(at: place) : try RootKeyFile.read(place)
        let keys = try KeyDatabase(at: folder.appendingPathComponent("keys.db"))
        let keyring: Keyring
        if isNew {
            keyring = try Keyring.create(
                classes: [AuditLog.operationalClass, AuditLog.subjectClass], rootKey: rootKey,
                store: keys)
            _ = try keyring.createSigningKey(
                AuditLog.signingKeyName, fieldClass: AuditLog.operationalClass)
        } else {
            keyring = try Keyring.open(rootKey: rootKey, store: keys)
        }
        guard let key = try keyring.signingKey(AuditLog.signingKeyName) else {
            throw GatewayError.store(.corrupt(what: "the signing key is missing"))
        }
        signingKey = key
        self.keyring = keyring
        store = try HomeStore(at: folder.appendingPathComponent("hangu.db"))
        log = AuditLog(
            origin: Self.origin, key: key, keyring: keyring, tenant: "bench", clock: .system,
            random: SecureRandom(),
            mark: try LogMarkFile(at: folder.appendingPathComponent("log.mark")))
        var made: [LocatedResident] = []
        if residentCount > 0 {
            let random = SecureRandom()
            var ids: [ResidentID] = []
            for _ in 0..<residentCount {
                if let id = ResidentID(bytes: try random.bytes(16)) { ids.append(id) }
            }
            // As a pull leaves them.
            let keys = ids.compactMap { ResidentKeyID(bytes: $0.bytes) }
            try keyring.ensureResidentKeys(keys)
            _ = try keyring.seal(
                ValuesToSeal(), alsoCommitting: keys.map { ($0, AuditLog.subjectClass) })
            made = try store.write { writer throws(GatewayError) in
                var rows: [LocatedResident] = []
                for id in ids {
                    rows.append(LocatedResident(number: try writer.insertResident(id), id: id))
                }
                return rows
            }
        }
        residents = made
    }
}

/// Seconds that this process has spent computing.
func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
