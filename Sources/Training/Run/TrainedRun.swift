/// A run in the hands of a session: what trains it, what is kept of its past, and how far it is to go on.
struct TrainedRun {
    /// Its number among the runs of the session.
    let number: Int
    /// What it goes on from; nil for new weights.
    let fork: Fork?
    /// The file that it was opened from; nil for a run of the session's own.
    let file: String?
    let trainer: Trainer
    private(set) var past: Moments
    /// The step to train up to: the present one while paused.
    var target: Int
    /// When the pace has the next step begin; nil for now.
    private var due: ContinuousClock.Instant?

    /// - Parameters:
    ///   - start: what it began from; nil for what the session began with.
    ///   - runs: that share the memory for moments.
    init(_ trainer: Trainer, number: Int, start: NewRun.Start? = nil, runs: Int = 1) {
        (self.trainer, self.number) = (trainer, number)
        if case .fork(let start) = start { fork = start } else { fork = nil }
        if case .resumed(let start) = start { file = start.file } else { file = nil }
        target = trainer.step
        past = trainer.noMoments(runs: runs)
        past.keep(trainer.now.tested())
    }

    /// A run that is lost does not go on.
    var isRunning: Bool { trainer.record.step < target && !trainer.record.history.isLost }

    /// Whether it has trained a batch of its own.
    var isTrained: Bool { trainer.step > fork?.record.step ?? 0 }

    var phase: TrainingSnapshot.Phase {
        if isRunning { return .running }
        return trainer.record.hasDiverged ? .diverged : trainer.isFinished ? .finished : .paused
    }

    /// In bytes: its weights and what the optimizer remembers of each.
    var memory: Int {
        4 * trainer.network.parameterCount * (1 + trainer.record.configuration.optimizer.momentCount)
    }

    /// What the user asks for begins at once.
    mutating func hurry() { due = nil }

    mutating func thin(toShareOf runs: Int) { past.thin(toShareOf: runs) }

    /// How long it is to wait until its next step; nil where it is not.
    func delay(now: ContinuousClock.Instant) -> Duration? { due.flatMap { $0 > now ? $0 - now : nil } }

    /// Of the time that a slowed run has lost, what it makes good: that of some steps together, not that of a test.
    private static let mostToMakeGood = Duration.seconds(0.25)

    /// Trains a batch. After the last of an epoch, returns what the epoch came to.
    mutating func step(_ pace: Pace, now: ContinuousClock.Instant) -> EpochResult? {
        due = pace.secondsPerStep(trainer.record).map { seconds in
            max(due ?? now, now - Self.mostToMakeGood) + .seconds(seconds)
        }
        let looks = TrainingJob.looksAtLayers(
            inStep: trainer.step + 1, batchSize: trainer.record.configuration.batchSize)
        let result = looks ? trainer.trainObservedBatch() : trainer.trainBatch()
        if past.isDue(after: trainer.step) { past.keep(trainer.now.tested()) }
        // A run that diverged waits for the user.
        if trainer.record.history.isLost || result?.hasDiverged ?? false || trainer.record.hasStoppedEarly {
            target = trainer.step
        }
        return result
    }

    func snapshot(serial: Int, pace: Pace, isKept: Bool) -> TrainingSnapshot {
        TrainingSnapshot(
            run: number, serial: serial, phase: phase, dataset: trainer.dataset, record: trainer.record,
            now: trainer.now, past: past, samplesPerSecond: trainer.samplesPerSecond, pace: pace, isKept: isKept,
            fork: fork, file: file, ranks: trainer.rankActivities)
    }
}
