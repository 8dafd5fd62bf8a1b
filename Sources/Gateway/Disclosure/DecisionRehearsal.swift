package import Consent
import ResidentModel

/// One request decided over and over, for measuring: basis, consent and rules, as in an answer.
///
/// Nothing is located, opened, logged or given, so it answers nobody; it tells how many items would be permitted.
package struct DecisionRehearsal: Sendable {
    private let parts: GatewayParts
    private let admitted: AdmittedRequest
    private let resident: LocatedResident
    private let consents: [ResidentNumber: [ConsentRecord]]

    /// - Parameters:
    ///   - request: What is asked; whom it names plays no part.
    ///   - consents: What the resident has said.
    ///   - parts: The gateway.
    /// - Throws: ``GatewayError/request(_:)`` for a request without the right form.
    package init(
        _ request: DisclosureRequest, consents: [ConsentRecord], parts: GatewayParts
    ) throws(GatewayError) {
        self.parts = parts
        admitted = try Admission(catalogue: parts.catalogue, clock: parts.clock)
            .admit(request, requestID: "rehearsal")
        guard let id = ResidentID(bytes: try randomBytes(16, from: parts.random)) else {
            preconditionFailure("a resident's id has 16 bytes")
        }
        resident = LocatedResident(number: ResidentNumber(1), id: id)
        self.consents = [resident.number: consents]
    }

    /// Decides once.
    ///
    /// - Returns: How many items would be permitted.
    package func decide() throws(GatewayError) -> Int {
        let based = BasisStage(catalogue: parts.catalogue).attach(to: admitted)
        let located = SupposedResidents(residents: [resident])
            .locate(based, catalogue: parts.catalogue)
        let consented = try ConsentStage.attach(to: located, records: consents)
        let decided = try DecisionStage(catalogue: parts.catalogue, policies: parts.policies)
            .decide(consented) { _ in true }
        return decided.decisions.filter(\.isAllowed).count
    }
}
