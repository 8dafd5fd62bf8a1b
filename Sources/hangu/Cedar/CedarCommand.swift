import ArgumentParser
import Cedar
import Foundation

/// The command `hangu cedar`: tools for policies, which need no home.
struct CedarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cedar",
        abstract:
            "Check, validate, try, analyze, lay out and convert policies in the language Cedar.",
        discussion: """
            These commands read files and need no home. Errors say file:line:column.

            Exit status: 0 fine, 2 something must be changed by the caller (a file is absent, does not parse or
            does not validate), 3 denied (authorize) or not so (analyze), 64 wrong usage.
            """,
        subcommands: [
            CheckCommand.self, ValidateCommand.self, AuthorizeCommand.self, EvaluateCommand.self,
            FormatCommand.self, TranslateCommand.self, AnalyzeCommand.self, ConformanceCommand.self,
            BenchCommand.self,
        ])
}

/// What every command about Cedar takes.
struct CedarOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON value.")
    var json = false

    @Option(help: "zh or en; the environment's language where it is not given.")
    var lang: String?

    func validate() throws {
        guard lang == nil || Language(rawValue: lang ?? "") != nil else {
            throw ValidationError("--lang is zh or en")
        }
    }

    /// Runs a command's work; a failure ends the program with status 2.
    func run(_ body: (Console) throws -> Void) throws {
        let console = Console(
            language: lang.flatMap(Language.init(rawValue:)) ?? .ofEnvironment, isJSON: json)
        do { try body(console) } catch let failure as CedarFailure {
            console.fail(failure)
            throw ExitCode(CedarFailure.exitStatus)
        }
    }
}

/// Something that the caller of a Cedar tool must change.
enum CedarFailure: Error {
    case absent(path: String)
    case unreadable(path: String, why: String)
    case notWritten(path: String, why: String)
    /// What the engine says, with its place.
    case invalid(String)
    case notAnEntity(option: String, found: String)
    /// Policies that are to be analyzed and do not validate.
    case notValid(String)
    case noEnvironment
    /// A question about single policies, asked of a set that has none.
    case noPolicy
    case noSolver(program: String)

    static let exitStatus: Int32 = 2

    var message: Message {
        switch self {
        case .absent(let path): Message("\(path)：没有这个文件", "\(path): there is no such file")
        case .unreadable(let path, let why): Message("\(path)：读不了：\(why)", "\(path): \(why)")
        case .notWritten(let path, let why):
            Message("\(path)：写不了：\(why)", "\(path): not written: \(why)")
        case .invalid(let text): Message(text, text)
        case .notAnEntity(let option, let found):
            Message(
                "\(option)：需要一个实体，例如 User::\"alice\"；\(found)",
                "\(option): expected an entity such as User::\"alice\": \(found)")
        case .notValid(let text):
            Message("策略未通过验证：\(text)", "the policies do not validate: \(text)")
        case .noEnvironment:
            Message("模式不允许这样的请求", "the schema allows no request of this kind")
        case .noPolicy:
            Message(
                "这个问题针对单条策略，而这里只有模板或没有策略",
                "the question is about single policies, and there is none: only templates, or nothing"
            )
        case .noSolver(let program):
            Message("没有安装求解器 \(program)", "the solver '\(program)' is not installed")
        }
    }

    /// What to type next, where that is known.
    var hint: Message? {
        switch self {
        case .noSolver: Message("apt-get install cvc5", "apt-get install cvc5")
        case .notValid:
            Message(
                "先运行 hangu cedar validate；加 --unvalidated 则照样分析",
                "run hangu cedar validate, or add --unvalidated")
        default: nil
        }
    }
}

extension Console {
    /// Prints what is wrong to standard error.
    func fail(_ failure: CedarFailure) {
        fail(failure.message.text(in: language), hint: failure.hint)
    }
}
