import ArgumentParser

/// One command as a way out: what can leave by it, and which entry of the log is durable before anything does.
///
/// This is the one list of ways out. A test compares it with the commands that there are, so a command that is added
/// without a line here fails it, and so does one by which something about residents leaves without an entry.
struct WayOut: Encodable {
    /// The most that can leave.
    enum Load: String, Encodable {
        /// Values of residents.
        case values
        /// Something about a resident without their values: who asked, what they agreed to, that they are known.
        case aboutResidents = "about-residents"
        /// Counts, names and texts of the catalogue, and what anybody may know.
        case nobody
    }

    /// The words that call it.
    let command: String
    let load: Load
    /// The format of the entry that is durable first; nil where nothing about residents leaves.
    let entry: String?
    /// Why something about residents leaves without an entry; nil where it does not.
    let gap: String?

    private init(_ command: String, _ load: Load, entry: String? = nil, gap: String? = nil) {
        self.command = command
        self.load = load
        self.entry = entry
        self.gap = gap
    }

    private static func steps(_ names: [String], of group: String, entry: String) -> [WayOut] {
        names.map { WayOut("\(group) \($0)", .aboutResidents, entry: entry) }
    }

    private static func silent(_ names: [String], of group: String = "") -> [WayOut] {
        names.map { WayOut(group.isEmpty ? $0 : "\(group) \($0)", .nobody) }
    }

    static let all: [WayOut] =
        [
            WayOut("disclose", .values, entry: "hangu/decision/1"),
            WayOut("resident export", .values, entry: "hangu/subject-access/1"),
            WayOut(
                "resident accesses", .aboutResidents,
                gap: "a resident's own list of who looked has no entry of its own yet"),
            WayOut("resident hand-over", .aboutResidents, entry: "hangu/hand-over/1"),
            WayOut("resident take-over", .aboutResidents, entry: "hangu/hand-over/1"),
            WayOut("resident mark", .aboutResidents, entry: "hangu/standing/1"),
            WayOut("emergency list", .aboutResidents, entry: "hangu/audit-read/1"),
            WayOut("correction list", .aboutResidents, entry: "hangu/audit-read/1"),
            WayOut(
                "consent list", .aboutResidents,
                gap: "the register is read without an entry so far"),
            WayOut(
                "consent receipt", .aboutResidents,
                gap: "a resident's own receipt, issued again, has no entry of its own yet"),
            WayOut(
                "review list", .aboutResidents,
                gap: "it names fields and reasons, no resident; no entry so far"),
            WayOut(
                "review quarantine", .aboutResidents,
                gap: "it names places and faults of records, no value; no entry so far"),
            WayOut("audit list", .aboutResidents, entry: "hangu/audit-read/1"),
            WayOut("audit show", .aboutResidents, entry: "hangu/audit-read/1"),
            WayOut("audit incidents", .aboutResidents, entry: "hangu/incident/1"),
            WayOut("audit evidence", .aboutResidents, entry: "hangu/evidence/1"),
            WayOut("keys shred", .aboutResidents, entry: "hangu/shred/1"),
            WayOut("keys certificate", .aboutResidents, entry: "hangu/shred/1"),
        ]
        + steps(
            ["grant", "answer", "confirm", "pause", "resume", "withdraw", "expire"], of: "consent",
            entry: "hangu/consent-change/1")
        + steps(["open", "end", "review"], of: "emergency", entry: "hangu/emergency/1")
        + steps(
            ["open", "answer", "deltas", "acknowledge"], of: "correction",
            entry: "hangu/correction/1")
        + steps(["confirm", "reject"], of: "review", entry: "hangu/review/1")
        + silent(["init", "pull", "demo", "ways-out", "bench-fields", "bench-decision"])
        + silent(["verify-receipt"], of: "consent")
        + silent(
            [
                "verify", "index", "prune", "bench-index", "export", "prove", "status", "witness",
                "map", "rebuild", "replay", "bench",
            ], of: "audit")
        + silent(
            [
                "status", "rotate class", "rotate epoch", "rotate index", "rotate pseudonym",
                "rotate signing", "rotate suite", "rotate root", "scan", "backup", "restore",
                "export-public",
            ], of: "keys")
        + silent(
            [
                "check", "validate", "authorize", "evaluate", "format", "translate", "analyze",
                "conformance", "bench",
            ], of: "cedar")
        + silent(["init", "serve", "show"], of: "witness")
        + silent(["test"], of: "policy")
}

/// The command `hangu ways-out`.
struct WaysOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ways-out",
        abstract: "Every command, the most that can leave by it, and the entry that comes first.")

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.run { console in
            for way in WayOut.all.sorted(by: { $0.command < $1.command }) {
                if console.isJSON {
                    try console.say(json: way)
                } else {
                    console.say(
                        "\(way.command)  \(way.load.rawValue)  \(way.entry ?? way.gap ?? "–")")
                }
            }
        }
    }
}
