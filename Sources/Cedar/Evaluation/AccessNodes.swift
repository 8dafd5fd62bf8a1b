// Attributes and tags.

final class AttributeNode: Evaluator {
    let member: any Evaluator
    let name: AttributeName
    let position: TextPosition

    init(_ member: any Evaluator, _ name: String, at position: TextPosition) {
        self.member = member
        self.name = AttributeName(name)
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        let owner = try member.evaluate(frame)
        switch owner {
        case .record(let record):
            if let value = record[name] { return value }
            throw failure(.missingAttribute(name.text, of: "the record"))
        case .entity(let uid):
            guard let record = frame.record(of: uid) else {
                throw failure(.missingEntity(type: uid.type))
            }
            if let value = record.entity.attributes[name] { return value }
            throw failure(.missingAttribute(name.text, of: uid.type))
        default:
            throw member.mismatch("entity or record", owner)
        }
    }
}

/// An attribute of a variable: the usual case, without a lookup of the entity.
final class VariableAttributeNode: Evaluator {
    let variable: Variable
    let name: AttributeName
    let position: TextPosition

    init(_ variable: Variable, _ name: String, at position: TextPosition) {
        self.variable = variable
        self.name = AttributeName(name)
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        switch variable {
        case .context:
            if let value = frame.context[name] { return value }
            throw failure(.missingAttribute(name.text, of: "the context"))
        case .principal: return try value(frame.principalRecord, frame.principal)
        case .action: return try value(frame.actionRecord, frame.action)
        case .resource: return try value(frame.resourceRecord, frame.resource)
        }
    }

    @inline(__always)
    private func value(_ record: EntityRecord?, _ uid: EntityUID) throws(EvaluationFailure) -> Value
    {
        guard let record else { throw failure(.missingEntity(type: uid.type)) }
        if let value = record.entity.attributes[name] { return value }
        throw failure(.missingAttribute(name.text, of: uid.type))
    }
}

/// `e has a.b.c`: each step but the last must be present and lead to a record or an entity.
final class HasNode: BooleanEvaluator {
    let member: any Evaluator
    let path: [AttributeName]
    let position: TextPosition

    init(_ member: any Evaluator, _ path: [String], at position: TextPosition) {
        self.member = member
        self.path = path.map(AttributeName.init)
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        var owner = try member.evaluate(frame)
        for (index, name) in path.enumerated() {
            let record: RecordValue
            switch owner {
            case .record(let members): record = members
            case .entity(let uid):
                guard let found = frame.record(of: uid) else { return false }
                record = found.entity.attributes
            default: throw member.mismatch("entity or record", owner)
            }
            if index == path.count - 1 { return record.has(name) }
            guard let next = record[name] else { return false }
            owner = next
        }
        return true
    }
}

final class HasTagNode: BooleanEvaluator {
    let member: any Evaluator
    let key: any Evaluator
    let position: TextPosition

    init(_ member: any Evaluator, _ key: any Evaluator, at position: TextPosition) {
        self.member = member
        self.key = key
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let uid = try member.evaluateEntity(frame)
        let key = try key.evaluateString(frame)
        return frame.record(of: uid)?.entity.tags.has(AttributeName(key)) ?? false
    }
}

final class GetTagNode: Evaluator {
    let member: any Evaluator
    let key: any Evaluator
    let position: TextPosition

    init(_ member: any Evaluator, _ key: any Evaluator, at position: TextPosition) {
        self.member = member
        self.key = key
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        let uid = try member.evaluateEntity(frame)
        let key = try key.evaluateString(frame)
        guard let record = frame.record(of: uid) else {
            throw failure(.missingEntity(type: uid.type))
        }
        guard let value = record.entity.tags[key] else { throw failure(.missingTag(of: uid.type)) }
        return value
    }
}
