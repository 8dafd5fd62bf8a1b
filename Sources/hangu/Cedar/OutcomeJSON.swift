import Cedar

/// What became of a policy that could have mattered, as `--json` prints it.
struct OutcomeJSON: Encodable {
    let policy: String
    let position: String
    let text: String
    /// `scope`, `condition` or `failed`.
    let cause: String
    let part: PartJSON?

    /// The part of a condition that was false or failed.
    struct PartJSON: Encodable {
        let condition: Int
        let kind: String
        let text: String
        let position: String
        let values: [SeenJSON]
        let hasAllValues: Bool
    }

    /// Something the part read: its value where it is shown, else its type, or why reading failed.
    struct SeenJSON: Encodable {
        let text: String
        let position: String
        let value: String?
        let redacted: String?
        let failed: String?

        init(_ seen: SeenValue) {
            text = seen.text
            position = "\(seen.position)"
            switch seen.finding {
            case .shown(let shown): (value, redacted, failed) = (shown, nil, nil)
            case .redacted(let kind): (value, redacted, failed) = (nil, kind.rawValue, nil)
            case .failed(let fault): (value, redacted, failed) = (nil, nil, fault.description)
            }
        }
    }

    init(_ outcome: PolicyOutcome) {
        policy = outcome.policyID.text
        position = "\(outcome.position)"
        text = outcome.description
        cause =
            switch outcome.cause {
            case .satisfied: "satisfied"
            case .scope: "scope"
            case .condition: "condition"
            case .failed: "failed"
            }
        part = outcome.part.map { part in
            PartJSON(
                condition: part.conditionIndex, kind: part.isUnless ? "unless" : "when",
                text: part.text, position: "\(part.position)",
                values: part.values.map(SeenJSON.init), hasAllValues: part.hasAllValues)
        }
    }
}
