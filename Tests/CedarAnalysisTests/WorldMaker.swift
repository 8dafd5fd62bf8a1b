import Cedar
import TestSupport

/// Makes requests with stores that conform to the schema of ``HandQuestion``, from a seed.
struct WorldMaker {
    let random: SeededRandom

    private func pick<Element>(_ choices: [Element]) -> Element {
        choices[random.below(choices.count)]
    }

    private func chance(_ percent: Int) -> Bool { random.below(100) < percent }

    private func some<Element>(_ choices: [Element]) -> [Element] {
        choices.filter { _ in chance(40) }
    }

    private static let texts = ["", "a", "b", "ab", "aab", "*", "x"]
    private static let numbers: [Int64] = [
        0, 1, 2, 5, -1, 3, .max, .min, 4_611_686_018_427_387_904,
    ]
    private static let addresses = [
        "10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "ff00::1", "224.0.0.1", "0.0.0.0/0",
        "10.1.0.0/16",
    ].compactMap { IPAddressValue($0) }.map { Value.ipaddr($0) }
    private static let grades = ["low", "mid", "high"]

    private func text() -> Value { .string(pick(Self.texts)) }
    private func number() -> Value { .long(pick(Self.numbers)) }
    private func dept() -> EntityUID { EntityUID(type: "Dept", id: pick(["a", "b", "c"])) }
    private func grade() -> Value { .entity(EntityUID(type: "Grade", id: pick(Self.grades))) }
    private func instant() -> Value {
        let number = pick(Self.numbers + [86_400_000, 86_399_999, -1])
        return .datetime(DatetimeValue(milliseconds: number))
    }

    func world(_ schema: Schema) throws -> (Request, EntityStore) {
        var entities: [Entity] = []
        let depts = ["a", "b", "c"].map { EntityUID(type: "Dept", id: $0) }
        let shift = random.below(3)
        let ordered = Array(depts[shift...] + depts[..<shift])
        for (index, uid) in ordered.enumerated() {
            entities.append(Entity(uid: uid, parents: some(Array(ordered[(index + 1)...]))))
        }
        entities += Self.grades.map { Entity(uid: EntityUID(type: "Grade", id: $0)) }
        entities.append(Entity(uid: EntityUID(type: "Role", id: "r")))
        let office = EntityUID(type: "Office", id: "o")
        entities.append(Entity(uid: office, parents: some(depts)))
        let desk = EntityUID(type: "Desk", id: "k")
        entities.append(
            Entity(
                uid: desk, parents: some([office]),
                tags: RecordValue(chance(50) ? [("x", .set(SetValue([number()])))] : [])))
        for id in ["ann", "bob"] {
            let parents = some(depts + [office, EntityUID(type: "Role", id: "r")])
            entities.append(officer(id, parents))
        }
        entities.append(field(desk, some(depts)))
        let request = Request(
            principal: EntityUID(type: "Officer", id: pick(["ann", "bob"])),
            action: EntityUID(type: "Action", id: "read"),
            resource: EntityUID(type: "Field", id: "f"), context: context())
        try schema.check(request)
        for entity in entities { try schema.check(entity) }
        return (request, try EntityStore(entities).adding(schema.actionEntities))
    }

    private func officer(_ id: String, _ parents: [EntityUID]) -> Entity {
        var home: [(String, Value)] = [("city", text())]
        if chance(50) { home.append(("zip", number())) }
        var members: [(String, Value)] = [
            ("level", number()), ("dept", .entity(dept())), ("active", .bool(chance(50))),
            ("name", text()), ("grade", grade()), ("home", .record(RecordValue(home))),
            ("seen", .set(SetValue(some([dept(), dept()]).map { .entity($0) }))),
        ]
        if chance(50) {
            members.append(("boss", .entity(EntityUID(type: "Officer", id: pick(["ann", "bob"])))))
        }
        let tags = some(["", "a", "b"]).map { ($0, text()) }
        return Entity(
            uid: EntityUID(type: "Officer", id: id), attributes: RecordValue(members),
            parents: parents, tags: RecordValue(tags))
    }

    private func field(_ desk: EntityUID, _ parents: [EntityUID]) -> Entity {
        var step: [(String, Value)] = [("a", number())]
        if chance(70) { step.append(("b", text())) }
        var members: [(String, Value)] = [
            ("owner", .entity(dept())), ("sens", number()), ("label", text()),
            ("purposes", .set(SetValue(some(Self.texts).map { .string($0) }))),
            ("steps", .set(SetValue(some([.record(RecordValue(step))])))),
            ("ranges", .set(SetValue(some(Self.addresses)))), ("desk", .entity(desk)),
            ("grades", .set(SetValue(some([grade(), grade()])))),
        ]
        if chance(50) { members.append(("note", text())) }
        return Entity(
            uid: EntityUID(type: "Field", id: "f"), attributes: RecordValue(members),
            parents: parents)
    }

    private func context() -> RecordValue {
        var members: [(String, Value)] = [
            ("purpose", text()), ("n", number()), ("m", number()), ("ip", pick(Self.addresses)),
            ("ip2", pick(Self.addresses)), ("at", instant()), ("until", instant()),
            ("score", .decimal(DecimalValue(tenThousandths: pick([0, 15_000, -1, .max])))),
            ("flag", .bool(chance(50))),
            (
                "d",
                .duration(DurationValue(milliseconds: pick(Self.numbers + [60_000, -86_400_000])))
            ),
            ("ns", .set(SetValue(some([number(), number()])))),
            ("ms", .set(SetValue(some([number(), number()])))),
        ]
        if chance(50) { members.append(("opt", number())) }
        if chance(50) {
            var extra: [(String, Value)] = [("code", text())]
            if chance(50) { extra.append(("inner", .record(RecordValue([("k", number())])))) }
            members.append(("extra", .record(RecordValue(extra))))
        }
        return RecordValue(members)
    }
}
