extension LogWriter {
    /// How much may wait, and how long.
    package struct Limits: Sendable {
        /// How many requests may wait before further ones are turned away.
        package var waitingMax = 10_000
        package var batchMax = 1_000
        /// How long outcomes wait for a batch to ride with before they get one of their own.
        package var outcomeDelay: Duration = .milliseconds(100)
        /// How often an outcome that could not be kept is tried; each time it waits four times as long.
        package var outcomeAttemptsMax = 5

        package init() {}
    }
}
