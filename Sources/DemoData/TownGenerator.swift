package import Foundation
package import ResidentModel

/// Invents a town and writes what three departments would ship of it.
///
/// Everyone is invented: the province codes 78 and 79 are assigned to nobody in GB/T 2260, so no citizen number can
/// belong to a person, and the telephone segments 160, 161, 163, 164, 168 and 169 carry no mobile numbers of people.
///
/// Written are `minzheng/residents.csv` (UTF-8), `minzheng/residents_linhe_gb18030.csv` (GB18030, the city of Linhe),
/// `shebao/shebao.sqlite` (tables AC01, AC02, AC60, AB01) and `weijian/{Patient,Condition,Observation,Immunization,
/// EpisodeOfCare}.ndjson.gz`. The same residents, seed and day give the same bytes, of the database the same rows.
/// Households are written as they are made, so memory grows by little more than the numbers already given out.
package struct TownGenerator: Sendable {
    package let residents: Int
    package let seed: UInt64
    /// The day on which the departments deliver; ages and the freshness of records count from it.
    package let today: CalendarDate

    /// 30 June 2026.
    package static let defaultToday = CalendarDate(dayNumber: 20_634)
    package static let residentsMin = 100

    package init(
        residents: Int = 10_000, seed: UInt64 = 1, today: CalendarDate = Self.defaultToday
    ) {
        self.residents = residents
        self.seed = seed
        self.today = today
    }

    /// Writes the town into a folder, which is made where it is not there.
    ///
    /// - Parameters:
    ///   - folder: Where the departments' folders go; none of their files may be there yet.
    ///   - progress: Called now and then with the number of residents done.
    /// - Returns: Whom the demonstration plays with.
    /// - Throws: ``TownError``; what was written until then stays.
    package func write(
        to folder: URL, progress: (Int) -> Void = { _ in }
    ) throws(TownError) -> TownStory {
        guard residents >= Self.residentsMin else {
            throw .tooFewResidents(residents, atLeast: Self.residentsMin)
        }
        var random = TownRandom(seed: seed)
        let employers = Employer.all(count: max(20, residents / 60), random: &random)
        let civilAffairs = try CivilAffairsWriter(folder: folder)
        let socialSecurity = try SocialSecurityWriter(
            folder: folder, employers: employers, today: today)
        let health = try HealthWriter(folder: folder, today: today)
        var maker = HouseholdMaker(employers: employers, today: today)
        var cast = StoryCast(today: today)
        var done = 0
        var index = 0
        while done < residents {
            let roles = StoryRole.standing(atHousehold: index)
            var members = maker.household(roles, random: &random)
            if roles.isEmpty { members = Array(members.prefix(residents - done)) }
            for resident in members {
                cast.note(
                    resident,
                    civilAffairs: try civilAffairs.write(resident, today: today, random: &random),
                    socialSecurity: try socialSecurity.write(resident, random: &random),
                    health: try health.write(resident, random: &random))
            }
            done += members.count
            index += 1
            if index % 200 == 0 { progress(done) }
        }
        var counts = try civilAffairs.finish()
        counts.merge(try socialSecurity.finish()) { first, _ in first }
        counts.merge(try health.finish()) { first, _ in first }
        progress(done)
        return cast.story(recordCounts: counts)
    }
}
