import DemoData
import FieldCrypto
import Foundation
import Gateway
import ResidentModel

/// Plays the demo: a town, a pull, and seven scenes, in plain words.
struct Demo {
    let console: Console
    let folder: DemoFolder
    let residents: Int
    let seed: UInt64
    let family: CryptoFamily

    /// What the demo came to, as `--json` prints it.
    struct Result: Encodable {
        let residents: Int
        let logEntries: UInt64
        let seconds: Int
    }

    /// - Returns: What it came to; every scene has then played to its end.
    func play() throws -> Result {
        let started = ContinuousClock.now
        let story = try makeTown()
        let sources = try TownLayout.sources(of: folder.town, health: nil)
        try HomeCreation(
            folder: folder.home, tenant: "linhe", family: family, sources: sources,
            policies: try StarterPolicies.find()
        ).run()
        let home = try OpenHome(folder.home, secrets: SecretInput())
        try pull(home, since: started)
        let stage = DemoStage(home: home, console: console)
        try AllowanceScene(stage: stage, elder: story.elder).play()
        try DibaoScene(stage: stage, household: story.allowanceHousehold).play()
        try DiagnosisScene(stage: stage, patient: story.chronicPatient).play()
        try PensionScene(stage: stage, pensioner: story.latePensioner).play()
        try ResidentScene(stage: stage, household: story.allowanceHousehold).play()
        try LogScene(stage: stage, tiles: folder.tiles).play()
        let entries = try AuditDesk(home.parts).size()
        let count = try home.parts.store.read { reader throws(GatewayError) in
            try reader.residentCount()
        }
        try home.close()
        console.say(DemoText.end(seconds: seconds(since: started)))
        if folder.isKept { console.say(DemoText.kept(folder.home.url.path)) }
        return Result(
            residents: count, logEntries: entries, seconds: seconds(since: started))
    }

    private func makeTown() throws -> TownStory {
        console.say(DemoText.title)
        let progress = Progress()
        let today = GatewayClock.system.today
        do {
            let story = try TownGenerator(residents: residents, seed: seed, today: today)
                .write(to: folder.town) { done in
                    progress.show(
                        DemoText.inventing(done, of: residents).text(in: console.language),
                        done: done, of: residents)
                }
            progress.finish()
            // Employers describe organisations; no stream reads them.
            let records = story.recordCounts.filter { $0.key != "shebao/AB01" }.values.reduce(0, +)
            console.say(DemoText.town(residents, records: records))
            return story
        } catch { throw GatewayError.request(.unreadable("\(error)")) }
    }

    private func pull(_ home: OpenHome, since started: ContinuousClock.Instant) throws {
        let progress = Progress()
        let begun = ContinuousClock.now
        let outcomes = try Pulling(home: home).run(only: []) { report in
            progress.show(Messages.pulling(report).text(in: console.language))
            return false
        }
        progress.finish()
        for outcome in outcomes {
            if let error = outcome.error { throw error }
        }
        let reports = outcomes.compactMap(\.report)
        let count = try home.parts.store.read { reader throws(GatewayError) in
            try reader.residentCount()
        }
        console.say(DemoText.pulled(reports, residents: count, seconds: seconds(since: begun)))
    }

    private func seconds(since start: ContinuousClock.Instant) -> Int {
        Int((ContinuousClock.now - start).components.seconds)
    }
}
