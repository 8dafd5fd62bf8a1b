/// Finds what may have been meant by a misspelt word.
package enum NearestWord {
    /// Words longer than this are not compared.
    private static let lengthMax = 64

    /// The word with the fewest changed, missing or added characters.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - words: What can be written.
    /// - Returns: The nearest; nil where more than two fifths of it would have to change.
    package static func to(_ word: String, among words: [String]) -> String? {
        guard word.count <= lengthMax else { return nil }
        let distances = words.map {
            (word: $0, distance: Spelling.distance(Array(word), Array($0)))
        }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }),
            nearest.distance * 5 <= max(word.count, nearest.word.count) * 2
        else { return nil }
        return nearest.word
    }
}
