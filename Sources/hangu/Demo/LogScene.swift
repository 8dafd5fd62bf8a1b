import Foundation
import Gateway
import TransparencyLog

/// The officer verifies the log, and a changed byte in a copy of it is caught.
struct LogScene {
    let stage: DemoStage
    let tiles: URL

    func play() throws {
        stage.scene(DemoText.log)
        let desk = AuditDesk(stage.home.parts)
        let result = try desk.verify()
        stage.console.say(Messages.verified(result))
        guard result.isSound else {
            throw GatewayError.store(.corrupt(what: "the demo's own log"))
        }
        let folder = TilesFolder(url: tiles)
        try desk.export { path, content throws(GatewayError) in try folder.write(path, content) }
        stage.console.say(Messages.exported(result.log.entryCount, path: tiles.path))
        try changeOneByte(of: folder, entryCount: result.log.entryCount)
        let key = try stage.home.parts.log.verifierKey
        let report = LogReplay.run(
            log: try inLog { () throws(TransparencyLogError) in try NoteKey(encoded: key) },
            read: folder.read, checkEntry: LogReplay.auditLeafFault)
        let checked = AuditVerification(published: report)
        guard !checked.isSound else {
            throw GatewayError.store(.corrupt(what: "a changed byte was not found"))
        }
        stage.console.say(Messages.verified(checked))
        for finding in report.findings.prefix(3) { stage.console.say("  \(finding)") }
    }

    /// Changes the decision byte of the last entry: refused becomes allowed.
    private func changeOneByte(of folder: TilesFolder, entryCount: UInt64) throws {
        let last = entryCount - 1
        guard
            let bundle = TileCoordinate.tile(
                kind: .entries, index: last / 256, size: entryCount),
            var bytes = folder.read(bundle.path), bytes.count > 4
        else { throw GatewayError.store(.corrupt(what: "the exported log")) }
        bytes[4] ^= 1
        try folder.write(bundle.path, bytes)
        stage.console.say(DemoText.byteChanged(bundle.path))
    }
}
