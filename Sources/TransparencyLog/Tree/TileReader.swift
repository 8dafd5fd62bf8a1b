package import FieldCrypto

/// Where the hashes of a log's tiles are read from.
package protocol TileReader {
    /// The first `tile.width` hashes of a tile.
    ///
    /// Where the partial tile is gone since the full one is there, the hashes are the full one's first.
    ///
    /// - Throws: ``TransparencyLogError/tile(path:reason:)`` if it is absent or of another length.
    func hashes(of tile: TileCoordinate) throws(TransparencyLogError) -> [SHA256Digest]
}

/// Reads tiles and entry bundles by their paths: from a folder, an archive or a web server's answers.
package struct PathTileReader: TileReader {
    private let read: (String) -> [UInt8]?

    /// - Parameter read: The bytes at a path such as `tile/0/000`, or nil where there are none. Never asked for more
    ///   than one file at a time.
    package init(read: @escaping (String) -> [UInt8]?) { self.read = read }

    package func bytes(at path: String) -> [UInt8]? { read(path) }

    package func hashes(of tile: TileCoordinate) throws(TransparencyLogError) -> [SHA256Digest] {
        let (found, bytes) = try either(tile)
        let hashes = SHA256Digest.list(bytes)
        guard let hashes, hashes.count == found.width else {
            throw .tile(
                path: found.path, reason: "\(bytes.count) bytes, expected \(found.width * 32)")
        }
        return found.width == tile.width ? hashes : Array(hashes.prefix(tile.width))
    }

    /// The first `bundle.width` entries of a bundle.
    ///
    /// - Throws: ``TransparencyLogError/tile(path:reason:)`` if it is absent, cut or of another number.
    package func entries(of bundle: TileCoordinate) throws(TransparencyLogError) -> [[UInt8]] {
        let (found, bytes) = try either(bundle)
        let entries: [[UInt8]]
        do { entries = try EntryBundle.decode(bytes) } catch {
            throw .tile(path: found.path, reason: error.description)
        }
        guard entries.count == found.width else {
            throw .tile(
                path: found.path, reason: "\(entries.count) entries, expected \(found.width)")
        }
        return Array(entries.prefix(bundle.width))
    }

    /// The tile itself, or the full one that took its place.
    private func either(
        _ tile: TileCoordinate
    ) throws(TransparencyLogError) -> (TileCoordinate, [UInt8]) {
        if let bytes = read(tile.path) { return (tile, bytes) }
        if !tile.isFull, let bytes = read(tile.full.path) { return (tile.full, bytes) }
        throw .tile(path: tile.path, reason: "it is absent")
    }
}
