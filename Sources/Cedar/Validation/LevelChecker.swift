/// Bounds how many steps from entity to entity an expression takes, starting at the request.
///
/// Looks only at nodes that the type checker looked at. Steps inside a record are free. A step from an entity
/// literal is an error at every level, since it starts outside the request.
struct LevelChecker {
    let checker: TypeChecker
    let levelMax: Int
    private(set) var faults: [TypeChecker.Fault] = []

    init(checker: TypeChecker, levelMax: Int) {
        self.checker = checker
        self.levelMax = levelMax
    }

    private func isVisited(_ expression: Expression) -> Bool {
        checker.visited.contains(ObjectIdentifier(expression))
    }

    private func isEntity(_ expression: Expression) -> Bool {
        checker.types[ObjectIdentifier(expression)]?.entityName != nil
    }

    mutating func check(_ expression: Expression) {
        guard isVisited(expression) else { return }
        switch expression.kind {
        case .binary(.hasTag, let owner, let other), .binary(.getTag, let owner, let other),
            .binary(.isIn, let owner, let other):
            require(owner, at: expression.position)
            check(other)
        case .has(let owner, _), .attribute(let owner, _):
            if isEntity(owner) { require(owner, at: expression.position) } else { check(owner) }
        default:
            for member in expression.kind.children { check(member) }
        }
    }

    /// Checks that one more step may be taken from `owner`.
    private mutating func require(_ owner: Expression, at place: TextPosition) {
        if steps(to: owner, path: []) >= levelMax {
            faults.append(
                TypeChecker.Fault(
                    message: "this looks further than \(levelMax) steps from the request",
                    position: place))
        }
    }

    /// How many steps it takes to reach an entity.
    ///
    /// `path` holds the attributes that are going to be read from a record, the next one last.
    private mutating func steps(to expression: Expression, path: [String]) -> Int {
        guard isVisited(expression) else { return 0 }
        switch expression.kind {
        case .literal(.entity(let uid)):
            if uid != checker.environment.action {
                faults.append(
                    TypeChecker.Fault(
                        message:
                            "an entity written into a policy cannot be looked into at any level",
                        position: expression.position))
            }
            return 0
        case .ifThenElse(let guarding, let then, let otherwise):
            check(guarding)
            return max(steps(to: then, path: path), steps(to: otherwise, path: path))
        case .attribute(let owner, let name):
            if isEntity(owner) { return steps(to: owner, path: path) + 1 }
            return steps(to: owner, path: path + [name])
        case .binary(.getTag, let owner, let key):
            check(key)
            return steps(to: owner, path: path) + 1
        case .record(let members):
            var taken = 0
            for member in members {
                if let next = path.last, ScalarText.same(next, member.name) {
                    taken = steps(to: member.value, path: path.dropLast())
                } else {
                    check(member.value)
                }
            }
            return taken
        default:
            return 0
        }
    }
}
