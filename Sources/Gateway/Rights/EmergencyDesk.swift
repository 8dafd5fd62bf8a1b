import JSONText
package import ResidentModel
import TransparencyLog

/// What an officer asks for in an emergency, untrusted until decided.
package struct EmergencyRequest: Sendable, CustomStringConvertible {
    package var department: String
    package var officer: String
    package var template: String
    /// One of the template's reasons.
    package var reason: String
    package var caseID: String
    package var citizenNumber: String

    package init(
        department: String, officer: String, template: String, reason: String, caseID: String,
        citizenNumber: String
    ) {
        self.department = department
        self.officer = officer
        self.template = template
        self.reason = reason
        self.caseID = caseID
        self.citizenNumber = citizenNumber
    }

    package var description: String { "<redacted>" }
}

/// Why an emergency access is not opened.
///
/// The raw values are stable.
package enum EmergencyRefusal: String, Hashable, Sendable, CaseIterable {
    case unknownDepartment = "admission.unknown-department"
    case unknownTemplate = "emergency.unknown-template"
    case notOfDepartment = "emergency.not-of-department"
    case unknownReason = "emergency.unknown-reason"
    case noCase = "emergency.no-case"
    case unknownResident = "emergency.unknown-resident"
}

/// What came of asking for an emergency access.
package enum EmergencyOutcome: Sendable {
    /// Open for one officer, case and resident, until a minute since 1970.
    case opened(id: String, until: Int64, reviewBy: CalendarDate, AuditReceipt)
    case refused([EmergencyRefusal], AuditReceipt)
}

/// How one of two people judges an emergency access.
package enum EmergencyJudgement: String, Hashable, Sendable, CaseIterable {
    case justified
    case notJustified = "not-justified"
    /// No judgement yet: the officer has to say more.
    case needsInformation = "needs-information"
}

