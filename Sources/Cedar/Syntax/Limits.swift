/// Bounds on untrusted input.
///
/// Exceeding one is a clean error, never a crash.
public struct Limits: Sendable, Hashable {
    /// How deep expressions, types and JSON may nest.
    ///
    /// Chains such as `a && b && c` do not count as nesting.
    ///
    /// Each level costs stack in parser, evaluator and validator; the standard value fits a thread of 8 MiB with
    /// room to spare, also without optimisation.
    public var nestingMax: Int

    /// The largest text accepted, in bytes.
    public var textBytesMax: Int

    /// Makes bounds; anything not given has its standard value.
    public init(nestingMax: Int = 256, textBytesMax: Int = 64 << 20) {
        self.nestingMax = nestingMax
        self.textBytesMax = textBytesMax
    }

    /// The bounds used where none are given.
    public static let standard = Limits()
}
