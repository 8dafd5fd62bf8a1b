/// A fault of a YAML file, with the place where it stands.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: YAMLPosition
    /// What was found and what was expected.
    package let problem: String
    /// What to type instead, where that is known.
    package let hint: String?

    package init(_ problem: String, at position: YAMLPosition, hint: String? = nil) {
        self.position = position
        self.problem = problem
        self.hint = hint
    }

    /// `file:line:column: problem`.
    package var description: String { "\(position): \(problem)" }
}

/// A place in a YAML file; line and column count from 1.
package struct YAMLPosition: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}
