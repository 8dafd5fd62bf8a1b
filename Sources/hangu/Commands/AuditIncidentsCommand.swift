import ArgumentParser
import Gateway

/// The command `hangu audit incidents`.
struct AuditIncidentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incidents",
        abstract: "Report who touched a decoy since the last report; status 3 where somebody did.",
        discussion: "Run it from a timer. The entry about the report is durable before it is shown."
    )

    @OptionGroup(title: "Who reads") var reader: AuditReadingOptions
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            let incidents = try IncidentDesk(home.parts).report(by: try reader.required())
            for incident in incidents {
                if console.isJSON {
                    try console.say(json: IncidentJSON(incident))
                } else {
                    let time = EntryText.time(ofMinute: incident.minute)
                    let who = "\(incident.department)  \(incident.officer)"
                    console.say(
                        Message(
                            "诱饵被触碰：第 \(incident.entry) 条  \(time)  \(who)",
                            "a decoy was touched: entry \(incident.entry)  \(time)  \(who)"))
                }
            }
            if incidents.isEmpty {
                if !console.isJSON {
                    console.say(Message("没有人触碰诱饵", "nobody has touched a decoy"))
                }
                return
            }
            throw ExitCode(Console.exitStatus(of: .refused))
        }
    }

    private struct IncidentJSON: Encodable {
        let entry: UInt64
        let minute: UInt64
        let kind: String
        let department: String
        let officer: String

        init(_ incident: Incident) {
            entry = incident.entry
            minute = incident.minute
            kind = incident.kind.word
            department = incident.department
            officer = incident.officer
        }
    }
}
