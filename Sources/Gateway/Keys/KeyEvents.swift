import FieldCrypto
import JSONText
import TransparencyLog

extension AuditDraft {
    /// What happened to a key; no resident, no key and nothing that is sealed is in it.
    static func keyEvent(
        _ event: KeyEvent, _ job: KeyJob, more: [(String, JSONValue)] = []
    ) -> AuditDraft {
        let members: [(String, JSONValue)] =
            [
                ("format", .string("hangu/key-event/1")), ("event", .string(event.rawValue)),
                ("kind", .string(job.kind.rawValue)), ("name", .string(job.name)),
                ("version", .integer(Int(job.version))), ("done", .integer(Int(job.done))),
            ] + more
        return AuditDraft(
            type: .keyEvent, decision: .none,
            operational: .object(JSONObject(distinctMembers: members)), subject: nil)
    }
}

/// A step in a key's life, as the log names it.
enum KeyEvent: String {
    case rotationStarted = "rotation-started"
    /// Nothing is left under the old versions, which are destroyed.
    case rotationFinished = "rotation-finished"
    case retired
}
