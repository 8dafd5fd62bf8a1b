/// The tables of the two databases of a home, by format version.
///
/// A format is only ever added to.
enum Schema {
    /// What makes each format of `hangu.db` out of the one before it; their number stands in `PRAGMA user_version`.
    static let store = [
        store1, store2, witnessing, retention, ofResident, questions, rights, consents,
    ]
    /// What makes each format of `keys.db` out of the one before it.
    static let keys = [keys1]
    /// What makes each format of `audit-index.db` out of the one before it.
    static let auditIndex = [auditIndex1]

    /// What makes each format of `epochs.db` out of the one before it.
    static let epochs = [
        """
        CREATE TABLE epoch_key (
            version INTEGER NOT NULL,
            suite INTEGER NOT NULL,
            root_id TEXT NOT NULL,
            root_version INTEGER NOT NULL,
            wrapped BLOB NOT NULL,
            uses INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (version, root_id, root_version)
        ) WITHOUT ROWID;
        """
    ]

    private static let store1 = """
        CREATE TABLE stream (
            number INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            cursor TEXT,
            UNIQUE (source, name)
        );
        CREATE TABLE batch (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            last INTEGER NOT NULL
        );
        INSERT INTO batch VALUES (1, 0);
        CREATE TABLE field (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        );
        CREATE TABLE resident (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            chain BLOB
        );
        CREATE TABLE record (
            number INTEGER PRIMARY KEY,
            stream INTEGER NOT NULL REFERENCES stream,
            key_digest BLOB NOT NULL,
            content_digest BLOB NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            version INTEGER NOT NULL,
            observed_day INTEGER NOT NULL,
            sealed_key BLOB NOT NULL,
            UNIQUE (stream, key_digest)
        );
        CREATE TABLE field_value (
            resident INTEGER NOT NULL,
            field INTEGER NOT NULL,
            record INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            PRIMARY KEY (resident, field, record)
        ) WITHOUT ROWID;
        CREATE TABLE blind_index (
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            bits BLOB NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            PRIMARY KEY (name, version, bits, resident)
        ) WITHOUT ROWID;
        CREATE TABLE quarantine (
            number INTEGER PRIMARY KEY,
            stream INTEGER NOT NULL REFERENCES stream,
            container TEXT NOT NULL,
            record INTEGER NOT NULL,
            line INTEGER,
            key_digest BLOB,
            findings TEXT NOT NULL,
            sealed BLOB,
            version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX quarantine_key ON quarantine (stream, key_digest)
            WHERE key_digest IS NOT NULL;
        CREATE UNIQUE INDEX quarantine_place ON quarantine (stream, container, record)
            WHERE key_digest IS NULL;
        CREATE TABLE review (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            candidate INTEGER,
            record INTEGER NOT NULL,
            stream INTEGER NOT NULL REFERENCES stream,
            field TEXT,
            reasons TEXT NOT NULL,
            opened_minute INTEGER NOT NULL,
            state TEXT NOT NULL,
            decided_by TEXT,
            decided_minute INTEGER
        );
        CREATE INDEX review_resident ON review (resident, field);
        CREATE UNIQUE INDEX review_open ON review (kind, record, ifnull(field, ''))
            WHERE state = 'open';
        CREATE TABLE consent (
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            sealed BLOB NOT NULL,
            PRIMARY KEY (id, version)
        ) WITHOUT ROWID;
        CREATE INDEX consent_resident ON consent (resident, id, version);
        CREATE TABLE audit_entry (
            number INTEGER PRIMARY KEY,
            leaf BLOB NOT NULL,
            operational BLOB NOT NULL,
            subject BLOB,
            resident INTEGER
        );
        CREATE INDEX audit_resident ON audit_entry (resident, number) WHERE resident IS NOT NULL;
        CREATE TABLE audit_tile (
            level INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hashes BLOB NOT NULL,
            PRIMARY KEY (level, number)
        ) WITHOUT ROWID;
        CREATE TABLE audit_checkpoint (
            size INTEGER PRIMARY KEY,
            note TEXT NOT NULL
        );
        CREATE TABLE policy_epoch (
            number INTEGER PRIMARY KEY,
            bundle_hash TEXT NOT NULL
        );
        """

