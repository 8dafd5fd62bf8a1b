import TransparencyLog

/// The log as the files of C2SP tlog-tiles, made from the store on demand.
struct LogFiles {
    let log: AuditLog
    let reader: any StoreReader

    /// The content of a path below the log's folder, or nil where the log has none.
    func content(of path: String) throws(GatewayError) -> [UInt8]? {
        if path == "checkpoint" {
            guard let newest = try reader.newestCheckpoint() else { return nil }
            return Array(try (reader.cosigned(of: newest.size) ?? newest).note.utf8)
        }
        guard let coordinate = TileCoordinate(path: path) else { return nil }
        switch coordinate.kind {
        case .entries:
            let entries = try reader.entries(from: coordinate.index * 256, limit: coordinate.width)
            guard entries.count == coordinate.width,
                entries.first?.index == coordinate.index * 256
            else { return nil }
            do { return try EntryBundle.encode(entries.map(\.leaf)) } catch { throw .log(error) }
        case .hashes(let level):
            let bytes = try reader.tile(level: level, index: coordinate.index)
            guard let bytes, bytes.count >= coordinate.width * 32 else { return nil }
            return Array(bytes.prefix(coordinate.width * 32))
        }
    }

    /// The checkpoint that is given to outsiders for an entry: the newest that witnesses cosigned, where it covers the
    /// entry, else the newest; nil where none covers it.
    func checkpoint(covering index: UInt64) throws(GatewayError) -> StoredCheckpoint? {
        let cosigned = try reader.cosigned(below: .max, limit: 1).first
        if let cosigned, index < cosigned.size { return cosigned }
        guard let newest = try reader.newestCheckpoint(), index < newest.size else { return nil }
        return newest
    }

    /// The tlog-proof of one entry under a checkpoint that covers it.
    func receipt(
        of index: UInt64, under checkpoint: StoredCheckpoint
    ) throws(GatewayError) -> [UInt8] {
        try EvidenceProofs(checkpoint: checkpoint, reader: reader).inclusion(of: index)
    }

    /// The first entry that is still there; those before were removed by whole bundles.
    func minimum() throws(GatewayError) -> UInt64 {
        try reader.entries(from: 0, limit: 1).first?.index ?? 0
    }

    /// The paths of all bundles and tiles of the present size.
    func paths() throws(GatewayError) -> [String] {
        let size = try reader.treeSize()
        var paths = TileCoordinate.bundles(from: try minimum(), to: size).map(\.bundle.path)
        var level = 0
        while TileCoordinate.hashCount(level: level, size: size) > 0 {
            var index: UInt64 = 0
            while let tile = TileCoordinate.tile(
                kind: .hashes(level: level), index: index, size: size)
            {
                paths.append(tile.path)
                index += 1
            }
            level += 1
        }
        return paths
    }
}
