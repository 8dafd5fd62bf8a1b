import Foundation
import Gateway
import ResidentModel
import StrictYAML

/// Catalogue, mappings and rules as they stand in a folder; everything is read and checked before anything is used.
struct PolicyFolder {
    let catalogue: Catalogue
    let bundle: PolicyBundle
    /// By name.
    let mappings: [String: SourceMapping]

    init(_ url: URL) throws(GatewayError) {
        func node(_ file: String) throws(GatewayError) -> YAMLNode {
            let name = "catalogue/\(file).yaml"
            return try HomeFolder.readYAML(url.appendingPathComponent(name), name: name)
        }
        func optional(_ file: String) throws(GatewayError) -> YAMLNode? {
            let place = url.appendingPathComponent("catalogue/\(file).yaml")
            return FileManager.default.fileExists(atPath: place.path) ? try node(file) : nil
        }
        let files = Catalogue.Files(
            fields: try node("fields"), codeSets: try node("code-sets"),
            departments: try node("departments"), legalBases: try node("legal-bases"),
            purposes: try node("purposes"), emergencies: try optional("emergencies"),
            calendar: try optional("calendar"))
        do { catalogue = try Catalogue(files) } catch { throw .declaration(error) }
        var bundleFiles: [PolicyBundle.File] = []
        for path in try Self.paths(below: url) where Self.governs(path) {
            bundleFiles.append(
                PolicyBundle.File(
                    path: path,
                    text: try HomeFolder.readText(url.appendingPathComponent(path), name: path)))
        }
        // Without it rules would go unvalidated, so it is read even where the listing does not show it.
        if !bundleFiles.contains(where: { $0.path == Self.schema }) {
            _ = try HomeFolder.readText(url.appendingPathComponent(Self.schema), name: Self.schema)
        }
        bundle = try PolicyBundle(files: bundleFiles, catalogue: catalogue)
        mappings = try Self.mappings(of: bundleFiles, catalogue: catalogue)
    }

    private static let schema = "schema.cedarschema"

    /// What decides: the schema, the catalogue and the rules; tests and notes do not.
    private static func governs(_ path: String) -> Bool {
        path.hasSuffix(".cedarschema") || (path.hasPrefix("rules/") && path.hasSuffix(".cedar"))
            || (path.hasPrefix("catalogue/") && path.hasSuffix(".yaml"))
    }

    private static func mappings(
        of files: [PolicyBundle.File], catalogue: Catalogue
    ) throws(GatewayError) -> [String: SourceMapping] {
        var mappings: [String: SourceMapping] = [:]
        for file in files where file.path.hasPrefix("catalogue/sources/") {
            do {
                let mapping = try SourceMapping(
                    YAMLReader.read(file.text, file: file.path), catalogue: catalogue)
                mappings[mapping.id] = mapping
            } catch { throw .declaration(error) }
        }
        return mappings
    }

    /// Every file below a folder, by relative path, sorted.
    static func paths(below url: URL) throws(GatewayError) -> [String] {
        do { return try FileManager.default.subpathsOfDirectory(atPath: url.path).sorted() } catch {
            throw .request(.unreadable("the policies folder cannot be read"))
        }
    }
}
