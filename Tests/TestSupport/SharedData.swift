package import Foundation
package import Testing

/// Finds the data that nobody in this project wrote: standards' vectors and sample records.
///
/// The folder is named by `HANGU_SHARED`, else it is `shared` beside the checkout. Where it is absent, a test
/// says so and stops; under `CI=true` its absence is a failure, so that CI can never pass on no cases.
package enum SharedData {
    /// The folder that holds the shared data, whether or not it exists.
    package static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["HANGU_SHARED"], !named.isEmpty {
            return URL(fileURLWithPath: named, isDirectory: true)
        }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent()  // TestSupport
            .deletingLastPathComponent()  // Tests
            .deletingLastPathComponent()  // the checkout
            .deletingLastPathComponent()  // what stands beside it
            .appendingPathComponent("shared", isDirectory: true)
    }()

    /// The place of one shared file or folder, or nil (said out loud) where it is absent.
    ///
    /// - Parameters:
    ///   - path: Relative to the shared folder, such as `vectors/merkle/roots.json`.
    ///   - override: An environment variable that names the first folder of `path` somewhere else.
    /// - Returns: The file's place; nil where it is absent and the run is not CI.
    package static func url(_ path: String, override: String? = nil) -> URL? {
        var place = folder.appendingPathComponent(path)
        if let override, let named = ProcessInfo.processInfo.environment[override], !named.isEmpty {
            let rest = path.split(separator: "/").dropFirst().joined(separator: "/")
            place = URL(fileURLWithPath: named, isDirectory: true).appendingPathComponent(rest)
        }
        if FileManager.default.fileExists(atPath: place.path) { return place }
        skip("shared data '\(path)' is absent; set HANGU_SHARED to the folder that has it")
        return nil
    }

    /// The lines of a gzip file; nil (said out loud) where it is absent.
    ///
    /// - Parameter path: Relative to the shared folder.
    /// - Returns: The lines without their ends.
    /// - Throws: Where gzip cannot be run or does not take the file.
    package static func gzipLines(_ path: String) throws -> [Data.SubSequence]? {
        guard let url = SharedData.url(path) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data.split(separator: UInt8(ascii: "\n"))
    }

    /// Says out loud that a test stops for want of something; under `CI=true` that is a failure.
    ///
    /// - Parameters:
    ///   - what: What is absent, and how to get it.
    ///   - sourceLocation: The test's place.
    package static func skip(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        print("SKIPPED: \(what)")
        if ProcessInfo.processInfo.environment["CI"] == "true" {
            Issue.record("under CI nothing may be absent: \(what)", sourceLocation: sourceLocation)
        }
    }
}
