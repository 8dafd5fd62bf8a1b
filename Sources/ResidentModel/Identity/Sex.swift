/// Sex after GB/T 2261.1-2003.
package enum Sex: String, Hashable, Sendable, CaseIterable {
    case unknown = "0"
    case male = "1"
    case female = "2"
    case unstated = "9"

    /// Whether the code says which sex, rather than that it is not known.
    package var isStated: Bool { self == .male || self == .female }
}
