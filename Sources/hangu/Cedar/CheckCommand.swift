import ArgumentParser
import Cedar

/// The command `hangu cedar check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Parse policies and say where they are not Cedar.",
        discussion:
            "Names ending in .json are read as JSON. Every file is looked at, whatever is wrong with others."
    )

    @Argument(help: "Files of policies; - is standard input.")
    var files: [String]

    @OptionGroup var options: CedarOptions

    func run() throws {
        try options.run { console in
            var results: [CheckJSON] = []
            for file in files {
                do throws(CedarFailure) {
                    let set = try CedarFiles.policies(file)
                    let templates = set.policies.filter(\.isTemplate).count
                    let count = set.policies.count - templates
                    results.append(CheckJSON(file: file, policies: count, templates: templates))
                    if !console.isJSON {
                        console.say(
                            CedarMessages.parsed(file, policies: count, templates: templates))
                    }
                } catch {
                    results.append(
                        CheckJSON(file: file, error: error.message.text(in: console.language)))
                    if !console.isJSON { console.fail(error) }
                }
            }
            if console.isJSON { try console.say(json: results) }
            if results.contains(where: { $0.error != nil }) {
                throw ExitCode(CedarFailure.exitStatus)
            }
        }
    }
}

/// What became of one file, as `--json` prints it.
private struct CheckJSON: Encodable {
    let file: String
    var policies: Int?
    var templates: Int?
    var error: String?
}

/// The command `hangu cedar validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check policies against a schema, strictly.",
        discussion: "The files are validated as one set. Warnings do not change the exit status.")

    @Option(help: "The schema: Cedar text, or JSON where its name ends in .json.")
    var schema: String

    @Option(help: "How many steps from entity to entity a policy may take.")
    var level: Int?

    @Argument(help: "Files of policies; - is standard input.")
    var files: [String]

    @OptionGroup var options: CedarOptions

    func validate() throws {
        guard level ?? 0 >= 0 else { throw ValidationError("--level is 0 or more") }
    }

    func run() throws {
        try options.run { console in
            let schema = try CedarFiles.schema(schema)
            let set = try CedarFiles.policies(files)
            let result = Validator(schema: schema).validate(set, level: level)
            if console.isJSON {
                try console.say(json: ValidationJSON(result))
            } else {
                for warning in result.warnings { console.say(CedarMessages.warning("\(warning)")) }
                for error in result.errors { console.fail(.invalid("\(error)")) }
                console.say(
                    CedarMessages.validated(
                        policies: set.policies.count, errors: result.errors.count,
                        warnings: result.warnings.count))
            }
            if !result.isValid { throw ExitCode(CedarFailure.exitStatus) }
        }
    }
}

/// A validation as `--json` prints it.
private struct ValidationJSON: Encodable {
    let valid: Bool
    let errors: [PlacedTextJSON]
    let warnings: [PlacedTextJSON]

    init(_ result: ValidationResult) {
        valid = result.isValid
        errors = result.errors.map { PlacedTextJSON($0.policyID, $0.position, $0.message) }
        warnings = result.warnings.map { PlacedTextJSON($0.policyID, $0.position, $0.message) }
    }
}

/// Something about a place in a policy, as `--json` prints it.
struct PlacedTextJSON: Encodable {
    let policy: String
    let file: String
    let line: Int
    let column: Int
    let message: String?

    init(_ policy: PolicyID, _ position: SourcePosition, _ message: String? = nil) {
        self.policy = policy.text
        file = position.file
        line = position.line
        column = position.column
        self.message = message
    }
}
