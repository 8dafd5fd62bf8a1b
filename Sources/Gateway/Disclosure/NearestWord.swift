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
        let distances = words.map { (word: $0, distance: distance(Array(word), Array($0))) }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }),
            nearest.distance * 5 <= max(word.count, nearest.word.count) * 2
        else { return nil }
        return nearest.word
    }

    /// The number of characters to change, leave out or add (Levenshtein, 1966).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, other) in right.enumerated() {
                let changed = diagonal + (character == other ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(changed, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[right.count]
    }
}
