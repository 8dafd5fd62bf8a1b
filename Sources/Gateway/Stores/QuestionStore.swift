/// Reading of what departments have asked about residents, under keyed hashes.
package protocol QuestionReader {
    /// The different questions about a topic that were answered on a day or later.
    ///
    /// - Parameters:
    ///   - topic: The keyed hash of department, resident and field.
    ///   - resident: The resident's row.
    ///   - day: Days since 1970.
    /// - Returns: The keyed hashes of the questions.
    /// - Throws: ``GatewayError/store(_:)``.
    func questions(
        about topic: [UInt8], of resident: ResidentNumber, since day: Int64
    ) throws(GatewayError) -> Set<[UInt8]>
}

/// Counting of questions.
package protocol QuestionWriter: QuestionReader {
    /// Keeps that a question was answered; one that stands there already gets the new day.
    func keep(_ count: QuestionCount) throws(GatewayError)
}

/// One question that was answered.
package struct QuestionCount: Sendable {
    package let topic: [UInt8]
    package let resident: ResidentNumber
    package let question: [UInt8]
    /// Days since 1970.
    package let day: Int64
}
