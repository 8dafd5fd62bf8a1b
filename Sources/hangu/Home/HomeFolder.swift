import Foundation
import Gateway
import ResidentModel
import StrictYAML

/// The folder of one gateway, and where everything stands in it.
struct HomeFolder: Sendable {
    let url: URL

    init(path: String) {
        url = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    }

    var configuration: URL { url.appendingPathComponent("hangu.yaml") }
    var keys: URL { url.appendingPathComponent("keys/keys.db") }
    /// Apart from the other keys: what is destroyed here is destroyed for every copy of those.
    var epochs: URL { url.appendingPathComponent("keys/epochs.db") }
    var logMark: URL { url.appendingPathComponent("keys/log.mark") }
    var store: URL { url.appendingPathComponent("data/hangu.db") }
    var keyLock: URL { url.appendingPathComponent("data/keys.lock") }
    /// Cases under a legal hold; absent where there is none.
    var holds: URL { url.appendingPathComponent("holds.yaml") }
    /// Derived; may be deleted at any time.
    var auditIndex: URL { url.appendingPathComponent("data/audit-index.db") }
    var writerLock: URL { url.appendingPathComponent("data/writer.lock") }
    var pullLock: URL { url.appendingPathComponent("data/pull.lock") }

    /// A path of the configuration, relative to the home.
    func resolved(_ path: String) -> URL {
        URL(fileURLWithPath: path, relativeTo: url).standardizedFileURL
    }

    /// Reads `hangu.yaml`.
    func readConfiguration() throws(GatewayError) -> HomeConfiguration {
        guard FileManager.default.fileExists(atPath: configuration.path) else {
            throw .request(.unreadable("there is no home here: hangu.yaml is absent"))
        }
        let node = try Self.readYAML(configuration, name: "hangu.yaml")
        do { return try HomeConfiguration(node) } catch { throw .declaration(error) }
    }

    /// Reads a YAML file; errors show it by `name`.
    static func readYAML(_ url: URL, name: String) throws(GatewayError) -> YAMLNode {
        let text = try readText(url, name: name)
        do { return try YAMLReader.read(text, file: name) } catch { throw .declaration(error) }
    }

    /// Reads a UTF-8 file; errors show it by `name`.
    static func readText(_ url: URL, name: String) throws(GatewayError) -> String {
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw .declaration(
                YAMLError(
                    "the file cannot be read", at: YAMLPosition(file: name, line: 1, column: 1)))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .declaration(
                YAMLError(
                    "the file is not UTF-8", at: YAMLPosition(file: name, line: 1, column: 1)))
        }
        return text
    }
}
