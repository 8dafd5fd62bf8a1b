/// Two nodes, each with a batch under way, one resident who may say anything at any moment, and a key that is being
/// changed: all of a gateway that decides whether something leaves.
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
        var ring = 1
        var first = Request.waiting
        var second = Request.waiting
        var batchesLeft = 1
        /// Only a faulty node has one.
        var cached: Bool?
    }

    struct World: Hashable {
        var life: Int
        var time = 1
        var day = 0
        var movesLeft: Int
        /// A no is kept and its process has not answered yet; then it has.
        var isNoKept = false
        var isNoAcknowledged = false
        var left = Node()
        var right = Node()
        /// The version that the value is sealed under, the newest there is, and the oldest that is not destroyed.
        var sealedUnder = 1
        var newest = 1
        var oldest = 1
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
            for move in table.moves(from: world.life, time: time, day: world.day) {
                var next = world
                next.life = move.next
                next.time = time
                next.movesLeft -= 1
                if move.isYes { (next.isNoKept, next.isNoAcknowledged) = (false, false) }
                if move.isNo { (next.isNoKept, next.isNoAcknowledged) = (true, false) }
                found.append(Transition(label: move.label, next: next, opens: false))
            }
        }
        return found
    }

    /// The steps of a key's change: a new version, everything sealed anew, the old version destroyed.
    private func keys(_ world: World) -> [Transition] {
        var next = world
        let label: String
        if world.newest == 1 {
            next.newest = 2
            label = "new key"
        } else if world.sealedUnder < world.newest {
            next.sealedUnder = world.newest
            label = "seal anew"
        } else if world.oldest < world.newest {
            next.oldest = world.newest
            label = "destroy old key"
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
        if node.first == .waiting, node.second == .waiting {
            var next = world
            var decided = node
            // A write transaction reads the ring anew.
            decided.ring = world.newest
            let isPermitted = standing(world, &decided)
            decided.first = isPermitted ? .permitted : .ended
            decided.second = decided.first
            next[keyPath: path] = decided
            found.append(Transition(label: "\(name) decides its batch", next: next, opens: false))
        }
        for request in [\Node.first, \Node.second] where node[keyPath: request] == .permitted {
            found.append(opening(world, path, request, name: name))
        }
        let isOver = [node.first, node.second].allSatisfy { $0 == .opened || $0 == .ended }
        if isOver, node.batchesLeft > 0 {
            var next = world
            var again = Node(ring: node.ring, batchesLeft: node.batchesLeft - 1)
            again.cached = node.cached
            next[keyPath: path] = again
            found.append(Transition(label: "\(name) takes its next batch", next: next, opens: false))
        }
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
        let isInForce = table.isInForce(world.life, day: world.day)
        if fault == .cachedStanding { node.cached = isInForce }
        return isInForce
    }
}
