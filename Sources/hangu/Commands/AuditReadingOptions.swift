import ArgumentParser
import Foundation
import Gateway
import ResidentModel
import TransparencyLog

/// Who reads details of the log and why; without both none is opened.
struct AuditReadingOptions: ParsableArguments {
    @Option(help: "Who reads details; stands in the log.")
    var officer: String?

    @Option(
        help: ArgumentHelp(
            "Why details are read: "
                + AuditReading.Reason.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var reason: String?

    @Option(help: "The number under which the reading is filed; stands in the log.")
    var reference: String?

    /// nil where neither officer nor reason is given.
    func reading() throws(GatewayError) -> AuditReading? {
        if officer == nil, reason == nil { return nil }
        guard let officer, let reason else { throw .request(.readerMissing) }
        let known = AuditReading.Reason(rawValue: reason)
        guard let known else {
            throw .request(
                .unknownWord(
                    reason, of: "reason", allowed: AuditReading.Reason.allCases.map(\.rawValue)))
        }
        return try AuditReading(officer: officer, reason: known, reference: reference ?? "")
    }

    /// For commands that open details whatever else they are given.
    func required() throws(GatewayError) -> AuditReading {
        guard let reading = try reading() else { throw .request(.readerMissing) }
        return reading
    }
}

/// Which entries are wanted; each option can be repeated for "one of these", different options must all hold.
struct AuditFilterOptions: ParsableArguments {
    @Option(help: "From this day or minute on: 2026-03-05 or 2026-03-05T09:30, China time.")
    var from: String?

    @Option(help: "Up to this day or minute, included.")
    var to: String?

    @Option(help: "decision, outcome, consent-change, ingest, audit-read, …")
    var kind: [String] = []

    @Option(help: "allowed, refused, partly-allowed, released, failed.")
    var decision: [String] = []

    @Option(help: "The policy epoch.")
    var epoch: [UInt32] = []

    @Option(help: "The department that asked, or that a consent is for.")
    var department: [String] = []

    @Option(help: "The officer who acted.")
    var by: [String] = []

    @Option(help: "The purpose.")
    var purpose: [String] = []

    @Option(help: "The legal basis.")
    var basis: [String] = []

    @Option(help: "A field or predicate.")
    var field: [String] = []

    @Option(help: "A field class.")
    var fieldClass: [String] = []

    @Option(help: "A rule that decided, or failed.")
    var rule: [String] = []

    @Option(help: "A consent's id.")
    var consent: [String] = []

    @Option(help: "A case of the department that asked.")
    var `case`: [String] = []

    @Flag(help: "Only what was asked for on an emergency basis.")
    var breakGlass = false

    @Option(help: "A resident by the name that --details shows.")
    var pseudonym: String?

    @Option(help: "A resident by citizen number: - for standard input, or a file.")
    var resident: String?

    func validate() throws {
        guard pseudonym == nil || resident == nil else {
            throw ValidationError("give --pseudonym or --resident, not both")
        }
    }

    /// - Throws: ``GatewayError/request(_:)`` naming the first word that is none, and those that are.
    func filter() throws(GatewayError) -> AuditFilter {
        var filter = AuditFilter()
        filter.minutes = try minutes()
        filter.kinds = try words(kind, of: "kind of entry", among: AuditEntryType.allCases) {
            $0.word
        }
        filter.decisions = try words(decision, of: "decision", among: AuditDecision.allCases) {
            $0.word
        }
        filter.epochs = epoch
        filter.departments = department
        filter.officers = by
        filter.purposes = purpose
        filter.bases = basis
        filter.items = field
        filter.classes = fieldClass
        filter.rules = rule
        filter.consents = consent
        filter.cases = `case`
        filter.isBreakGlass = breakGlass
        if let pseudonym { filter.resident = .pseudonym(pseudonym) }
        if let resident {
            filter.resident = .citizenNumber(try SubjectInput.readNumber(from: resident))
        }
        return filter
    }

    private func words<Word>(
        _ texts: [String], of what: String, among all: [Word], _ word: (Word) -> String
    ) throws(GatewayError) -> [Word] {
        var found: [Word] = []
        for text in texts {
            guard let known = all.first(where: { word($0) == text }) else {
                throw .request(.unknownWord(text, of: what, allowed: all.map(word)))
            }
            found.append(known)
        }
        return found
    }

    private func minutes() throws(GatewayError) -> ClosedRange<UInt64>? {
        guard from != nil || to != nil else { return nil }
        let first = try from.map { text throws(GatewayError) in try ChinaMinute.range(text) }
        let last = try to.map { text throws(GatewayError) in try ChinaMinute.range(text) }
        let start = first?.lowerBound ?? 0
        let end = last?.upperBound ?? UInt64(Int64.max)
        guard start <= end else {
            throw .request(.unreadable("--from is later than --to"))
        }
        return start...end
    }
}

/// A day or minute in China Standard Time as people write it.
enum ChinaMinute {
    /// All minutes since 1970 that a text names: a day's 1,440, or one.
    static func range(_ text: String) throws(GatewayError) -> ClosedRange<UInt64> {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        let numbers = (parts.first ?? "").split(separator: "-", omittingEmptySubsequences: false)
            .map { Int($0) }
        guard (1...2).contains(parts.count), parts[0].utf8.count == 10, numbers.count == 3,
            let year = numbers[0], let month = numbers[1], let day = numbers[2],
            let date = CalendarDate(year: year, month: month, day: day), date.dayNumber > 0
        else { throw unreadable(text) }
        let start = UInt64(date.dayNumber * 1_440 - 8 * 60)
        guard parts.count == 2 else { return start...start + 1_439 }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard parts[1].utf8.count == 5, clock.count == 2, let hour = UInt64(clock[0]),
            let minute = UInt64(clock[1]), hour < 24, minute < 60
        else { throw unreadable(text) }
        return start + hour * 60 + minute...start + hour * 60 + minute
    }

    private static func unreadable(_ text: String) -> GatewayError {
        .request(
            .unreadable("'\(text)' is no day or minute such as 2026-03-05 or 2026-03-05T09:30"))
    }
}
