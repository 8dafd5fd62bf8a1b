import FoundationEssentials
import ResidentModel

/// The folder into which a department delivers its files.
struct DeliveryFolder: Sendable {
    let path: String

    /// The path of a file, or of the same file with `.gz` after its name where only that is there.
    ///
    /// - Throws: ``SourceError`` where the file is absent, or the location leads out of the folder.
    func file(_ location: String) throws(SourceError) -> String {
        let steps = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !steps.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }),
            !location.utf8.contains(0)
        else {
            throw .unsupported(
                container: location, what: "this location",
                expected: "the name of a file within the delivery's folder")
        }
        for candidate in [path + "/" + location, path + "/" + location + ".gz"]
        where FileManager.default.fileExists(atPath: candidate) {
            return candidate
        }
        throw .absent(container: location)
    }

    /// The names in the folder, sorted.
    func names() throws(SourceError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(container: fileName(path), why: "its folder cannot be listed")
        }
    }
}

/// The last step of a path.
func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
