package import ResidentModel

/// What a record says of whom it is about.
package struct LinkIdentity: Sendable {
    package let citizenNumber: CitizenNumber?
    package let name: NormalisedName?
    package let birthDate: PartialDate?
    package let sex: Sex?

    package init(
        citizenNumber: CitizenNumber?, name: NormalisedName?, birthDate: PartialDate?, sex: Sex?
    ) {
        self.citizenNumber = citizenNumber
        self.name = name.flatMap { $0.isEmpty ? nil : $0 }
        self.birthDate = birthDate
        self.sex = sex.flatMap { $0.isStated ? $0 : nil }
    }

    /// What the record says of itself that its own citizen number denies, such as a parent's number on a child.
    ///
    /// A record whose number denies its birth date or sex must not claim that number.
    package var selfContradictions: [LinkDoubt] {
        guard let citizenNumber else { return [] }
        var doubts: [LinkDoubt] = []
        let born = citizenNumber.birthDate.parts
        if let birthDate,
            let numbered = PartialDate(year: born.year, month: born.month, day: born.day),
            !birthDate.agrees(with: numbered)
        {
            doubts.append(.birthDateDeniedByNumber)
        }
        if let sex, sex != citizenNumber.sex { doubts.append(.sexDeniedByNumber) }
        return doubts
    }

    /// What keeps a record of the same citizen number from being taken for a record of the same resident.
    ///
    /// The number is no proof alone: it is confirmed by name, birth date and sex. Birth date and sex were confirmed
    /// against the number itself when each of the two records claimed it.
    ///
    /// - Parameter known: The identities of the resident's records so far.
    /// - Returns: Empty where the records are of one person.
    package func doubts(against known: [LinkIdentity]) -> [LinkDoubt] {
        guard let name else { return [.nameMissing] }
        let knownNames = known.compactMap(\.name)
        if knownNames.isEmpty { return [.nameMissing] }
        return knownNames.contains(name) ? [] : [.nameDiffers]
    }
}

/// Why a record waits in the review list instead of being linked.
///
/// The raw values are stored and stable.
package enum LinkDoubt: String, Hashable, Sendable, CaseIterable {
    case birthDateDeniedByNumber = "link.birth-date-denied-by-number"
    case sexDeniedByNumber = "link.sex-denied-by-number"
    case nameDiffers = "link.name-differs"
    case nameMissing = "link.name-missing"
    /// A later version of a record names another citizen number than the record had.
    case identityChanged = "link.identity-changed"
}
