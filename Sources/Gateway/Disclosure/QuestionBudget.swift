import FieldCrypto
import ResidentModel

/// Counts how many different questions one department asks about one field of one resident, over all purposes.
///
/// Each answer halves what a value can be; a few different questions about one field find it out, however harmless
/// each of them is. So a department may ask ``FieldDefinition/questionsMax`` different questions about a field in
/// ``windowDays`` days. The same question again tells nothing more and costs nothing more. What is counted is written
/// in the transaction that keeps the decision, so that two requests at once cannot both have the last one.
///
/// The store sees keyed hashes: neither department, resident, field nor question stand there in clear.
package struct QuestionBudget: Sendable {
    let keyring: Keyring
    let catalogue: Catalogue
    let department: String
    let resident: LocatedResident
    let today: CalendarDate

    /// The name of the key; it is no search index and keeps one version.
    package static let keyName = "question-budget"
    /// How long a question counts after it was last answered.
    package static let windowDays = 365
    private static let bits = 128

    /// Takes a question from the budget of each field that it is about.
    ///
    /// - Parameters:
    ///   - predicate: The question.
    ///   - writer: The transaction that keeps the decision.
    /// - Returns: Whether it may be answered; where one field's budget does not allow it, none is charged.
    /// - Throws: ``GatewayError``.
    func take(
        _ predicate: PredicateDefinition, in writer: any StoreWriter
    ) throws(GatewayError) -> Bool {
        let since = Int64(today.dayNumber - Self.windowDays)
        var charged: [QuestionCount] = []
        for field in predicate.fields {
            let topic = try digest("\(department)\u{1F}\(field)")
            let question = try digest("\(department)\u{1F}\(field)\u{1F}\(predicate.id)")
            let asked = try writer.questions(about: topic, of: resident.number, since: since)
            let most = catalogue.field(field)?.questionsMax ?? 0
            guard asked.contains(question) || asked.count < most else { return false }
            charged.append(
                QuestionCount(
                    topic: topic, resident: resident.number, question: question,
                    day: Int64(today.dayNumber)))
        }
        for count in charged { try writer.keep(count) }
        return true
    }

    private func digest(_ text: String) throws(GatewayError) -> [UInt8] {
        let message = resident.id.bytes + Array("\u{1F}\(text)".utf8)
        return try inCrypto { () throws(FieldCryptoError) in
            guard
                let value = try keyring.blindIndex(
                    message, index: Self.keyName, bits: Self.bits
                ).last
            else { throw FieldCryptoError.ring("no key for '\(Self.keyName)'") }
            return value.bytes
        }
    }
}
