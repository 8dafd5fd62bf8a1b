import Gateway
import GatewayServer

/// What a pull does for the log when it has ended: the day's map root, and one asking of the witnesses.
///
/// What was stored stays stored whatever comes of them, and `hangu audit status` tells how far witnesses have followed.
struct AfterPull {
    /// For each witness; all are asked at once, each at most twice.
    static let timeout: Duration = .seconds(3)

    let home: OpenHome
    let console: Console

    func run() async throws(GatewayError) {
        _ = try ResidentMap(home.parts).updateIfDue()
        guard let desk = try home.witnessDesk() else { return }
        let client = try home.witnessClient(timeout: Self.timeout)
        let result: Result<WitnessReport, GatewayError>
        do { result = .success(try await desk.ask(over: client)) } catch {
            result = .failure(error)
        }
        await client.close()
        let report = try result.get()
        if !console.isJSON { console.say(WitnessMessages.quorum(report)) }
        if report.isContradicted { console.warn(WitnessMessages.contradicted) }
    }
}
