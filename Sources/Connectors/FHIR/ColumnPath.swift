/// Where in a FHIR resource a column's text stands.
///
/// ```
/// column       = path *( "|" path )         ; the first that has a text; blanks around "|" are ignored
/// path         = step *( "." step )
/// step         = name [ "[" [ filter ] "]" ]
/// filter       = name *( "." name ) "=" text
/// name         = [ "_" ] letter *( letter / digit )
/// text         = *( any character but "]" )  ; taken as it is: no quotes, no escapes
/// ```
/// - `birthDate` is a member; `managingOrganization.reference` one within another.
/// - A step through an array takes the first element that has a text at the end of the path:
///   `name.text`, `code.coding.code`.
/// - `[filter]` takes only elements in which the filter's path has exactly that text, somewhere:
///   `identifier[system=https://example.org/fhir/sid/cn-resident-id].value`,
///   `component[code.coding.code=8480-6].valueQuantity.value`, `extension[url=https://example.org/x].valueCode`.
/// - `[]` takes all elements, their texts joined by one space: `meta.security[].code`.
/// - `deceasedBoolean | deceasedDateTime` is the first of the two that is present.
///
/// A text is a string as it stands, a number as it was written, or `true` and `false`. An empty string and `null` are
/// absent. A path that ends on an object has no text and makes the record bad. The narrative (`text.div`) can be
/// named among what is never ingested, and nowhere else: it is HTML that repeats what other members say, past every rule
/// for those.
package struct ColumnPath: Hashable, Sendable {
    let alternatives: [[Step]]

    struct Step: Hashable, Sendable {
        let name: String
        let selection: Selection
    }

    enum Selection: Hashable, Sendable {
        case first
        case all
        case matching(path: [String], text: String)
    }

    /// The members of the resource itself at which the path's alternatives start.
    var rootNames: [String] { alternatives.compactMap { $0.first?.name } }

    /// Whether the path leads to the narrative, which no column may hold.
    var isNarrative: Bool {
        alternatives.contains { $0.count >= 2 && $0.suffix(2).map(\.name) == ["text", "div"] }
    }

    /// Reads a column's path.
    ///
    /// - Throws: ``ColumnPathError`` where the text is not of the grammar above.
    package init(_ text: String) throws(ColumnPathError) {
        var reader = ColumnPathReader(text)
        alternatives = try reader.column()
    }
}

/// Why a text is no column path.
package struct ColumnPathError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1, in code points.
    package let column: Int
    package let expected: String

    package var description: String { "column \(column): expected \(expected)" }
}

private struct ColumnPathReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func column() throws(ColumnPathError) -> [[ColumnPath.Step]] {
        var alternatives: [[ColumnPath.Step]] = []
        repeat {
            skipBlanks()
            alternatives.append(try path())
            skipBlanks()
        } while take("|")
        guard index == scalars.count else { throw fault("'.', '[', '|' or the end") }
        return alternatives
    }

    private mutating func path() throws(ColumnPathError) -> [ColumnPath.Step] {
        var steps: [ColumnPath.Step] = []
        repeat { steps.append(try step()) } while take(".")
        return steps
    }

    private mutating func step() throws(ColumnPathError) -> ColumnPath.Step {
        let name = try name()
        guard take("[") else { return ColumnPath.Step(name: name, selection: .first) }
        if take("]") { return ColumnPath.Step(name: name, selection: .all) }
        var filter = [try self.name()]
        while take(".") { filter.append(try self.name()) }
        guard take("=") else { throw fault("'=' and a text") }
        var text = String.UnicodeScalarView()
        while index < scalars.count, scalars[index] != "]" {
            text.append(scalars[index])
            index += 1
        }
        guard take("]") else { throw fault("']'") }
        return ColumnPath.Step(
            name: name, selection: .matching(path: filter, text: String(text)))
    }

    private mutating func name() throws(ColumnPathError) -> String {
        var name = String.UnicodeScalarView()
        if take("_") { name.append("_") }
        guard index < scalars.count, isLetter(scalars[index]) else { throw fault("a name") }
        while index < scalars.count,
            isLetter(scalars[index]) || ("0"..."9").contains(scalars[index])
        {
            name.append(scalars[index])
            index += 1
        }
        return String(name)
    }

    private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while take(" ") {}
    }

    private func fault(_ expected: String) -> ColumnPathError {
        ColumnPathError(column: index + 1, expected: expected)
    }
}
