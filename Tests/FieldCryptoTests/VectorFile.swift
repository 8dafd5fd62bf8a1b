import FieldCrypto
import Foundation
import TestSupport
import Testing

/// A file of libcrypto's own test data: blocks of `Key = value`, ended by a blank line.
enum VectorFile {
    /// The blocks, each with its lines in order, or nil (said out loud) where the file is absent.
    static func blocks(_ path: String) throws -> [Block]? {
        guard let url = SharedData.url("vectors/\(path)", override: "HANGU_VECTORS") else {
            return nil
        }
        let lines = try String(contentsOf: url, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        var blocks: [Block] = []
        var block = Block()
        for line in lines {
            if line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 {
                block.lines.append((parts[0], parts[1]))
            } else if !block.lines.isEmpty {
                blocks.append(block)
                block = Block()
            }
        }
        if !block.lines.isEmpty { blocks.append(block) }
        return blocks
    }

    struct Block {
        var lines: [(name: String, value: String)] = []

        subscript(name: String) -> String? { lines.first { $0.name == name }?.value }

        /// Every value of a name, as bytes: text in quotes is ASCII, else hexadecimal.
        func all(_ name: String) -> [[UInt8]] {
            lines.filter { $0.name == name }.map { Self.bytes($0.value) }
        }

        func bytes(_ name: String) throws -> [UInt8] {
            Self.bytes(try #require(self[name]))
        }

        /// The value of a control such as `hexkey:00` or `salt:text`.
        func control(_ name: String) -> [UInt8] {
            guard let value = self[name], let colon = value.firstIndex(of: ":") else { return [] }
            let rest = String(value[value.index(after: colon)...])
            return value.hasPrefix("hex") ? hex(rest) : Array(rest.utf8)
        }

        private static func bytes(_ value: String) -> [UInt8] {
            value.hasPrefix("\"") ? Array(value.dropFirst().dropLast().utf8) : hex(value)
        }
    }
}
