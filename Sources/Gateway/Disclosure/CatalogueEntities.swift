import Cedar
import ResidentModel

/// The catalogue as the rules see it: departments, and fields with their classes and predicates.
struct CatalogueEntities {
    private let catalogue: Catalogue

    init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    var entities: [Entity] {
        let departments = catalogue.departments.values.map { department in
            Entity(
                uid: Self.department(department.id),
                attributes: [
                    "creditCodeKind": .string(department.creditCode.kind),
                    "functions": .set(SetValue(department.functions.sorted().map { .string($0) })),
                    "division": .string(department.division),
                ])
        }
        let classes = catalogue.classes.map { Entity(uid: Self.fieldClass($0.name)) }
        let fields = catalogue.fields.map { field in
            Entity(
                uid: Self.field(field.id), attributes: attributes(of: field),
                parents: [Self.fieldClass(field.fieldClass)])
        }
        let predicates = catalogue.predicates.values.compactMap { predicate in
            catalogue.field(predicate.field).map { carrier in
                let behind = catalogue.fields(behind: predicate.id)
                let share = [ShareType.none, .conditional, .unconditional].first { share in
                    behind.contains { $0.share == share }
                }
                return Entity(
                    uid: Self.predicate(predicate.id),
                    attributes: attributes(of: carrier).setting(
                        "share", to: .string((share ?? .none).rawValue)),
                    parents: behind.map { Self.field($0.id) })
            }
        }
        return departments + classes + fields + predicates
    }

    private func attributes(of field: FieldDefinition) -> RecordValue {
        [
            "tier": .long(field.tier.level), "share": .string(field.share.rawValue),
            "owner": .entity(Self.department(field.owner)),
        ]
    }

    static func department(_ id: String) -> EntityUID {
        EntityUID(type: "Hangu::Department", id: id)
    }

    static func officer(_ officer: String, of department: String) -> EntityUID {
        EntityUID(type: "Hangu::Officer", id: "\(department)/\(officer)")
    }

    static func field(_ id: FieldID) -> EntityUID { EntityUID(type: "Hangu::Field", id: id.text) }

    static func predicate(_ id: FieldID) -> EntityUID {
        EntityUID(type: "Hangu::Predicate", id: id.text)
    }

    static func fieldClass(_ name: String) -> EntityUID {
        EntityUID(type: "Hangu::FieldClass", id: name)
    }

    static func purpose(_ id: String) -> EntityUID { EntityUID(type: "Hangu::Purpose", id: id) }

    static func legalBasis(_ id: String) -> EntityUID {
        EntityUID(type: "Hangu::LegalBasis", id: id)
    }

    static let disclose = EntityUID(type: "Hangu::Action", id: "disclose")
    static let answer = EntityUID(type: "Hangu::Action", id: "answer")
}

extension SensitivityTier {
    /// 1 to 4.
    var level: Int64 {
        switch self {
        case .t1: 1
        case .t2: 2
        case .t3: 3
        case .t4: 4
        }
    }
}
