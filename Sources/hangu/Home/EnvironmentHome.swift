import Foundation

/// The home that the environment names.
enum EnvironmentHome {
    static var path: String? {
        let named = ProcessInfo.processInfo.environment["HANGU_HOME"]
        return named.flatMap { $0.isEmpty ? nil : $0 }
    }
}
