package import FieldCrypto
package import ResidentModel

/// What both data paths work with; opened once for a home.
package struct GatewayParts: Sendable {
    package let store: any GatewayStore
    package let keyring: Keyring
    package let catalogue: Catalogue
    package let policies: PolicyBundle
    /// The name of this gateway's organisation, bound into every ciphertext.
    package let tenant: String
    package let log: AuditLog
    package let clock: GatewayClock
    package let random: any RandomSource
    /// Shared by all copies of these parts.
    package let ringWatch: RingWatch
    /// Where blocking calls of an asynchronous request run.
    package let threads: any BlockingThreads
    /// The one writer of decisions and outcomes.
    package let writer: LogWriter

    package init(
        store: any GatewayStore, keyring: Keyring, catalogue: Catalogue, policies: PolicyBundle,
        tenant: String, log: AuditLog, clock: GatewayClock, random: any RandomSource,
        ringWatch: RingWatch = RingWatch(), threads: any BlockingThreads,
        limits: LogWriter.Limits = LogWriter.Limits()
    ) {
        self.store = store
        self.keyring = keyring
        self.catalogue = catalogue
        self.policies = policies
        self.tenant = tenant
        self.log = log
        self.clock = clock
        self.random = random
        self.ringWatch = ringWatch
        self.threads = threads
        writer = LogWriter(
            store: store, log: log, ringWatch: ringWatch, keyring: keyring, threads: threads,
            limits: limits)
    }
}
