import Foundation
import Gateway

/// The folder in which the demo works: a temporary one, or one that stays.
struct DemoFolder {
    let url: URL
    let isKept: Bool

    init(keep: String?) throws(GatewayError) {
        isKept = keep != nil
        url =
            keep.map { HomeFolder(path: $0).url }
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("hangu-demo-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            if FileManager.default.fileExists(atPath: url.path),
                try !FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty
            {
                throw GatewayError.request(.unreadable("the folder of --keep is not empty"))
            }
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch let error as GatewayError {
            throw error
        } catch { throw .request(.unreadable("the demo's folder cannot be made")) }
    }

    var town: URL { url.appendingPathComponent("town", isDirectory: true) }
    var home: HomeFolder { HomeFolder(path: url.appendingPathComponent("home").path) }
    var tiles: URL { url.appendingPathComponent("tiles", isDirectory: true) }

    func removeUnlessKept() {
        guard !isKept else { return }
        do { try FileManager.default.removeItem(at: url) } catch {
            // A folder that cannot be removed stays in the system's temporary place; nothing real is in it.
        }
    }
}
