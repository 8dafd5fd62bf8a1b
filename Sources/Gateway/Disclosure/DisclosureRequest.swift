package import ResidentModel

/// What a department asks of the gateway about one resident.
///
/// Untrusted until admitted.
package struct DisclosureRequest: Sendable, CustomStringConvertible {
    package var department: String
    /// The acting officer, as the department names them.
    package var officer: String
    /// On whose behalf the resident or officer acts, where that is somebody else.
    package var representedParty: String?
    package var purpose: String
    package var legalBasis: String
    package var caseID: String?
    /// The caller's own name for this request, by which both sides find it again.
    package var correlationID: String?
    /// Fields and predicates, each once.
    package var items: [String]
    /// Who is asked about.
    package var subject: RequestSubject
    /// How the request came: `command-line`, `https`.
    package var channel: String
    /// Whether each refusal is to be explained.
    package var wantsExplanation = false

    package init(
        department: String, officer: String, representedParty: String? = nil, purpose: String,
        legalBasis: String, caseID: String? = nil, correlationID: String? = nil, items: [String],
        citizenNumber: String,
        channel: String
    ) {
        self.department = department
        self.officer = officer
        self.representedParty = representedParty
        self.purpose = purpose
        self.legalBasis = legalBasis
        self.caseID = caseID
        self.correlationID = correlationID
        self.items = items
        subject = .citizenNumber(citizenNumber)
        self.channel = channel
    }

    /// The same request about somebody whom the department knows by its own pseudonym.
    package func about(pseudonym: String) -> DisclosureRequest {
        var request = self
        request.subject = .pseudonym(pseudonym)
        return request
    }

    package var description: String { "<redacted>" }

    /// How many items one request may ask for.
    package static let itemsMax = 100
    /// The longest name, case or purpose that is read, in bytes.
    package static let nameBytesMax = 128
}

/// How a request names the resident; it prints as `<redacted>`.
package enum RequestSubject: Sendable, CustomStringConvertible {
    /// As the caller wrote it.
    case citizenNumber(String)
    /// The caller's own pseudonym, of any version that is not retired.
    case pseudonym(String)

    package var description: String { "<redacted>" }
}

/// A request whose form is right and whose caller is known; only ``Admission`` makes one.
package struct AdmittedRequest: Sendable {
    package let request: DisclosureRequest
    /// Random; names this request in the log.
    package let requestID: String
    /// nil where the department is not in the catalogue: the decision will refuse.
    package let department: Department?
    package let items: [FieldID]
    /// The moment that decides, in milliseconds since 1970.
    package let clock: Int64

    fileprivate init(
        request: DisclosureRequest, requestID: String, department: Department?, items: [FieldID],
        clock: Int64
    ) {
        self.request = request
        self.requestID = requestID
        self.department = department
        self.items = items
        self.clock = clock
    }

    /// The day that decides.
    package var day: CalendarDate { GatewayClock.day(atMilliseconds: clock) }
}

/// First stage: who asks, and is the request of the right form.
struct Admission {
    let catalogue: Catalogue
    let clock: GatewayClock

    func admit(
        _ request: DisclosureRequest, requestID: String
    ) throws(GatewayError) -> AdmittedRequest {
        let names = [
            ("department", request.department), ("officer", request.officer),
            ("purpose", request.purpose), ("legal basis", request.legalBasis),
        ]
        for (what, text) in names {
            if text.isEmpty { throw .request(.empty(what)) }
            try checkName(text, what)
        }
        try checkName(request.channel, "channel")
        try checkName(request.caseID ?? "", "case")
        try checkName(request.correlationID ?? "", "correlation id")
        try checkName(request.representedParty ?? "", "represented party")
        if request.items.isEmpty { throw .request(.empty("the list of fields")) }
        guard request.items.count <= DisclosureRequest.itemsMax else {
            throw .request(.tooMany("fields", max: DisclosureRequest.itemsMax))
        }
        var items: [FieldID] = []
        for item in request.items {
            try checkName(item, "field")
            let id = FieldID(item)
            if !items.contains(id) { items.append(id) }
        }
        return AdmittedRequest(
            request: request, requestID: requestID,
            department: catalogue.departments[request.department], items: items,
            clock: clock.milliseconds)
    }

}

/// Refuses a name, reference or reason that is too long for an entry, or could forge lines where it is printed.
///
/// - Throws: ``RequestError/unreadable(_:)`` beyond ``DisclosureRequest/nameBytesMax`` bytes, or with control
///   characters.
func checkName(_ text: String, _ what: String) throws(GatewayError) {
    guard text.utf8.count <= DisclosureRequest.nameBytesMax else {
        throw .request(.unreadable("the \(what) is longer than 128 bytes"))
    }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
        throw .request(.unreadable("the \(what) has control characters"))
    }
}

extension CitizenNumber {
    /// Reads a number as a caller wrote it.
    ///
    /// - Throws: ``RequestError/citizenNumber(_:)``.
    init(asked text: String, today: CalendarDate) throws(GatewayError) {
        do { try self.init(text, today: today) } catch { throw .request(.citizenNumber(error)) }
    }
}

/// Lower-case hexadecimal.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return text
}
