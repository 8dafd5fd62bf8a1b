/// A run of log entries, each with its length before it (UInt16, big-endian).
package enum EntryBundle {
    package static let entryBytesMax = 65_535

    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for an entry above 65,535 bytes.
    package static func encode(_ entries: [[UInt8]]) throws(TransparencyLogError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            guard entry.count <= entryBytesMax else {
                throw .malformed(
                    what: "log entry",
                    reason: "\(entry.count) bytes, expected at most \(entryBytesMax)")
            }
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }

    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` if the last entry is cut.
    package static func decode(_ bytes: [UInt8]) throws(TransparencyLogError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            guard bytes.count - position >= 2 else {
                throw .malformed(what: "entry bundle", reason: "entry \(entries.count) is cut")
            }
            let count = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard bytes.count - position >= count else {
                throw .malformed(what: "entry bundle", reason: "entry \(entries.count) is cut")
            }
            entries.append(Array(bytes[position..<position + count]))
            position += count
        }
        return entries
    }
}
