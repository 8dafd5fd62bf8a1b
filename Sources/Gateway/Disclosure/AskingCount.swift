import Consent
import FieldCrypto
import ResidentModel

/// How often one department has asked about one resident, counted in the transaction that keeps the decision.
///
/// A request counts once where anything of it is permitted, whatever number of items it names; a refused one uses
/// nothing up, so that a limit tells nobody whether a resident is known. Count and entry become durable together. What
/// is kept is a number under a keyed hash over department, resident, purpose and calendar period; it goes with the
/// resident, and is let go of after its period. Network Data Security Regulation (网络数据安全管理条例) art. 22.
package struct AskingCount {
    /// The index key that slots are hashed with.
    package static let keyName = "asking"
    private static let bits = 128

    let parts: GatewayParts
    let day: CalendarDate

    /// The slot of a purpose's own limit.
    func slot(
        of purpose: Purpose, department: String, resident: LocatedResident
    ) throws(GatewayError) -> AskingSlot {
        try slot(
            of: ["purpose", department, purpose.id], limit: purpose.frequency, resident: resident)
    }

    /// The slot of a consent's own limit; nil where it has none.
    func slot(
        of consent: ConsentRecord, resident: LocatedResident
    ) throws(GatewayError) -> AskingSlot? {
        guard let limit = consent.terms.frequency else { return nil }
        return try slot(of: ["consent", consent.id], limit: limit, resident: resident)
    }

    private func slot(
        of names: [String], limit: AskingFrequency, resident: LocatedResident
    ) throws(GatewayError) -> AskingSlot {
        var message: [UInt8] = Array("gw/asking/v1".utf8)
        for text in names + [limit.per.rawValue, limit.period(of: day)] {
            message.append(0)
            message.append(contentsOf: text.utf8)
        }
        message.append(0)
        message.append(contentsOf: resident.id.bytes)
        let found = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.blindIndex(message, index: Self.keyName, bits: Self.bits)
        }
        guard let newest = found.max(by: { $0.version < $1.version }) else {
            preconditionFailure("an index key that is known has a version")
        }
        return AskingSlot(
            entry: BlindIndexEntry(version: newest.version, bits: newest.bytes),
            resident: resident.number, timesMax: limit.times, lastDay: limit.lastDay(of: day))
    }
}

extension AskingSlot {
    /// Whether the period holds one request more.
    func isFree(in store: any StoreReader) throws(GatewayError) -> Bool {
        try store.askedCount(self) < timesMax
    }
}
