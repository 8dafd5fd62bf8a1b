import Foundation
import Gateway
import ResidentModel

/// The three sources of a folder in which three departments have laid their deliveries.
enum TownLayout {
    /// - Parameters:
    ///   - town: A folder with `minzheng/`, `shebao/` and `weijian/`.
    ///   - health: Another folder of FHIR NDJSON files in place of `weijian/`, with its mapping.
    /// - Returns: The three declarations, in the order of pulling.
    /// - Throws: ``GatewayError/request(_:)`` where a delivery is missing.
    static func sources(
        of town: URL, health: (folder: URL, mapping: String)?
    ) throws(GatewayError) -> [SourceDeclaration] {
        let database = ["shebao.sqlite", "shebao.sql", "shebao.sql.gz"]
            .map { town.appendingPathComponent("shebao/\($0)") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        guard let database else {
            throw .request(
                .unreadable("the town has no shebao/shebao.sqlite, shebao.sql or shebao.sql.gz"))
        }
        let fhir = health?.folder ?? town.appendingPathComponent("weijian", isDirectory: true)
        return [
            SourceDeclaration(
                name: SourceName("civil-affairs"), mapping: "civil-affairs", path: town.path),
            SourceDeclaration(
                name: SourceName("social-security"), mapping: "social-security",
                path: database.path),
            SourceDeclaration(
                name: SourceName("health"), mapping: health?.mapping ?? "health", path: fhir.path),
        ]
    }
}
