extension Schema {
    /// How often residents were asked about, and until when consents are open.
    ///
    /// Of a consent from before this format nothing is known: its day is 0, and the next look at what has ended finds
    /// out.
    static let consents = """
        CREATE TABLE asked (
            version INTEGER NOT NULL,
            bits BLOB NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            last_day INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (version, bits)
        ) WITHOUT ROWID;
        CREATE INDEX asked_resident ON asked (resident, last_day);
        CREATE TABLE consent_open (
            id TEXT PRIMARY KEY,
            resident INTEGER NOT NULL REFERENCES resident,
            last_day INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX consent_open_day ON consent_open (last_day, id);
        CREATE INDEX consent_open_resident ON consent_open (resident);
        INSERT INTO consent_open (id, resident, last_day)
            SELECT id, max(resident), 0 FROM consent GROUP BY id;
        """
}
