/// Bounds on untrusted input.
///
/// Every reader takes them: of policies, schemas, entities, contexts and requests, as text and as JSON. What is read
/// within them can be written, formatted, validated and evaluated without exhausting stack or memory. Exceeding one is
/// a clean error that names the limit, never a crash.
public struct Limits: Sendable, Hashable {
    /// How deep expressions and types may nest; JSON, which writes each level as two, may nest twice as deep and eight
    /// levels more for what stands around.
    ///
    /// Chains such as `a && b && c` do not count as nesting in text. They do in JSON, where they are nested pairs.
    ///
    /// Each level costs stack in parser, evaluator and validator; the standard value fits a thread of 8 MiB with
    /// room to spare, also without optimisation. Raise it only together with the stack.
    public var nestingMax: Int

    /// The largest text accepted, in bytes.
    public var textBytesMax: Int

    /// The most policies, templates and links in one set.
    public var policyCountMax: Int

    /// The most entities in one store.
    public var entityCountMax: Int

    /// The most members of one chain of operators, one list of arguments, one set, one record, one list of actions or
    /// one list of declarations.
    public var memberCountMax: Int

    /// How many entities may stand above one another, counting from the lowest.
    public var hierarchyDepthMax: Int

    /// How much a short text may stand for, each counted by itself: the nodes of one condition once `a has b.c` and
    /// `a is T in b` are written out, the nodes of one type once common types are, and the pairs of an entity type and
    /// a type above it, or of an action and a group above it.
    public var expansionMax: Int

    /// The most combinations of action, principal type and resource type that a schema may allow; every policy is
    /// validated in each.
    public var environmentCountMax: Int

    /// Makes bounds; anything not given has its standard value.
    public init(
        nestingMax: Int = 256, textBytesMax: Int = 64 << 20, policyCountMax: Int = 1_000_000,
        entityCountMax: Int = 1_000_000, memberCountMax: Int = 1_000_000,
        hierarchyDepthMax: Int = 1_000_000, expansionMax: Int = 4_000_000,
        environmentCountMax: Int = 100_000
    ) {
        self.nestingMax = nestingMax
        self.textBytesMax = textBytesMax
        self.policyCountMax = policyCountMax
        self.entityCountMax = entityCountMax
        self.memberCountMax = memberCountMax
        self.hierarchyDepthMax = hierarchyDepthMax
        self.expansionMax = expansionMax
        self.environmentCountMax = environmentCountMax
    }

    /// A level of an expression takes two of JSON, and policy set, policy, condition and value stand around it.
    var jsonNestingMax: Int { nestingMax * 2 + 8 }

    /// The bounds used where none are given.
    public static let standard = Limits()
}
