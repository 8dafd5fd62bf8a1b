import Cedar
import Consent
import ResidentModel

/// Everything a rule can know of a request, one item at a time: the `context` of Cedar.
struct DecisionFacts {
    let item: FieldID
    let consented: ConsentedRequest
    let catalogue: Catalogue

    var context: RecordValue {
        let based = consented.located.based
        let request = based.admitted.request
        return [
            "purpose": .entity(CatalogueEntities.purpose(request.purpose)),
            "purposeListsDepartment": .bool(
                based.purpose?.departments.contains(request.department) ?? false),
            "purposeListsBasis": .bool(
                based.purpose?.legalBases.contains(request.legalBasis) ?? false),
            "purposeCoversItem": .bool(based.purpose?.fields.contains(item) ?? false),
            "known": .record([
                "department": .bool(based.admitted.department != nil),
                "purpose": .bool(based.purpose != nil),
                "basis": .bool(based.legalBasis != nil),
                "item": .bool(catalogue.carrier(of: item) != nil),
            ]),
            "basis": .record([
                "id": .entity(CatalogueEntities.legalBasis(request.legalBasis)),
                "kind": .string(based.legalBasis?.kind.rawValue ?? ""),
                "inForce": .bool(based.isInForce),
                "authorityHolds": .bool(based.hasAuthority),
                "coversItem": .bool(based.legalBasis?.fields.contains(item) ?? false),
            ]),
            "consent": .record(consent),
            "household": .record(household),
            "case": .record(["given": .bool(!(request.caseID ?? "").isEmpty)]),
            "itemCount": .long(Int64(based.admitted.items.count)),
            "clock": .datetime(DatetimeValue(milliseconds: based.admitted.clock)),
        ]
    }

    private var consent: RecordValue {
        let standing = consented.standings[item]
        return [
            "required": .bool(consented.isConsentRequired),
            "inForce": .bool(standing?.status == .inForce),
            "state": .string(standing?.status.rawValue ?? "none"),
            "assurance": .long(Int64(standing?.consent?.statement.assurance ?? 0)),
            "giver": .string(standing?.consent?.statement.giver.word ?? "none"),
        ]
    }

    private var household: RecordValue {
        let given = consented.mandatesGiven[item] ?? 0
        let isRequired = consented.located.based.purpose?.needsHouseholdMandate ?? false
        return [
            "mandateRequired": .bool(isRequired),
            "complete": .bool(
                consented.mandatesRequired > 0 && given >= consented.mandatesRequired),
            "adults": .long(Int64(consented.mandatesRequired)),
            "mandated": .long(Int64(given)),
        ]
    }
}
