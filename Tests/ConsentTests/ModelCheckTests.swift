import Consent
import ResidentModel
import Testing

/// Every state that two nodes, a resident and a key's change can reach.
struct ModelCheckTests {
    private struct Exploration {
        var states = 0
        var transitions = 0
        var openings = 0
        /// How the first opening after an acknowledged no came about.
        var violation: [String]?
    }

    /// How many words may follow the first yes.
    private static let movesMax: UInt8 = 2

    private func explore(_ fault: ReleaseModel.Fault) throws -> (Exploration, lists: Int) {
        let purpose = try #require(try TestPurposes.catalogue().purposes["visit"])
        let table = LifeTable(purpose: purpose)
        let first = StandingTests.record(
            recordedAt: 1, purpose: "visit", items: [FieldID("identity.name")])
        let model = ReleaseModel(table: table, fault: fault)
        let start = ReleaseModel.World(
            life: UInt16(table.number(of: [first])), movesLeft: Self.movesMax)
        var found = Exploration()
        var places: [ReleaseModel.World: Int] = [start: 0]
        var worlds = [start]
        var origins: [(from: Int, label: String)] = [(0, "the first yes")]
        var next = 0
        while next < worlds.count, found.violation == nil {
            let world = worlds[next]
            for transition in model.transitions(from: world) {
                found.transitions += 1
                if transition.opens {
                    found.openings += 1
                    if world.isNoAcknowledged, found.violation == nil {
                        found.violation = trace(next, origins) + [transition.label]
                    }
                }
                guard places[transition.next] == nil else { continue }
                places[transition.next] = worlds.count
                worlds.append(transition.next)
                origins.append((next, transition.label))
            }
            next += 1
        }
        found.states = worlds.count
        return (found, table.count)
    }

    private func trace(_ place: Int, _ origins: [(from: Int, label: String)]) -> [String] {
        var labels: [String] = []
        var place = place
        while place != 0 {
            labels.append(origins[place].label)
            place = origins[place].from
        }
        return labels.reversed()
    }

    @Test("In no reachable state does either node open anything after a no was acknowledged")
    func nothingAfterANo() throws {
        let (found, lists) = try explore(.none)
        print(
            "consent model: \(found.states) states, \(found.transitions) transitions, "
                + "\(found.openings) openings, \(lists) lists of records")
        #expect(found.violation == nil, "\(found.violation ?? [])")
        #expect(found.states > 10_000 && found.openings > 1_000 && lists > 30)
    }

    @Test(
        "The exploration finds a node that keeps what the register said, and one that looks only once",
        arguments: [ReleaseModel.Fault.cachedStanding, .noSecondLook])
    func plantedFault(fault: ReleaseModel.Fault) throws {
        let (found, _) = try explore(fault)
        let violation = try #require(found.violation)
        print("planted \(fault): \(violation.joined(separator: ", ")); \(found.states) states")
        #expect(violation.contains("acknowledge"))
    }
}
