import Foundation
import ResidentModel
import TestSupport
import Testing

import Gateway

struct IngestTests {
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway() }

    private static func rows(_ count: Int) -> [ScriptedSource.Row] {
        (0..<count).map { index in
            if index % 10 == 7 { return ["!bad": "a quote is not closed"] }
            let cells = index % 10 == 3 ? ["sex": "x"] : ["phone": "1380000\(index)"]
            return row(
                "r-\(index)", citizenNumber("19580304", 101 + 2 * (index / 2)),
                name: "居民\(index / 2)",
                cells)
        }
    }

    @Test("What a pull reports adds up to what was read", arguments: [1, 3, 1_000])
    func countsAddUp(batch: Int) throws {
        let report = try gateway.pull(Self.rows(40), batch: batch)
        #expect(report.read == 40)
        #expect(report.stored == 32 && report.quarantined == 8)
        #expect(report.stored == report.opened + report.linked)
        #expect(report.findings == ["record.quoting": 4, "field.unknown-code": 4])
        let totals = try gateway.totals()
        #expect(totals.map(\.stored) == [32] && totals.map(\.quarantined) == [8])
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "A second pull reads nothing, and one of the whole delivery again changes nothing",
        arguments: [1, 7, 1_000])
    func secondPull(batch: Int) throws {
        let rows = Self.rows(40)
        try gateway.pull(ScriptedSource("register", rows: rows), batch: batch)
        let size = try gateway.logSize
        let files = try gateway.folder.contents()
        let second = try gateway.pull(ScriptedSource("register", rows: rows), batch: batch)
        #expect(second.read == 0)
        #expect(try gateway.folder.contents() == files)
        let again = try gateway.pull(rows, batch: 1_000)
        #expect(again.read == 40 && again.unchanged == 32 && again.quarantined == 8)
        #expect(again.stored + again.updated == 0)
        #expect(try gateway.logSize == size)
    }

    @Test(
        "A pull goes on where the last one stopped, and ends in the same counts as one that was not stopped"
    )
    func resumes() throws {
        let rows = Self.rows(40)
        for end in [7, 8, 23] {
            let fault = SourceError.truncated(container: "residents.csv", afterRecord: end)
            #expect(throws: GatewayError.self) {
                try gateway.pull(
                    ScriptedSource("register", rows: rows, fault: (end, fault)), batch: 5)
            }
        }
        let last = try gateway.pull(ScriptedSource("register", rows: rows), batch: 5)
        #expect(last.read == 17)
        let totals = try gateway.totals()
        #expect(totals.map(\.stored) == [32] && totals.map(\.quarantined) == [8])
        #expect(try gateway.residentCount() == 20)
        #expect(try gateway.verification().isSound)
    }

    @Test("A pull that is asked to stop keeps what it stored")
    func stops() throws {
        let stream = try #require(gateway.mapping.streams.first)
        let source = ScriptedSource("register", rows: Self.rows(40))
        let error = #expect(throws: GatewayError.self) {
            try IngestPath(gateway.parts).pull(
                stream, at: "x", from: source, limits: ReadLimits(batchRecordsMax: 10)
            ) { $0.read >= 20 }
        }
        guard case .stopped? = error else {
            Issue.record("a stopped pull says so")
            return
        }
        #expect(try gateway.pull(source).read == 20)
    }

    @Test("A refused record leaves quarantine when it arrives whole, changed or as it was before")
    func leavesQuarantine() throws {
        let good = row("r-1", ["sex": "1"])
        let bad = row("r-1", ["sex": "x"])
        func quarantined() throws -> Int {
            try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 10).count
        }
        try gateway.pull([bad])
        #expect(try quarantined() == 1)
        try gateway.pull([good])
        #expect(try quarantined() == 0)
        try gateway.pull([bad])
        #expect(try quarantined() == 1)
        let report = try gateway.pull([good])
        #expect(report.updated == 1)
        #expect(try quarantined() == 0)
        #expect(try gateway.pull([good]).unchanged == 1)
    }

    @Test("A record refused for another reason than before is kept with the new reason alone")
    func refusedAnew() throws {
        try gateway.pull([row("r-1", ["sex": "x"])])
        try gateway.pull([row("r-1", ["sex": "x", "birth": "x"])])
        let items = try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 10)
        #expect(items.map(\.findings.count) == [2])
        let size = try gateway.logSize
        try gateway.pull([row("r-1", ["sex": "x", "birth": "x"])])
        #expect(try gateway.logSize == size)
    }

    @Test(
        "A batch that fails at any call leaves what was there before, and the next pull completes it"
    )
    func failsAtEveryCall() throws {
        let rows = Self.rows(12)
        var failures = 0
        for call in 1... {
            let gateway = try TestGateway()
            let faulty = FaultyStore(gateway.store, failingCall: call)
            do {
                try gateway.pull(rows, batch: 6, over: faulty)
                break
            } catch { failures += 1 }
            #expect(try gateway.verification().isSound)
            let totals = try gateway.totals()
            #expect([0, 5, 10].contains(totals.reduce(0) { $0 + $1.stored }), "whole batches only")
            let last = try gateway.pull(rows, batch: 6)
            #expect(last.stored + last.unchanged == 10)
            #expect(try gateway.residentCount() == 6)
            #expect(try gateway.verification().isSound)
        }
        print("calls of a pull made to fail: \(failures)")
        #expect(failures > 50)
    }

    @Test("No byte of what was pulled stands in any file of the store")
    func nothingInClear() throws {
        let cells = ["phone": "13912345678", "account": "6222021234567890", "sex": "1"]
        try gateway.pull([row("r-secret-key", name: "欧阳无名", cells), row("r-2", ["sex": "欧阳无名"])])
        let secrets = ["欧阳无名", "13912345678", "6222021234567890", "r-secret-key", citizenNumber()]
        var looked = 0
        for (path, data) in try gateway.folder.contents() {
            for secret in secrets {
                #expect(data.range(of: Data(secret.utf8)) == nil, "\(path)")
                looked += 1
            }
        }
        print("files and secrets compared: \(looked)")
        #expect(looked >= secrets.count * 2)
    }
}
