import FieldCrypto
import Synchronization
import TestSupport

/// A clock that a test moves.
final class FixedClock: Sendable {
    private let time = Mutex(Duration.zero)
    func now() -> Duration { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// A ring over a memory store, with everything a test may want to touch.
struct TestRing {
    static let classes = ["identity", "contact", "health", "audit"]
    let store = MemoryKeyStore()
    let clock = FixedClock()
    let random: SeededRandom
    let rootKey: RootKey
    let ring: Keyring

    init(
        family: CryptoFamily = .international, limits: KeyringLimits = KeyringLimits(),
        seed: UInt64 = 1
    ) throws {
        random = SeededRandom(seed: seed)
        rootKey = try Self.rootKey(fill: 7)
        ring = try Keyring.create(
            classes: Self.classes, family: family, rootKey: rootKey, store: store, random: random,
            limits: limits,
            now: clock.now)
    }

    static func rootKey(fill: UInt8, id: String = "test", version: UInt16 = 1) throws -> RootKey {
        try RootKey(
            fileContent: SecretBytes(copying: [UInt8](repeating: fill, count: 32)),
            name: RootKeyName(id: id, version: version))
    }

    func reopened() throws -> Keyring {
        try Keyring.open(rootKey: rootKey, store: store, random: random, now: clock.now)
    }

    /// A resident who has a key.
    func resident(_ number: UInt64) throws -> ResidentKeyID {
        let resident = ResidentKeyID(high: 0xABCD, low: number)
        try ring.ensureResidentKeys([resident])
        return resident
    }
}

func address(
    _ resident: ResidentKeyID?, field: String = "name", fieldClass: String = "identity",
    tenant: String = "county", table: String = "record", version: Int64 = 1
) -> FieldAddress {
    FieldAddress(
        tenant: tenant, table: table, resident: resident, field: field, fieldClass: fieldClass,
        recordVersion: version)
}

/// Names of one address changed; each change makes another column, as there would be.
extension FieldAddress {
    var tenant: String {
        get { column.tenant }
        set { change(tenant: newValue) }
    }
    var table: String {
        get { column.table }
        set { change(table: newValue) }
    }
    var field: String {
        get { column.field }
        set { change(field: newValue) }
    }
    var fieldClass: String {
        get { column.fieldClass }
        set { change(fieldClass: newValue) }
    }

    private mutating func change(
        tenant: String? = nil, table: String? = nil, field: String? = nil,
        fieldClass: String? = nil
    ) {
        column = FieldColumn(
            tenant: tenant ?? column.tenant, table: table ?? column.table,
            field: field ?? column.field, fieldClass: fieldClass ?? column.fieldClass)
    }
}

extension OpenedValues {
    /// Every value, or why it does not open.
    var results: [Result<[UInt8], FieldCryptoError>] {
        (0..<count).map { index in
            Result { () throws(FieldCryptoError) in Array(try value(index)) }
        }
    }
}

func hex(_ text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
}

func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined()
}
