import ArgumentParser
import Gateway
import TransparencyLog

/// How far witnesses have followed the log, in words or as JSON.
struct WitnessView {
    let console: Console

    func show(_ report: WitnessReport?, size: UInt64, map: StoredMapRoot?) throws {
        if console.isJSON { return try console.say(json: StatusJSON(report, size: size, map: map)) }
        console.say(WitnessMessages.size(size))
        if let map { console.say(WitnessMessages.mapRoot(map.index, size: size)) }
        guard let report else { return console.say(WitnessMessages.noWitnesses) }
        for line in lines(report) { console.say(line) }
    }

    private func lines(_ report: WitnessReport) -> [String] {
        [WitnessMessages.quorum(report).text(in: console.language)]
            + report.witnesses.map {
                "  " + WitnessMessages.witness($0).text(in: console.language)
            }
            + (report.isContradicted
                ? [WitnessMessages.contradicted.text(in: console.language)] : [])
    }

    /// What a long asking says of a round: the same lines, so that only a change is printed.
    func changes(_ report: WitnessReport) -> [String] { lines(report) }

    /// Ends the program with the status of what came of an asking.
    static func check(_ report: WitnessReport) throws {
        if report.isQuorate { return }
        throw ExitCode(
            Console.exitStatus(of: report.isContradicted ? .corrupt : .unavailable))
    }
}

/// The log's state as `--json` prints it.
private struct StatusJSON: Encodable {
    struct Witness: Encodable {
        let name: String
        let cosignedSize: UInt64
        let outcome: String
        let failures: Int
        let askedAt: Int64
    }

    let size: UInt64
    let quorumSize: UInt64?
    let lag: UInt64?
    let contradicted: Bool
    let mapRootEntry: UInt64?
    let witnesses: [Witness]

    init(_ report: WitnessReport?, size: UInt64, map: StoredMapRoot?) {
        self.size = size
        quorumSize = report?.quorum?.size
        lag = report?.lag
        contradicted = report?.isContradicted ?? false
        mapRootEntry = map?.index
        witnesses = (report?.witnesses ?? []).map {
            Witness(
                name: $0.witness.name, cosignedSize: $0.standing.size,
                outcome: $0.standing.outcome.text, failures: $0.standing.failures,
                askedAt: $0.standing.askedAt)
        }
    }
}
