import FieldCrypto
import Foundation
import JSONText
import TransparencyLog

/// One entry as a bundle holds it: its leaf, and each part either opened with its salt or left a commitment.
struct EvidenceRecord {
    let json: JSONValue
    /// The bundle of rules that the entry names, in hexadecimal.
    let bundleHash: String?

    init(
        _ entry: AuditEntry, role: String, withheld: Set<EvidencePart>, parts: GatewayParts,
        reader: any StoreReader
    ) throws(GatewayError) {
        let leaf = try inLog { () throws(TransparencyLogError) in
            try AuditLeaf(bytes: entry.leaf)
        }
        let details = parts.log.details
        let operational = try details.operational(of: entry, leaf: leaf)
        var subject: JSONValue = .null
        if leaf.subject != nil {
            let resident = try entry.resident.flatMap { number throws(GatewayError) in
                try reader.residentIDs(of: [number])[number]
            }
            guard let resident else {
                throw .store(
                    .corrupt(what: "entry \(entry.index) concerns a resident who is not named"))
            }
            let opened = try details.subject(of: entry, leaf: leaf, resident: resident)
            subject =
                opened.map { Self.part($0, isWithheld: withheld.contains(.subject)) }
                ?? .object(["gone": .bool(true)])
        }
        bundleHash =
            withheld.contains(.operational) ? nil : operational.value["bundle"]?.string
        json = .object([
            "entry": .integer(Int(clamping: entry.index)), "role": .string(role),
            "leaf": .string(Data(entry.leaf).base64EncodedString()),
            "operational": Self.part(operational, isWithheld: withheld.contains(.operational)),
            "subject": subject,
        ])
    }

    private static func part(_ opened: OpenedDetail, isWithheld: Bool) -> JSONValue {
        if isWithheld { return .object(["withheld": .bool(true)]) }
        return .object([
            "salt": .string(Data(opened.salt).base64EncodedString()),
            "detail": .string(String(decoding: opened.detail, as: UTF8.self)),
        ])
    }
}
