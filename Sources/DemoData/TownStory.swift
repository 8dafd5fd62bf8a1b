package import ResidentModel

/// The few residents of a town whom a demonstration plays with, every one of them invented like the rest.
///
/// All have clean records with all three departments, except for what their story says.
package struct TownStory: Hashable, Sendable {
    /// A woman of 82 who lives alone, draws a pension and has no old-age allowance yet.
    package let elder: Person
    /// A father, a mother and a grown son with minimum living allowance (低保); the son has a job that pays insurance.
    package let allowanceHousehold: Household
    /// A man with diabetes and high blood pressure, diagnosed years ago.
    package let chronicPatient: Person
    /// A woman with a condition labelled very restricted (V) and psychiatric (PSY).
    package let psychiatricPatient: Person
    /// A man of 78 whose death and cremation only civil affairs has recorded, and whose pension is still paid.
    package let latePensioner: Person
    /// How many rows and resources each file or table has, named `minzheng/residents.csv`, `shebao/AC01` and so on.
    package let recordCounts: [String: Int]

    package struct Person: Hashable, Sendable {
        package let name: String
        package let citizenNumber: CitizenNumber
        package let birthDate: CalendarDate
        package let sex: Sex
        /// The record in `minzheng/residents.csv`.
        package let civilAffairsRecord: String
        /// The row of `AC01`.
        package let socialSecurityRecord: String
        /// The id of the `Patient`.
        package let healthRecord: String
    }

    package struct Household: Hashable, Sendable {
        /// As in the column 户编号.
        package let number: String
        package let members: [Person]
    }
}

/// Why a town could not be written.
package enum TownError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewResidents(Int, atLeast: Int)
    case alreadyThere(file: String)
    case notWritten(file: String, why: String)

    package var description: String {
        switch self {
        case .tooFewResidents(let count, let least):
            "\(count) residents are too few for a town, expected at least \(least)"
        case .alreadyThere(let file): "\(file): is there already, expected a folder without it"
        case .notWritten(let file, let why): "\(file): not written: \(why)"
        }
    }
}
