import Cedar

/// Confirms a counterexample by evaluation.
///
/// What is checked is what will be shown: request and entities are written as JSON, read back with the schema, which
/// refuses what does not conform, and evaluated.
struct CounterexampleCheck {
    let question: AnalysisQuestion
    let sets: [PolicySet]
    let schema: Schema

    func confirmed(_ request: Request, _ entities: [Entity]) throws(AnalysisError)
        -> Counterexample
    {
        do {
            let entitiesJSON = try EntityStore(entities).json()
            let requestJSON = try Self.json(request)
            let store = try EntityStore(json: entitiesJSON, schema: schema)
            let read = try Request(json: requestJSON, schema: schema)
            let second = sets.count > 1 ? sets[1] : nil
            guard question.isRefuted(by: read, store, sets[0], second) else {
                throw AnalysisError.unconfirmed("evaluation comes to another answer")
            }
            return Counterexample(
                request: read, entities: store, requestJSON: requestJSON,
                entitiesJSON: entitiesJSON)
        } catch let error as AnalysisError {
            throw error
        } catch {
            throw .unconfirmed("it does not conform to the schema: \(error)")
        }
    }

    private static func json(_ request: Request) throws -> String {
        func uid(_ uid: EntityUID) -> JSONValue {
            .object([JSONMember("type", .string(uid.type)), JSONMember("id", .string(uid.id))])
        }
        let context = try JSONReader.read(try request.context.json().utf8)
        return JSONWriter.write(
            .object([
                JSONMember("principal", uid(request.principal)),
                JSONMember("action", uid(request.action)),
                JSONMember("resource", uid(request.resource)), JSONMember("context", context),
            ]))
    }
}
