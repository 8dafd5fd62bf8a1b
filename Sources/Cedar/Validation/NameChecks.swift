/// Checks that everything a policy names is declared, also where it is never evaluated, and that its scope fits.
struct NameChecks {
    let schema: Schema
    let policy: Policy

    func faults() -> [TypeChecker.Fault] {
        var faults: [TypeChecker.Fault] = []
        let start = TextPosition(
            line: Int32(policy.position.line), column: Int32(policy.position.column))
        var waiting = PlainForm.scope(policy.scope, at: start)
        // The conditions of a link are those of its template, which is checked too.
        if policy.templateID == nil { waiting += policy.conditions.map(\.body) }
        while let expression = waiting.popLast() {
            waiting += expression.kind.children
            switch expression.kind {
            case .literal(.entity(let uid)): faults += check(uid, at: expression.position)
            case .isType(_, let type, _): faults += check(type, at: expression.position)
            default: break
            }
        }
        if !fitsSomeAction() {
            faults.append(
                TypeChecker.Fault(
                    message:
                        "no action of the schema applies to the principal and resource of this scope",
                    position: start))
        }
        return faults
    }

    private func check(_ type: String, at place: TextPosition) -> [TypeChecker.Fault] {
        if Name.isAction(type) || schema.entityTypes[type] != nil { return [] }
        return [TypeChecker.Fault(message: "there is no entity type '\(type)'", position: place)]
    }

    private func check(_ uid: EntityUID, at place: TextPosition) -> [TypeChecker.Fault] {
        if uid.isAction {
            if schema.actions[uid] != nil { return [] }
            return [
                TypeChecker.Fault(message: "there is no action \(uid.cedarText)", position: place)
            ]
        }
        if let ids = schema.entityTypes[uid.type]?.enumIDs, !ids.contains(ScalarKey(uid.id)) {
            return [
                TypeChecker.Fault(
                    message: "the enumerated type '\(uid.type)' has no such id", position: place)
            ]
        }
        return check(uid.type, at: place)
    }

    private func fitsSomeAction() -> Bool {
        actions().contains { action in
            action.principals.contains { fits($0, policy.scope.principal) }
                && action.resources.contains { fits($0, policy.scope.resource) }
        }
    }

    private func actions() -> [Schema.Action] {
        switch policy.scope.action {
        case .any: return Array(schema.actions.values)
        case .equal(let uid): return schema.actions[uid].map { [$0] } ?? []
        case .isIn(let uid): return actions(in: [uid])
        case .isInAny(let uids): return actions(in: uids)
        }
    }

    private func actions(in uids: [EntityUID]) -> [Schema.Action] {
        schema.actions.values.filter { schema.isAction($0.uid, inAny: uids) ?? false }
    }

    private func fits(_ type: String, _ constraint: EntityConstraint) -> Bool {
        switch constraint {
        case .any, .equal(.slot), .isIn(.slot): true
        case .equal(.entity(let uid)): uid.type == type
        case .isIn(.entity(let uid)): schema.canBe(type, in: uid.type)
        case .isType(let name), .isTypeIn(let name, .slot): name == type
        case .isTypeIn(let name, .entity(let uid)): name == type && schema.canBe(type, in: uid.type)
        }
    }
}
