import Cedar
import Connectors
import Foundation

/// Reads the files that the Cedar tools are given; `-` is standard input.
enum CedarFiles {
    /// The most a file may come to, inflated.
    static let bytesMax = 1 << 30

    static func text(_ path: String) throws(CedarFailure) -> String {
        let bytes =
            path == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : try bytes(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(path: path, why: "it is not UTF-8")
        }
        return text
    }

    /// All of a file; gzip is inflated.
    static func bytes(_ path: String) throws(CedarFailure) -> [UInt8] {
        do throws(InputFault) {
            let input = try openInput(path: path)
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { room.deallocate() }
            var bytes: [UInt8] = []
            while true {
                let count = try input.read(into: room)
                if count == 0 { return bytes }
                bytes += room[..<count]
                guard bytes.count <= bytesMax else {
                    throw .unreadable("it is larger than \(bytesMax) bytes")
                }
            }
        } catch {
            switch error {
            case .absent: throw .absent(path: path)
            case .unreadable(let why): throw .unreadable(path: path, why: why)
            case .truncated: throw .unreadable(path: path, why: "it ends too early")
            case .damaged(let why): throw .unreadable(path: path, why: why)
            }
        }
    }

    /// Reads policies from Cedar text, or from JSON where the name ends in `.json`.
    static func policies(_ path: String) throws(CedarFailure) -> PolicySet {
        let text = try text(path)
        do throws(PolicySetError) {
            return path.hasSuffix(".json")
                ? try PolicySet(json: text, file: path) : try PolicySet(parsing: text, file: path)
        } catch {
            throw .invalid(placed(error.description, path))
        }
    }

    /// The policies of several files as one set; ids made from the order count on from file to file.
    static func policies(_ paths: [String]) throws(CedarFailure) -> PolicySet {
        if paths.count == 1 { return try policies(paths[0]) }
        var all: [Policy] = []
        for path in paths {
            let offset = all.count
            for (index, policy) in try policies(path).policies.enumerated() {
                let isNumbered = !path.hasSuffix(".json")
                all.append(isNumbered ? policy.withID(PolicyID("policy\(offset + index)")) : policy)
            }
        }
        do throws(PolicySetError) { return try PolicySet(all) } catch {
            throw .invalid(error.description)
        }
    }

    /// Reads a schema from Cedar text, or from JSON where the name ends in `.json`.
    static func schema(_ path: String) throws(CedarFailure) -> Schema {
        let text = try text(path)
        do throws(SchemaError) {
            return path.hasSuffix(".json")
                ? try Schema(json: text, file: path) : try Schema(parsing: text, file: path)
        } catch {
            throw .invalid(placed(error.description, path))
        }
    }

    static func entities(_ path: String?, _ schema: Schema?) throws(CedarFailure) -> EntityStore {
        guard let path else {
            return schema.map { EntityStore.empty.adding($0.actionEntities) } ?? .empty
        }
        let text = try text(path)
        do throws(JSONInputError) {
            return try EntityStore(json: text, schema: schema, file: path)
        } catch {
            throw .invalid(placed(error.description, path))
        }
    }

    /// The text of an error with its file before it, where it does not name it already.
    static func placed(_ text: String, _ path: String) -> String {
        text.hasPrefix(path) ? text : "\(path): \(text)"
    }
}
