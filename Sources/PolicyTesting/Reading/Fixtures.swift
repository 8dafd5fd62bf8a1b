import ResidentModel
import StrictYAML

/// What scenarios share: residents, consents and the calendar, by name.
struct Fixtures {
    private(set) var residents: [String: YAMLNode] = [:]
    private(set) var consents: [String: YAMLNode] = [:]
    private(set) var calendar = WorkCalendar()

    /// Reads a file by its path; whatever it uses is read before it.
    ///
    /// - Parameters:
    ///   - node: The list under `use`.
    ///   - file: The file that has it; paths are relative to its folder.
    ///   - load: Reads a file's text.
    ///   - open: The files that are being read, from the outermost, so that a circle is seen.
    /// - Throws: ``ScenarioFault``.
    mutating func add(
        _ node: YAMLNode?, of file: String, load: SuiteReader.Load, open: [String]
    ) throws(ScenarioFault) {
        guard let node else { return }
        for element in try node.listOrOne() {
            let path = SuiteReader.path(try element.scenarioText(), besides: file)
            if let start = open.firstIndex(of: path) {
                let way = (open[start...] + [path]).joined(separator: " → ")
                throw ScenarioFault(
                    .cycle, at: element.position, "引用成了圈：\(way)",
                    "these files use each other: \(way)")
            }
            let text = try load(path, element.position)
            let root = try inYAML { () throws(YAMLError) in try YAMLReader.read(text, file: path) }
            let fields = try KeywordFields(root, [.use, .residents, .consents, .calendar])
            try add(fields.optional(.use), of: path, load: load, open: open + [path])
            try add(fields)
        }
    }

    private mutating func add(_ fields: KeywordFields) throws(ScenarioFault) {
        for entry in try fields.optional(.residents)?.pairs() ?? [] {
            try Self.insert(entry, into: &residents)
        }
        for entry in try fields.optional(.consents)?.pairs() ?? [] {
            try Self.insert(entry, into: &consents)
        }
        guard let node = fields.optional(.calendar) else { return }
        let days = try KeywordFields(node, [.holidays, .workdays])
        for node in try days.optional(.holidays)?.list() ?? [] {
            calendar.holidays.insert(try Moments.day(node))
        }
        for node in try days.optional(.workdays)?.list() ?? [] {
            calendar.workdays.insert(try Moments.day(node))
        }
    }

    private static func insert(
        _ entry: YAMLEntry, into nodes: inout [String: YAMLNode]
    ) throws(ScenarioFault) {
        // One file used on two ways is read twice, and says the same.
        if let known = nodes[entry.key], known.position != entry.value.position {
            throw ScenarioFault(
                .twice, at: entry.keyPosition, "“\(entry.key)”在 \(known.position) 已经有了",
                "'\(entry.key)' is already at \(known.position)")
        }
        nodes[entry.key] = entry.value
    }
}
