/// A fault of a YAML file, with the place where it stands.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: YAMLPosition
    /// What was found and what was expected.
    package let problem: String
    /// What to type instead, where that is known.
    package let hint: String?
    /// The problem and its hint in Chinese, for the faults that people who are no programmers make most.
    package let chineseProblem: String?

    package init(
        _ problem: String, at position: YAMLPosition, hint: String? = nil, chinese: String? = nil
    ) {
        self.position = position
        self.problem = problem
        self.hint = hint
        chineseProblem = chinese
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
