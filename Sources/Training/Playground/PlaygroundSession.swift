import Datasets
import NeuralNetwork

/// The playground's training in the background.
public typealias PlaygroundSession = Session<PlaygroundJob>

/// A playground trainer that runs until it is paused.
public struct PlaygroundJob: SessionJob {
    public enum Request: Sendable, Equatable {
        case run
        case pause
        case trainBatch
        /// As many batches as a pass over the points has.
        case trainEpoch
        case configure(PlaygroundConfiguration)
        /// From the weights that the network had at first, on the same points.
        case restart
        case place(ToySet.Point)
        case removePlaced
    }

    /// As smooth as a film.
    public static let snapshotInterval = Duration.seconds(1) / 30

    private var trainer: PlaygroundTrainer
    private var isOn = false
    /// Batches to train besides.
    private var batches = 0
    private var throughput = Throughput()
    /// When the last step began.
    private var lastStep: ContinuousClock.Instant?

    public init(_ configuration: PlaygroundConfiguration = PlaygroundConfiguration()) {
        trainer = PlaygroundTrainer(configuration: configuration)
    }

    public var isRunning: Bool { (isOn || batches > 0) && !trainer.points.isEmpty && !trainer.history.isLost }

    public mutating func handle(_ request: Request) {
        switch request {
        case .run: isOn = true
        case .pause: (isOn, batches) = (false, 0)
        case .trainBatch: (isOn, batches) = (false, batches + 1)
        case .trainEpoch: (isOn, batches) = (false, batches + trainer.batchesPerEpoch)
        case .configure(let configuration): trainer.configure(configuration)
        case .restart: trainer.restart()
        case .place(let point): trainer.place(point)
        case .removePlaced: trainer.removePlaced()
        }
    }

    public mutating func step(now: ContinuousClock.Instant) -> Bool {
        trainer.trainBatch()
        batches = max(batches - 1, 0)
        // From step to step, with the time that is waited; after a pause, of the step alone.
        let start = lastStep.map { now - $0 < .seconds(1) ? $0 : now } ?? now
        throughput.add(
            samples: trainer.configuration.batchSize,
            seconds: ((start == now ? ContinuousClock.now : now) - start).seconds)
        lastStep = now
        return false
    }

    /// It begins slowly enough to watch, 40 steps in the first second, and grows faster as there is less to see: by four
    /// fifths each second, until nothing is waited for.
    public func delay(now: ContinuousClock.Instant) -> Duration? {
        guard isOn, let lastStep else { return nil }
        let left = lastStep + .seconds(1 / (40 + 0.6 * Double(trainer.step))) - now
        return left > .zero ? left : nil
    }

    public func snapshot(serial: Int) -> PlaygroundSnapshot {
        snapshot(serial: serial, samplesPerSecond: throughput.samplesPerSecond)
    }

    func snapshot(serial: Int, samplesPerSecond: Double) -> PlaygroundSnapshot {
        let evaluation = trainer.evaluate()
        return PlaygroundSnapshot(
            serial: serial, isOn: isOn, configuration: trainer.configuration, points: trainer.points,
            network: trainer.network, step: trainer.step, batchesPerEpoch: trainer.batchesPerEpoch,
            samplesPerSecond: samplesPerSecond, history: trainer.history, loss: evaluation?.meanLoss,
            accuracy: evaluation.map { Double($0.correctCount) / Double(trainer.points.count) })
    }
}

/// The playground at one moment, whole.
public struct PlaygroundSnapshot: Sendable {
    /// Grows from snapshot to snapshot of a session.
    public let serial: Int
    /// Whether it trains until it is paused.
    public let isOn: Bool
    public let configuration: PlaygroundConfiguration
    /// Those of the set, then those placed by hand.
    public let points: [ToySet.Point]
    public let network: Network
    /// Batches trained since the network was new.
    public let step: Int
    public let batchesPerEpoch: Int
    public let samplesPerSecond: Double
    /// It stands still once this is lost.
    public let history: History
    /// The mean cross-entropy of all points in nats; nil without points.
    public let loss: Float?
    /// The share of all points that lie where the network gives their class, 0…1; nil without points.
    public let accuracy: Double?
}

extension PlaygroundSnapshot: Equatable {
    public static func == (a: PlaygroundSnapshot, b: PlaygroundSnapshot) -> Bool { a.serial == b.serial }
}
