import Connectors
import Foundation
import GRDB
import ResidentModel
import TestSupport
import Testing

@Suite("SQLite databases and dumps")
struct SQLiteTests {
    private func source(_ delivery: Delivery, _ file: String = "a.sqlite") -> SQLiteSource {
        SQLiteSource(
            name: SourceName("test"), path: delivery.path + "/" + file, makeDigest: TestDigest.make)
    }

    private func execute(_ sql: String, in delivery: Delivery, file: String = "a.sqlite") throws {
        let queue = try DatabaseQueue(path: delivery.path + "/" + file)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func request(
        _ names: String..., keyset: [String] = [], change: String? = nil,
        neverIngest: [String] = [], optional: [String] = []
    ) -> StreamRequest {
        StreamRequest(
            stream: "t", location: "t", columns: columns(names, optional: optional),
            neverIngest: neverIngest, keysetColumns: keyset, changeColumn: change)
    }

    @Test("Numbers, text and nothing are read as text; a BLOB and other encodings make the row bad")
    func values() throws {
        let delivery = try Delivery()
        try execute(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a, face, "odd ""name");
            INSERT INTO t VALUES (1, 42, NULL, 'x'), (2, 72.5, '', ''), (3, '王·芳', 'AAAA', NULL),
            (4, X'00', NULL, NULL), (5, NULL, X'01', NULL), (6, CAST(X'FF41' AS TEXT), NULL, NULL),
            (7, 9007199254740993, NULL, NULL);
            """, in: delivery)
        let read = try RecordSourceContract(
            request("id", "a", "odd \"name", neverIngest: ["face", "voice"], optional: ["none"])
        ) { source(delivery) }.verify(goodCount: 5, badCount: 2)
        #expect(
            read.rows == [
                ["1", "42", "x", nil], ["2", "72.5", nil, nil], ["3", "王·芳", nil, nil],
                ["5", nil, nil, nil], ["7", "9007199254740993", nil, nil],
            ])
        #expect(read.findings.map(\.field) == ["a", "a"])
        #expect(read.entries.map(\.neverIngestCount).reduce(0, +) == 2)
        #expect(read.entries[0].position == RecordPosition(container: "t", record: 1))
    }

    @Test("Rows of equal keys are told apart, with and without row numbers, nulls included")
    func order() throws {
        let delivery = try Delivery()
        for tail in ["", " WITHOUT ROWID"] {
            try execute(
                """
                DROP TABLE IF EXISTS t;
                CREATE TABLE t (k, rowid, n TEXT NOT NULL PRIMARY KEY)\(tail);
                """, in: delivery)
            let rows = (0..<40).map { "(\($0 % 3 == 0 ? "NULL" : "\($0 % 3)"), 0, 'n\($0)')" }
            try execute("INSERT INTO t VALUES " + rows.joined(separator: ","), in: delivery)
            let read = try RecordSourceContract(request("n", keyset: ["k"])) { source(delivery) }
                .verify(goodCount: 40)
            #expect(Set(read.rows).count == 40)
            #expect(read.columnsNotTaken == ["rowid"])
        }
    }

    @Test("After a complete pass, changed rows and rows without a change value are read again")
    func increments() throws {
        let delivery = try Delivery()
        try execute(
            """
            CREATE TABLE t (id TEXT PRIMARY KEY, d TEXT);
            INSERT INTO t VALUES ('a','20240101'),('b','20240301'),('c',NULL),('e','  ');
            """, in: delivery)
        let wanted = request("id", keyset: ["id"], change: "d")
        let contract = RecordSourceContract(wanted) { source(delivery) }
        let first = try contract.verify(goodCount: 4)
        #expect(first.rows == [["c"], ["e"], ["a"], ["b"]])
        let cursor = try #require(first.cursors.last)
        #expect(try contract.read(after: cursor).entries.isEmpty)

        try execute(
            "INSERT INTO t VALUES ('f','20240301'),('g','20240401'),('h','20231231')", in: delivery)
        let second = try contract.read(after: cursor, limits: ReadLimits(batchRecordsMax: 2))
        #expect(second.rows == [["c"], ["e"], ["b"], ["f"], ["g"]])
        #expect(try contract.read(after: second.cursors.last).entries.isEmpty)
        #expect(try contract.read(after: second.cursors[0]).rows == [["b"], ["f"], ["g"]])

        try execute("UPDATE t SET d = '20240501' WHERE id = 'a'", in: delivery)
        #expect(try contract.read(after: second.cursors.last).rows == [["c"], ["e"], ["g"], ["a"]])
        // A pass that was interrupted before the change begins again where it began.
        #expect(
            try contract.read(after: second.cursors[0]).rows
                == [["c"], ["e"], ["b"], ["f"], ["g"], ["a"]])
    }

    @Test("A table without a change column is read again whole where its database has changed")
    func withoutChangeColumn() throws {
        let delivery = try Delivery()
        try execute("CREATE TABLE t (id TEXT); INSERT INTO t VALUES ('a'),('b')", in: delivery)
        let contract = RecordSourceContract(request("id", keyset: ["id"])) { source(delivery) }
        let first = try contract.verify(goodCount: 2)
        try execute("INSERT INTO t VALUES ('0')", in: delivery)
        #expect(try contract.read(after: first.cursors.last).rows == [["0"], ["a"], ["b"]])
    }

    @Test("What is absent, no database or no table is refused")
    func refused() throws {
        let delivery = try Delivery()
        func fault(_ request: StreamRequest, _ file: String = "a.sqlite") -> SourceError? {
            #expect(throws: SourceError.self) {
                try source(delivery, file).open(request, after: nil, limits: ReadLimits())
            }
        }
        #expect(fault(request("id")) == .absent(container: "a.sqlite"))
        try execute(
            """
            CREATE TABLE t (id TEXT); CREATE TABLE u (id TEXT);
            CREATE VIEW v AS SELECT id FROM t;
            """, in: delivery)
        #expect(fault(request("no")) == .missingColumn("no", container: "t"))
        #expect(fault(request("id", keyset: ["no"])) == .missingColumn("no", container: "t"))
        #expect(fault(request("id", change: "no")) == .missingColumn("no", container: "t"))
        for table in ["w", "sqlite_schema", "t; DROP TABLE t", "t\" --"] {
            let other = StreamRequest(stream: "t", location: table, columns: columns("id"))
            #expect(fault(other) == .missingTable(table, database: "a.sqlite"))
        }
        let view = StreamRequest(stream: "v", location: "v", columns: columns("id"))
        guard case .unsupported? = fault(view) else { throw Unexpected() }
        try delivery.write("SQLite format 3\0 and no more", to: "b.sqlite")
        guard case .damaged? = fault(request("id"), "b.sqlite") else { throw Unexpected() }
    }

    @Test("A database whose pages are damaged ends in a fault")
    func damagedDatabase() throws {
        let delivery = try Delivery()
        let rows = (0..<5_000).map { "('row \($0)')" }.joined(separator: ",")
        try execute("CREATE TABLE t (id TEXT); INSERT INTO t VALUES \(rows)", in: delivery)
        let file = delivery.url.appendingPathComponent("a.sqlite")
        var bytes = [UInt8](try Data(contentsOf: file))
        for index in bytes.indices.dropFirst(bytes.count / 2) { bytes[index] = 0x5A }
        try delivery.write(bytes, to: "a.sqlite")
        let read = try RecordSourceContract(request("id")) { source(delivery) }.read(after: nil)
        guard case .damaged(container: "a.sqlite", _, _)? = read.fault else { throw Unexpected() }
        #expect(read.goodCount > 100)
    }

    @Test("A dump is read like the database that it is of, plain and gzip")
    func dump() throws {
        let delivery = try Delivery()
        let sql = """
            -- a comment; with a semicolon
            CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, note VARCHAR(9), d TEXT); /* another; one */
            CREATE UNIQUE INDEX i ON t(note);;
            begin transaction;
            INSERT INTO t (id, note, d) VALUES
            ('1','it''s; -- not a comment','20240101'),
            ('2','/* nor this */',NULL),('3',NULL,-1.5e3);
            insert into "t" values (4, X'41', '');
            COMMIT;
            """
        try delivery.write(sql, to: "a.sql")
        try delivery.write(gzip(Array(sql.utf8)), to: "b.sql.gz")
        for file in ["a.sql", "b.sql.gz"] {
            let read = try RecordSourceContract(request("id", "note", keyset: ["id"], change: "d"))
            {
                source(delivery, file)
            }.verify(goodCount: 3, badCount: 1)
            #expect(
                Set(read.rows) == [
                    ["1", "it's; -- not a comment"], ["2", "/* nor this */"], ["3", nil],
                ])
        }
        let one = source(delivery, "a.sql")
        let first = try RecordSourceContract(request("id")) { one }.verify(goodCount: 4)
        try FileManager.default.removeItem(at: delivery.url.appendingPathComponent("b.sql.gz"))
        #expect(first.rows.count == 4)
    }

    @Test(
        "A dump that does more than hold data is refused with the line",
        arguments: [
            "ATTACH 'other.db' AS o", "PRAGMA journal_mode=DELETE", "SELECT 1", "DROP TABLE t",
            "DELETE FROM t", "UPDATE t SET id = 1", "CREATE TABLE u AS SELECT * FROM t",
            "CREATE VIEW v AS SELECT 1", "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
            "CREATE VIRTUAL TABLE u USING fts5(x)", "CREATE TEMP TABLE u (x)",
            "INSERT INTO t SELECT 1", "INSERT INTO t VALUES (random())",
            "INSERT INTO t VALUES ((SELECT 1))", "INSERT INTO t VALUES (id)", "VACUUM INTO 'x.db'",
            "INSERT INTO t VALUES (\"id\")", "REPLACE INTO t VALUES (1)", "ROLLBACK", "ANALYZE",
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "WITH x AS (SELECT 1) SELECT 1",
            "INSERT INTO t VALUES (1) RETURNING id", "EXPLAIN SELECT 1", "\u{0}",
        ])
    func dumpThatDoesMore(statement: String) throws {
        let delivery = try Delivery()
        try delivery.write("CREATE TABLE t (id);\n\n\(statement);\n", to: "a.sql")
        let error = #expect(throws: SourceError.self) {
            try source(delivery, "a.sql").open(request("id"), after: nil, limits: ReadLimits())
        }
        guard case .unsupported(_, "the statement at line 3", _)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "nothing")")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: "other.db"))
    }

    @Test("A dump that ends within a statement, or that SQLite refuses, tells where and no content")
    func brokenDumps() throws {
        let delivery = try Delivery()
        let secret = "780181195110054349"
        let whole = "CREATE TABLE t (id);\nINSERT INTO t VALUES ('\(secret)'),('b');\n"
        func fault(_ text: String) throws -> SourceError? {
            try delivery.write(text, to: "a.sql")
            do {
                _ = try source(delivery, "a.sql").open(
                    request("id"), after: nil, limits: ReadLimits())
                return nil
            } catch {
                #expect(!"\(error)".contains(secret))
                return error
            }
        }
        #expect(try fault(whole) == nil)
        var unfinished = 0
        for end in 1..<(whole.utf8.count - 1) {
            if case .truncated? = try fault(String(whole.prefix(end))) { unfinished += 1 }
        }
        #expect(unfinished == whole.utf8.count - 2 - 2)
        let functions = "CREATE TABLE u (x CHECK (randomblob(9) <> x));\nINSERT INTO u VALUES (1);"
        #expect(try fault(functions)?.description.contains("the statement at line") == true)
        for text in [
            whole + "INSERT INTO u VALUES ('\(secret)');",
            whole + "INSERT INTO t VALUES ('\(secret)' 'x');",
            "CREATE TABLE t (id PRIMARY KEY);\n\nINSERT INTO t VALUES ('\(secret)'),('\(secret)');",
        ] {
            guard case .damaged(_, _, let why)? = try fault(text) else { throw Unexpected() }
            #expect(why.contains("line 3"))
        }
    }
}
