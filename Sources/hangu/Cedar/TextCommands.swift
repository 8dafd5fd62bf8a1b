import ArgumentParser
import Cedar
import Foundation

/// The command `hangu cedar format`.
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format",
        abstract:
            "Lay policies out: the same policies and comments, with spaces and lines where they help.",
        discussion: """
            Prints the text. --write puts it into the file instead; --check only says which files are laid out
            otherwise, and ends with status 2 where there is one.
            """)

    @Flag(help: "Change nothing; name the files that would change.")
    var check = false

    @Flag(help: "Put the text into the file.")
    var write = false

    @Option(help: "The width that lines should not exceed.")
    var width = 80

    @Argument(help: "Files of policies; - is standard input.")
    var files: [String]

    @OptionGroup var options: CedarOptions

    func validate() throws {
        if check, write { throw ValidationError("--check and --write exclude each other") }
        if write, files.contains("-") { throw ValidationError("--write needs a file") }
        guard width > 0 else { throw ValidationError("--width is 1 or more") }
    }

    func run() throws {
        try options.run { console in
            var results: [FormatJSON] = []
            for file in files {
                let text = try CedarFiles.text(file)
                let formatted: String
                do throws(PolicySyntaxError) {
                    formatted = try PolicyFormatter(widthMax: width).format(text, file: file)
                } catch {
                    throw CedarFailure.invalid(error.description)
                }
                let isChanged = text != formatted
                results.append(
                    FormatJSON(
                        file: file, changed: isChanged, text: check || write ? nil : formatted))
                if write, isChanged { try put(formatted, into: file) }
                guard !console.isJSON else { continue }
                if check, isChanged { console.say(CedarMessages.wouldChange(file)) }
                if !check, !write { console.say(String(formatted.dropLast())) }
            }
            if console.isJSON { try console.say(json: results) }
            if check, results.contains(where: \.changed) { throw ExitCode(CedarFailure.exitStatus) }
        }
    }

    /// Replaces the file whole, so that no half of it can be left behind.
    private func put(_ text: String, into file: String) throws(CedarFailure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw .notWritten(path: file, why: error.localizedDescription)
        }
    }
}

/// What became of one file, as `--json` prints it.
private struct FormatJSON: Encodable {
    let file: String
    let changed: Bool
    let text: String?
}

/// The command `hangu cedar translate`.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Convert policies or a schema from Cedar text to JSON or back.",
        discussion:
            "The other form is read, whatever the file's name. Links are written as policies in text."
    )

    enum Subject: String, ExpressibleByArgument, CaseIterable { case policies, schema }
    enum Form: String, ExpressibleByArgument, CaseIterable { case json, cedar }

    @Argument(help: "policies or schema.")
    var subject: Subject

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(help: "The form to write: json or cedar.")
    var to: Form

    @OptionGroup var options: CedarOptions

    func run() throws {
        try options.run { console in
            let text = try CedarFiles.text(file)
            let result: String
            do {
                switch (subject, to) {
                case (.policies, .json):
                    result = try PolicySet(parsing: text, file: file).json(indented: true)
                case (.policies, .cedar): result = try PolicySet(json: text, file: file).cedarText
                case (.schema, .json):
                    result = try Schema(parsing: text, file: file).json(indented: true)
                case (.schema, .cedar): result = try Schema(json: text, file: file).cedarText
                }
            } catch {
                throw CedarFailure.invalid(CedarFiles.placed("\(error)", file))
            }
            if console.isJSON, to == .cedar {
                try console.say(json: ["text": result])
            } else {
                console.say(result.hasSuffix("\n") ? String(result.dropLast()) : result)
            }
        }
    }
}
