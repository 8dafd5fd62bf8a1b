import TestSupport
import Testing
import TransparencyLog

import Gateway

/// What a reader of the published log finds when an export stops at any of its writes.
struct ExportFaultTests {
    /// A folder that stops taking files: the write that fails may have happened or not.
    private final class Folder {
        var files: [String: [UInt8]] = [:]
        var writes: [String] = []
        var faultAt = Int.max
        var isDone = false

        func write(_ path: String, _ content: [UInt8]) throws(GatewayError) {
            let fails = writes.count == faultAt
            writes.append(path)
            if !fails || isDone { files[path] = content }
            if fails { throw .store(.diskFull) }
        }
    }

    @Test(
        "An export that stops at any write leaves the old log or the new one whole; the next mends it"
    )
    func everyWrite() throws {
        let gateway = try TestGateway()
        let number = citizenNumber()
        try gateway.pull([row("r-1")])
        let desk = AuditDesk(gateway.parts)
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        func replay(_ files: [String: [UInt8]]) -> LogReport {
            LogReplay.run(log: key, read: { files[$0] }, checkEntry: LogReplay.auditLeafFault)
        }
        for _ in 0..<5 { _ = try gateway.answer(gateway.request(["identity.name"], of: number)) }
        let old = Folder()
        try desk.export(old.write)
        let oldSize = try desk.size()
        // Over one full tile, so that the second level begins.
        for _ in 0..<130 { _ = try gateway.answer(gateway.request(["identity.name"], of: number)) }
        let newSize = try desk.size()
        let whole = Folder()
        try desk.export(whole.write)
        #expect(oldSize < 256 && newSize > 256 && whole.writes.last == "checkpoint")

        var found: [UInt64: Int] = [:]
        for fault in whole.writes.indices {
            for isDone in [false, true] {
                let folder = Folder()
                folder.files = old.files
                (folder.faultAt, folder.isDone) = (fault, isDone)
                #expect(throws: GatewayError.self) { try desk.export(folder.write) }
                let report = replay(folder.files)
                let size = try #require(report.checkpoint?.size)
                #expect(report.isSound, "write \(fault), done: \(isDone)")
                #expect(size == (whole.writes[fault] == "checkpoint" && isDone ? newSize : oldSize))
                found[size, default: 0] += 1
                (folder.faultAt, folder.writes) = (.max, [])
                try desk.export(folder.write)
                #expect(replay(folder.files).isSound)
                #expect(whole.files.allSatisfy { folder.files[$0.key] == $0.value })
            }
        }
        print("exports that stopped: \(found[oldSize] ?? 0) left the old log")
        #expect(found[newSize] == 1 && found[oldSize] == whole.writes.count * 2 - 1)
    }
}
