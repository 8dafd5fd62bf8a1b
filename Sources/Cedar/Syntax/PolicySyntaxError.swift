/// A policy or schema text that is not valid.
///
/// Kept out of line, since an error of its size would swell every frame of the parsers.
public indirect enum PolicySyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something else was expected here.
    case unexpected(String, expected: String, at: SourcePosition)
    /// The text has this form but breaks a rule of the language.
    case invalid(String, at: SourcePosition)
    /// The text exceeds one of ``Limits``.
    case tooLarge(String, most: Int, at: SourcePosition)

    /// Where the error is.
    public var position: SourcePosition {
        switch self {
        case .unexpected(_, _, let position), .invalid(_, let position),
            .tooLarge(_, _, let position):
            position
        }
    }

    /// `file:line:column: what is wrong`.
    public var description: String {
        switch self {
        case .unexpected(let found, let expected, let position):
            "\(position): found \(found), expected \(expected)"
        case .invalid(let what, let position):
            "\(position): \(what)"
        case .tooLarge(let what, let most, let position):
            "\(position): \(what) exceeds the limit of \(most)"
        }
    }
}
