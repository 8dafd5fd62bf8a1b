/// A zip archive that is the same bytes for the same files, whoever makes it and when.
///
/// Entries are sorted by name, stored without compression and dated 1 January 1980: what a compressor makes of the same
/// input changes with its version, and a bundle is small. Every unzip reads it (APPNOTE 6.3.9, without zip64).
package enum StoredZip {
    /// The format's own limit without zip64, less some for the directory.
    static let bytesMax = 1 << 31

    /// - Parameter files: Names of ASCII letters, digits and `./-_`, relative, each once.
    /// - Returns: The archive.
    /// - Throws: ``RequestError/tooMany(_:max:)`` above 65,535 files or 2 GiB.
    package static func archive(_ files: [String: [UInt8]]) throws(GatewayError) -> [UInt8] {
        guard files.count <= Int(UInt16.max),
            files.values.reduce(0, { $0 + $1.count + 256 }) < bytesMax
        else { throw .request(.tooMany("files or bytes in one archive", max: bytesMax)) }
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in files.sorted(by: {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }) {
            let offset = archive.count
            // Version 1.0, no flags, stored, midnight of 1 January 1980.
            let shared =
                little(10, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
                + little(Int(crc32(content)), 4) + little(content.count, 4)
                + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            archive += [0x50, 0x4B, 3, 4] + shared + name.utf8
            archive += content
            // Made by Unix, so that the mode counts: a plain file, 0644.
            directory +=
                [0x50, 0x4B, 1, 2] + little(0x030A, 2) + shared + little(0, 2) + little(0, 2)
                + little(0, 2) + little(0o100644 << 16, 4) + little(offset, 4) + name.utf8
        }
        let start = archive.count
        archive += directory
        archive +=
            [0x50, 0x4B, 5, 6] + little(0, 4) + little(files.count, 2) + little(files.count, 2)
            + little(directory.count, 4) + little(start, 4) + little(0, 2)
        return archive
    }

    private static func little(_ value: Int, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// CRC-32 of ISO 3309, reflected polynomial 0xEDB88320.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8
        }
        return ~value
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }
}
