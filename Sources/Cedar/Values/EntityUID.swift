/// Names one entity: a type such as `Gov::Officer` and an id within it.
///
/// Two are equal when type and id hold the same Unicode scalars; whether the entity exists plays no part.
/// Printing one says only that it is an entity, since an id may belong to a person; ``cedarText`` is the
/// deliberate way to write it out.
public struct EntityUID: Hashable, Sendable {
    // One shared object, so that copying costs one reference and the hash is computed once.
    private let storage: Storage

    private final class Storage: Sendable {
        let type: String
        let id: String
        let typeHash: Int
        let hash: Int

        init(type: String, id: String) {
            self.type = type
            self.id = id
            typeHash = ScalarText.hash(type)
            var hasher = Hasher()
            hasher.combine(typeHash)
            ScalarText.combine(id, into: &hasher)
            hash = hasher.finalize()
        }
    }

    /// Names an entity.
    ///
    /// - Parameters:
    ///   - type: The full type name with its namespace, in normal form: `Ns::Type`, no spaces.
    ///   - id: Any string, the empty one included.
    public init(type: String, id: String) {
        storage = Storage(type: type, id: id)
    }

    /// The full type name.
    public var type: String { storage.type }

    /// The id within the type.
    public var id: String { storage.id }

    var typeName: AttributeName { AttributeName(storage.type, hash: storage.typeHash) }
    var cachedHash: Int { storage.hash }

    /// Whether the type is `Action`, or `Action` in some namespace.
    public var isAction: Bool { Name.isAction(storage.type) }

    @inline(__always)
    func hasType(_ type: AttributeName) -> Bool {
        storage.typeHash == type.hash && ScalarText.same(storage.type, type.text)
    }

    /// Whether both are copies of one value; a shortcut, since equal values may have been made apart.
    @inline(__always)
    func isSameObject(as other: EntityUID) -> Bool { storage === other.storage }

    /// Whether both name the same entity.
    @inline(__always)
    public static func == (left: EntityUID, right: EntityUID) -> Bool {
        if left.storage === right.storage { return true }
        return left.storage.hash == right.storage.hash && sameText(left, right)
    }

    private static func sameText(_ left: EntityUID, _ right: EntityUID) -> Bool {
        ScalarText.same(left.storage.id, right.storage.id)
            && ScalarText.same(left.storage.type, right.storage.type)
    }

    /// Feeds the identity of the entity to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(storage.hash) }

    /// The entity as Cedar source, such as `User::"alice"`.
    ///
    /// Names the id, so keep it out of logs.
    public var cedarText: String { "\(storage.type)::\"\(StringEscapes.escaped(storage.id))\"" }

    static func precedes(_ left: EntityUID, _ right: EntityUID) -> Bool {
        if ScalarText.same(left.type, right.type) { return ScalarText.precedes(left.id, right.id) }
        return ScalarText.precedes(left.type, right.type)
    }
}

extension EntityUID: CustomStringConvertible, CustomDebugStringConvertible {
    /// The type alone; the id is redacted.
    public var description: String { "\(storage.type)::<redacted>" }

    /// The type alone; the id is redacted.
    public var debugDescription: String { description }
}

/// An attribute or type name with its hash, so that looking it up again costs a comparison of integers.
struct AttributeName: Hashable, Sendable {
    let text: String
    let hash: Int

    init(_ text: String) { self.init(text, hash: ScalarText.hash(text)) }

    fileprivate init(_ text: String, hash: Int) {
        self.text = text
        self.hash = hash
    }

    static func == (left: AttributeName, right: AttributeName) -> Bool {
        left.hash == right.hash && ScalarText.same(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
