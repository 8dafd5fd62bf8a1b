package import FieldCrypto
import Synchronization

/// Numbers and bytes that are the same in every run: SplitMix64.
package final class SeededRandom: RandomSource, RandomNumberGenerator {
    private let state: Mutex<UInt64>

    package init(seed: UInt64) { state = Mutex(seed) }

    package func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FieldCryptoError) {
        for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: next() >> 24) }
    }

    package func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
