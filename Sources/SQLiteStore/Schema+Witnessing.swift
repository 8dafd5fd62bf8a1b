extension Schema {
    /// What witnesses said, and the map over residents' entries.
    ///
    /// - `audit_cosigned`: signed checkpoints with the lines of one witness at least; the log is compared with them
    ///   at every start.
    /// - `audit_map_entry`: the map's entry of each resident, by its place in the map.
    /// - `audit_map_page`: the subtrees above, 33 bytes each, as the log engine keeps them.
    static let witnessing = """
        CREATE TABLE audit_cosigned (
            size INTEGER PRIMARY KEY,
            note TEXT NOT NULL
        );
        CREATE TABLE audit_witness (
            key TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            failures INTEGER NOT NULL,
            not_before INTEGER NOT NULL,
            asked_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE audit_map_entry (
            place BLOB PRIMARY KEY,
            resident INTEGER NOT NULL UNIQUE,
            count INTEGER NOT NULL,
            chain BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE audit_map_page (
            number INTEGER PRIMARY KEY,
            subtrees BLOB NOT NULL
        );
        CREATE TABLE audit_map_root (
            entry INTEGER PRIMARY KEY,
            root BLOB NOT NULL
        );
        """
}
