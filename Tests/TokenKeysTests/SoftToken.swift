import FieldCrypto
import Foundation
import TestSupport
import Testing
import TokenKeys

/// Tokens of SoftHSM2 in a folder of the tests' own; the machine's own tokens are never touched.
enum SoftToken {
    static let pin = "correct-pin-7"

    /// SoftHSM2's module where it is installed.
    static let module: String? = [
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    ].first { FileManager.default.fileExists(atPath: $0) }

    private static let folder: URL? = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hangu-test-softhsm-\(getpid())", isDirectory: true)
        let tokens = folder.appendingPathComponent("tokens", isDirectory: true)
        let configuration = folder.appendingPathComponent("softhsm2.conf")
        do {
            try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
            try Data("directories.tokendir = \(tokens.path)\nlog.level = ERROR\n".utf8)
                .write(to: configuration)
        } catch {
            Issue.record("no folder for tokens: \(error)")
            return nil
        }
        // The module reads the variable when it is initialised, in this process.
        setenv("SOFTHSM2_CONF", configuration.path, 1)
        return folder
    }()

    /// A new token, or nil (said out loud) where SoftHSM2 is not installed.
    ///
    /// - Parameter label: The token's.
    /// - Returns: The address of a key that is not there yet.
    /// - Throws: Where the token cannot be made.
    static func make(_ label: String) throws -> TokenAddress? {
        guard let module else {
            print("SKIPPED: SoftHSM2 is not installed; apt-get install softhsm2")
            if ProcessInfo.processInfo.environment["CI"] == "true" {
                Issue.record("SoftHSM2 is not installed, and under CI that is a failure")
            }
            return nil
        }
        _ = try #require(folder)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
        tool.arguments = [
            "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "officer-pin-7",
        ]
        tool.standardOutput = FileHandle.nullDevice
        try tool.run()
        tool.waitUntilExit()
        try #require(tool.terminationStatus == 0, "softhsm2-util")
        return TokenAddress(module: module, token: label, key: "hangu-root")
    }

    static func secret(_ text: String = pin) -> SecretBytes {
        SecretBytes(copying: Array(text.utf8))
    }
}
