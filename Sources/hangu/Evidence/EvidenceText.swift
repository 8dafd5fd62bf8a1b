import Gateway
import JSONText
import ResidentModel
import TransparencyLog

/// What a bundle of evidence says to people, in both languages.
struct EvidenceText: Sendable {
    let catalogue: Catalogue

    var texts: EvidenceTexts {
        EvidenceTexts(
            readme: Self.readme, verifier: EvidenceVerifier.text,
            explain: { line in
                Language.allCases.flatMap { explained(line, in: $0) }
            })
    }

    /// An entry in words: what happened, and for a decision who asked, why, under which article, and each item.
    private func explained(_ line: AuditLine, in language: Language) -> [String] {
        let text = EntryText(catalogue: catalogue, language: language)
        var lines = [text.line(of: line)]
        guard let details = line.details, line.leaf.type == .decision,
            details.operational["caller"] != nil
        else { return lines }
        lines += text.access(details).dropFirst()
        for item in details.operational["items"]?.array ?? [] {
            let rules = (item["rules"]?.array ?? []).compactMap(\.string)
            guard !rules.isEmpty else { continue }
            let name = AnswerText(catalogue: catalogue, language: language)
                .title(of: FieldID(item["item"]?.string ?? ""))
            let list = rules.joined(separator: ", ")
            lines.append(
                Message("    \(name)：由规则 \(list) 决定", "    \(name): decided by \(list)")
                    .text(in: language))
        }
        return lines
    }

    static let readme = """
        证据包 / A bundle of evidence
        ==============================

        这里是从函关网关的审计日志中取出的若干条记录，以及证明它们确在日志中、未被改动的材料。
        取出本身也是一次披露，日志里有它的记录；回执在 receipt/ 下。
        核对：python3 verify.py --vkey 公钥文件
        公钥请从别处取得（公报、其他部门、纸质存档），不要只信包内的 keys/log.vkey。
        不需要网络，也不需要我们的任何程序；装有 Python 3.8 以上即可。

        These are entries of the audit log of a Hangu gateway, with what proves that they are in the log and unchanged.
        Taking them out is itself a disclosure, which the log has; its receipt lies in receipt/.
        Check it: python3 verify.py --vkey KEYFILE
        Get the key from elsewhere (gazette, another department, paper); do not trust keys/log.vkey alone.
        No network and none of our programs are needed, only Python 3.8 or newer.

        manifest.json       清单与每个文件的 SHA-256 / contents, with the SHA-256 of each file
        records.ndjson      记录：公开叶子、已公开的明细及其盐 / leaves, and the opened details with their salts
        explanations.txt    每条记录的中英文说明 / each entry in words
        report.html, .csv   供打印和表格 / for print and spreadsheets
        proofs/             检查点、包含证明、一致性证明（C2SP） / checkpoints and proofs (C2SP)
        policies/           作出决定时的规则与目录 / the rules and catalogue that decided
        keys/               日志的公钥 / the log's public key
        receipt/            本次取证在日志中的回执 / the receipt for this disclosure

        """
}
