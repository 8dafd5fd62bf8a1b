/// The part of a condition that kept a policy from being satisfied, and what it looked at.
public struct DecisivePart: Hashable, Sendable {
    /// Which condition of the policy it belongs to, counted from 0.
    public let conditionIndex: Int
    /// Whether that condition is an `unless`, which keeps a policy back by being true.
    public let isUnless: Bool
    /// The part as Cedar text, cut short where it is long.
    public let text: String
    /// Where the part starts.
    public let position: SourcePosition
    /// What was read of the request and of entities while the part was evaluated, in order, each once.
    public let values: [SeenValue]
    /// False where more was read than ``ExplanationDetail/valueCountMax``.
    public let hasAllValues: Bool
}

/// Something that a condition read: a variable, an attribute, a tag, or whether there is one.
public struct SeenValue: Hashable, Sendable, CustomStringConvertible {
    /// What was read, as Cedar text, such as `principal.level`.
    public let text: String
    /// Where it stands.
    public let position: SourcePosition
    /// What was found there.
    public let finding: Finding

    /// What reading found.
    public enum Finding: Hashable, Sendable {
        /// A value, written out.
        case shown(String)
        /// A value of this type, which is not to be written out.
        case redacted(Value.Kind)
        /// Nothing: reading failed, and the policy with it.
        case failed(EvaluationFault)
    }

    /// `text: finding`.
    public var description: String {
        switch finding {
        case .shown(let value): "\(text): \(value)"
        case .redacted(let kind): "\(text): <redacted \(kind.rawValue)>"
        case .failed(let fault): "\(text): \(fault)"
        }
    }
}

/// How much an explanation says, and which values it writes out.
public struct ExplanationDetail: Sendable {
    /// The most characters of one text: of a part of a condition, or of a value.
    public var textLengthMax: Int
    /// The most values for one policy.
    public var valueCountMax: Int
    /// The text to show for a value, nil to say no more than its type.
    ///
    /// Gets what was read, such as `principal.level`, and the value.
    public var shownText: @Sendable (_ reading: String, _ value: Value) -> String?

    /// Chooses what to show.
    public init(
        textLengthMax: Int = 400, valueCountMax: Int = 32,
        shownText: @escaping @Sendable (_ reading: String, _ value: Value) -> String?
    ) {
        self.textLengthMax = textLengthMax
        self.valueCountMax = valueCountMax
        self.shownText = shownText
    }

    /// Values by their types alone.
    public static let redacted = ExplanationDetail { _, _ in nil }

    /// Every value as Cedar text; only for eyes that may see what requests and entities hold.
    public static let writtenOut = ExplanationDetail { _, value in value.cedarText }

    func cut(_ text: String) -> String {
        text.count > textLengthMax ? text.prefix(textLengthMax) + "…" : text
    }
}

extension Value {
    /// The value as a Cedar expression; the deliberate way to write it out.
    public var cedarText: String {
        ExpressionText.of(Expression.of(self, at: TextPosition(line: 0, column: 0)))
    }
}
