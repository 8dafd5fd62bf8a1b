import Foundation
import Testing

/// SoftHSM2, a PKCS#11 token in software, where it is installed.
package enum SoftHSM {
    /// The place of its module, or nil (said out loud).
    package static func module() -> String? {
        let module = [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        ].first { FileManager.default.fileExists(atPath: $0) }
        if module == nil { SharedData.skip("SoftHSM2 is not installed; apt-get install softhsm2") }
        return module
    }
}
