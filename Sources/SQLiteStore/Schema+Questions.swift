extension Schema {
    /// What departments have asked, and which content a confirmation is about.
    ///
    /// - `question`: keyed hashes of department with field, and of the question; with the resident's row, so that they
    ///   go with the resident.
    /// - `review.digest`: the keyed hash of the value that is to be confirmed. Confirmations from before there was one
    ///   are open again: nobody knows any more what was confirmed.
    static let questions = """
        CREATE TABLE question (
            resident INTEGER NOT NULL REFERENCES resident,
            topic BLOB NOT NULL,
            question BLOB NOT NULL,
            day INTEGER NOT NULL,
            PRIMARY KEY (resident, topic, question)
        ) WITHOUT ROWID;
        ALTER TABLE review ADD COLUMN digest BLOB;
        UPDATE OR IGNORE review SET state = 'open', decided_by = NULL, decided_minute = NULL
            WHERE kind = 'confirmation' AND state = 'confirmed';
        """
}
