import FieldCrypto
import Glibc

/// Keeps this process's memory, and the keys in it, out of core dumps.
enum CoreDumps {
    /// Forbids core files, leaves a program that dumps are piped to no memory to read (core(5)), and keeps debuggers of
    /// the same account out.
    ///
    /// Best effort: where the kernel refuses, keys are still wiped after use.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
        let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        if filter >= 0 {
            _ = write(filter, "0", 1)
            close(filter)
        }
        // Last: a process that is not dumpable may no longer write the filter.
        _ = ProtectedMemory.forbidDumps()
    }
}
