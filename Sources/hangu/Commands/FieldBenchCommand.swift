import ArgumentParser
import FieldCrypto
import Foundation
import Gateway
import SQLiteStore

/// The command `hangu bench-fields`, which `Scripts/bench-crypto` compares with libcrypto itself.
///
/// It is part of the program, and hidden, so that what is measured is the code that runs, built as it is shipped.
struct FieldBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-fields",
        abstract: "Time sealing and opening of fields, one JSON line for each.",
        shouldDisplay: false)

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.run { console in
            for family in CryptoFamily.allCases {
                for figure in try FieldBench(family).run() { try console.say(json: figure) }
            }
        }
    }
}

/// What one operation took in the quickest of many slices.
private struct FieldFigure: Encodable {
    let name: String
    let bytes: Int
    /// Bytes of associated data.
    let data: Int
    let ns: Double
}

/// Seals and opens in a ring of its own, in a folder that is removed again.
private struct FieldBench {
    private static let sliceCount = 400
    private static let coldResidents = 200
    private let family: CryptoFamily
    private let folder: URL
    private let keys: KeyDatabase
    private let ring: Keyring
    private let place: FieldAddress

    init(_ family: CryptoFamily) throws(GatewayError) {
        self.family = family
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hangu-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch { throw .request(.unreadable("the temporary folder cannot be made")) }
        keys = try KeyDatabase(at: folder.appendingPathComponent("keys.db"))
        let store = keys
        ring = try inCrypto { () throws(FieldCryptoError) in
            let rootKey = try RootKey(
                fileContent: SecureRandom().secret(RootKey.byteCount),
                name: RootKeyName(id: "bench", version: 1))
            return try Keyring.create(
                classes: ["health"], family: family, rootKey: rootKey, store: store)
        }
        place = FieldAddress(
            tenant: "county", table: "field_value", resident: ResidentKeyID(high: 1, low: 0),
            field: "health.diagnosis", fieldClass: "health", recordVersion: 1 << 20)
    }

    func run() throws -> [FieldFigure] {
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                print("left behind: \(folder.path)")
            }
        }
        var figures: [FieldFigure] = []
        for byteCount in [16, 64, 256] { figures += try kept(byteCount) }
        figures += try cold()
        return figures
    }

    private func figure(_ what: String, _ byteCount: Int, _ nanoseconds: Double) -> FieldFigure {
        let data = place.associatedData(suite: family.suite, classVersion: 1, generation: 1).count
        let name = family == .sm ? "sm" : "aes"
        return FieldFigure(
            name: "\(name) \(what)", bytes: byteCount, data: data, ns: nanoseconds)
    }

    /// One resident's fields, under a key that is kept; padding adds one byte to what libcrypto encrypts.
    private func kept(_ byteCount: Int) throws -> [FieldFigure] {
        guard let resident = place.resident else { return [] }
        let value = [UInt8](repeating: 7, count: byteCount - 1)
        var values = ValuesToSeal()
        for _ in 0..<500 { values.append(value, at: place, padding: .none) }
        try ring.ensureResidentKeys([resident])
        var envelopes = try ring.seal(values)
        let sealing = try quickest(times: values.count) { envelopes = try ring.seal(values) }
        let sealed = SealedValues(
            addresses: [FieldAddress](repeating: place, count: values.count),
            envelopes: envelopes)
        let opening = try quickest(times: sealed.count) { _ = try ring.open(sealed) }
        return [figure("seal", byteCount, sealing), figure("open", byteCount, opening)]
    }

    /// First fields of residents whose keys are not in memory, and the store's part of that.
    private func cold() throws -> [FieldFigure] {
        let residents = (0..<Self.coldResidents).map { ResidentKeyID(high: 2, low: UInt64($0)) }
        try ring.ensureResidentKeys(residents)
        let places = residents.map {
            FieldAddress(place.column, resident: $0, recordVersion: place.recordVersion)
        }
        var values = ValuesToSeal()
        for place in places {
            values.append([UInt8](repeating: 7, count: 15), at: place, padding: .none)
        }
        let sealed = SealedValues(addresses: places, envelopes: try ring.seal(values))
        let withKey = try quickest(times: sealed.count) { _ = try ring.open(sealed) }
        var opening = Double.infinity
        for _ in 0..<Self.sliceCount / 10 {
            try ring.forget(residents)
            opening = min(
                opening,
                try quickest(slices: 1, times: sealed.count) { _ = try ring.open(sealed) })
        }
        let store = keys
        let reading = try quickest(slices: Self.sliceCount / 10, times: residents.count) {
            _ = try store.material(of: residents)
        }
        return [
            figure("open, other residents", 16, withKey), figure("open, cold key", 16, opening),
            figure("read a key's rows", 16, reading),
        ]
    }

    private func quickest(
        slices: Int = sliceCount, times: Int, _ body: () throws -> Void
    ) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<slices {
            let took = try ContinuousClock().measure(body)
            let attoseconds = took.components.attoseconds
            best = min(
                best,
                (Double(took.components.seconds) * 1e9 + Double(attoseconds) / 1e9)
                    / Double(times))
        }
        return best
    }
}
