/// A place in a policy or schema text.
///
/// Lines and columns count from 1; columns count Unicode scalars.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The name under which the text was read.
    public let file: String
    /// The line; 0 where the input was not text, such as a policy read from JSON.
    public let line: Int
    /// The column; 0 where the input was not text.
    public let column: Int

    /// Makes a place.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, or the file alone where there is no line.
    public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// A place within one text, without the name of its file.
package struct TextPosition: Hashable, Sendable {
    package let line: Int32
    package let column: Int32

    static let none = TextPosition(line: 0, column: 0)

    package func within(_ file: String) -> SourcePosition {
        SourcePosition(file: file, line: Int(line), column: Int(column))
    }
}
