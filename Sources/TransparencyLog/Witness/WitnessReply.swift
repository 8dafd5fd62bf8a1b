internal import FieldCrypto

/// What came back from a witness, none of it checked.
package struct WitnessReply: Hashable, Sendable {
    package static let bodyBytesMax = 64 * 1_024
    /// The content type of the size in a conflict.
    package static let sizeType = "text/x.tlog.size"

    package let status: Int
    package let contentType: String?
    package let body: [UInt8]

    package init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

/// What a witness's reply comes to, once it has been checked.
package enum WitnessAnswer: Hashable, Sendable {
    /// It cosigned; the signature was verified over the checkpoint that it was sent.
    case cosigned(NoteSignature)
    /// It cosigned this size last, and asks for a proof from there.
    case hasSize(UInt64)
    /// It says that the log is not the one it cosigned before.
    case contradicts
    /// It does not serve this log, or not now.
    case refused(status: Int)
    /// What it says cannot be true, whoever is asked.
    case lied(WitnessLie)
}

/// What an honest witness would never have answered.
package enum WitnessLie: String, Hashable, Sendable {
    /// No signature line, or one that cannot be read.
    case unreadable
    /// Its own key's line is not a signature over the checkpoint that it was sent: of another root, size or text.
    case otherCheckpoint
    /// The lines are of other keys than the witness's.
    case otherKey
    /// The cosignature states a time that has not come.
    case future
    /// A conflict without a size, or with the one it was asked from.
    case noSize
}

extension WitnessReply {
    /// How far a witness's clock may be ahead of ours.
    package static let clockAheadSecondsMax: UInt64 = 3_600

    /// Checks a reply.
    ///
    /// - Parameters:
    ///   - checkpoint: What was sent.
    ///   - oldSize: From which size the proof was.
    ///   - key: The witness's, from the policy.
    ///   - seconds: The time here, since 1970.
    /// - Returns: What it comes to; nothing in it rests on the witness's word but ``WitnessAnswer/hasSize(_:)``,
    ///   ``WitnessAnswer/contradicts`` and ``WitnessAnswer/refused(status:)``.
    package func judged(
        for checkpoint: Checkpoint, from oldSize: UInt64, key: NoteKey, at seconds: UInt64
    ) -> WitnessAnswer {
        switch status {
        case 200: cosignature(on: checkpoint, key: key, at: seconds)
        case 409: conflict(from: oldSize, size: checkpoint.size)
        case 422: .contradicts
        default: .refused(status: status)
        }
    }

    private func conflict(from oldSize: UInt64, size: UInt64) -> WitnessAnswer {
        guard contentType == Self.sizeType, body.last == 0x0A,
            let text = String(validating: body.dropLast(), as: UTF8.self),
            let known = decimal(text)
            // An earlier text of the protocol answers so where the roots of one size differ.
        else { return oldSize == size ? .contradicts : .lied(.noSize) }
        if known != oldSize { return .hasSize(known) }
        return oldSize == size ? .contradicts : .lied(.noSize)
    }

    private func cosignature(
        on checkpoint: Checkpoint, key: NoteKey, at seconds: UInt64
    ) -> WitnessAnswer {
        let note: SignedNote
        let own: [NoteSignature]
        do {
            note = try SignedNote(parsing: Array((checkpoint.text + "\n").utf8) + body)
            own = note.signatures.filter { $0.name == key.name && $0.keyID == key.id }
        } catch { return .lied(.unreadable) }
        guard note.untrustedText == checkpoint.text else { return .lied(.unreadable) }
        guard let signature = own.first else { return .lied(.otherKey) }
        do {
            let time = try note.verified(by: [key]).cosignedSeconds[key] ?? 0
            guard time <= seconds + Self.clockAheadSecondsMax else { return .lied(.future) }
        } catch { return .lied(.otherCheckpoint) }
        return .cosigned(signature)
    }
}