    /// Key rotation, forgetting and pseudonyms.
    private static let store2 = """
        CREATE TABLE ring (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            generation INTEGER NOT NULL
        );
        INSERT INTO ring VALUES (1, 0);
        CREATE TABLE key_job (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            resident INTEGER,
            state TEXT NOT NULL,
            position INTEGER NOT NULL,
            done INTEGER NOT NULL,
            started_minute INTEGER NOT NULL,
            finished_minute INTEGER
        );
        CREATE TABLE forgotten (
            resident INTEGER PRIMARY KEY,
            entry INTEGER NOT NULL
        );
        CREATE TABLE pseudonym (
            department TEXT NOT NULL,
            version INTEGER NOT NULL,
            bits BLOB NOT NULL,
            resident INTEGER NOT NULL REFERENCES resident,
            PRIMARY KEY (department, version, bits)
        ) WITHOUT ROWID;
        CREATE TABLE log_key (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            since INTEGER NOT NULL,
            note TEXT NOT NULL
        );
        """

    /// Where the chains of residents go on whose first entries were pruned.
    ///
    /// For a time the first format had this table too.
    private static let retention = """
        CREATE TABLE IF NOT EXISTS audit_restart (
            resident INTEGER PRIMARY KEY,
            chain BLOB NOT NULL
        );
        """

    /// What is of one resident is found without reading everybody's, so that forgetting holds up nobody, and rotation
    /// walks a resident's records together.
    private static let ofResident = """
        CREATE INDEX record_resident ON record (resident, number);
        CREATE INDEX blind_index_resident ON blind_index (resident);
        CREATE INDEX pseudonym_resident ON pseudonym (resident);
        CREATE INDEX review_candidate ON review (candidate) WHERE candidate IS NOT NULL;
        """

    private static let auditIndex1 = """
        CREATE TABLE audit_index (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            size INTEGER NOT NULL,
            last_leaf BLOB NOT NULL,
            key_version INTEGER NOT NULL
        );
        CREATE TABLE audit_posting (
            number INTEGER PRIMARY KEY,
            term INTEGER NOT NULL,
            block INTEGER NOT NULL,
            entries BLOB NOT NULL,
            of_subject BLOB NOT NULL
        );
        CREATE UNIQUE INDEX audit_posting_term ON audit_posting (block, term);
        CREATE TABLE audit_minutes (
            bundle INTEGER PRIMARY KEY,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL
        );
        """

    private static let keys1 = """
        CREATE TABLE ring_key (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            suite INTEGER NOT NULL,
            root_id TEXT NOT NULL,
            root_version INTEGER NOT NULL,
            wrapped BLOB NOT NULL,
            uses INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (kind, name, version)
        ) WITHOUT ROWID;
        CREATE TABLE resident_key (
            resident BLOB NOT NULL,
            generation INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            wrapped BLOB NOT NULL,
            PRIMARY KEY (resident, generation)
        ) WITHOUT ROWID;
        CREATE INDEX resident_key_epoch ON resident_key (epoch);
        CREATE TABLE commitment (
            resident BLOB NOT NULL,
            class TEXT NOT NULL,
            version INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            commitment BLOB NOT NULL,
            PRIMARY KEY (resident, class, version, generation)
        ) WITHOUT ROWID;
        CREATE TABLE shredded (
            resident BLOB PRIMARY KEY
        ) WITHOUT ROWID;
        CREATE TABLE signing_key (
            name TEXT PRIMARY KEY,
            class TEXT NOT NULL,
            public_key BLOB NOT NULL,
            sealed_seed BLOB NOT NULL
        ) WITHOUT ROWID;
        """
}
