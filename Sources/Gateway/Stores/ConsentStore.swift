/// Reading of the consent register.
package protocol ConsentReader {
    /// The newest version of each consent of some residents.
    func consents(
        of residents: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: [SealedConsent]]

    /// The newest version of one consent; nil where there is none of that id.
    func consent(_ id: String) throws(GatewayError) -> SealedConsent?
}

/// Adding to the consent register.
package protocol ConsentWriter: ConsentReader {
    /// Adds one version; an id and version stand once.
    func insert(_ consent: SealedConsent) throws(GatewayError)
}

/// One version of a consent as it is kept: sealed under the resident's key.
package struct SealedConsent: Sendable {
    package let id: String
    package let version: Int
    package let resident: ResidentNumber
    package let sealed: [UInt8]

    package init(id: String, version: Int, resident: ResidentNumber, sealed: [UInt8]) {
        self.id = id
        self.version = version
        self.resident = resident
        self.sealed = sealed
    }
}
