package import FieldCrypto

/// What a log asks of a witness: to cosign a checkpoint that continues the one it cosigned last (C2SP tlog-witness).
package struct AddCheckpoint: Hashable, Sendable {
    package static let bodyBytesMax = 64 * 1_024
    /// As many hashes as a tree of 2^63 entries can need.
    package static let hashesMax = 63

    /// The size that the witness cosigned last, 0 where it never did.
    package let oldSize: UInt64
    /// The consistency proof from there.
    package let hashes: [SHA256Digest]
    /// The signed checkpoint.
    package let checkpoint: [UInt8]

    package init(oldSize: UInt64, hashes: [SHA256Digest], checkpoint: [UInt8]) {
        self.oldSize = oldSize
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// The body of the request.
    package var body: [UInt8] {
        var text = "old \(oldSize)\n"
        for hash in hashes { text += Base64.encode(hash.bytes) + "\n" }
        return Array((text + "\n").utf8) + checkpoint
    }

    /// Reads a body; the checkpoint in it is not looked at.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for any other form.
    package init(parsing body: [UInt8]) throws(TransparencyLogError) {
        let what = "add-checkpoint request"
        guard body.count <= Self.bodyBytesMax else {
            throw .malformed(what: what, reason: "longer than \(Self.bodyBytesMax) bytes")
        }
        var reader = LineReader(body)
        guard let line = reader.next(), line.hasPrefix("old "),
            let oldSize = decimal(line.dropFirst(4))
        else { throw .malformed(what: what, reason: "it does not begin with 'old N'") }
        self.oldSize = oldSize
        hashes = try reader.hashes(of: what, untilEmptyLine: true)
        guard hashes.count <= Self.hashesMax else {
            throw .malformed(
                what: what, reason: "\(hashes.count) hashes, expected at most \(Self.hashesMax)")
        }
        checkpoint = reader.rest
    }
}

/// Why a witness does not cosign.
package enum WitnessRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request or the checkpoint in it cannot be read.
    case malformed(TransparencyLogError)
    /// The old size is above the checkpoint's.
    case oldSizeAbove(checkpoint: UInt64)
    /// No log of that origin is known here.
    case unknownOrigin
    /// No key of the log signed, or one did wrongly.
    case badSignature
    /// The witness cosigned another size last: this one.
    case otherSize(UInt64)
    /// The witness cosigned another tree of this very size.
    case otherRoot
    /// The proof does not show that the log only grew.
    case badProof

    /// The HTTP status that the protocol has for it.
    package var status: Int {
        switch self {
        case .malformed, .oldSizeAbove: 400
        case .badSignature: 403
        case .unknownOrigin: 404
        case .otherSize: 409
        case .otherRoot, .badProof: 422
        }
    }

    package var description: String {
        switch self {
        case .malformed(let error): "\(error)"
        case .oldSizeAbove(let size): "the old size is above the checkpoint's \(size)"
        case .unknownOrigin: "no log of this origin is known here"
        case .badSignature: "no known key of this log signed the checkpoint"
        case .otherSize(let size): "\(size)"
        case .otherRoot: "another tree of this size was cosigned here"
        case .badProof: "the proof does not show that the log only grew"
        }
    }
}
