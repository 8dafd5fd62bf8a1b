import Connectors
import Foundation
import Gateway
import ResidentModel

/// Makes the connector of a declared source.
enum SourceFactory {
    static func make(
        _ declaration: SourceDeclaration, mapping: SourceMapping, folder: HomeFolder
    ) -> any RecordSource {
        let path = folder.resolved(declaration.path).path
        switch mapping.connector {
        case .csv:
            let formats = mapping.streams.map {
                ($0.location, DelimitedFormat(encoding: $0.encoding))
            }
            return DelimitedFileSource(
                name: declaration.name, folder: path,
                formats: Dictionary(formats) { first, _ in first },
                makeDigest: { CursorDigest() })
        case .sqlite:
            return SQLiteSource(
                name: declaration.name, path: path, makeDigest: { CursorDigest() })
        case .fhirNDJSON:
            return NDJSONSource(
                name: declaration.name, folder: path, makeDigest: { CursorDigest() })
        }
    }
}
