import Gateway
import ResidentModel

/// Explained refusals in words: each reason with its rule or article, then what would permit the item.
struct ExplanationText {
    let catalogue: Catalogue
    let language: Language

    /// The lines below one refused item.
    func lines(of explanation: RefusalExplanation) -> [String] {
        explanation.reasons.flatMap(lines) + [change(explanation.change).text(in: language)]
    }

    private func lines(of reason: RefusalExplanation.Reason) -> [String] {
        var lines = [
            "    \(reason.code.rawValue): \(ReasonText.text(of: reason.code).text(in: language))"
        ]
        if let article = reason.article {
            lines.append("      \(language == .chinese ? article.chinese : article.english)")
        }
        for rule in reason.rules {
            let cite = rule.cite.map { Message("；\($0)", "; \($0)").text(in: language) } ?? ""
            lines.append(
                Message("      规则 \(rule.id)\(cite)", "      rule \(rule.id)\(cite)").text(
                    in: language))
            if let plain = rule.plain {
                lines.append("      \(language == .chinese ? plain.chinese : plain.english)")
            }
        }
        return lines
    }

    private func change(_ change: PermittingChange?) -> Message {
        guard let change else {
            return Message("    → 只改一处不能得到准许", "    → no single change would permit it")
        }
        let words = ExplanationText.words(change, catalogue: catalogue)
        return Message("    → \(words.chinese)", "    → \(words.english)")
    }

    /// The smallest change in words.
    static func words(_ change: PermittingChange, catalogue: Catalogue) -> Message {
        func purpose(_ id: String) -> Title {
            catalogue.purposes[id]?.title ?? Title(chinese: id, english: id)
        }
        switch change {
        case .caseNumber:
            return Message(
                "写明办理编号（--case）即可准许", "it would be permitted with a case number (--case)")
        case .consent(let id):
            return Message(
                "就“\(purpose(id).chinese)”征得本人同意即可准许",
                "ask the resident's consent for '\(purpose(id).english)' (\(id))")
        case .guardianConsent(let id):
            return Message(
                "就“\(purpose(id).chinese)”征得监护人同意即可准许",
                "ask the guardian's consent for '\(purpose(id).english)' (\(id))")
        case .householdMandates(let id):
            return Message(
                "就“\(purpose(id).chinese)”取得家庭每位成年成员的授权即可准许",
                "ask each adult of the household for '\(purpose(id).english)' (\(id))")
        case .question(let id):
            let title = catalogue.predicates[id]?.title
            return Message(
                "不要内容，改问“\(title?.chinese ?? id.text)”（\(id)）即可准许",
                "ask '\(title?.english ?? id.text)' (\(id)) in place of the value")
        case .legalBasis(let id):
            let basis = catalogue.legalBases[id]
            return Message(
                "改用法律依据 \(id)（\(basis?.article.chinese ?? "")）即可准许",
                "cite the legal basis \(id) (\(basis?.article.english ?? ""))")
        case .purpose(let id):
            return Message(
                "如果确为“\(purpose(id).chinese)”（\(id)），以该目的提出即可准许",
                "if it is for '\(purpose(id).english)', ask under that purpose (\(id))")
        case .waiting(let days):
            return Message(
                "等以前问过的不再计数（最多 \(days) 天），或重问以前问过的问题",
                "wait until earlier questions no longer count (at most \(days) days), or ask one of them again"
            )
        }
    }
}
