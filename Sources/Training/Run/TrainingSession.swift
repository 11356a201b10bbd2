/// A training run on images in the background.
public typealias TrainingSession = Session<TrainingJob>

extension TrainingSession {
    /// - Parameters:
    ///   - makeTrainer: called once on the queue, as it may take time to load the data.
    ///   - recorders: called on the queue after each batch, and at the end.
    ///   - onSnapshot: called on the queue when there is something new to take.
    public convenience init(
        makeTrainer: @escaping @Sendable () throws -> Trainer, recorders: TrainingRecorders = TrainingRecorders(),
        onSnapshot: @escaping @Sendable () -> Void
    ) {
        self.init(makeJob: { TrainingJob(try makeTrainer(), recorders: recorders) }, onSnapshot: onSnapshot)
    }
}

/// A trainer with the step that it is to train up to.
public struct TrainingJob: SessionJob {
    public enum Request: Sendable, Equatable {
        case run
        case pause
        case trainBatch
        /// To the end of the epoch under way.
        case trainEpoch
        case scaleLearningRate(by: Float)
        /// Goes on for more epochs than there are.
        case extend(epochs: Int)
        /// Tests the network as it is.
        case evaluate
        case pace(Pace)
        case slower
        case faster
        /// Begins another run, running or paused as the one before; new weights after a run that diverged wait, so that
        /// the rate can be lowered first.
        case begin(NewRun)
    }

    /// Often enough for the eye, seldom enough for a slow line.
    public static let snapshotInterval = Duration.seconds(1) / 15
    /// Images between two looks at the layers once a run is under way. A look takes as long as training on some 2,800
    /// images: less than a hundredth of the time.
    private static let imagesBetweenLooks = 320_000

    /// Whether the layers are looked at in a step, counted from 1: after 1, 2, 4, 8 … steps, as most changes at first,
    /// and then at even distances. It depends on nothing else, so that a run shows the same figures each time.
    static func looksAtLayers(inStep step: Int, batchSize: Int) -> Bool {
        let distance = (imagesBetweenLooks + batchSize - 1) / batchSize
        return step.nonzeroBitCount == 1 && step < distance || step.isMultiple(of: distance)
    }

    public private(set) var trainer: Trainer
    /// Of the run at hand.
    public private(set) var recorders: TrainingRecorders
    /// How many runs there were before.
    private var run = 0
    /// What the run at hand goes on from.
    private var fork: Fork?
    /// The run before as it ended; empty where it had no step.
    private var former: [TrainingSnapshot] = []
    /// The step to train up to: the present one while paused.
    private var target = 0
    private var pace = Pace.full
    private var past: Moments
    /// When the pace has the next step begin; nil for now.
    private var due: ContinuousClock.Instant?

    init(_ trainer: Trainer, recorders: TrainingRecorders) {
        self.trainer = trainer
        self.recorders = recorders
        past = trainer.noMoments()
        past.keep(trainer.now.tested())
    }

    /// A run that is lost does not go on.
    public var isRunning: Bool { trainer.record.step < target && !trainer.record.history.isLost }

    /// Steps that are due at about the same time are done together, so that a slowed run wakes no more often than there
    /// is something new to see.
    public func delay(now: ContinuousClock.Instant) -> Duration? {
        guard let due, due > now else { return nil }
        return max(due - now, Self.snapshotInterval)
    }

    public mutating func handle(_ request: Request) {
        // What the user asks for begins at once.
        due = nil
        switch request {
        case .run: target = trainer.totalSteps
        case .pause: target = trainer.step
        case .trainBatch: target = trainer.step + 1
        case .trainEpoch: target = trainer.nextEpochEnd
        case .scaleLearningRate(let factor): trainer.scaleLearningRate(by: factor)
        case .extend(let epochs):
            trainer.extend(epochs: epochs)
            target = trainer.totalSteps
        case .evaluate: trainer.evaluate()
        case .pace(let pace): self.pace = pace
        case .slower: pace = pace.slower(than: trainer.secondsOfRun)
        case .faster: pace = pace.faster(than: trainer.secondsOfRun)
        case .begin(let new): begin(new)
        }
        target = trainer.record.hasStoppedEarly ? trainer.step : min(target, trainer.totalSteps)
    }

    private mutating func begin(_ new: NewRun) {
        let wasKept = recorders.checkpoint != nil
        var isPaused = phase == .paused
        if case .new = new.start { isPaused = isPaused || phase == .diverged }
        recorders.restart(after: trainer)
        if trainer.step > fork?.record.step ?? 0 {
            // No other snapshot of the run has its number, as no step led to it.
            let last = snapshot(serial: -1 - run, isKept: wasKept && recorders.checkpoint == nil)
            former = [last.stopped().thinned(toShareOf: new.runs)]
        }
        trainer = trainer.beginning(new)
        if case .fork(let fork) = new.start { self.fork = fork } else { fork = nil }
        past = trainer.noMoments(runs: new.runs)
        past.keep(trainer.now.tested())
        run += 1
        target = isPaused ? trainer.step : trainer.totalSteps
    }

    /// Of the time that a slowed run has lost, what it makes good: that of some steps together, not that of a test.
    private static let mostToMakeGood = Duration.seconds(0.25)

    /// Trains a batch; the end of an epoch is to be shown at once.
    public mutating func step(now: ContinuousClock.Instant) -> Bool {
        due = pace.secondsPerStep(trainer.record).map { seconds in
            max(due ?? now, now - Self.mostToMakeGood) + .seconds(seconds)
        }
        let looks = Self.looksAtLayers(inStep: trainer.step + 1, batchSize: trainer.configuration.batchSize)
        let result = looks ? trainer.trainObservedBatch() : trainer.trainBatch()
        if past.isDue(after: trainer.step) { past.keep(trainer.now.tested()) }
        recorders.record(trainer, epoch: result)
        // A run that diverged waits for the user.
        let pauses =
            trainer.record.history.isLost || result?.hasDiverged ?? false || trainer.record.hasStoppedEarly
        if pauses { target = trainer.step }
        return result != nil || pauses
    }

    public mutating func finish() { recorders.finish(trainer) }

    public func snapshot(serial: Int) -> TrainingSnapshot {
        var snapshot = snapshot(serial: serial, isKept: recorders.checkpoint != nil)
        snapshot.former = former
        return snapshot
    }

    private func snapshot(serial: Int, isKept: Bool) -> TrainingSnapshot {
        TrainingSnapshot(
            run: run, serial: serial, phase: phase, dataset: trainer.dataset, record: trainer.record,
            now: trainer.now, past: past,
            samplesPerSecond: trainer.samplesPerSecond, pace: pace, isKept: isKept, fork: fork)
    }

    private var phase: TrainingSnapshot.Phase {
        if isRunning { return .running }
        return trainer.record.hasDiverged ? .diverged : trainer.isFinished ? .finished : .paused
    }
}
