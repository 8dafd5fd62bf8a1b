import Foundation
import TestSupport
import Testing

/// `Scripts/verifiers/verify_log`, which checks our logs with Go's own code.
enum GoVerifier {
    /// Builds it into a folder.
    ///
    /// - Parameter folder: Where the program and Go's cache go.
    /// - Returns: The program's path, or nil (said out loud) where Go or its code is not installed.
    /// - Throws: Where nothing can be started.
    static func build(in folder: TemporaryFolder) throws -> String? {
        let program = folder.path("verify_log")
        let source = HanguProgram.checkout.appendingPathComponent(
            "Scripts/verifiers/verify_log/main.go")
        let run = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "GO111MODULE=off", "GOPATH=/usr/share/gocode",
                "GOCACHE=\(folder.path("go-cache"))", "go", "build", "-o", program, source.path,
            ])
        guard run.hasEnded(within: 300) else {
            run.kill()
            throw HanguProgram.Hanging(command: "go build")
        }
        guard try run.result().status == 0 else {
            SharedData.skip("go or golang-golang-x-mod-dev is absent")
            return nil
        }
        return program
    }
}
