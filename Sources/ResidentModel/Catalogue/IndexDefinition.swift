import StrictYAML

/// How residents can be found by a field without its values being held in clear.
package struct IndexDefinition: Hashable, Sendable {
    /// What of a value the index is over.
    package enum Shape: Hashable, Sendable {
        /// The value itself.
        case equality
        /// The year of a date.
        case year
        /// The multiple of so much below a number.
        case band(width: Int)
    }

    package let shape: Shape
    /// How many bits of the keyed hash are kept.
    ///
    /// 128 finds one value; fewer find others too, which are opened and left out. For X different values b bits with
    /// sqrt(X) < 2^b < X / 2: fewer find too many, more let equal values be counted.
    package let bits: Int
    /// Into how many parts the residents are divided, each with hashes of its own, so that a common value is not seen
    /// to be common; a search asks for each part.
    package let partitions: Int

    /// One value, one resident, found exactly.
    package static let exact = IndexDefinition(shape: .equality, bits: 128, partitions: 1)

    package init(shape: Shape, bits: Int, partitions: Int) {
        self.shape = shape
        self.bits = bits
        self.partitions = partitions
    }

    /// What of a value stands in the index; nil for a value that has no such part, which nobody then finds by it.
    package func term(of text: String) -> String? {
        switch shape {
        case .equality: return text
        case .year:
            let year = text.prefix(4)
            return year.utf8.count == 4 && Int(year) != nil ? String(year) : nil
        case .band(let width):
            return DecimalText(text).map { "\(Self.band($0.floor, width))" }
        }
    }

    /// The terms of all values from `low` to `high`, both among them; nil where there are more than `max`.
    package func terms(from low: Int, to high: Int, max: Int) -> [String]? {
        guard low <= high else { return [] }
        let first: Int
        let last: Int
        switch shape {
        case .equality: return nil
        case .year: (first, last) = (low, high)
        case .band(let width): (first, last) = (Self.band(low, width), Self.band(high, width))
        }
        let (distance, isTooFar) = last.subtractingReportingOverflow(first)
        guard !isTooFar, distance < max else { return nil }
        return (first...last).map { shape == .year ? Self.fourDigits($0) : "\($0)" }
    }

    /// The number that a range is compared with: a date's year, a number without its decimals.
    package func key(of text: String) -> Int? {
        switch shape {
        case .equality: nil
        case .year: term(of: text).flatMap { Int($0) }
        case .band: DecimalText(text)?.floor
        }
    }

    private static func band(_ number: Int, _ width: Int) -> Int {
        number / width - (number % width < 0 ? 1 : 0)
    }

    private static func fourDigits(_ year: Int) -> String {
        let text = "\(year)"
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}

extension IndexDefinition {
    /// Reads `indexed` and `index` of a field.
    ///
    /// - Returns: Nil for a field that nobody is found by.
    /// - Throws: ``YAMLError`` for an index that would give its values away, or that its kind cannot have.
    static func read(
        _ fields: inout YAMLFields, kind: FieldKind
    ) throws(YAMLError) -> IndexDefinition? {
        let indexed = fields.optional("indexed")
        let declared = fields.optional("index")
        if let indexed, try indexed.flag() {
            if let declared {
                throw YAMLError("'indexed' and 'index' do not go together", at: declared.position)
            }
            if kind.isLowEntropy {
                throw YAMLError(
                    "a field with few distinct values must not be indexed: the index would tell them",
                    at: indexed.position)
            }
            return .exact
        }
        guard let declared else { return nil }
        var parts = try YAMLFields(declared)
        let bits = try parts.required("bits").integer(in: 1...128)
        let partitions = try parts.optional("partitions")?.integer(in: 1...64) ?? 1
        let band = parts.optional("band")
        try parts.finish()
        return IndexDefinition(
            shape: try shape(band, kind: kind, at: declared), bits: bits, partitions: partitions)
    }

    private static func shape(
        _ band: YAMLNode?, kind: FieldKind, at node: YAMLNode
    ) throws(YAMLError) -> Shape {
        switch kind {
        case .text, .citizenNumber, .telephone:
            if let band {
                throw YAMLError("only dates and numbers have a 'band'", at: band.position)
            }
            return .equality
        case .date:
            guard let band, try band.text() == "year" else {
                throw YAMLError(
                    "dates are indexed by 'band: year' only: an index of days would tell them",
                    at: node.position)
            }
            return .year
        case .integer, .decimal:
            guard let band else {
                throw YAMLError(
                    "numbers are indexed by a 'band' only: an index of each would tell them",
                    at: node.position)
            }
            return .band(width: try band.integer(in: 2...1_000_000_000))
        case .code, .flag, .division:
            throw YAMLError(
                "a field with few distinct values must not be indexed: the index would tell them",
                at: node.position)
        }
    }
}
