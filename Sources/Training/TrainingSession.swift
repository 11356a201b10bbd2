import Datasets
import Dispatch
import Synchronization

/// A training run on a background queue. The one place where threads meet: requests go in, the latest snapshot comes
/// out, both through one mutex that is held for moments.
public final class TrainingSession: Sendable {
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
        /// Starts again from other weights, running or paused as before.
        case restart(seed: UInt64)
    }

    private struct Mailbox {
        var requests: [Request] = []
        var stopped = false
        /// Whether the queue is at work, and so will look at the requests.
        var working = false
        var latest: Result<TrainingSnapshot, any Error>?
    }

    /// What only the queue touches.
    private struct Work {
        var trainer: Trainer?
        /// The step to train up to: the present one while paused.
        var target = 0
        var serial = 0
        var lastPublished = ContinuousClock.now
        var recorders: TrainingRecorders
        var lastObserved = ContinuousClock.now - observationInterval
    }

    /// Often enough for the eye, seldom enough for a slow line.
    private static let snapshotInterval = Duration.seconds(1) / 15
    /// Looking at the layers takes time from training.
    private static let observationInterval = Duration.seconds(1) / 2

    private let queue = DispatchQueue(label: "inkling.training", qos: .userInitiated)
    private let mailbox = Mutex(Mailbox())
    private let work: Mutex<Work>
    private let makeTrainer: @Sendable () throws -> Trainer
    private let onSnapshot: @Sendable () -> Void

    /// - Parameters:
    ///   - makeTrainer: called once on the queue, as it may take time to load the data.
    ///   - recorders: called on the queue after each batch, and at the end.
    ///   - onSnapshot: called on the queue when there is something new to take.
    public init(
        makeTrainer: @escaping @Sendable () throws -> Trainer, recorders: TrainingRecorders = TrainingRecorders(),
        onSnapshot: @escaping @Sendable () -> Void
    ) {
        work = Mutex(Work(recorders: recorders))
        self.makeTrainer = makeTrainer
        self.onSnapshot = onSnapshot
    }

    /// Hands in a request; it is looked at after the batch in hand.
    public func send(_ request: Request) {
        let mustStart = mailbox.withLock { mailbox in
            guard !mailbox.stopped else { return false }
            mailbox.requests.append(request)
            defer { mailbox.working = true }
            return !mailbox.working
        }
        if mustStart { queue.async { self.workOff() } }
    }

    /// Waits until the requests so far are done with; forever if one of them has the training run on.
    public func settle() {
        queue.sync {}
    }

    /// Ends the training after the batch in hand, and waits for it and for its records.
    public func stop() {
        mailbox.withLock { $0.stopped = true }
        queue.sync {
            work.withLock { work in
                if let trainer = work.trainer { work.recorders.finish(trainer) }
            }
        }
    }

    /// The latest snapshot, or the error that ended the session, unless it was taken before.
    public func takeLatest() throws -> TrainingSnapshot? {
        try mailbox.withLock { mailbox in
            defer { mailbox.latest = nil }
            return mailbox.latest
        }?.get()
    }

    private func workOff() {
        work.withLock { work in
            while let requests = takeRequests(), prepare(&work) {
                train(&work, after: requests)
            }
        }
    }

    /// The requests to look at; nil when there are none and the queue may rest.
    private func takeRequests() -> [Request]? {
        mailbox.withLock { mailbox in
            guard !mailbox.stopped, !mailbox.requests.isEmpty else {
                mailbox.working = false
                return nil
            }
            defer { mailbox.requests = [] }
            return mailbox.requests
        }
    }

    private func prepare(_ work: inout Work) -> Bool {
        guard work.trainer == nil else { return true }
        do {
            let trainer = try makeTrainer()
            work.trainer = trainer
            publish(trainer, &work)
            return true
        } catch {
            mailbox.withLock { mailbox in
                mailbox.stopped = true
                mailbox.latest = .failure(error)
            }
            onSnapshot()
            return false
        }
    }

    /// Does what was asked, up to the step aimed at or to the next request.
    private func train(_ work: inout Work, after requests: [Request]) {
        // Taken out of `work`, so that the arrays have one owner and no step copies them.
        guard var trainer = work.trainer.take() else { return }
        defer { work.trainer = trainer }
        for request in requests {
            switch request {
            case .run: work.target = trainer.totalSteps
            case .pause: work.target = trainer.step
            case .trainBatch: work.target = trainer.step + 1
            case .trainEpoch: work.target = (trainer.step / trainer.batchesPerEpoch + 1) * trainer.batchesPerEpoch
            case .scaleLearningRate(let factor): trainer.scaleLearningRate(by: factor)
            case .extend(let epochs):
                trainer.extend(epochs: epochs)
                work.target = trainer.totalSteps
            case .evaluate: trainer.evaluate()
            case .restart(let seed):
                let isPaused = work.target <= trainer.step && !trainer.isFinished
                var configuration = trainer.configuration
                configuration.seed = seed
                trainer = Trainer(dataset: trainer.dataset, configuration: configuration)
                work.target = isPaused ? 0 : trainer.totalSteps
            }
        }
        work.target = min(work.target, trainer.totalSteps)
        while trainer.step < work.target, !hasNews {
            let observes = ContinuousClock.now - work.lastObserved >= Self.observationInterval
            let result = observes ? trainer.trainObservedBatch() : trainer.trainBatch()
            work.recorders.record(trainer, epoch: result)
            let ended = result != nil
            if observes { work.lastObserved = .now }
            if ended || ContinuousClock.now - work.lastPublished >= Self.snapshotInterval { publish(trainer, &work) }
        }
        publish(trainer, &work)
    }

    private var hasNews: Bool {
        mailbox.withLock { $0.stopped || !$0.requests.isEmpty }
    }

    private func publish(_ trainer: Trainer, _ work: inout Work) {
        work.serial += 1
        work.lastPublished = .now
        let phase: TrainingSnapshot.Phase =
            trainer.isFinished ? .finished : trainer.step < work.target ? .running : .paused
        let snapshot = TrainingSnapshot(of: trainer, serial: work.serial, phase: phase)
        mailbox.withLock { $0.latest = .success(snapshot) }
        onSnapshot()
    }
}
