extension Schema {
    /// Matters about residents, and when a record was stored.
    ///
    /// Records of before have no minute: nobody can say it any more.
    static let rights = """
        ALTER TABLE record ADD COLUMN stored_minute INTEGER;
        CREATE TABLE matter (
            id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            kind TEXT NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            state TEXT NOT NULL,
            opened_minute INTEGER NOT NULL,
            due_day INTEGER,
            sealed BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX matter_resident ON matter (resident, kind);
        CREATE INDEX matter_open ON matter (opened_minute, id) WHERE state <> 'closed';
        """
}
