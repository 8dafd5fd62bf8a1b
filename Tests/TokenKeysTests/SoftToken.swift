import FieldCrypto
import Foundation
import TestSupport
import Testing
import TokenKeys

/// Tokens of SoftHSM2 in a folder of the tests' own; the machine's own tokens are never touched.
enum SoftToken {
    static let pin = "correct-pin-7"

    private static let folder: TemporaryFolder? = {
        do {
            let folder = try TemporaryFolder()
            let tokens = folder.file("tokens")
            let configuration = folder.file("softhsm2.conf")
            try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
            try Data("directories.tokendir = \(tokens.path)\nlog.level = ERROR\n".utf8)
                .write(to: configuration)
            // The module reads the variable when it is initialised, in this process.
            setenv("SOFTHSM2_CONF", configuration.path, 1)
            // What is held statically is never let go, so the folder goes with the process.
            atexit {
                guard let folder = SoftToken.folder else { return }
                do { try FileManager.default.removeItem(at: folder.url) } catch {
                    print("the tokens' folder could not be removed: \(error)")
                }
            }
            return folder
        } catch {
            Issue.record("no folder for tokens: \(error)")
            return nil
        }
    }()

    /// A new token, or nil (said out loud) where SoftHSM2 is not installed.
    ///
    /// - Parameter label: The token's.
    /// - Returns: The address of a key that is not there yet.
    /// - Throws: Where the token cannot be made.
    static func make(_ label: String) throws -> TokenAddress? {
        guard let module = SoftHSM.module() else { return nil }
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
