import Foundation
import Testing

/// A fault that ends a stream: it is named, what was read before it stays, and the other streams are pulled.
@Suite("Bad streams")
struct BadStreamTests {
    /// Pulls a delivery with one bad stream.
    private func expectFault(
        _ delivery: SmallDelivery, stream bad: String, status: Int32, says texts: [String],
        dependents: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> TestHome {
        let home = try TestHome(delivery)
        let pulled = try home.run(["pull", "--json"])
        #expect(pulled.status == status, "\(pulled.allText)", sourceLocation: sourceLocation)
        let counts = try #require(try pulled.json(PullCounts.self).first)
        let error = try #require(
            try counts.stream(bad).error, "\(pulled.outputText)", sourceLocation: sourceLocation)
        // Cases without a fault in the middle of their data have read nothing.
        let faulty = try counts.stream(bad)
        #expect(faulty.addsUp, sourceLocation: sourceLocation)
        if error.contains("after record") {
            #expect(error.contains("after record \(faulty.read)"), "\(error)")
        }
        for text in texts {
            #expect(error.contains(text), "\(error)", sourceLocation: sourceLocation)
        }
        for stream in counts.streams where stream.stream != bad {
            #expect(stream.error == nil, sourceLocation: sourceLocation)
            let isWaiting = dependents.contains(stream.stream)
            let stored = isWaiting ? 0 : SmallDelivery.counts[stream.stream]
            #expect(stream.stored == stored, "\(stream.stream)", sourceLocation: sourceLocation)
        }
        let plain = try home.run(["pull"])
        #expect(plain.status == status, sourceLocation: sourceLocation)
        #expect(plain.allText.contains(texts[0]), sourceLocation: sourceLocation)
        for name in ["章一山", "黎二水", "汪三木"] + SmallDelivery.numbers {
            let shown = pulled.allText + plain.allText
            #expect(!shown.contains(name), sourceLocation: sourceLocation)
        }
        #expect(try home.verifyLog().sound, sourceLocation: sourceLocation)
        return home
    }

    @Test("A gzip file that is cut short is named with its last record, and read on when whole")
    func truncatedGzip() throws {
        let delivery = try SmallDelivery()
        let plain = try Data(contentsOf: delivery.url("minzheng/residents.csv"))
        let packed = try toolOutput(["gzip", "-c"], input: plain)
        try FileManager.default.removeItem(at: delivery.url("minzheng/residents.csv"))
        try delivery.write(packed.dropLast(20), to: "minzheng/residents.csv.gz")
        let home = try expectFault(
            delivery, stream: "residents", status: 5,
            says: ["residents.csv.gz", "after record"])
        try delivery.write(packed, to: "minzheng/residents.csv.gz")
        let counts = try home.pull()
        let residents = try counts.stream("residents")
        #expect(residents.error == nil && residents.addsUp && residents.read > 0)
        #expect(counts.residents == 3)
    }

    @Test("A damaged gzip file is named")
    func damagedGzip() throws {
        let delivery = try SmallDelivery()
        let file = "weijian/Observation.ndjson"
        var packed = try toolOutput(
            ["gzip", "-c"], input: try Data(contentsOf: delivery.url(file)))
        packed[packed.count - 6] ^= 1
        try FileManager.default.removeItem(at: delivery.url(file))
        try delivery.write(packed, to: file + ".gz")
        _ = try expectFault(
            delivery, stream: "observations", status: 5, says: ["Observation.ndjson.gz"])
    }

    @Test("A missing column is named")
    func missingColumn() throws {
        let delivery = try SmallDelivery()
        try delivery.replace(",姓名,", with: ",名,", in: "minzheng/residents.csv")
        _ = try expectFault(
            delivery, stream: "residents", status: 2, says: ["residents.csv", "'姓名'"])
    }

    @Test("A missing table is named")
    func missingTable() throws {
        let delivery = try SmallDelivery()
        let file = "shebao/shebao.sql"
        try delivery.replace("CREATE TABLE AC60", with: "CREATE TABLE AC61", in: file)
        try delivery.replace("INSERT INTO AC60", with: "INSERT INTO AC61", in: file)
        _ = try expectFault(
            delivery, stream: "benefits", status: 2, says: ["shebao.sql", "'AC60'"])
    }

    @Test("A missing column of a table is named")
    func missingTableColumn() throws {
        let delivery = try SmallDelivery()
        try delivery.replace("AIC165 TEXT", with: "AIC166 TEXT", in: "shebao/shebao.sql")
        _ = try expectFault(delivery, stream: "benefits", status: 2, says: ["AC60", "'AIC165'"])
    }

    @Test("A file that is not there is named, and what hangs on it waits in quarantine")
    func missingFile() throws {
        let delivery = try SmallDelivery()
        try FileManager.default.removeItem(at: delivery.url("weijian/Patient.ndjson"))
        let waiting = ["conditions", "observations", "immunizations", "family-doctor-contracts"]
        let home = try expectFault(
            delivery, stream: "patients", status: 4, says: ["Patient"], dependents: waiting)
        #expect(
            try home.check(["review", "quarantine", "--json"]).lines.count == waiting.count)
        #expect(
            try home.run(["pull", "--source", "nobody"]).errorText.contains("'nobody'"))
    }
}
