import Foundation

/// What the environment names: a home, and a file with the root key's passphrase or PIN.
///
/// A variable holds names only, since others can read it.
enum EnvironmentHome {
    static var path: String? { value(of: "HANGU_HOME") }
    static var secretFile: String? { value(of: "HANGU_SECRET_FILE") }

    private static func value(of name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
