import CKernels

/// A training run on images in the background.
public typealias TrainingSession = Session<TrainingJob>

extension TrainingSession {
    /// - Parameters:
    ///   - makeTrainer: called once on the queue, as it may take time to load the data.
    ///   - recorders: called on the queue after each batch, and at the end.
    ///   - judges: with which a run that is over is calibrated for its checkpoint.
    ///   - onSnapshot: called on the queue when there is something new to take.
    public convenience init(
        makeTrainer: @escaping @Sendable () throws -> Trainer, recorders: TrainingRecorders = TrainingRecorders(),
        judges: JudgeCache? = nil, onSnapshot: @escaping @Sendable () -> Void
    ) {
        self.init(
            makeJob: { TrainingJob(try makeTrainer(), recorders: recorders, judges: judges) }, onSnapshot: onSnapshot)
    }
}

/// The run that began last and, in turns with it, one that trains along.
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
        /// A run that was left goes on in turns with the last that began; the one that does so already is left again.
        case trainAlong(run: Int)
    }

    /// Often enough for the eye, seldom enough for a slow line.
    private static let frame = Duration.seconds(1) / 15
    /// As fast as it goes, each picture takes from the training: two cores wait while one draws.
    private static let frameAtFullPace = Duration.seconds(1) / 10

    public var snapshotInterval: Duration {
        pace.slows(main.trainer.record, at: main.trainer.samplesPerSecond) ? Self.frame : Self.frameAtFullPace
    }

    /// Images between two looks at the layers once a run is under way. A look takes as long as training on some 2,800
    /// images: less than a hundredth of the time.
    private static let imagesBetweenLooks = 320_000

    /// Whether the layers are looked at in a step, counted from 1: after 1, 2, 4, 8 … steps, as most changes at first,
    /// and then at even distances. It depends on nothing else, so that a run shows the same figures each time.
    static func looksAtLayers(inStep step: Int, batchSize: Int) -> Bool {
        let distance = (imagesBetweenLooks + batchSize - 1) / batchSize
        return step.nonzeroBitCount == 1 && step < distance || step.isMultiple(of: distance)
    }

    /// The run that began last, which the requests steer.
    private var main: TrainedRun
    /// One that was left before its end, and trains along.
    private var companion: TrainedRun?
    /// Those that were left before their ends and can go on, the last left at the end.
    private var waiting: [TrainedRun] = []
    /// Of the main run.
    public private(set) var recorders: TrainingRecorders
    private let judges: JudgeCache?
    /// How much longer the main run has trained than the other since both have steps to do.
    private var lead = Duration.zero
    private var isCompanionAtIt = false
    /// Other runs as they were left since the main one began; empty where none had a step.
    private var former: [TrainingSnapshot] = []
    /// How many runs were left.
    private var departures = 0
    private var pace = Pace.full

    /// Runs that wait keep what trains them: in this much memory, in bytes, beside which the one left last has room.
    private static let mostWaitingBytes = 256 << 20
    /// How long a run trains before it is the other's turn: long enough for the caches to serve one of them.
    private static let turn = Duration.milliseconds(5)
    /// Numbers of snapshots of a run that trains along, which must not be those of the main one's.
    private static let companionSerials = 1 << 40

    init(_ trainer: Trainer, recorders: TrainingRecorders, judges: JudgeCache? = nil) {
        main = TrainedRun(trainer, number: 0)
        (self.recorders, self.judges) = (recorders, judges)
    }

    public var trainer: Trainer { main.trainer }
    /// The number of the run that began last among those of the session.
    public var run: Int { main.number }

    public var isRunning: Bool { main.isRunning || companion?.isRunning ?? false }

    /// Steps that are due at about the same time are done together, so that a slowed run wakes no more often than there
    /// is something new to see.
    public func delay(now: ContinuousClock.Instant) -> Duration? {
        guard let companion, companion.isRunning else { return main.delay(now: now).map(atLeastAFrame) }
        guard main.isRunning else { return companion.delay(now: now).map(atLeastAFrame) }
        guard let a = main.delay(now: now), let b = companion.delay(now: now) else { return nil }
        return atLeastAFrame(min(a, b))
    }

    private func atLeastAFrame(_ delay: Duration) -> Duration { max(delay, Self.frame) }

    public mutating func handle(_ request: Request) {
        change { $0.hurry() }
        switch request {
        case .run: change { $0.target = $0.trainer.totalSteps }
        case .pause: change { $0.target = $0.trainer.step }
        case .trainBatch: change { $0.target = $0.trainer.step + 1 }
        case .trainEpoch: change { $0.target = $0.trainer.nextEpochEnd }
        case .scaleLearningRate(let factor): trainer.scaleLearningRate(by: factor)
        case .extend(let epochs):
            trainer.extend(epochs: epochs)
            main.target = trainer.totalSteps
        case .evaluate: trainer.evaluate()
        case .pace(let pace): self.pace = pace
        case .slower: pace = pace.slower(than: trainer.secondsOfRun)
        case .faster: pace = pace.faster(than: trainer.secondsOfRun)
        case .begin(let new): begin(new)
        case .trainAlong(let run): trainAlong(run)
        }
        change {
            $0.target = min($0.target, $0.trainer.record.hasStoppedEarly ? $0.trainer.step : $0.trainer.totalSteps)
        }
    }

    /// The main run and the one that trains along.
    private mutating func change(_ change: (inout TrainedRun) -> Void) {
        change(&main)
        if var run = companion.take() {
            change(&run)
            companion = run
        }
    }

    private mutating func begin(_ new: NewRun) {
        let wasKept = recorders.checkpoint != nil
        var isPaused = main.phase == .paused
        if case .new = new.start { isPaused = isPaused || main.phase == .diverged }
        recorders.restart(after: trainer)
        if main.isTrained || companion != nil { former = [] }
        leaveCompanion()
        if main.isTrained { leave(main, isKept: wasKept && recorders.checkpoint == nil) }
        for index in former.indices { former[index] = former[index].thinned(toShareOf: new.runs) }
        for index in waiting.indices { waiting[index].thin(toShareOf: new.runs) }
        main = TrainedRun(trainer.beginning(new), number: main.number + 1, start: new.start, runs: new.runs)
        inkling_give_freed_memory_back()
        if case .resumed = new.start { isPaused = true }
        if !isPaused { main.target = trainer.totalSteps }
    }

    /// One of the runs that wait goes on, and the other with it; the same once more: it is left again.
    private mutating func trainAlong(_ number: Int) {
        let stays = companion?.number == number
        leaveCompanion()
        guard !stays, let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        former.removeAll { $0.run == number }
        companion = waiting.remove(at: index)
        lead = .zero
        change { if $0.phase != .diverged { $0.target = $0.trainer.totalSteps } }
    }

    private mutating func leaveCompanion() {
        if let run = companion.take() { leave(run, isKept: false) }
    }

    private mutating func leave(_ run: TrainedRun, isKept: Bool) {
        departures += 1
        // No other snapshot of the run has its number, as no step led to it.
        former.append(run.snapshot(serial: -departures, pace: pace, isKept: isKept).stopped())
        guard [.running, .paused].contains(run.phase) else { return }
        var run = run
        run.target = run.trainer.step
        waiting.append(run)
        waiting.removeFirst(Self.tooMany(waiting.map(\.memory)))
    }

    /// How many runs may not wait any longer, of those that take so many bytes each, the one left last at the end.
    static func tooMany(_ bytes: [Int]) -> Int {
        var kept = bytes[...]
        while kept.count > 1, kept.reduce(0, +) > mostWaitingBytes { kept.removeFirst() }
        return bytes.count - kept.count
    }

    /// Trains a batch; the end of an epoch is to be shown at once.
    public mutating func step(now: ContinuousClock.Instant) -> Bool {
        if isCompanionsTurn(now: now), var run = companion.take() {
            defer { companion = run }
            let result = run.step(pace, now: now)
            lead -= .now - now
            return result != nil || run.trainer.record.history.isLost
        }
        let result = main.step(pace, now: now)
        recorders.record(trainer, epoch: result)
        if companion != nil { lead += .now - now }
        return result != nil || trainer.record.history.isLost
    }

    /// Of two runs with a step to do, whose turn it is: each trains for as long as the other.
    private mutating func isCompanionsTurn(now: ContinuousClock.Instant) -> Bool {
        guard let companion else { return false }
        func isReady(_ run: TrainedRun) -> Bool { run.isRunning && run.delay(now: now) == nil }
        guard isReady(main), isReady(companion) else {
            lead = .zero
            return !isReady(main)
        }
        if lead > Self.turn / 2 { isCompanionAtIt = true }
        if lead < .zero - Self.turn / 2 { isCompanionAtIt = false }
        return isCompanionAtIt
    }

    /// A run that is over is calibrated for its checkpoint, as `inkling train` does it; one to go on with would not stay so.
    public mutating func finish() {
        if trainer.isFinished, recorders.checkpoint != nil { trainer.calibrate(judges: judges) }
        recorders.finish(trainer)
    }

    public func snapshot(serial: Int) -> TrainingSnapshot {
        var snapshot = main.snapshot(serial: serial, pace: pace, isKept: recorders.checkpoint != nil)
        snapshot.former = former
        snapshot.waiting = waiting.map(\.number)
        snapshot.beside =
            companion.map {
                [$0.snapshot(serial: serial + Self.companionSerials, pace: pace, isKept: false)]
            } ?? []
        return snapshot
    }
}
