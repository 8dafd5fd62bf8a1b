import FieldCrypto
import Foundation
import ResidentModel
import SQLiteStore
import StrictYAML
import TestSupport
import Testing

import Gateway

/// Residents are found by what the catalogue declares an index for, and by nothing else.
struct ResidentSearchTests {
    private let gateway: TestGateway
    private let phone = FieldID("contact.phone")
    private let birth = FieldID("identity.birth-date")
    private let income = FieldID("income.monthly")

    init() throws {
        gateway = try TestGateway(
            fields: TestPolicies.fields
                .replacing(
                    "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, ",
                    with:
                        "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, index: {bits: 4, partitions: 8}, "
                )
                .replacing(
                    "identity.birth-date: {title: {zh: 项, en: Item}, kind: date, ",
                    with:
                        "identity.birth-date: {title: {zh: 项, en: Item}, kind: date, index: {band: year, bits: 6}, "
                )
                .replacing(
                    "income.monthly: {title: {zh: 项, en: Item}, kind: decimal, ",
                    with:
                        "income.monthly: {title: {zh: 项, en: Item}, kind: decimal, index: {band: 1000, bits: 5, partitions: 2}, "
                ))
        var rows: [ScriptedSource.Row] = []
        for index in 0..<60 {
            let year = 1940 + index
            rows.append(
                row(
                    "r-\(index)", citizenNumber("\(year)0304", 200 + index), name: "居民\(index)",
                    [
                        "phone": "1600000\(1000 + index % 30)", "birth": "\(year)-03-04",
                        "income": "\(index * 100).50",
                    ]))
        }
        try gateway.pull(rows)
    }

    private var search: ResidentSearch { ResidentSearch(gateway.parts) }

    private func rows(_ indexes: some Sequence<Int>) throws -> [ResidentNumber] {
        try indexes.compactMap {
            try gateway.resident(citizenNumber("\(1940 + $0)0304", 200 + $0))
        }.sorted()
    }

    @Test("Equal values are found in every partition, and others that share a hash are left out")
    func equality() throws {
        for index in 0..<30 {
            let found = try search.residents(with: phone, equalTo: "1600000\(1000 + index)")
            #expect(try found == rows([index, index + 30]))
        }
        #expect(try search.residents(with: phone, equalTo: "16000009999").isEmpty)
    }

    @Test("Ranges find exactly what lies within them")
    func ranges() throws {
        #expect(try search.residents(with: birth, from: 1950, to: 1959) == rows(10..<20))
        #expect(try search.residents(with: birth, from: 1900, to: 1939).isEmpty)
        #expect(try search.residents(with: income, from: 950, to: 2_050) == rows(10...20))
        #expect(throws: GatewayError.self, "too wide") {
            try search.residents(with: income, from: 0, to: 1_000_000)
        }
    }

    @Test("A scan warns of an index whose bits do not fit the values there are")
    func misfits() throws {
        let misfits = try KeyScan(gateway.parts).run().misfits
        // 30 telephones in 16 hashes, 60 years in 64; 6 bands of income are too few to say.
        #expect(misfits.map(\.field) == [phone, birth])
        #expect(misfits.map(\.valueCount) == [30, 60] && misfits.allSatisfy(\.tellsTooMuch))
    }

    @Test("Without a declared index nobody is found")
    func undeclared() throws {
        #expect(throws: GatewayError.self) {
            try search.residents(with: FieldID("identity.name"), equalTo: "居民1")
        }
        #expect(throws: GatewayError.self) {
            try search.residents(with: birth, equalTo: "1950-03-04")
        }
        #expect(throws: GatewayError.self) { try search.residents(with: phone, from: 1, to: 2) }
    }

    @Test("Searches find the same while an index is filled anew, and after it")
    func rotation() throws {
        for name in [phone, birth, income] {
            let report = try KeyRotation(gateway.parts, batchMax: 7).rotateIndex(name.text) { _ in
                #expect(throws: Never.self) {
                    try #expect(
                        search.residents(with: phone, equalTo: "16000001003") == rows([3, 33]))
                }
                return false
            }
            #expect(report.job.done == 60 && report.droppedCount == 0)
            #expect(try gateway.indexCounts(name.text).keys.sorted() == [2])
        }
        #expect(try search.residents(with: birth, from: 1950, to: 1959) == rows(10..<20))
        #expect(try search.residents(with: income, from: 950, to: 2_050) == rows(10...20))
    }

    @Test("A value that was replaced finds nobody any more, and a forgotten resident is not found")
    func gone() throws {
        try gateway.pull([
            row(
                "r-5", citizenNumber("19450304", 205), name: "居民5",
                ["phone": "16000002000", "birth": "1945-03-04"])
        ])
        #expect(try search.residents(with: phone, equalTo: "16000001005") == rows([35]))
        #expect(try search.residents(with: phone, equalTo: "16000002000") == rows([5]))
        _ = try Forgetting(gateway.parts).forget(
            citizenNumber: citizenNumber("19450304", 205), .init(officer: "o", reason: "r"))
        #expect(try search.residents(with: phone, equalTo: "16000002000").isEmpty)
    }

    @Test(
        "The catalogue refuses an index that would tell its values",
        arguments: [
            "identity.sex: {title: {zh: 项, en: Item}, kind: code, index: {bits: 4}, ",
            "vital.deceased: {title: {zh: 项, en: Item}, kind: flag, index: {bits: 4}, ",
            "residence.division: {title: {zh: 项, en: Item}, kind: division, index: {bits: 4}, ",
            "identity.birth-date: {title: {zh: 项, en: Item}, kind: date, index: {bits: 4}, ",
            "identity.birth-date: {title: {zh: 项, en: Item}, kind: date, indexed: true, ",
            "income.monthly: {title: {zh: 项, en: Item}, kind: decimal, index: {bits: 4}, ",
            "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, index: {bits: 4, band: 5}, ",
            "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, index: {bits: 0}, ",
            "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, index: {bits: 4}, indexed: true, ",
            "contact.phone: {title: {zh: 项, en: Item}, kind: telephone, index: {bits: 4, partitions: 65}, ",
        ])
    func refused(declaration: String) throws {
        let start = String(declaration.prefix { $0 != "{" })
        let kind = String(declaration.split(separator: "kind: ")[1].prefix { $0 != "," })
        let plain = "\(start){title: {zh: 项, en: Item}, kind: \(kind), "
        let text = TestPolicies.fields.replacing(plain, with: declaration)
        #expect(text != TestPolicies.fields)
        #expect(throws: YAMLError.self) { try TestPolicies.catalogue(fields: text) }
    }
}
