/// What one evaluation can see.
///
/// The three entities of the request are looked up once, here.
struct Frame {
    let principal: EntityUID
    let action: EntityUID
    let resource: EntityUID
    let context: RecordValue
    let principalRecord: EntityRecord?
    let actionRecord: EntityRecord?
    let resourceRecord: EntityRecord?
    let store: EntityStore

    init(request: Request, store: EntityStore) {
        principal = request.principal
        action = request.action
        resource = request.resource
        context = request.context
        principalRecord = store.records[request.principal]
        actionRecord = store.records[request.action]
        resourceRecord = store.records[request.resource]
        self.store = store
    }

    @inline(__always)
    func record(of uid: EntityUID) -> EntityRecord? {
        if uid.isSameObject(as: principal) { return principalRecord }
        if uid.isSameObject(as: resource) { return resourceRecord }
        return store.records[uid]
    }

    @inline(__always)
    func isEntity(_ uid: EntityUID, _ record: EntityRecord?, in ancestor: EntityUID) -> Bool {
        if uid == ancestor { return true }
        guard let record else { return false }
        return store.isRecord(record, below: ancestor)
    }
}

/// A compiled expression.
protocol Evaluator: AnyObject, Sendable {
    var position: TextPosition { get }
    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value
    /// The value, which has to be a boolean.
    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool
}

extension Evaluator {
    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let value = try evaluate(frame)
        guard case .bool(let result) = value else { throw mismatch("bool", value) }
        return result
    }

    func evaluateLong(_ frame: Frame) throws(EvaluationFailure) -> Int64 {
        let value = try evaluate(frame)
        guard case .long(let result) = value else { throw mismatch("long", value) }
        return result
    }

    func evaluateString(_ frame: Frame) throws(EvaluationFailure) -> String {
        let value = try evaluate(frame)
        guard case .string(let result) = value else { throw mismatch("string", value) }
        return result
    }

    func evaluateSet(_ frame: Frame) throws(EvaluationFailure) -> SetValue {
        let value = try evaluate(frame)
        guard case .set(let result) = value else { throw mismatch("set", value) }
        return result
    }

    func evaluateEntity(_ frame: Frame) throws(EvaluationFailure) -> EntityUID {
        let value = try evaluate(frame)
        guard case .entity(let result) = value else { throw mismatch("entity", value) }
        return result
    }

    func mismatch(_ expected: String, _ value: Value) -> EvaluationFailure {
        failure(.typeMismatch(expected: expected, found: value.kind))
    }

    func failure(_ fault: EvaluationFault) -> EvaluationFailure {
        EvaluationFailure(fault: fault, position: position)
    }
}

/// A compiled expression whose value is always a boolean.
protocol BooleanEvaluator: Evaluator {}

extension BooleanEvaluator {
    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value { .bool(try test(frame)) }
}
