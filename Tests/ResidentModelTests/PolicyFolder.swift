import Foundation
import ResidentModel
import StrictYAML
import Testing

/// The catalogue that this checkout ships.
enum PolicyFolder {
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Policies", isDirectory: true)

    static func text(_ path: String) throws -> String {
        try String(contentsOf: url.appendingPathComponent(path), encoding: .utf8)
    }

    static func node(_ path: String) throws -> YAMLNode {
        try YAMLReader.read(text(path), file: path)
    }

    static func catalogue(emergencies: YAMLNode? = nil) throws -> Catalogue {
        try Catalogue(
            Catalogue.Files(
                fields: node("catalogue/fields.yaml"), codeSets: node("catalogue/code-sets.yaml"),
                departments: node("catalogue/departments.yaml"),
                legalBases: node("catalogue/legal-bases.yaml"),
                purposes: node("catalogue/purposes.yaml"),
                emergencies: emergencies ?? node("catalogue/emergencies.yaml"),
                calendar: node("catalogue/calendar.yaml")))
    }

    static func mappings(of catalogue: Catalogue) throws -> [SourceMapping] {
        try names(in: "catalogue/sources", ending: ".yaml").map {
            try SourceMapping(node("catalogue/sources/\($0)"), catalogue: catalogue)
        }
    }

    static func names(in folder: String, ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix(ending) }.sorted()
    }
}
