import ArgumentParser
import Cedar

/// The command `hangu cedar evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate one expression and print its value as JSON.",
        discussion: """
            Prints an entity as Type::"id". What is not given of the request has no entity and an empty context. The
            value is printed as it is, whatever it holds.
            """)

    @Argument(help: "The expression, such as 'principal.level + 1'.")
    var expression: String

    @OptionGroup var about: RequestOptions
    @OptionGroup var options: CedarOptions

    func run() throws {
        try options.run { console in
            let (request, store) = try about.load(isRequestNeeded: false)
            let value: Value
            do throws(ExpressionError) {
                value = try Authorizer().evaluate(expression, request, store)
            } catch {
                throw CedarFailure.invalid(error.description)
            }
            if case .entity(let uid) = value, !console.isJSON { return console.say(uid.cedarText) }
            do {
                let json = try RecordValue([("value", value)]).json()
                let bare = try JSONReader.read(json.utf8)["value"]
                console.say(console.isJSON ? json : JSONWriter.write(bare ?? .null))
            } catch {
                throw CedarFailure.invalid("\(error)")
            }
        }
    }
}