/// Opens emergency accesses, ends them, and has two other people judge each one.
///
/// Opening gives nothing: it lets requests of this officer, in this case, about this resident, rest on a basis of kind
/// `emergency`, item by item, until it ends. The next decision after the end refuses. Every step is an entry of the log,
/// which the resident sees: that is also the notice to them, which stays recorded as a duty.
package struct EmergencyDesk: Sendable {
    private let parts: GatewayParts
    private let book: MatterBook

    package init(_ parts: GatewayParts) {
        self.parts = parts
        book = MatterBook(parts: parts)
    }

    /// Opens an access, or refuses; both are entries.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for a request without the right form.
    package func open(_ request: EmergencyRequest) throws(GatewayError) -> EmergencyOutcome {
        _ = try AuditReading(
            officer: request.officer, reason: .incident, reference: request.caseID)
        let number: CitizenNumber
        do { number = try CitizenNumber(request.citizenNumber, today: parts.clock.today) } catch {
            throw .request(.citizenNumber(error))
        }
        let id = try book.newID(.emergency)
        return try parts.write { writer throws(GatewayError) in
            var refusals = reasons(against: request)
            let resident =
                refusals.isEmpty ? try Locate.find(number, parts: parts, store: writer) : nil
            if refusals.isEmpty, resident == nil { refusals = [.unknownResident] }
            guard let resident, let template = parts.catalogue.emergencies[request.template]
            else {
                let receipts = try parts.log.append(
                    [.emergencyRefused(request, refusals)], in: writer)
                return .refused(refusals, Self.only(receipts))
            }
            let until = parts.clock.minute + Int64(template.hours) * 60
            let reviewBy = parts.catalogue.calendar.day(
                workingDays: template.reviewWorkingDays, after: parts.clock.today)
            let matter = Matter(
                id: id, version: 1, kind: .emergency, resident: resident.number, state: .open,
                openedAt: parts.clock.minute, due: reviewBy,
                detail: EmergencyDetail(request, until: until).json)
            try book.keep(matter, in: writer)
            let receipts = try parts.log.append(
                [.emergencyStep("opened", matter, resident: resident, by: request.officer)],
                in: writer)
            return .opened(
                id: id, until: until, reviewBy: reviewBy, Self.only(receipts))
        }
    }

    private func reasons(against request: EmergencyRequest) -> [EmergencyRefusal] {
        guard parts.catalogue.departments[request.department] != nil else {
            return [.unknownDepartment]
        }
        guard let template = parts.catalogue.emergencies[request.template] else {
            return [.unknownTemplate]
        }
        var reasons: [EmergencyRefusal] = []
        if !template.departments.contains(request.department) { reasons.append(.notOfDepartment) }
        if template.reasons[request.reason] == nil { reasons.append(.unknownReason) }
        if request.caseID.isEmpty { reasons.append(.noCase) }
        return reasons
    }

    /// Ends an access before its time; it acts on the next decision.
    package func end(_ id: String, officer: String) throws(GatewayError) {
        try step(id, "ended", by: officer) { matter, detail throws(GatewayError) in
            detail.until = min(detail.until, parts.clock.minute)
            return (matter.state, nil)
        }
    }

    /// Adds one person's judgement; the second one closes the matter.
    ///
    /// An access that is found unjustified ends at once.
    ///
    /// - Parameters:
    ///   - id: The access.
    ///   - judgement: What the reviewer finds.
    ///   - comment: Why, at most 500 characters; it is sealed.
    ///   - reviewer: Neither who opened it nor who has judged it before.
    /// - Returns: Whether the matter is closed now.
    /// - Throws: ``RequestError/ownMatter`` for the wrong person, ``RequestError/matterClosed(_:)`` afterwards.
    package func review(
        _ id: String, _ judgement: EmergencyJudgement, comment: String, by reviewer: String
    ) throws(GatewayError) -> Bool {
        guard !comment.isEmpty, comment.count <= 500 else {
            throw .request(.unreadable("a review has a comment of 1 to 500 characters"))
        }
        var isClosed = false
        try step(id, "reviewed", by: reviewer) { matter, detail throws(GatewayError) in
            guard matter.state != .closed else { throw .request(.matterClosed(id)) }
            guard reviewer != detail.officer, !detail.judges.contains(reviewer) else {
                throw .request(.ownMatter)
            }
            detail.reviews.append(
                .object([
                    "reviewer": .string(reviewer), "judgement": .string(judgement.rawValue),
                    "comment": .string(comment), "minute": .integer(Int(parts.clock.minute)),
                ]))
            if judgement == .notJustified { detail.until = min(detail.until, parts.clock.minute) }
            let state: MatterState = detail.judges.count >= 2 ? .closed : .half
            isClosed = judgement != .needsInformation && state == .closed
            return (judgement == .needsInformation ? matter.state : state, judgement)
        }
        return isClosed
    }

    /// The accesses that wait for review, or all; whoever sees who opened what for whom leaves an entry.
    ///
    /// - Parameters:
    ///   - reading: Who looks, and why.
    ///   - includesClosed: Whether judged ones are wanted too.
    ///   - after: Where an earlier list ended.
    ///   - limit: How many at most.
    /// - Returns: Oldest first.
    /// - Throws: ``GatewayError``; nothing is shown whose entry could not be kept.
    package func list(
        by reading: AuditReading, includesClosed: Bool = false,
        after: (openedAt: Int64, id: String)? = nil, limit: Int = 100
    ) throws(GatewayError) -> [Matter] {
        try parts.write { writer throws(GatewayError) in
            let matters = try book.matters(
                MatterFilter(
                    kind: .emergency, includesClosed: includesClosed, after: after, limit: limit),
                in: writer)
            _ = try parts.log.append(
                [.auditRead(reading, filter: "emergencies", count: matters.count)], in: writer)
            return matters
        }
    }

    /// Changes a matter and records the step, in one transaction.
    private func step(
        _ id: String, _ name: String, by officer: String,
        _ change: (Matter, inout EmergencyDetail) throws(GatewayError) -> (
            state: MatterState, judgement: EmergencyJudgement?
        )
    ) throws(GatewayError) {
        guard !officer.isEmpty else { throw .request(.empty("officer")) }
        try parts.write { writer throws(GatewayError) in
            let matter = try book.matter(id, kind: .emergency, in: writer)
            var detail = try EmergencyDetail(matter.detail)
            let (state, judgement) = try change(matter, &detail)
            let next = matter.next(
                state: state, due: state == .closed ? nil : matter.due, detail: detail.json)
            try book.keep(next, in: writer)
            let resident = try book.located(matter.resident, in: writer)
            _ = try parts.log.append(
                [
                    .emergencyStep(
                        name, next, resident: resident, by: officer, judgement: judgement)
                ], in: writer)
        }
    }

    private static func only(_ receipts: [AuditReceipt]) -> AuditReceipt {
        guard let receipt = receipts.first else { preconditionFailure("one entry, one receipt") }
        return receipt
    }
}
