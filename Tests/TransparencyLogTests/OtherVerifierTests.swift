import Foundation
import TestSupport
import Testing
import TransparencyLog

/// A log that was written here is checked by programs that share no code with us.
@Suite("Other verifiers", .serialized)
struct OtherVerifierTests {
    private static let scripts = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/verifiers")

    /// Runs a program and answers how it ended; nothing it prints is kept.
    private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func write(_ files: [String: [UInt8]], to folder: URL) throws {
        for (path, bytes) in files {
            let place = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: place)
        }
    }

    /// A log of 600 leaves in two batches, with a receipt and a consistency proof beside it.
    private func files() throws -> [String: [UInt8]] {
        let numbers = SeededRandom(seed: 61)
        var log = try TestLog()
        try log.append((0..<250).map { _ in leaf(numbers).bytes })
        try log.append((0..<350).map { _ in leaf(numbers).bytes })
        var files = log.files
        files["receipt"] = try log.receipt(of: 300, extra: [1, 2]).bytes
        files["entry"] = log.entries[300]
        files["consistency"] = Array(try log.tiled.consistencyProof(from: 250).text.utf8)
        return files
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hangu-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                print("left behind: \(folder.lastPathComponent)")
            }
        }
        try body(folder)
    }

    /// Runs the checks on the files as they are, then with one byte changed in each file named.
    private func check(
        _ name: String, changing paths: [String], _ verify: (URL) throws -> [Int32]
    ) throws {
        let files = try files()
        try withFolder { folder in
            try write(files, to: folder)
            let sound = try verify(folder)
            #expect(sound.allSatisfy { $0 == 0 })
            var refused = 0
            for path in paths {
                let place = folder.appendingPathComponent(path)
                var bytes = try #require(files[path])
                bytes[bytes.count / 2] ^= 1
                try Data(bytes).write(to: place)
                #expect(try verify(folder).contains(1), "\(path)")
                try Data(try #require(files[path])).write(to: place)
                refused += 1
            }
            print("\(name): \(sound.count) checks passed, \(refused) changed bytes refused")
            #expect(!sound.isEmpty && refused > 0)
        }
    }

    @Test("The OpenSSL command verifies our checkpoints and refuses changed ones")
    func openSSL() throws {
        if try run(["openssl", "version"]) != 0 {
            SharedData.skip("the openssl command is absent")
            return
        }
        let script = Self.scripts.appendingPathComponent("verify_note.sh").path
        try check("openssl", changing: ["checkpoint", "checkpoint.250", "vkey"]) { folder in
            try ["checkpoint", "checkpoint.250"].map { name in
                try run([
                    "sh", script, folder.appendingPathComponent(name).path,
                    folder.appendingPathComponent("vkey").path,
                ])
            }
        }
    }

    @Test("Go's checksum database code verifies our log and proofs and refuses changed ones")
    func goVerifier() throws {
        let go = ["GO111MODULE": "off", "GOPATH": "/usr/share/gocode"]
        try withFolder { work in
            let program = work.appendingPathComponent("verify_log").path
            let source = Self.scripts.appendingPathComponent("verify_log/main.go").path
            let cache = ["GOCACHE": work.appendingPathComponent("cache").path]
            let built = try run(
                ["go", "build", "-o", program, source], environment: go.merging(cache) { $1 })
            if built != 0 {
                SharedData.skip("go or golang-golang-x-mod-dev is absent")
                return
            }
            try check(
                "go",
                changing: [
                    "checkpoint", "tile/entries/000", "tile/entries/002.p/88", "tile/0/001",
                    "tile/0/002.p/88", "tile/1/000.p/2", "checkpoint.250", "receipt", "entry",
                    "consistency", "vkey",
                ]
            ) { folder in
                func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
                return try [
                    [
                        program, "log", "-dir", folder.path, "-vkey", path("vkey"), "-sizes",
                        "1,250,256,599",
                    ],
                    [
                        program, "inclusion", "-vkey", path("vkey"), "-proof", path("receipt"),
                        "-entry", path("entry"),
                    ],
                    [
                        program, "consistency", "-vkey", path("vkey"), "-old",
                        path("checkpoint.250"), "-new", path("checkpoint"), "-proof",
                        path("consistency"),
                    ],
                ].map { try run($0) }
            }
        }
    }
}
