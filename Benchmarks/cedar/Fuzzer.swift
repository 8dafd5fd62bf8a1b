// The entry of libFuzzer: `Scripts/fuzz-cedar` compiles it with the properties that the tests check.

import Cedar
import Foundation

/// One reader and what must hold of what it reads, chosen by the environment so that each has a corpus of its own.
private struct Target {
    let run: @Sendable (String) throws(FuzzProperties.Broken) -> Bool

    init(_ environment: [String: String]) throws {
        let folder = URL(fileURLWithPath: environment["HANGU_FUZZ_SEEDS"] ?? "Tests/CedarCorpus")
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        let schema = try Schema(parsing: text("app.cedarschema"))
        let properties = FuzzProperties(
            schema: schema, policies: try PolicySet(parsing: text("all.cedar"), file: "all"),
            store: try EntityStore(json: text("typed.entities.json"), schema: schema),
            requests: [try Request(json: text("all.request.json"), schema: schema)])
        run =
            switch environment["HANGU_FUZZ_READER"] ?? "cedar" {
            case "policies.json": properties.policyJSON
            case "cedarschema": properties.schemaText
            case "schema.json": properties.schemaJSON
            case "entities.json": properties.entities
            case "request.json": properties.request
            default: properties.policyText
            }
    }
}

private let target: Target = {
    do { return try Target(ProcessInfo.processInfo.environment) } catch {
        preconditionFailure("the seeds are not read: \(error)")
    }
}()

/// Called by libFuzzer with each input; ends the program where a property does not hold.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    do { _ = try target.run(text) } catch { preconditionFailure("\(error)") }
    return 0
}
