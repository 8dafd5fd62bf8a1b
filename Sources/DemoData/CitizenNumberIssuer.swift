import ResidentModel

/// Gives out sound citizen numbers, each once.
struct CitizenNumberIssuer {
    /// The first 17 digits of every number given out.
    private var issued: Set<Int> = []

    /// - Precondition: Fewer than 500 people of one sex share a division and a birth date.
    mutating func issue(
        division: String, birthDate: CalendarDate, sex: Sex, random: inout TownRandom
    ) -> String {
        let date = birthDate.parts
        let start = division + digits(date.year, 4) + digits(date.month, 2) + digits(date.day, 2)
        // Sequences 996 to 999 of the old 15-digit form meant centenarians, so none is given out.
        var sequence = random.below(490) * 2 + (sex == .male ? 1 : 2)
        while true {
            let text = start + digits(sequence, 3)
            if let key = Int(text), issued.insert(key).inserted {
                let bytes = Array(text.utf8)
                let check = CitizenNumber.checkCharacter(of: bytes[...])
                return text + String(decoding: [check], as: UTF8.self)
            }
            sequence = (sequence + 2) % 990
        }
    }
}
