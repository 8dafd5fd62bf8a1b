import Cedar
import ResidentModel

/// The annotations a rule may bear.
///
/// Cedar itself gives none a meaning, so a misspelt one would be passed over: a rule would lose its obligation, or a
/// refusal its reason. Whatever is not known is refused instead.
enum RuleAnnotation: String, CaseIterable {
    case id, reason, cite, zh, en, obligation

    /// Checks every annotation of a rule.
    ///
    /// - Throws: ``GatewayError/policy(_:)`` with file, line and column of the first fault, what was expected and what
    ///   may have been meant.
    static func check(_ rule: Policy, catalogue: Catalogue) throws(GatewayError) {
        let places = rule.annotationPositions
        // In the order of the text, so that the first fault is the one named.
        let keys = rule.annotations.keys.sorted { left, right in
            guard let left = places[left], let right = places[right] else { return left < right }
            return (left.line, left.column) < (right.line, right.column)
        }
        for key in keys {
            do {
                try check(key, rule.annotations[key] ?? "", of: rule, catalogue: catalogue)
            } catch {
                throw .policy("\(places[key] ?? rule.position): \(error.what)")
            }
        }
    }

    private struct Fault: Error {
        let what: String
    }

    /// What a rule that was checked asks of the items it permits; nil where it asks nothing.
    static func obligations(of rule: Policy) -> Obligations? {
        guard let words = rule.annotations[Self.obligation.rawValue] else { return nil }
        do { return try Obligations(parsing: words) } catch {
            preconditionFailure("obligations are checked when the bundle is compiled")
        }
    }

    private static func check(
        _ key: String, _ value: String, of rule: Policy, catalogue: Catalogue
    ) throws(Fault) {
        guard let annotation = RuleAnnotation(rawValue: key) else {
            let names = allCases.map { "@\($0.rawValue)" }
            throw Fault(
                what: "there is no annotation '@\(key)'"
                    + suggestion("@\(key)", among: names)
                    + "; expected \(names.dropLast().joined(separator: ", ")) or @obligation")
        }
        if value.allSatisfy(\.isWhitespace) {
            throw Fault(what: "'@\(key)' says nothing; expected @\(key)(\"…\")")
        }
        switch annotation {
        case .id, .cite, .zh, .en: return
        case .reason: try checkReason(value, of: rule)
        case .obligation: try checkObligation(value, of: rule, catalogue: catalogue)
        }
    }

    private static func checkReason(_ code: String, of rule: Policy) throws(Fault) {
        guard rule.effect == .forbid else {
            throw Fault(what: "a permit refuses nothing, so it has no @reason; expected a forbid")
        }
        let codes = RefusalReason.allCases.map(\.rawValue)
        guard codes.contains(code) else {
            throw Fault(
                what: "there is no reason '\(code)'" + suggestion(code, among: codes)
                    + "; expected one of \(codes.joined(separator: ", "))")
        }
    }

    private static func checkObligation(
        _ words: String, of rule: Policy, catalogue: Catalogue
    ) throws(Fault) {
        guard rule.effect == .permit else {
            throw Fault(
                what: "a forbid lets nothing leave, so it has no @obligation; expected a permit")
        }
        let form: ValueForm
        do throws(ObligationError) {
            form = try Obligations(parsing: words).form
        } catch {
            throw Fault(
                what: error.description + suggestion(error.word, among: Obligations.exampleWords))
        }
        for id in RuleReach.fields(of: rule) {
            guard let field = catalogue.field(FieldID(id)) else { continue }
            guard form.fits(field.kind) else {
                throw Fault(
                    what: "'\(form.name)' is no form of '\(id)', whose values are of kind "
                        + "\(field.kind.word); expected a form that fits them")
            }
        }
    }

    /// `; did you mean '…'?` where one of the words is near enough.
    private static func suggestion(_ word: String, among words: [String]) -> String {
        NearestWord.to(word, among: words).map { "; did you mean '\($0)'?" } ?? ""
    }
}
