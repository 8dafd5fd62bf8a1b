import JSONText
import ResidentModel
package import TransparencyLog

/// Who reads details of the log, and why; without it none is opened.
package struct AuditReading: Sendable {
    /// Closed, so that reasons can be counted; the reference says which case.
    package enum Reason: String, Sendable, CaseIterable {
        /// A regular or announced check of the log.
        case inspection
        case complaint
        case investigation
        /// The resident asked.
        case residentRequest = "resident-request"
        case incident
        case maintenance
    }

    package let officer: String
    package let reason: Reason
    /// The number under which the reading is filed at the reader's office; empty where there is none.
    package let reference: String

    /// - Throws: ``RequestError/empty(_:)`` without an officer, ``RequestError/unreadable(_:)`` for a name or
    ///   reference that is too long or has control characters.
    package init(
        officer: String, reason: Reason, reference: String = ""
    ) throws(GatewayError) {
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        try checkName(officer, "officer")
        try checkName(reference, "reference")
        self.officer = officer
        self.reason = reason
        self.reference = reference
    }
}

/// One entry of a list: what the leaf tells, and its details where they were asked for.
package struct AuditLine: Sendable {
    package let index: UInt64
    package let leaf: AuditLeaf
    package let details: OpenedEntry?
    /// By what name the log's readers follow the resident; only with details.
    package let residentPseudonym: String?
}

/// Part of a list.
package struct AuditPage: Sendable {
    /// Newest first.
    package let lines: [AuditLine]
    /// Where the list goes on; nil at its end.
    package let next: String?
}

