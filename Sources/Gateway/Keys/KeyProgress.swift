/// How far long work on keys is.
package struct KeyProgress: Hashable, Sendable {
    package let kind: KeyJobKind
    package let name: String
    /// Values, entries or keys done so far, over all runs of the job.
    package let done: Int
    /// How many there were to do when this run began, those done among them; 0 where it is not known.
    package let total: Int

    package init(kind: KeyJobKind, name: String, done: Int, total: Int) {
        self.kind = kind
        self.name = name
        self.done = done
        self.total = total
    }
}

/// What a rotation did.
package struct KeyRotationReport: Hashable, Sendable {
    package let job: KeyJob
    /// Whether it went on with what an earlier run had begun.
    package let isResumed: Bool
    /// What was done in this run.
    package let doneNow: Int
    /// Values of forgotten residents, which no key opens and which stay as they are.
    package var goneCount = 0
    /// Index entries whose value nobody holds any more, and which went with the old key.
    package var droppedCount = 0

    package init(
        job: KeyJob, isResumed: Bool, doneNow: Int, goneCount: Int = 0, droppedCount: Int = 0
    ) {
        self.job = job
        self.isResumed = isResumed
        self.doneNow = doneNow
        self.goneCount = goneCount
        self.droppedCount = droppedCount
    }
}
