import ArgumentParser
import Foundation
import Gateway
import JSONText
import SQLiteStore

/// The command `hangu audit list`.
struct AuditListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List entries by filter, newest first, page by page.",
        discussion: """
            What the public leaves tell (time, kind, decision, epoch) is listed for everybody who may read the home. \
            Details, and filters over them, need --officer and --reason, and the log keeps that they were read.

            A page ends with the cursor of the next one, where there is one.
            """)

    @OptionGroup(title: "Filters") var filter: AuditFilterOptions
    @OptionGroup(title: "Who reads") var reader: AuditReadingOptions

    @Option(help: "Go on where an earlier page of the same filter ended.")
    var cursor: String?

    @Option(help: "How many entries at most.")
    var limit = 50

    @Flag(
        help: "Read every entry instead of the index: slow, and complete whatever the index lacks.")
    var noIndex = false

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withAuditIndex { home, index, console in
            let filter = try filter.filter()
            let reading = try reader.reading()
            let trail = AuditTrail(home.parts, index: index)
            let view = AuditView(home: home, console: console)
            guard limit > 0 else {
                throw GatewayError.request(.unreadable("--limit is at least 1"))
            }
            var left = limit
            var cursor = cursor
            repeat {
                let page = try trail.page(
                    filter, after: cursor, limit: min(left, AuditTrail.pageEntriesMax),
                    by: reading, isReadingAll: noIndex, progress: view.progress)
                left -= page.lines.count
                cursor = page.next
                try view.show(page.lines, next: cursor, isLast: left <= 0 || cursor == nil)
            } while left > 0 && cursor != nil
            view.finish()
        }
    }
}

/// The command `hangu audit show`.
struct AuditShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one entry with all that can be opened of it.",
        discussion: "It opens details, so it needs --officer and --reason, and the log keeps that.")

    @Argument(help: "The entry's number.")
    var entry: UInt64

    @OptionGroup(title: "Who reads") var reader: AuditReadingOptions
    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withAuditIndex { home, index, console in
            let line = try AuditTrail(home.parts, index: index).entry(
                entry, by: try reader.required())
            let view = AuditView(home: home, console: console)
            try view.show([line], next: nil, isLast: true)
            guard !console.isJSON, let details = line.details else { return }
            console.say(details.operational.canonicalText)
            if let subject = details.subject { console.say(subject.canonicalText) }
            if details.isSubjectGone { console.say(AuditMessages.subjectGone) }
        }
    }
}

/// The command `hangu audit index`.
struct AuditIndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Bring the index of the log up to date, or check it.",
        discussion: """
            Reading does so by itself; run from a timer, it keeps first pages fast. --check derives the index again \
            and compares: status 5 where it left something out. The file data/audit-index.db can be deleted at any \
            time.
            """)

    @Flag(help: "Make the index anew.")
    var rebuild = false

    @Flag(help: "Derive the index again and compare.")
    var check = false

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withAuditIndex { home, store, console in
            let index = AuditIndex(home.parts, store: store)
            let view = AuditView(home: home, console: console)
            if rebuild { try store.clear() }
            let size = try index.catchUp(progress: view.progress)
            view.finish()
            let differing = check ? try index.differingBlocks() : []
            if console.isJSON {
                try console.say(json: IndexJSON(entries: size, differingBlocks: differing))
            } else {
                console.say(AuditMessages.indexed(size))
                if check { console.say(AuditMessages.compared(differing)) }
            }
            if !differing.isEmpty { throw ExitCode(Console.exitStatus(of: .corrupt)) }
        }
    }

    private struct IndexJSON: Encodable {
        let entries: UInt64
        let differingBlocks: [UInt64]
    }
}

extension HomeOptions {
    /// Opens the home and the index of its log, runs a command's work and closes both.
    func withAuditIndex(_ body: (OpenHome, AuditIndexDatabase, Console) throws -> Void) throws {
        try withHome { home, console in
            let index = try AuditIndexDatabase(at: home.folder.auditIndex)
            try body(home, index, console)
            try index.close()
        }
    }
}
