/// The gateway's own identifier of one resident: 128 random bits that never leave the gateway.
///
/// Departments see a pseudonym of their own instead. It prints as `<redacted>`.
package struct ResidentID: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible
{
    /// 16 bytes.
    package let bytes: [UInt8]

    /// - Parameter bytes: 16 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
}
