package import Foundation

/// A folder of one test, removed with the last reference to it.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("hangu-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    package func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The bytes of every file below the folder, by relative path.
    package func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: url.path) {
            let place = file(path)
            let isFolder = try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
            if isFolder != true { contents[path] = try Data(contentsOf: place) }
        }
        return contents
    }

    deinit {
        do { try FileManager.default.removeItem(at: url) } catch {
            print("a test's folder could not be removed: \(error)")
        }
    }
}
