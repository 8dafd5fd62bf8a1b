import Foundation
import GRDB
import Gateway

/// Turns what SQLite says into the store's own errors; texts never carry statement arguments.
func storeError(_ error: any Error) -> GatewayError {
    if let error = error as? GatewayError { return error }
    guard let error = error as? DatabaseError else {
        return .store(.unreadable(why: "an unexpected failure of the database layer"))
    }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .store(.busy)
    case .SQLITE_FULL: return .store(.diskFull)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        return .store(.corrupt(what: "SQLite reports \(error.resultCode)"))
    case .SQLITE_CONSTRAINT:
        return .store(.corrupt(what: "a rule of the schema does not hold: \(error.resultCode)"))
    default: return .store(.unreadable(why: "SQLite reports \(error.extendedResultCode)"))
    }
}

/// The store's error for a file beside the database that cannot be written, by the system's number for the reason.
func writeError(_ code: Int32, _ url: URL) -> GatewayError {
    switch code {
    case ENOSPC, EDQUOT: .store(.diskFull)
    default:
        .store(
            .unreadable(why: "'\(url.lastPathComponent)' cannot be written: system error \(code)"))
    }
}

/// Runs a database call with the store's errors.
func inStore<Result>(_ body: () throws -> Result) throws(GatewayError) -> Result {
    do { return try body() } catch { throw storeError(error) }
}

/// A number in a column that must hold one.
func integer(_ row: Row, _ name: String) throws(GatewayError) -> Int64 {
    guard let value = row[name] as Int64? else {
        throw .store(.corrupt(what: "the column '\(name)' holds no number"))
    }
    return value
}

/// A number in a column that must hold one from 0 on.
func unsigned(_ row: Row, _ name: String) throws(GatewayError) -> UInt64 {
    guard let value = UInt64(exactly: try integer(row, name)) else {
        throw .store(.corrupt(what: "the column '\(name)' holds a number below 0"))
    }
    return value
}

/// Bytes in a column that must hold some.
func bytes(_ row: Row, _ name: String) throws(GatewayError) -> [UInt8] {
    guard let value = row[name] as Data? else {
        throw .store(.corrupt(what: "the column '\(name)' holds no bytes"))
    }
    return [UInt8](value)
}

/// Text in a column that must hold some.
func text(_ row: Row, _ name: String) throws(GatewayError) -> String {
    guard let value = row[name] as String? else {
        throw .store(.corrupt(what: "the column '\(name)' holds no text"))
    }
    return value
}
