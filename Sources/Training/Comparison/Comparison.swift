import Datasets

/// What distortions are good for: two networks, equal at first, learn from the same few images; one sees them as they
/// are, the other distorted, anew in each epoch. Both are tested on the same test images.
public struct Comparison: Sendable, Equatable {
    /// What the second network's images go through.
    public let distortion: Distortion
    /// What the epochs so far came to, one for each.
    public internal(set) var plain: [EpochResult] = []
    public internal(set) var distorted: [EpochResult] = []

    /// What the networks learn from: few enough to be learnt by heart.
    public static let images = 1000
    public static let epochs = 40

    public var isFinished: Bool { distorted.count >= Self.epochs }
}

/// A comparison in the background.
public typealias ComparisonSession = Session<ComparisonJob>

/// Trains both networks of a comparison, epoch by epoch side by side, on the thread of its session alone.
public struct ComparisonJob: SessionJob {
    public enum Request: Sendable {
        /// From the beginning, with the first images of the data set; what is under way or done goes on as it is.
        case compare(Dataset, Distortion)
    }

    public let snapshotInterval = Duration.seconds(1) / 30
    /// What is read of a larger test set, so that a step stays short. The shares are exact to about 1 %.
    static let mostTestImages = 2000
    /// Slowly enough to watch.
    static let shortestEpoch = Duration.seconds(1) / 20

    private var trainers: (plain: Trainer, distorted: Trainer)?
    private var comparison: Comparison?
    /// When the last step began.
    private var lastStep: ContinuousClock.Instant?

    public init() {}

    public var isRunning: Bool { comparison.map { !$0.isFinished } ?? false }

    public mutating func handle(_ request: Request) {
        guard case .compare(let dataset, let distortion) = request, comparison?.distortion != distortion else { return }
        let few = Dataset(
            name: dataset.name, train: dataset.train.prefix(Comparison.images),
            test: dataset.test.prefix(Self.mostTestImages))
        func trainer(_ distortion: Distortion?) -> Trainer {
            var configuration = TrainingConfiguration()
            configuration.hiddenLayers = [128]
            configuration.epochs = Comparison.epochs
            configuration.batchSize = 50
            configuration.distortion = distortion
            configuration.threads = 1
            return Trainer(dataset: few, configuration: configuration)
        }
        trainers = (trainer(nil), trainer(distortion))
        comparison = Comparison(distortion: distortion)
    }

    /// An epoch of each.
    public mutating func step(now: ContinuousClock.Instant) -> Bool {
        guard let trainers else { return false }
        lastStep = now
        comparison?.plain.append(Self.epoch(trainers.plain))
        comparison?.distorted.append(Self.epoch(trainers.distorted))
        return false
    }

    public func delay(now: ContinuousClock.Instant) -> Duration? {
        guard let left = lastStep.map({ $0 + Self.shortestEpoch - now }), left > .zero else { return nil }
        return left
    }

    private static func epoch(_ trainer: Trainer) -> EpochResult {
        while true {
            if let result = trainer.trainBatch() { return result }
            // Only a run that is over trains nothing.
            if trainer.record.isFinished { return trainer.resultSoFar() }
        }
    }

    /// nil before anything was asked for.
    public func snapshot(serial: Int) -> Comparison? { comparison }
}
