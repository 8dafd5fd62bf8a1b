internal import COpenSSL
internal import Glibc
internal import Synchronization

/// Where keys, nonces and salts come from; a test may hand in a source of its own.
package protocol RandomSource: Sendable {
    /// Fills the whole buffer with bytes that nobody can foretell.
    ///
    /// - Throws: ``FieldCryptoError/library(call:code:)`` if there is no randomness; the buffer is then of no use.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FieldCryptoError)
}

extension RandomSource {
    /// Random bytes that are no key: a nonce, a salt or an id.
    package func bytes(_ count: Int) throws(FieldCryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { buffer throws(FieldCryptoError) in
            try fill(UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes
    }

    /// Random bytes that are a key.
    package func secret(_ count: Int) throws(FieldCryptoError) -> SecretBytes {
        try SecretBytes(count: count) { buffer throws(FieldCryptoError) in try fill(buffer) }
    }
}

/// libcrypto's generator behind a 4 KiB buffer: 12 bytes cost a hundredth of a call of its own.
///
/// Bytes are wiped from the buffer as they are handed out. A forked child throws away what its parent drew.
package final class SecureRandom: RandomSource {
    private static let bufferByteCount = 4096

    private struct State {
        var bytes = [UInt8](repeating: 0, count: SecureRandom.bufferByteCount)
        var used = SecureRandom.bufferByteCount
        var forkCount = 0
    }

    private let state = Mutex(State())

    package init() { Self.watchForks() }

    package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FieldCryptoError) {
        if buffer.count > Self.bufferByteCount / 8 { return try Self.draw(buffer) }
        try state.withLock { state throws(FieldCryptoError) in
            let forkCount = forksSeen.load(ordering: .relaxed)
            let left = Self.bufferByteCount - state.used
            let start = left < buffer.count || state.forkCount != forkCount ? 0 : state.used
            try state.bytes.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
                let bytes = UnsafeMutableRawBufferPointer(elements)
                if start == 0 { try Self.draw(bytes) }
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: bytes[start..<start + buffer.count])
                buffer.copyMemory(from: UnsafeRawBufferPointer(part))
                OPENSSL_cleanse(part.baseAddress, part.count)
            }
            state.forkCount = forkCount
            state.used = start + buffer.count
        }
    }

    deinit {
        state.withLock { state in
            state.bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        }
    }

    private static func draw(_ buffer: UnsafeMutableRawBufferPointer) throws(FieldCryptoError) {
        let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        try check(RAND_bytes(start, Int32(buffer.count)), "RAND_bytes")
    }

    private static func watchForks() { _ = isWatchingForks }
}

/// How often this process is the child of a fork since the generator was first used.
private let forksSeen = Atomic(0)

private let isWatchingForks: Bool =
    pthread_atfork(nil, nil, { forksSeen.add(1, ordering: .relaxed) }) == 0
