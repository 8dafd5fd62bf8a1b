import JSONText
import ResidentModel

/// What is taken of each resource, made from the request once.
struct ResourcePlan {
    let resourceType: String
    private let columns: [(name: String, path: ColumnPath)]
    private let neverIngested: [ColumnPath]
    /// Members of the resource that some column or rule looks into.
    let knownNames: Set<String>
    private let knownModifierExtensions: Set<String>

    /// - Throws: ``SourceError/unsupported(container:what:expected:)`` where a column is no path.
    init(
        _ request: StreamRequest, knownModifierExtensions: Set<String>
    ) throws(SourceError) {
        func path(_ text: String) throws(SourceError) -> ColumnPath {
            do throws(ColumnPathError) {
                return try ColumnPath(text)
            } catch {
                throw .unsupported(
                    container: request.location, what: "the path '\(text)'",
                    expected: "\(error.expected) at column \(error.column)")
            }
        }
        resourceType = request.location
        var columns: [(name: String, path: ColumnPath)] = []
        for column in request.columns {
            let wanted = try path(column.name)
            if wanted.isNarrative {
                throw .unsupported(
                    container: request.location, what: "the path '\(column.name)'",
                    expected: "anything but the narrative")
            }
            columns.append((column.name, wanted))
        }
        var neverIngested: [ColumnPath] = []
        for name in request.neverIngest { neverIngested.append(try path(name)) }
        self.columns = columns
        self.neverIngested = neverIngested
        self.knownModifierExtensions = knownModifierExtensions
        knownNames = Set((columns.map(\.path) + neverIngested).flatMap(\.rootNames))
            .union(["resourceType"])
    }

    /// Takes the cells of one resource.
    ///
    /// - Throws: ``RecordFinding`` where the resource is another one than was asked for, or may mean another thing.
    func record(
        of resource: JSONValue, at position: RecordPosition
    ) throws(RecordFinding) -> RawRecord {
        guard case .object(let root) = resource else {
            throw RecordFinding(.json, detail: "expected an object")
        }
        guard root["resourceType"]?.string == resourceType else {
            throw RecordFinding(
                .resourceType, field: "resourceType", detail: "expected '\(resourceType)'")
        }
        guard root["implicitRules"] == nil else {
            throw RecordFinding(
                .modifierExtension, field: "implicitRules", detail: "expected no implicit rules")
        }
        guard !hasUnknownModifier(resource) else {
            throw RecordFinding(
                .modifierExtension, field: "modifierExtension",
                detail: "expected none but the known ones")
        }
        var cells: [String?] = []
        cells.reserveCapacity(columns.count)
        for column in columns { cells.append(try text(column.path, column.name, in: resource)) }
        var neverIngestCount = 0
        for path in neverIngested where isPresent(path, in: resource) { neverIngestCount += 1 }
        return RawRecord(position: position, cells: cells, neverIngestCount: neverIngestCount)
    }

    private func text(
        _ path: ColumnPath, _ name: String, in resource: JSONValue
    ) throws(RecordFinding) -> String? {
        do throws(ColumnPath.EndsOnObject) {
            return try path.text(in: resource)
        } catch {
            throw RecordFinding(.json, field: name, detail: "expected a text, found an object")
        }
    }

    private func isPresent(_ path: ColumnPath, in resource: JSONValue) -> Bool {
        do throws(ColumnPath.EndsOnObject) {
            return try path.text(in: resource) != nil
        } catch {
            return true
        }
    }

    private func hasUnknownModifier(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains(where: hasUnknownModifier)
        case .object(let object):
            object.members.contains { member in
                member.name == "modifierExtension" && !isKnown(member.value)
                    || hasUnknownModifier(member.value)
            }
        default: false
        }
    }

    private func isKnown(_ modifiers: JSONValue) -> Bool {
        guard let modifiers = modifiers.array else { return false }
        return modifiers.allSatisfy { modifier in
            modifier["url"]?.string.map { knownModifierExtensions.contains($0) } ?? false
        }
    }
}
