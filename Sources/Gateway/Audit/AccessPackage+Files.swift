import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

extension AccessPackage {
    /// The package's files by name: `accesses.json`, which has all of it; and for other tools the log's key, each
    /// entry's leaf and tlog-proof, and the map's proof.
    package var files: [(name: String, bytes: [UInt8])] {
        var files: [(String, [UInt8])] = [("vkey", Array((logKey + "\n").utf8))]
        for evidence in entries + (map.map { [$0.root] } ?? []) {
            files.append(("\(evidence.entry.index).leaf", evidence.leaf))
            files.append(("\(evidence.entry.index).tlog-proof", evidence.proof))
        }
        if let map { files.append(("map-proof.txt", Array(map.proof.text.utf8))) }
        files.append(("accesses.json", json.canonicalBytes + [0x0A]))
        return files
    }

    private var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("format", .string("hangu/accesses/1")), ("log", .string(logKey)),
            ("entries", .array(entries.map(\.json))),
        ]
        if let chainStart {
            members.append(("chainStart", .string(hexadecimal(chainStart.bytes))))
        }
        if let map {
            members.append(
                (
                    "map",
                    .object(["root": map.root.json, "proof": .string(map.proof.text)])
                ))
        }
        return .object(JSONObject(distinctMembers: members))
    }
}

extension AccessPackage.Evidence {
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("index", .integer(Int(clamping: entry.index))),
            ("leaf", .string(hexadecimal(leaf))),
            ("proof", .string(String(decoding: proof, as: UTF8.self))),
        ]
        if let withheld = entry.withheld { members.append(("withheld", withheld.notice)) }
        for (name, opened) in [("operational", operational), ("subject", subject)] {
            guard let opened else { continue }
            members.append(
                (
                    name,
                    .object([
                        "salt": .string(hexadecimal(opened.salt)),
                        "detail": .string(String(decoding: opened.detail, as: UTF8.self)),
                    ])
                ))
        }
        return .object(JSONObject(distinctMembers: members))
    }
}
