import Foundation
import Gateway
import StrictYAML

/// What a home declares about how long its log is kept.
struct RetentionFiles {
    /// `catalogue/retention.yaml` of the policies; three years for everything where there is none.
    let policy: RetentionPolicy
    /// `holds.yaml` of the home; none where there is none.
    let holds: LegalHolds

    init(_ folder: HomeFolder, policies: String) throws(GatewayError) {
        let declared = folder.resolved(policies).appendingPathComponent("catalogue/retention.yaml")
        if let node = try Self.node(declared, name: "catalogue/retention.yaml") {
            do { policy = try RetentionPolicy(node) } catch { throw .declaration(error) }
        } else {
            policy = .threeYears
        }
        if let node = try Self.node(folder.holds, name: "holds.yaml") {
            do { holds = try LegalHolds(node) } catch { throw .declaration(error) }
        } else {
            holds = .none
        }
    }

    private static func node(_ url: URL, name: String) throws(GatewayError) -> YAMLNode? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        return try HomeFolder.readYAML(url, name: name)
    }
}
