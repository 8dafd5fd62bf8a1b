import ResidentModel
import TestSupport
import Testing

import Gateway

struct LinkerTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws { gateway = try TestGateway() }

    @Test(
        "Records of one number and one name are one resident's, over batches, streams and spellings",
        arguments: [1, 2, 1_000])
    func sameNumberSameName(batch: Int) throws {
        let report = try gateway.pull(
            [row("r-1", name: "张·三"), row("r-2", name: "张•三"), row("r-3", name: " 张・三 ")],
            batch: batch)
        #expect(report.stored == 3 && report.opened == 1 && report.linked == 2)
        #expect(try gateway.residentCount() == 1)
        #expect(try gateway.reviews().isEmpty)
        let resident = try #require(try gateway.resident(number))
        #expect(try gateway.texts(.name, of: resident).count == 3)
    }

    @Test(
        "Another name under the same number opens a resident without the number, and a review that names both",
        arguments: [1, 1_000])
    func otherName(batch: Int) throws {
        let report = try gateway.pull([row("r-1"), row("r-2", name: "李四")], batch: batch)
        #expect(report.opened == 2 && report.inReview == 1)
        let owner = try #require(try gateway.resident(number))
        #expect(try gateway.texts(.name, of: owner) == ["张三丰"])
        let review = try #require(try gateway.reviews(.link).first)
        #expect(review.reasons == ["link.name-differs"])
        #expect(review.resident != owner && review.candidate == owner)
        #expect(try gateway.texts(.name, of: review.resident) == ["李四"])
    }

    @Test("A record without a name is kept apart from whoever holds its number")
    func noName() throws {
        try gateway.pull([row("r-1"), row("r-2", name: nil)])
        #expect(try gateway.residentCount() == 2)
        #expect(try gateway.reviews(.link).map(\.reasons) == [["link.name-missing"]])
    }

    @Test("Records without a number are never taken for one resident")
    func noNumber() throws {
        let report = try gateway.pull([row("r-1", nil), row("r-2", nil)])
        #expect(report.opened == 2 && report.inReview == 0)
    }

    @Test(
        "A record whose number denies its birth date or sex does not take the number, first or second",
        arguments: [["birth": "2015-06-01"], ["sex": "2"], ["birth": "2015", "sex": "女"]],
        [true, false])
    func childWithParentsNumber(said: ScriptedSource.Row, isFirst: Bool) throws {
        let child = row("r-child", name: "张小丰", said)
        let parent = row("r-parent", nil, ["number": number, "birth": "1958-03-04", "sex": "1"])
        try gateway.pull(isFirst ? [child, parent] : [parent, child], batch: 1)
        #expect(try gateway.residentCount() == 2)
        let owner = try #require(try gateway.resident(number))
        #expect(try gateway.texts(.name, of: owner) == ["张三丰"])
        let review = try #require(try gateway.reviews(.link).first)
        #expect(review.reasons.allSatisfy { $0.hasSuffix("-denied-by-number") })
        #expect(review.candidate == (isFirst ? nil : owner))
    }

    @Test(
        "A record that comes again unchanged is counted and changes nothing", arguments: [1, 1_000])
    func again(batch: Int) throws {
        let rows = [row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")]
        try gateway.pull(rows, batch: batch)
        let size = try gateway.logSize
        let report = try gateway.pull(rows, batch: batch)
        #expect(report.read == 2 && report.unchanged == 2 && report.stored + report.updated == 0)
        #expect(try gateway.logSize == size)
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "A record that stands twice in one batch is stored once, as it stands last, also on the next pull"
    )
    func twiceInABatch() throws {
        let rows = [row("r-1", ["phone": "13800138000"]), row("r-1", ["phone": "13900139000"])]
        let first = try gateway.pull(rows)
        #expect(first.read == 2 && first.read == first.stored + first.updated + first.unchanged)
        let resident = try #require(try gateway.resident(number))
        #expect(try gateway.texts(FieldID("contact.phone"), of: resident) == ["13900139000"])
        let size = try gateway.logSize
        let second = try gateway.pull(rows)
        #expect(try gateway.texts(FieldID("contact.phone"), of: resident) == ["13900139000"])
        #expect(second.unchanged == 2 && second.updated == 0)
        #expect(try gateway.logSize == size)
        #expect(try gateway.residentCount() == 1)
    }

    @Test(
        "The same line twice in one batch is one record, of a stream with residents and of one that refers"
    )
    func sameLineTwice() throws {
        let report = try gateway.pull([row("r-1"), row("r-1")])
        #expect(report.stored == 1 && report.unchanged == 1 && report.read == 2)
        let visits = try gateway.pull([visit("v-1"), visit("v-1")], stream: "visits")
        #expect(visits.stored == 1 && visits.unchanged == 1 && visits.read == 2)
        let changed = try gateway.pull(
            [visit("v-2"), visit("v-2", diagnosis: "E11")], stream: "visits")
        #expect(changed.stored == 1 && changed.updated == 1)
        let resident = try #require(try gateway.resident(number))
        #expect(
            try gateway.texts(FieldID("health.diagnosis"), of: resident).sorted() == ["E11", "I10"])
    }

    @Test(
        "A later version of a record stays with its resident and takes the place of the earlier one"
    )
    func laterVersion() throws {
        try gateway.pull([row("r-1", ["phone": "1", "income": "100"])])
        let report = try gateway.pull([row("r-1", ["phone": "2"])])
        #expect(report.updated == 1 && report.inReview == 0)
        let resident = try #require(try gateway.resident(number))
        #expect(try gateway.texts(FieldID("contact.phone"), of: resident) == ["2"])
        #expect(try gateway.texts(FieldID("income.monthly"), of: resident).isEmpty)
        #expect(try gateway.residentCount() == 1)
    }

    @Test("A later version that brings the number a record lacked makes its resident known by it")
    func numberComesLater() throws {
        try gateway.pull([row("r-1", nil)])
        #expect(try gateway.resident(number) == nil)
        let report = try gateway.pull([row("r-1")])
        #expect(report.updated == 1 && report.inReview == 0)
        #expect(try gateway.resident(number) != nil)
        try gateway.pull([row("r-2")])
        #expect(try gateway.residentCount() == 1)
    }

    @Test(
        "A later version with a first number and another name is not given that number unseen",
        arguments: [1, 1_000])
    func numberComesWithAnotherName(batch: Int) throws {
        let report = try gateway.pull([row("r-1", nil), row("r-1", name: "李四")], batch: batch)
        #expect(report.updated == 1 && report.inReview == 1)
        #expect(try gateway.resident(number) == nil)
    }

    @Test(
        "A later version with the number of another resident waits for a person, who is told which")
    func laterVersionOfAnother() throws {
        let other = citizenNumber("19600101", 124)
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
        let report = try gateway.pull([row("r-1", other, name: "李四")])
        #expect(report.updated == 1 && report.inReview == 1)
        let review = try #require(try gateway.reviews(.link).first)
        #expect(review.reasons == ["link.identity-changed"])
        #expect(review.resident == (try gateway.resident(number)))
        #expect(review.candidate == (try gateway.resident(other)))
        #expect(try gateway.residentCount() == 2)
    }

    @Test(
        "A later version with a number nobody holds does not give its resident that number unseen",
        arguments: [1, 1_000])
    func laterVersionOfNobody(batch: Int) throws {
        let other = citizenNumber("19600101", 124)
        let rows = [row("r-1"), row("r-1", other, name: "李四"), row("r-2", other, name: "李四")]
        try gateway.pull([rows[0]])
        let report = try gateway.pull(Array(rows.dropFirst()), batch: batch)
        #expect(report.updated == 1 && report.inReview == 1)
        #expect(try gateway.reviews(.link).map(\.reasons) == [["link.identity-changed"]])
        let first = try #require(try gateway.resident(number))
        let second = try #require(try gateway.resident(other))
        #expect(first != second, "two people must not become one")
    }

    @Test(
        "A version that changes its number within its own batch is held back as one in a later batch is"
    )
    func numberChangesWithinABatch() throws {
        let other = citizenNumber("19600101", 124)
        let report = try gateway.pull([row("r-1"), row("r-1", other, name: "李四")])
        #expect(report.stored == 1 && report.updated == 1 && report.inReview == 1)
        #expect(try gateway.resident(other) == nil)
    }

    @Test(
        "A record that refers to one of another stream belongs to its resident, and to nobody where there is none"
    )
    func references() throws {
        try gateway.pull([row("r-1")])
        let report = try gateway.pull(
            [visit("v-1"), visit("v-2", patient: "r-9")], stream: "visits")
        #expect(report.stored == 1 && report.linked == 1 && report.quarantined == 1)
        #expect(report.findings == ["record.unknown-reference": 1])
        try gateway.pull([row("r-9", citizenNumber("19600101", 124), name: "李四")])
        let again = try gateway.pull(
            [visit("v-1"), visit("v-2", patient: "r-9")], stream: "visits")
        #expect(again.stored == 1 && again.unchanged == 1 && again.quarantined == 0)
        #expect(try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 10).isEmpty)
    }

    @Test(
        "A record that a later version gives to another record's resident goes there, with its values"
    )
    func referenceChanges() throws {
        let other = citizenNumber("19600101", 124)
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
        try gateway.pull([visit("v-1")], stream: "visits")
        try gateway.pull([visit("v-1", patient: "r-2")], stream: "visits")
        let field = FieldID("health.diagnosis")
        #expect(try gateway.texts(field, of: #require(try gateway.resident(number))).isEmpty)
        #expect(try gateway.texts(field, of: #require(try gateway.resident(other))) == ["I10"])
    }

    @Test("A deceased flag opens one review to be confirmed, however often it is delivered")
    func confirmationReview() throws {
        try gateway.pull([row("r-1", ["dead": "1"])])
        try gateway.pull([row("r-1", ["dead": "1", "phone": "2"])])
        let reviews = try gateway.reviews(.confirmation)
        #expect(reviews.map(\.field) == [FieldID("vital.deceased")])
        try ReviewDesk(gateway.parts).decide(
            try #require(reviews.first).number, as: .confirmed, officer: "o-1")
        #expect(try gateway.reviews(.confirmation).isEmpty)
        #expect(throws: GatewayError.self) {
            try ReviewDesk(gateway.parts).decide(
                try #require(reviews.first).number, as: .rejected, officer: "o-1")
        }
    }

    private func visit(
        _ id: String, patient: String = "r-1", diagnosis: String = "I10"
    ) -> ScriptedSource.Row {
        [
            "id": id, "part": "a", "patient": "Patient/\(patient)", "diagnosis": diagnosis,
            "updated": "2026-03-01",
        ]
    }
}
