import ResidentModel
import Testing

import Gateway

/// What every ``GatewayStore`` must do.
struct StoreContract {
    let store: any GatewayStore
    static let stream = StreamName(source: SourceName("register"), stream: "residents")

    static func record(
        _ key: UInt8, content: UInt8 = 1, version: Int64 = 1,
        values: [(String, UInt8)] = [("f.a", 1)]
    ) -> SealedRecord {
        SealedRecord(
            keyDigest: [UInt8](repeating: key, count: 16),
            contentDigest: [UInt8](repeating: content, count: 16), version: version,
            observedAt: CalendarDate(dayNumber: 20_000), sealedKey: [key],
            values: values.map { SealedField(field: FieldID($0.0), sealed: [$0.1]) })
    }

    static func id(_ fill: UInt8) throws -> ResidentID {
        try #require(ResidentID(bytes: [UInt8](repeating: fill, count: 16)))
    }

    static func entry(_ index: UInt64, of resident: ResidentNumber? = nil) -> AuditEntry {
        AuditEntry(
            index: index, leaf: [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 112),
            operational: [1],
            subject: resident == nil ? nil : [2], resident: resident)
    }

    func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws -> Result { try store.write(body) }

    func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws -> Result { try store.read(body) }

    func verifyVault() throws {
        let (first, second) = (try Self.id(1), try Self.id(2))
        let rows = try write { writer throws(GatewayError) in
            let rows = [try writer.insertResident(first), try writer.insertResident(second)]
            _ = try writer.insert(Self.record(1), of: Self.stream, resident: rows[0])
            _ = try writer.insert(
                Self.record(2, values: [("f.a", 2), ("f.b", 3)]), of: Self.stream, resident: rows[0]
            )
            return rows
        }
        #expect(try read { reader throws(GatewayError) in try reader.residentCount() } == 2)
        #expect(try read { reader throws(GatewayError) in try reader.resident(second) } == rows[1])
        #expect(
            try read { reader throws(GatewayError) in
                try reader.residentIDs(of: rows + [ResidentNumber(99)])
            } == [rows[0]: first, rows[1]: second])
        func sealed(_ row: ResidentNumber, _ fields: [String]) throws -> [[UInt8]] {
            try read { reader throws(GatewayError) in
                try reader.values(of: [row], fields: fields.map { FieldID($0) })
            }.map(\.sealed)
        }
        #expect(try sealed(rows[0], ["f.a"]) == [[1], [2]])
        #expect(try sealed(rows[0], ["f.a", "f.b", "f.none"]) == [[1], [2], [3]])
        #expect(try sealed(rows[1], ["f.a"]).isEmpty)
        let stored = try read { reader throws(GatewayError) in
            try reader.records(
                of: Self.stream, keyDigests: [Self.record(2).keyDigest, Self.record(9).keyDigest])
        }
        #expect(stored.count == 1 && stored[Self.record(2).keyDigest]?.resident == rows[0])
        _ = try write { writer throws(GatewayError) in
            try writer.replace(
                Self.record(2, content: 7, version: 5, values: [("f.c", 9)]), of: Self.stream,
                resident: rows[1])
        }
        #expect(try sealed(rows[0], ["f.a", "f.b"]) == [[1]])
        #expect(try sealed(rows[1], ["f.a", "f.b", "f.c"]) == [[9]])
        #expect(throws: GatewayError.self, "a record stands once") {
            try write { writer throws(GatewayError) in
                _ = try writer.insert(Self.record(1), of: Self.stream, resident: rows[0])
            }
        }
        #expect(throws: GatewayError.self, "what is not there is not replaced") {
            try write { writer throws(GatewayError) in
                _ = try writer.replace(Self.record(8), of: Self.stream, resident: rows[0])
            }
        }
    }

    func verifyIndexAndCursor() throws {
        let id = try Self.id(1)
        let row = try write { writer throws(GatewayError) in
            try writer.insertResident(id)
        }
        let entry = BlindIndexEntry(version: 1, bits: [1, 2])
        let newer = BlindIndexEntry(version: 2, bits: [1, 2])
        try write { writer throws(GatewayError) in
            try writer.insertIndex("number", entry: entry, resident: row)
            try writer.insertIndex("number", entry: entry, resident: row)
        }
        let found = try read { reader throws(GatewayError) in
            try reader.residents(index: "number", entries: [entry, newer])
        }
        #expect(found == [entry: [row]])
        let elsewhere = try read { reader throws(GatewayError) in
            try reader.residents(index: "household", entries: [entry])
        }
        #expect(elsewhere.isEmpty)
        func cursor(_ name: StreamName) throws -> String? {
            try read { reader throws(GatewayError) in try reader.cursor(of: name) }?.text
        }
        let other = StreamName(source: SourceName("health"), stream: "residents")
        #expect(try cursor(Self.stream) == nil)
        for text in ["a", "b"] {
            try write { writer throws(GatewayError) in
                try writer.setCursor(SourceCursor(text: text), of: Self.stream)
            }
        }
        #expect(try cursor(Self.stream) == "b")
        #expect(try cursor(other) == nil)
        func next() throws -> Int64 {
            try read { reader throws(GatewayError) in try reader.nextBatchNumber() }
        }
        #expect(try next() == 1)
        try write { writer throws(GatewayError) in try writer.finishBatch(4) }
        try write { writer throws(GatewayError) in try writer.finishBatch(2) }
        #expect(try next() == 5)
    }

    func verifyAudit() throws {
        let id = try Self.id(1)
        let row = try write { writer throws(GatewayError) in
            try writer.insertResident(id)
        }
        try write { writer throws(GatewayError) in
            for index: UInt64 in 0..<6 {
                try writer.append(Self.entry(index, of: index % 2 == 0 ? row : nil))
            }
            try writer.putTile(level: 0, index: 0, hashes: [1])
            try writer.putTile(level: 0, index: 0, hashes: [1, 2])
            try writer.putCheckpoint(StoredCheckpoint(size: 4, note: "four"))
            try writer.putCheckpoint(StoredCheckpoint(size: 6, note: "six"))
            try writer.setChain([7], of: row)
            try writer.startPolicyEpoch(PolicyEpoch(number: 1, bundleHash: "a"))
            try writer.startPolicyEpoch(PolicyEpoch(number: 2, bundleHash: "b"))
        }
        try read { reader throws(GatewayError) in
            #expect(try reader.treeSize() == 6)
            #expect(try reader.entries(from: 2, limit: 3).map(\.index) == [2, 3, 4])
            #expect(try reader.entries(of: row, before: .max, limit: 2).map(\.index) == [4, 2])
            #expect(try reader.entries(of: row, before: 2, limit: 9).map(\.index) == [0])
            #expect(try reader.tile(level: 0, index: 0) == [1, 2])
            #expect(try reader.tile(level: 1, index: 0) == nil)
            #expect(try reader.newestCheckpoint()?.note == "six")
            #expect(try reader.checkpoints(from: 5, limit: 9).map(\.size) == [6])
            #expect(try reader.chain(of: row) == [7])
            #expect(try reader.chainCount() == 1)
            #expect(try reader.policyEpoch() == PolicyEpoch(number: 2, bundleHash: "b"))
        }
        #expect(throws: GatewayError.self, "an entry stands once") {
            try write { writer throws(GatewayError) in try writer.append(Self.entry(5)) }
        }
        #expect(throws: GatewayError.self, "a size has one checkpoint") {
            let other = StoredCheckpoint(size: 6, note: "other")
            try write { writer throws(GatewayError) in try writer.putCheckpoint(other) }
        }
        #expect(throws: GatewayError.self, "an epoch has one bundle") {
            let other = PolicyEpoch(number: 2, bundleHash: "c")
            try write { writer throws(GatewayError) in try writer.startPolicyEpoch(other) }
        }
    }

    func verifyConsents() throws {
        let id = try Self.id(1)
        let rows = try write { writer throws(GatewayError) in
            let first = try writer.insertResident(
                id)
            for (id, version) in [("C-1", 1), ("C-2", 1), ("C-1", 2), ("C-1", 10)] {
                try writer.insert(
                    SealedConsent(
                        id: id, version: version, resident: first, sealed: [UInt8(version)]))
            }
            return first
        }
        try read { reader throws(GatewayError) in
            let found = try reader.consents(of: [rows])[rows] ?? []
            #expect(found.map(\.id) == ["C-1", "C-2"])
            #expect(found.map(\.version) == [10, 1] && found.map(\.sealed) == [[10], [1]])
            #expect(try reader.consent("C-1")?.sealed == [10])
            #expect(try reader.consent("C-3") == nil)
        }
        #expect(throws: GatewayError.self) {
            try write { writer throws(GatewayError) in
                try writer.insert(
                    SealedConsent(id: "C-1", version: 2, resident: rows, sealed: [3]))
            }
        }
    }

    /// A record that is refused anew, for another reason, is deleted and written again by the SQL that also releases.
    func verifyQuarantine() throws {
        func refuse(_ key: UInt8, _ detail: String) throws -> Bool {
            let record = QuarantinedRecord(
                position: RecordPosition(container: "residents.csv", record: Int(key), line: nil),
                keyDigest: Self.record(key).keyDigest,
                findings: [RecordFinding(.missingField, field: "name", detail: detail)],
                sealed: [key], version: 1)
            return try write { writer throws(GatewayError) in
                try writer.quarantine(record, of: Self.stream)
            }
        }
        let digests = [Self.record(1).keyDigest, Self.record(2).keyDigest]
        func quarantined() throws -> Set<[UInt8]> {
            try read { reader throws(GatewayError) in
                try reader.quarantinedKeys(of: Self.stream, among: digests)
            }
        }
        #expect(try refuse(1, "a name") && refuse(2, "a name"))
        #expect(try refuse(1, "a whole name"))
        try write { writer throws(GatewayError) in
            try writer.releaseFromQuarantine(keyDigests: [digests[1]], of: Self.stream)
        }
        #expect(try quarantined() == [digests[0]])
        try write { writer throws(GatewayError) in
            try writer.releaseFromQuarantine(keyDigests: digests, of: Self.stream)
        }
        #expect(try quarantined().isEmpty)
    }

    func verifyTransactions() throws {
        let id = try Self.id(1)
        #expect(throws: GatewayError.self) {
            try write { writer throws(GatewayError) in
                let row = try writer.insertResident(id)
                _ = try writer.insert(
                    Self.record(1, values: [("only.here", 1)]), of: Self.stream, resident: row)
                throw GatewayError.stopped
            }
        }
        try read { reader throws(GatewayError) in
            #expect(try reader.residentCount() == 0)
            #expect(try reader.resident(id) == nil)
            #expect(try reader.streamTotals().isEmpty)
        }
        let row = try write { writer throws(GatewayError) in
            let row = try writer.insertResident(id)
            for (index, field) in ["other.one", "other.two", "only.here"].enumerated() {
                _ = try writer.insert(
                    Self.record(UInt8(index), values: [(field, UInt8(10 + index))]),
                    of: Self.stream, resident: row)
            }
            return row
        }
        for (index, field) in ["other.one", "other.two", "only.here"].enumerated() {
            let values = try read { reader throws(GatewayError) in
                try reader.values(of: [row], fields: [FieldID(field)])
            }
            #expect(values.map(\.sealed) == [[UInt8(10 + index)]], "\(field)")
        }
    }
}
