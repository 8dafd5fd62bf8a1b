import JSONText
import TransparencyLog

/// What the log says about the root key and about copies of the keys.
package enum RootKeyEvent: Sendable {
    /// Root keys are named by kind and version.
    case changed(from: String, to: String)
    /// Recorded before any share is written.
    case backedUp(set: String, needed: Int, shares: Int)
    /// How many residents' keys were destroyed again, and how many residents have no key in that backup.
    case restored(set: String, shreddedAgain: Int, withoutKey: Int)

    fileprivate var members: [(String, JSONValue)] {
        switch self {
        case .changed(let old, let new):
            [("event", .string("root-changed")), ("from", .string(old)), ("to", .string(new))]
        case .backedUp(let set, let needed, let shares):
            [
                ("event", .string("backed-up")), ("set", .string(set)),
                ("needed", .integer(needed)), ("shares", .integer(shares)),
            ]
        case .restored(let set, let shreddedAgain, let withoutKey):
            [
                ("event", .string("restored")), ("set", .string(set)),
                ("shreddedAgain", .integer(shreddedAgain)), ("withoutKey", .integer(withoutKey)),
            ]
        }
    }
}

extension GatewayParts {
    /// Records an event of the root key; durable when it returns.
    package func record(_ event: RootKeyEvent) throws(GatewayError) {
        let members = [("format", JSONValue.string("hangu/key-event/1"))] + event.members
        let draft = AuditDraft(
            type: .keyEvent, decision: .none,
            operational: .object(JSONObject(distinctMembers: members)), subject: nil)
        _ = try write { writer throws(GatewayError) in
            try log.append([draft], in: writer)
        }
    }
}
