package import StrictYAML

/// A statement about all requests.
package struct Invariant: Sendable {
    package var name: String
    package var position: YAMLPosition
    package var claim: Claim
    /// Narrows the requests that the statement is about.
    package var limits = Limits()

    package enum Claim: Hashable, Sendable {
        /// Nothing of these leaves in such a form; all items where none is named.
        case never(Visibility)
        case always(Consequence)
        /// Another standing of the consent shows no more than the granted one.
        case neverMoreVisible(than: String, after: String)
    }

    /// What must not happen.
    package enum Visibility: String, Hashable, Sendable {
        /// The value itself.
        case clear
        /// Anything.
        case anything
    }

    /// What must happen wherever something leaves, or instead of it.
    package enum Consequence: Hashable, Sendable {
        case denied
        case notifiesResident
        case needsHumanConfirmation
        case retainsAtMost(days: Int)
    }

    /// Which values each dimension may have; nil for all of them.
    package struct Limits: Hashable, Sendable {
        package var departments: NameLimit?
        package var purposes: NameLimit?
        package var bases: NameLimit?
        package var items: NameLimit?
        package var consents: NameLimit?
        package var isCaseGiven: Bool?
    }

    /// Names that are meant, or all but these.
    package struct NameLimit: Hashable, Sendable {
        package var names: Set<String>
        package var isExclusion: Bool

        package func admits(_ name: String) -> Bool { names.contains(name) != isExclusion }
    }
}
