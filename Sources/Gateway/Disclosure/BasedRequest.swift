package import ResidentModel

/// A request with what law and catalogue say of its purpose and legal basis; only ``BasisStage`` makes one.
package struct BasedRequest: Sendable {
    package let admitted: AdmittedRequest
    package let purpose: Purpose?
    package let legalBasis: LegalBasis?
    /// Whether this organisation may invoke the basis at all: kind of body, function and division.
    package let hasAuthority: Bool
    /// Whether the basis is valid on the day of the request.
    package let isInForce: Bool

    fileprivate init(
        admitted: AdmittedRequest, purpose: Purpose?, legalBasis: LegalBasis?, hasAuthority: Bool,
        isInForce: Bool
    ) {
        self.admitted = admitted
        self.purpose = purpose
        self.legalBasis = legalBasis
        self.hasAuthority = hasAuthority
        self.isInForce = isInForce
    }
}

/// Second stage: on which legal basis, and does it reach so far.
struct BasisStage {
    let catalogue: Catalogue

    func attach(to admitted: AdmittedRequest) -> BasedRequest {
        let basis = catalogue.legalBases[admitted.request.legalBasis]
        return BasedRequest(
            admitted: admitted, purpose: catalogue.purposes[admitted.request.purpose],
            legalBasis: basis,
            hasAuthority: basis.map { hasAuthority(admitted.department, under: $0) } ?? false,
            isInForce: basis.map { isInForce($0, on: admitted.day) } ?? false)
    }

    func hasAuthority(_ department: Department?, under basis: LegalBasis) -> Bool {
        guard let department else { return false }
        if basis.kind == .statutoryDuty, !department.creditCode.mayHoldStatutoryDuty {
            return false
        }
        return basis.creditCodeKinds.contains(department.creditCode.kind)
            && (basis.functions.isEmpty || !basis.functions.isDisjoint(with: department.functions))
            && (basis.divisions.isEmpty
                || basis.divisions.contains { department.division.hasPrefix($0) })
    }

    func isInForce(_ basis: LegalBasis, on day: CalendarDate) -> Bool {
        !basis.isRepealed && day >= basis.validFrom
            && (basis.validUntil.map { day <= $0 } ?? true)
    }
}