/// Reads the log as officers do: by filter, page by page, newest first, and leaves its own trace in it.
///
/// What the public leaves tell may be listed freely. Whoever asks by what is sealed, or wants details, must say who and
/// why; an entry that tells so is durable before anything is shown.
package struct AuditTrail: Sendable {
    /// The ring's key under which terms, pseudonyms and cursors are hashed.
    package static let indexKeyName = TermKeys.index
    /// The most entries of one page.
    package static let pageEntriesMax = 1_000

    private let parts: GatewayParts
    private let index: AuditIndex
    private let store: any AuditIndexStore
    private let keys: TermKeys

    package init(_ parts: GatewayParts, index store: any AuditIndexStore) {
        self.parts = parts
        self.store = store
        index = AuditIndex(parts, store: store)
        keys = TermKeys(keyring: parts.keyring)
    }

    /// One page of the entries that a filter asks for.
    ///
    /// - Parameters:
    ///   - filter: Its words are checked against the catalogue, and against the log for what the catalogue dropped.
    ///   - cursor: Where an earlier page of the same filter ended; nil for the newest entries.
    ///   - limit: 1 to ``pageEntriesMax``.
    ///   - reading: Who reads and why; nil for public leaves alone.
    ///   - isReadingAll: Reads every entry instead of the index: slow, and complete whatever the index lacks.
    ///   - progress: Called while the index is brought up to date.
    /// - Returns: The page; where `reading` is given, with details, and with its own entry in the log.
    /// - Throws: ``GatewayError/request(_:)`` for a word, cursor or limit that is none, and
    ///   ``RequestError/readerMissing`` where the filter needs details and nobody answers for opening them.
    package func page(
        _ filter: AuditFilter, after cursor: String? = nil, limit: Int,
        by reading: AuditReading? = nil, isReadingAll: Bool = false,
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(GatewayError) -> AuditPage {
        guard (1...Self.pageEntriesMax).contains(limit) else {
            throw .request(.tooMany("entries in one page", max: Self.pageEntriesMax))
        }
        guard filter.isPublic || reading != nil else { throw .request(.readerMissing) }
        let cursors = AuditCursor(filter, keys: keys)
        let below = try cursor.map { text throws(GatewayError) in try cursors.entry(of: text) }
        let found = try search(
            filter, below: below ?? .max, limit: limit + 1, isOpening: reading != nil,
            isReadingAll: isReadingAll, progress: progress)
        let shown = Array(found.prefix(limit))
        if let reading { try record(reading, of: filter, count: shown.count) }
        let next =
            try found.count > limit
            ? shown.last.map { line throws(GatewayError) in try cursors.text(below: line.index) }
            : nil
        return AuditPage(lines: shown, next: next)
    }

    /// One entry with all that can be opened of it; the reading is durable before it is answered.
    package func entry(
        _ number: UInt64, by reading: AuditReading
    ) throws(GatewayError) -> AuditLine {
        guard let line = try opened(number) else { throw .request(try missing(number)) }
        try record(reading, entry: number)
        return line
    }

    /// Why there is no such entry.
    func missing(_ number: UInt64) throws(GatewayError) -> RequestError {
        try parts.store.read { reader throws(GatewayError) in
            let first = try reader.entries(from: 0, limit: 1).first?.index ?? 0
            return number < first ? .prunedEntry(number) : .noSuchEntry(number)
        }
    }

    /// One entry with all that can be opened of it, unrecorded: whoever shows it must have its reading in the log.
    func opened(_ number: UInt64) throws(GatewayError) -> AuditLine? {
        try parts.store.read { reader throws(GatewayError) in
            try self.line(number, in: reader, isOpening: true)
        }
    }

    /// The entries that a filter asks for, newest first, opened and compared with their leaves.
    func search(
        _ filter: AuditFilter, below: UInt64 = .max, limit: Int, isOpening: Bool,
        isReadingAll: Bool = false, progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(GatewayError) -> [AuditLine] {
        let isIndexed = !isReadingAll && !filter.isUnconditional
        if isIndexed { try index.catchUp(progress: progress) }
        let pseudonym = try pseudonym(of: filter)
        if filter.resident != nil, pseudonym == nil { return [] }
        try FilterWords(
            catalogue: parts.catalogue, rules: parts.policies.ruleNames, isInLog: isInLog
        ).check(filter)
        let groups = filter.groups(catalogue: parts.catalogue, pseudonym: pseudonym)
        return try parts.store.read { reader throws(GatewayError) in
            var lines: [AuditLine] = []
            let visit = { (number: UInt64) throws(GatewayError) -> Bool in
                let line = try self.line(
                    number, in: reader, isOpening: isOpening, filter: filter, groups: groups)
                if let line { lines.append(line) }
                return lines.count < limit
            }
            let below = min(below, try reader.treeSize())
            if isIndexed {
                let query = AuditQuery(
                    groups: try groups.map { group throws(GatewayError) in try keys.hashes(group) },
                    minutes: filter.minutes)
                try query.forEach(below: below, in: store, visit)
            } else {
                let first = try reader.entries(from: 0, limit: 1).first?.index ?? 0
                var number = below
                while number > first {
                    number -= 1
                    if try !visit(number) { break }
                }
            }
            return lines
        }
    }

    /// One entry, or nil where it is pruned or is not what the filter asks for.
    private func line(
        _ number: UInt64, in reader: any StoreReader, isOpening: Bool,
        filter: AuditFilter = AuditFilter(), groups: [[AuditTerm]] = []
    ) throws(GatewayError) -> AuditLine? {
        guard let entry = try reader.entries(from: number, limit: 1).first, entry.index == number
        else { return nil }
        let leaf = try inLog { () throws(TransparencyLogError) in try AuditLeaf(bytes: entry.leaf) }
        guard filter.allows(leaf) else { return nil }
        guard isOpening || !filter.isPublic else {
            return AuditLine(index: number, leaf: leaf, details: nil, residentPseudonym: nil)
        }
        let opened = try OpenedEntry(entry, details: parts.log.details, reader: reader)
        var pseudonym: String?
        if !opened.isSubjectGone, let resident = entry.resident,
            let id = try reader.residentIDs(of: [resident])[resident]
        {
            pseudonym = try keys.pseudonym(of: id)
        }
        let terms = EntryTerms(opened, residentPseudonym: pseudonym)
        guard groups.allSatisfy({ $0.contains(where: terms.contains) }) else { return nil }
        return AuditLine(
            index: number, leaf: leaf, details: isOpening ? opened : nil,
            residentPseudonym: pseudonym)
    }

    private func pseudonym(of filter: AuditFilter) throws(GatewayError) -> String? {
        switch filter.resident {
        case nil: return nil
        case .pseudonym(let text): return text
        case .citizenNumber(let text):
            let number = try CitizenNumber(asked: text, today: parts.clock.today)
            let resident = try parts.store.read { reader throws(GatewayError) in
                try Locate.find(number, parts: parts, store: reader)
            }
            return try resident.map { found throws(GatewayError) in
                try keys.pseudonym(of: found.id)
            }
        }
    }

    private func isInLog(_ term: AuditTerm) throws(GatewayError) -> Bool {
        try index.catchUp()
        guard let hash = try keys.hashes([term]).first else { return false }
        return try store.postings(of: hash, atOrBelow: UInt64(Int64.max) / EntrySet.span) != nil
    }

    private func record(
        _ reading: AuditReading, of filter: AuditFilter, count: Int
    ) throws(GatewayError) {
        try parts.write { writer throws(GatewayError) in
            _ = try parts.log.append(
                [.auditRead(reading, filter: filter.loggedText, count: count)], in: writer)
        }
    }

    private func record(_ reading: AuditReading, entry: UInt64) throws(GatewayError) {
        try parts.write { writer throws(GatewayError) in
            _ = try parts.log.append(
                [.auditRead(reading, filter: "entry=\(entry)", count: 1)], in: writer)
        }
    }
}

extension AuditFilter {
    /// Whether it asks for everything.
    fileprivate var isUnconditional: Bool { self == AuditFilter() }
}
