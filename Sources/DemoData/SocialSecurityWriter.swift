import Foundation
import GRDB
import ResidentModel

/// Writes the core tables of social security into a SQLite file, columns named after the 金保 standards.
final class SocialSecurityWriter {
    private let queue: DatabaseQueue
    private let employers: [Employer]
    private let today: CalendarDate
    private var pending: [Row] = []
    private var counts: [String: Int] = [:]

    private struct Row {
        let table: String
        let values: [(any DatabaseValueConvertible)?]
    }

    init(folder: URL, employers: [Employer], today: CalendarDate) throws(TownError) {
        self.employers = employers
        self.today = today
        // An empty file is a database to SQLite.
        let handle = try newFile(folder: folder, name: Self.file)
        do {
            try handle.close()
            queue = try DatabaseQueue(path: folder.appendingPathComponent(Self.file).path)
            try queue.write { try $0.execute(sql: Self.schema) }
        } catch {
            throw .notWritten(file: Self.file, why: "\(error)")
        }
        for employer in employers {
            add(
                "AB01",
                [employer.number, employer.creditCode, employer.name, employer.division])
        }
    }

    /// Writes the resident's rows, if social security has any.
    ///
    /// - Returns: The personal number of the first.
    func write(
        _ resident: Resident, random: inout TownRandom
    ) throws(TownError) -> String? {
        let count = recordCount(
            of: resident, perMilleByAge: (800, 940, 950), twicePerMille: 10, today: today,
            random: &random)
        var first: String?
        for _ in 0..<count {
            let number = "SB" + digits(counts["shebao/AC01", default: 0] + 1, 8)
            addPerson(resident, number, &random)
            first = first ?? number
        }
        if pending.count > 5_000 { try flush() }
        return first
    }

    func finish() throws(TownError) -> [String: Int] {
        try flush()
        do {
            try queue.close()
        } catch {
            throw .notWritten(file: Self.file, why: "\(error)")
        }
        return counts
    }

    private func addPerson(_ resident: Resident, _ number: String, _ random: inout TownRandom) {
        let written = WrittenIdentity(
            of: resident, rates: .socialSecurity, today: today, random: &random)
        // Of the late pensioner's death only civil affairs knows.
        let isDead = written.deathDate != nil && resident.role != .latePensioner
        let age = resident.age(on: today)
        let isRetired = age >= (resident.sex == .male ? 60 : 55)
        let unknownSex = random.hits(perMille: 500) ? "0" : "9"
        add(
            "AC01",
            [
                number, written.number.isEmpty ? nil : written.number, written.name,
                written.sex?.rawValue ?? unknownSex, resident.ethnicity,
                text(date(written.birth, .digits)), text(written.phone), text(written.address),
                text(written.division), resident.home.isRural ? "20" : "10", isRetired ? "1" : "0",
                resident.employer.map { employers[$0].number }, isDead ? "2" : "1",
                date(PartialDate(of: written.updated), .digits),
            ])
        addInsurances(
            resident, number, age: age, isRetired: isRetired, isDead: isDead, &random)
    }

    private func addInsurances(
        _ resident: Resident, _ number: String, age: Int, isRetired: Bool, isDead: Bool,
        _ random: inout TownRandom
    ) {
        let hasWorked =
            resident.role == .latePensioner
            || (resident.role == nil && isRetired && random.hits(perMille: 450))
        let isEmployed = resident.employer != nil && !isRetired
        let kinds: [String] =
            if isRetired {
                hasWorked ? ["310", "110"] : ["390", "170"]
            } else if isEmployed {
                ["310", "110", "210", "410", "510"]
            } else {
                age >= 16 ? ["390", "170"] : ["390"]
            }
        let isPaused = resident.role == nil && !isRetired && random.hits(perMille: 140)
        for kind in kinds {
            let firstAge = isEmployed || hasWorked ? 20 : kind == "390" ? 0 : 16
            let earliest = max(1995, resident.birthDate.year + firstAge)
            let year = min(today.year - 1, earliest + random.below(6))
            let months = max(0, (today.year - year) * 12 - random.below(30))
            add(
                "AC02",
                [
                    number, kind, isDead ? "3" : isPaused ? "2" : "1",
                    digits(year, 4) + digits(random.within(1...12), 2), months,
                ])
            guard isRetired, !isDead, kind == "110" || kind == "170" else { continue }
            let yuan = kind == "110" ? random.within(1_900...6_100) : random.within(130...420)
            let start = min(today.year, resident.birthDate.year + 60)
            add(
                "AC60",
                [
                    number, kind, digits(start, 4) + digits(resident.birthDate.month, 2),
                    "\(yuan).\(digits(random.below(100), 2))", "1",
                ])
        }
    }

    private func add(_ table: String, _ values: [(any DatabaseValueConvertible)?]) {
        pending.append(Row(table: table, values: values))
        counts["shebao/" + table, default: 0] += 1
    }

    private func text(_ text: String) -> String? { text.isEmpty ? nil : text }

    private func flush() throws(TownError) {
        do {
            try queue.write { database in
                for row in pending {
                    let marks = Array(repeating: "?", count: row.values.count)
                    let statement = try database.cachedStatement(
                        sql: "INSERT INTO \(row.table) VALUES (\(marks.joined(separator: ",")))")
                    try statement.execute(arguments: StatementArguments(row.values))
                }
            }
        } catch {
            throw .notWritten(file: Self.file, why: "\(error)")
        }
        pending.removeAll(keepingCapacity: true)
    }

    private static let file = "shebao/shebao.sqlite"
    private static let schema = """
        CREATE TABLE AB01 (AAB001 VARCHAR(20) PRIMARY KEY, AAB003 VARCHAR(18), AAB004 VARCHAR(200),
            AAB301 VARCHAR(12));
        CREATE TABLE AC01 (AAC001 VARCHAR(20) PRIMARY KEY, AAC002 VARCHAR(60), AAC003 VARCHAR(100),
            AAC004 VARCHAR(3), AAC005 VARCHAR(3), AAC006 VARCHAR(8), AAE005 VARCHAR(50),
            AAE006 VARCHAR(300), AAB301 VARCHAR(12), AAC009 VARCHAR(3), AAC084 VARCHAR(3),
            AAB001 VARCHAR(20), AAC060 VARCHAR(3), AAE036 VARCHAR(8));
        CREATE TABLE AC02 (AAC001 VARCHAR(20), AAE140 VARCHAR(3), AAC031 VARCHAR(3),
            AAC049 VARCHAR(6), AAE202 INTEGER);
        CREATE TABLE AC60 (AAC001 VARCHAR(20), AAE140 VARCHAR(3), AAE041 VARCHAR(6),
            AIC165 VARCHAR(16), AAE116 VARCHAR(3));
        CREATE INDEX AC02_AAC001 ON AC02(AAC001);
        CREATE INDEX AC60_AAC001 ON AC60(AAC001);
        """
}
