/// What a key of the ring is for.
///
/// The raw value stands in the store and in the key's associated data.
package enum KeyKind: String, Hashable, Sendable, CaseIterable {
    /// One field class; with a resident's key it gives the field key.
    case fieldClass = "class"
    /// Wraps residents' keys for a while, so that old backups of them stop opening.
    case epoch
    /// HMAC key of one blind index.
    case blindIndex = "index"
    /// HMAC key of one department's pseudonyms.
    case pseudonym
}

/// Names one version of one key of the ring.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
    package let kind: KeyKind
    /// The class, index or department; empty for an epoch.
    package let name: String
    /// From 1; the epoch's number for an epoch.
    ///
    /// A class's version is at most 65,535.
    package let version: UInt32

    package init(kind: KeyKind, name: String, version: UInt32) {
        self.kind = kind
        self.name = name
        self.version = version
    }

    package var description: String { "\(kind.rawValue) '\(name)' version \(version)" }
}
