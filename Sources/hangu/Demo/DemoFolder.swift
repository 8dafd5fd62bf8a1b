import Foundation
import Gateway

/// Where the demo works: in a temporary folder, or with a home that stays and its town beside it.
struct DemoFolder {
    let home: HomeFolder
    let town: URL
    let tiles: URL
    let isKept: Bool
    private let temporary: URL?

    init(home path: String?) throws(GatewayError) {
        isKept = path != nil
        let name = "hangu-demo-\(ProcessInfo.processInfo.processIdentifier)"
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        temporary = isKept ? nil : base
        home = HomeFolder(path: path ?? base.appendingPathComponent("home").path)
        town = URL(fileURLWithPath: home.url.path + "-town", isDirectory: true)
        tiles = URL(fileURLWithPath: home.url.path + "-tiles", isDirectory: true)
        guard let temporary else { return }
        do {
            try FileManager.default.createDirectory(
                at: temporary, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw .request(.unreadable("the demo's folder cannot be made")) }
    }

    func removeUnlessKept() {
        guard let temporary else { return }
        do { try FileManager.default.removeItem(at: temporary) } catch {
            // A folder that cannot be removed stays in the system's temporary place; nothing real is in it.
        }
    }
}
