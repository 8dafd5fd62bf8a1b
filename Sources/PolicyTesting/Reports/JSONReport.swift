import Gateway
import JSONText
import ResidentModel
import StrictYAML

/// One object a line: each cell, each invariant, then the counts.
struct JSONReport {
    let report: TestReport

    var text: String {
        var lines = report.placed.map { place, test, result in
            line(test, result, report.nearest[place])
        }
        lines += report.invariants.map(\.json)
        lines.append(
            .object([
                "type": .string("summary"), "bundle": .string(report.bundleHash),
                "cases": .integer(report.results.count), "cells": .integer(report.cellCount),
                "invariants": .integer(report.invariants.count),
                "failed": .integer(report.failedCount),
                "byElse": .integer(report.byElseCount), "passed": .bool(report.isPassed),
            ]))
        return lines.map { $0.canonicalText + "\n" }.joined()
    }

    private func line(_ test: TestCase, _ result: CellResult, _ nearest: Title?) -> JSONValue {
        let position = result.cell.position
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        var members: [(String, JSONValue)] = [
            ("type", .string("cell")), ("suite", .string(test.suite)), ("case", .string(test.name)),
            ("id", .string(test.id)), ("item", .string(result.cell.item.text)),
            ("file", .string(position.file)), ("line", .integer(position.line)),
            ("column", .integer(position.column)), ("passed", .bool(result.isPassed)),
            ("byElse", .bool(test.isByElse)), ("law", list(test.law)),
            ("clock", .string(Moments.text(of: test.clock))),
            ("expected", .string(result.cell.expectation.outcome.words)),
            ("got", .string(result.observed.words)), ("rules", list(result.observed.rules)),
            ("reasons", list(result.observed.reasons)),
            ("consents", list(result.observed.consents.sorted())),
        ]
        if !result.isPassed {
            members.append(("misses", list(result.misses.map(\.text.english))))
        }
        if let nearest { members.append(("nearest", .string(nearest.english))) }
        return .object(JSONObject(distinctMembers: members))
    }
}

extension JSONValue {
    /// Canonical JSON (RFC 8785).
    var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }
}
