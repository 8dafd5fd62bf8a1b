internal import COpenSSL
internal import Glibc

/// Memory for keys: libcrypto's secure heap, which is locked in memory as far as the system allows, kept out of core
/// dumps and set between pages that no stray access can reach.
///
/// libcrypto keeps its own private keys there too. When it is full, keys stand in common memory, and are wiped there
/// all the same: keys beyond what may be locked are better than a gateway that stops.
package enum ProtectedMemory {
    private static let arenaBytesMax = 4 << 20
    private static let arenaBytesMin = 64 << 10
    /// The smallest piece the heap gives out.
    private static let pieceByteCount = 32

    private enum State { case locked, unlocked, absent }

    private static let state: State = {
        var limit = rlimit()
        var byteCount = arenaBytesMax
        if getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 {
            // Half of what may be locked; libcrypto wants a power of two.
            while byteCount > arenaBytesMin, byteCount > limit.rlim_cur / 2 { byteCount /= 2 }
        }
        switch CRYPTO_secure_malloc_init(byteCount, pieceByteCount) {
        case 1: return .locked
        case 2: return .unlocked
        default:
            ERR_clear_error()
            return .absent
        }
    }()

    /// Room for a key, or nil where there is none left.
    static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard state != .absent else { return nil }
        if let place = CRYPTO_secure_malloc(byteCount, #file, #line) { return place }
        ERR_clear_error()
        return nil
    }

    /// Wipes and gives back what `allocate` gave.
    static func free(_ place: UnsafeMutableRawPointer, byteCount: Int) {
        CRYPTO_secure_clear_free(place, byteCount, #file, #line)
    }

    /// Makes this process one that the kernel neither dumps nor lets a debugger of the same account read.
    ///
    /// - Returns: Whether it is; a sandbox may forbid the call.
    package static func forbidDumps() -> Bool { process_forbid_dumps() == 0 }
}
