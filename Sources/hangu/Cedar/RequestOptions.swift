import ArgumentParser
import Cedar

/// The request and the entities that a policy or an expression is tried on.
struct RequestOptions: ParsableArguments {
    @Option(help: "The entities: a JSON file.")
    var entities: String?

    @Option(help: "The schema that entities and request must conform to.")
    var schema: String?

    @Option(help: "Who asks, such as 'User::\"alice\"'.")
    var principal: String?

    @Option(help: "What is to be done, such as 'Action::\"read\"'.")
    var action: String?

    @Option(help: "To what, such as 'File::\"plan\"'.")
    var resource: String?

    @Option(help: "The context: a JSON file; - is standard input.")
    var context: String?

    @Option(
        help:
            "The whole request as a JSON file instead; keeps names off the command line. - is standard input."
    )
    var request: String?

    func validate() throws {
        let named = [principal, action, resource, context].contains { $0 != nil }
        if named, request != nil {
            throw ValidationError(
                "--request stands instead of --principal, --action, --resource and --context")
        }
    }

    /// The entities that an expression sees, and its request, by default one about nobody.
    func load(isRequestNeeded: Bool) throws -> (Request, EntityStore) {
        if isRequestNeeded, request == nil, principal == nil || action == nil || resource == nil {
            throw ValidationError("say --principal, --action and --resource, or --request FILE")
        }
        let schema = try schema.map { path throws(CedarFailure) in try CedarFiles.schema(path) }
        let store = try CedarFiles.entities(entities, schema)
        return (try readRequest(schema), store)
    }

    private func readRequest(_ schema: Schema?) throws(CedarFailure) -> Request {
        if let request {
            let text = try CedarFiles.text(request)
            do throws(JSONInputError) {
                return try Request(json: text, schema: schema, file: request)
            } catch {
                throw .invalid(CedarFiles.placed(error.description, request))
            }
        }
        let uids = [
            ("principal", try uid(principal, "--principal", "Nobody")),
            ("action", try uid(action, "--action", "Action")),
            ("resource", try uid(resource, "--resource", "Nothing")),
        ]
        var members = uids.map { name, uid in
            JSONMember(
                name,
                .object([JSONMember("type", .string(uid.type)), JSONMember("id", .string(uid.id))]))
        }
        let isWhole = principal != nil && action != nil && resource != nil
        do throws(JSONInputError) {
            if let context {
                members.append(
                    JSONMember(
                        "context",
                        try JSONReader.read(try contextText(context).utf8, file: context)))
            }
            return try Request(json: .object(members), schema: isWhole ? schema : nil)
        } catch {
            throw .invalid(CedarFiles.placed(error.description, context ?? "request"))
        }
    }

    private func contextText(_ path: String) throws(JSONInputError) -> String {
        do throws(CedarFailure) { return try CedarFiles.text(path) } catch {
            throw .invalid(error.message.english, path: "")
        }
    }

    /// An entity's name in Cedar text; one without meaning where none is given.
    private func uid(_ text: String?, _ option: String, _ type: String) throws(CedarFailure)
        -> EntityUID
    {
        guard let text else { return EntityUID(type: type, id: "") }
        return try Self.entity(text, option)
    }

    /// The entity that an option names in Cedar text.
    static func entity(_ text: String, _ option: String) throws(CedarFailure) -> EntityUID {
        let nobody = EntityUID(type: "Nobody", id: "")
        let empty = Request(principal: nobody, action: nobody, resource: nobody)
        let value: Value
        do throws(ExpressionError) {
            value = try Authorizer().evaluate(text, file: option, empty, .empty)
        } catch {
            throw .notAnEntity(option: option, found: error.description)
        }
        guard case .entity(let uid) = value else {
            throw .notAnEntity(option: option, found: value.kind.rawValue)
        }
        return uid
    }
}
