/// Two nodes, one with a batch of two requests and one with a single one, a resident who may say anything at any
/// moment, and a key that is being changed: all of a gateway that decides whether something leaves.
///
/// A transition is one transaction. What the register says comes from the register's own code (``LifeTable``).
struct ReleaseModel {
    /// A mistake that a node could make, to see that the exploration finds it.
    enum Fault: CaseIterable {
        case none
        /// A node goes on with what the register said when it first asked.
        case cachedStanding
        /// A node opens what was permitted without looking at the register again.
        case noSecondLook
    }

    enum Request: UInt8, Hashable {
        case waiting, permitted, opened, ended
    }

    struct Node: Hashable {
        /// The newest key version that it has.
        var ring: UInt8 = 1
        var first = Request.waiting
        var second = Request.waiting
        /// Only a faulty node has one.
        var cached: Bool?
    }

    struct World: Hashable {
        var life: UInt16
        var time: UInt8 = 1
        var day: UInt8 = 0
        var movesLeft: UInt8
        /// A no is kept and its process has not answered yet; then it has.
        var isNoKept = false
        var isNoAcknowledged = false
        /// A batch of two requests, and a single one.
        var left = Node()
        var right = Node(second: .ended)
        /// The version that the value is sealed under, and the newest there is.
        var sealedUnder: UInt8 = 1
        var newest: UInt8 = 1
    }

    struct Transition {
        let label: String
        let next: World
        /// Whether a value was opened.
        let opens: Bool
    }

    let table: LifeTable
    let fault: Fault

    func transitions(from world: World) -> [Transition] {
        register(world) + keys(world)
            + node(world, \.left, name: "left") + node(world, \.right, name: "right")
    }

    /// What residents and officers do, at the moment of the word before or at the next; and time passing.
    private func register(_ world: World) -> [Transition] {
        var found: [Transition] = []
        if world.isNoKept, !world.isNoAcknowledged {
            var next = world
            next.isNoAcknowledged = true
            found.append(Transition(label: "acknowledge", next: next, opens: false))
        }
        if world.day == 0 {
            var next = world
            next.day = 31
            found.append(Transition(label: "31 days pass", next: next, opens: false))
        }
        guard world.movesLeft > 0 else { return found }
        for time in [world.time, world.time + 1] {
            let moves = table.moves(
                from: Int(world.life), time: Int(time), day: Int(world.day))
            for move in moves {
                var next = world
                next.life = UInt16(move.next)
                next.time = time
                next.movesLeft -= 1
                if move.isYes { (next.isNoKept, next.isNoAcknowledged) = (false, false) }
                if move.isNo { (next.isNoKept, next.isNoAcknowledged) = (true, false) }
                found.append(Transition(label: move.label, next: next, opens: false))
            }
        }
        return found
    }

    /// The steps of a key's change: a new version, then everything sealed anew and the old version destroyed.
    private func keys(_ world: World) -> [Transition] {
        var next = world
        let label: String
        if world.newest == 1 {
            next.newest = 2
            label = "new key"
        } else if world.sealedUnder < world.newest {
            next.sealedUnder = world.newest
            label = "seal anew and destroy the old key"
        } else {
            return []
        }
        return [Transition(label: label, next: next, opens: false)]
    }

    private func node(
        _ world: World, _ path: WritableKeyPath<World, Node>, name: String
    ) -> [Transition] {
        let node = world[keyPath: path]
        var found: [Transition] = []
        if node.first == .waiting {
            var next = world
            var decided = node
            // A write transaction reads the ring anew.
            decided.ring = world.newest
            let isPermitted = standing(world, &decided)
            decided.first = isPermitted ? .permitted : .ended
            if node.second == .waiting { decided.second = decided.first }
            next[keyPath: path] = decided
            found.append(Transition(label: "\(name) decides its batch", next: next, opens: false))
        }
        // The two requests are alike, so that one is opened first leaves nothing out.
        let request = [\Node.first, \Node.second].first { node[keyPath: $0] == .permitted }
        if let request { found.append(opening(world, path, request, name: name)) }
        return found
    }

    /// One read transaction: the register is looked at again, and the value opened with the node's own ring.
    private func opening(
        _ world: World, _ path: WritableKeyPath<World, Node>,
        _ request: WritableKeyPath<Node, Request>, name: String
    ) -> Transition {
        var next = world
        var node = world[keyPath: path]
        let isPermitted = fault == .noSecondLook ? true : standing(world, &node)
        let hasKey = world.sealedUnder <= node.ring
        node[keyPath: request] = isPermitted && hasKey ? .opened : .ended
        next[keyPath: path] = node
        return Transition(
            label: "\(name) opens", next: next, opens: node[keyPath: request] == .opened)
    }

    private func standing(_ world: World, _ node: inout Node) -> Bool {
        if fault == .cachedStanding, let cached = node.cached { return cached }
        let isInForce = table.isInForce(Int(world.life), day: Int(world.day))
        if fault == .cachedStanding { node.cached = isInForce }
        return isInForce
    }
}
