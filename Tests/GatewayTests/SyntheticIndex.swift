import Gateway

/// Terms of many entries by a rule, for an index without a log.
struct SyntheticIndex {
    let count: UInt64

    init(entries: UInt64) { count = entries }

    static func terms(of entry: UInt64) -> [Int64] {
        var terms = [10 + Int64(entry % 50)]
        if entry % 2 == 0 { terms.append(1) }
        if entry % 3 == 0 { terms.append(2) }
        if entry % 7 == 0 { terms.append(3) }
        if entry % 10_000 == 0 { terms.append(100) }
        if entry < 100 { terms.append(200_000 + Int64(entry)) }
        return terms
    }

    func fill(_ store: any AuditIndexStore) throws {
        var state: AuditIndexState?
        for start in stride(from: 0, to: count, by: 50_000) {
            let end = min(count, start + 50_000)
            var addition = AuditIndexAddition(
                state: AuditIndexState(size: end, lastLeaf: [], keyVersion: 1))
            for entry in start..<end {
                addition.add(
                    entry, lasting: Self.terms(of: entry), ofSubject: [], minute: entry / 60)
            }
            guard try store.extend(addition, after: state) else { return }
            state = addition.state
        }
    }

    /// The newest entries with a term of each group, by trying them all.
    func entries(groups: [[Int64]], limit: Int) -> [UInt64] {
        let all = (0..<count).reversed().lazy.filter { entry in
            let terms = Self.terms(of: entry)
            return groups.allSatisfy { $0.contains(where: terms.contains) }
        }
        return Array(all.prefix(limit))
    }
}
