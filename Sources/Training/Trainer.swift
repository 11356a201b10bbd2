import Datasets
import NeuralNetwork

/// Trains a network batch by batch, and keeps account of it. It returns when a batch is done; a pool of workers helps
/// the caller's thread meanwhile. The same data, configuration and seed give the same weights to the last bit, whatever
/// the number of threads.
public struct Trainer: Sendable {
    public let dataset: Dataset
    public private(set) var configuration: TrainingConfiguration
    public private(set) var network: Network
    /// Batches trained so far.
    public private(set) var step = 0
    public private(set) var history = History()
    /// The epochs that are over.
    public private(set) var epochs: [EpochResult] = []
    /// The last test.
    public private(set) var evaluation: Evaluation?
    /// Where the user changed the learning rate.
    public private(set) var learningRateChanges: [LearningRateChange] = []
    /// One for each layer, as of the last batch observed; empty before the first.
    public private(set) var layerStatistics: [LayerStatistics] = []
    /// The histograms of the batches observed.
    public private(set) var histograms = HistogramHistory()

    private let pool: WorkerPool
    private let trainingStep: TrainingStep
    private var optimizer: Optimizer
    private var order: [Int32] = []
    private var tally = Tally()
    private var throughput = Throughput()

    public init(dataset: Dataset, configuration: TrainingConfiguration) {
        self.dataset = dataset
        self.configuration = configuration
        let sizes = [dataset.train.pixelsPerImage] + configuration.hiddenLayers + [dataset.classNames.count]
        network = Network(sizes: sizes, seed: configuration.seed)
        optimizer = Optimizer(configuration.optimizer, for: network)
        pool = WorkerPool(threads: configuration.threads)
        trainingStep = TrainingStep(
            for: network, batchSize: min(configuration.batchSize, dataset.train.count),
            skipsZeros: dataset.train.isMostlyZeros, pool: pool)
    }

    /// The last batch of an epoch may be smaller than the others.
    public var batchesPerEpoch: Int {
        (dataset.train.count + configuration.batchSize - 1) / configuration.batchSize
    }

    public var totalSteps: Int { configuration.epochs * batchesPerEpoch }
    public var isFinished: Bool { step >= totalSteps }

    /// The rate of the next step.
    public var learningRate: Float {
        configuration.learningRate * configuration.schedule.factor(step: step, of: totalSteps)
    }

    /// Training speed of the last fraction of a second.
    public var samplesPerSecond: Double { throughput.samplesPerSecond }

    /// Changes the base learning rate; the schedule goes on from the new one.
    public mutating func scaleLearningRate(by factor: Float) {
        configuration.learningRate = min(max(configuration.learningRate * factor, 1e-6), 1e3)
        let change = LearningRateChange(step: step, learningRate: learningRate)
        if learningRateChanges.last?.step == step { learningRateChanges.removeLast() }
        learningRateChanges.append(change)
    }

    /// Goes on for more epochs; the schedule then runs to the new end.
    public mutating func extend(epochs: Int) {
        configuration.epochs += epochs
    }

    /// Trains one batch like `trainBatch` and looks at what it did to the layers, which takes some milliseconds.
    public mutating func trainObservedBatch() -> EpochResult? {
        let before = network
        let result = trainBatch()
        layerStatistics = LayerStatistics.observe(before: before, after: network, images: dataset.train, count: 256)
        histograms.append(layerStatistics.compactMap(\.histograms), step: step)
        return result
    }

    /// Tests the network as it is now.
    public mutating func evaluate() {
        evaluation = Evaluation(of: network, on: dataset.test, step: step, pool: pool)
    }

    /// Trains one batch. After the last batch of an epoch, tests the network and returns what the epoch came to.
    public mutating func trainBatch() -> EpochResult? {
        guard !isFinished else { return nil }
        let start = ContinuousClock.now
        let position = step % batchesPerEpoch
        if position == 0 { shuffle() }
        let indices = order[
            position * configuration.batchSize..<min((position + 1) * configuration.batchSize, order.count)]
        let learningRate = learningRate
        let outcome = dataset.train.withBatch(indices) { batch in
            trainingStep.train(&network, &optimizer, on: batch, learningRate: learningRate)
        }
        step += 1

        history.append(loss: outcome.meanLoss, accuracy: Float(outcome.correctCount) / Float(indices.count))
        let seconds = (ContinuousClock.now - start).seconds
        tally.add(outcome, samples: indices.count, seconds: seconds)
        throughput.add(samples: indices.count, seconds: seconds)
        guard step % batchesPerEpoch == 0 else { return nil }
        let result = resultSoFar()
        epochs.append(result)
        tally = Tally()
        return result
    }

    /// Tests the network in the middle of an epoch: what the epoch came to so far.
    public mutating func resultSoFar() -> EpochResult {
        let evaluation = Evaluation(of: network, on: dataset.test, step: step, pool: pool)
        self.evaluation = evaluation
        return EpochResult(
            epoch: (max(step, 1) - 1) / batchesPerEpoch + 1, step: step, trainLoss: tally.meanLoss,
            trainAccuracy: tally.accuracy, testLoss: evaluation.loss, testAccuracy: evaluation.accuracy,
            seconds: tally.seconds, samplesPerSecond: tally.samplesPerSecond)
    }

    /// Each epoch's order depends on the seed and the epoch alone.
    private mutating func shuffle() {
        var generator = RandomGenerator(seed: configuration.seed, stream: .shuffling, index: step / batchesPerEpoch)
        order = generator.permutation(count: dataset.train.count)
    }
}

/// A change of the learning rate by the user.
public struct LearningRateChange: Sendable, Equatable {
    /// Batches trained before it.
    public let step: Int
    /// The rate from then on.
    public let learningRate: Float
}

/// The sums of the epoch under way.
private struct Tally: Sendable {
    private var loss = 0.0
    private var correct = 0
    private var samples = 0
    private(set) var seconds = 0.0

    var meanLoss: Double { samples == 0 ? 0 : loss / Double(samples) }
    var accuracy: Double { samples == 0 ? 0 : Double(correct) / Double(samples) }
    var samplesPerSecond: Double { seconds == 0 ? 0 : Double(samples) / seconds }

    mutating func add(_ result: TrainingStep.Result, samples: Int, seconds: Double) {
        loss += Double(result.meanLoss) * Double(samples)
        correct += result.correctCount
        self.samples += samples
        self.seconds += seconds
    }
}

/// The speed of the last quarter of a second: steady enough to read, quick enough to follow.
private struct Throughput: Sendable {
    private var samples = 0
    private var seconds = 0.0
    private var last: Double?

    var samplesPerSecond: Double { last ?? (seconds == 0 ? 0 : Double(samples) / seconds) }

    mutating func add(samples: Int, seconds: Double) {
        self.samples += samples
        self.seconds += seconds
        guard self.seconds >= 0.25 else { return }
        last = Double(self.samples) / self.seconds
        self.samples = 0
        self.seconds = 0
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
