import Datasets
import Engine
import NeuralNetwork

/// Trains a network batch by batch, and keeps account of it. It returns when a batch is done; a pool of workers helps
/// the caller's thread meanwhile. The same data, configuration and seed give the same weights to the last bit, whatever
/// the number of threads.
public struct Trainer: Sendable {
    public let dataset: Dataset
    public private(set) var configuration: TrainingConfiguration
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

    /// Of the images to train on and to test on.
    private let lit: (train: LitPixels?, test: LitPixels?)
    private let pool: WorkerPool
    private let trainingStep: TrainingStep
    private var learner: Learner
    private var order: [Int32] = []
    private var tally = Tally()
    private var throughput = Throughput()

    /// - Parameters:
    ///   - network: where to train on from, one that `dataset` suits; nil for a new one.
    ///   - profile: is told where the time goes; for one thread.
    public init(
        dataset: Dataset, configuration: TrainingConfiguration, network initial: Network? = nil,
        profile: StepProfile? = nil
    ) {
        self.init(
            dataset: dataset, configuration: configuration, network: initial, profile: profile,
            lit: (dataset.train.worthwhileLitPixels, dataset.test.worthwhileLitPixels),
            pool: WorkerPool(threads: configuration.threads))
    }

    /// Another run on the same data with the same settings but the seed. It takes over the threads and what is known of
    /// the images, so that this trainer is not to be trained further.
    func restarted(seed: UInt64) -> Trainer {
        var configuration = configuration
        configuration.seed = seed
        return Trainer(
            dataset: dataset, configuration: configuration, network: nil, profile: nil, lit: lit, pool: pool)
    }

    private init(
        dataset: Dataset, configuration: TrainingConfiguration, network initial: Network?, profile: StepProfile?,
        lit: (train: LitPixels?, test: LitPixels?), pool: WorkerPool
    ) {
        self.dataset = dataset
        self.configuration = configuration
        let sizes = [dataset.train.pixelsPerImage] + configuration.hiddenLayers + [dataset.classNames.count]
        let network =
            initial
            ?? Network(
                sizes: sizes, seed: configuration.seed, activation: configuration.activation,
                initialization: configuration.initialization)
        if let initial {
            precondition(
                initial.inputs == sizes.first && initial.outputs == sizes.last, "The network suits the data set.")
            self.configuration.hiddenLayers = initial.layers.dropLast().map(\.outputs)
            self.configuration.activation = initial.activation
        }
        learner = Learner(
            network, Optimizer(configuration.optimizer, for: network, weightDecay: configuration.weightDecay))
        self.lit = lit
        self.pool = pool
        trainingStep = TrainingStep(
            for: network, batchSize: min(configuration.batchSize, dataset.train.count),
            skipsZeros: lit.train != nil,
            dropout: Dropout(probability: configuration.dropout, seed: configuration.seed), pool: pool,
            profile: profile)
        if initial != nil { evaluate() }
    }

    /// As it is now; it takes as long as copying the weights of the first layer.
    public var network: Network { learner.network }

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

    /// Time that the training has taken so far, tests aside.
    public var secondsTrained: Double { epochs.reduce(tally.seconds) { $0 + $1.seconds } }

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
        layerStatistics = LayerStatistics.observe(before: before, after: network, images: dataset.train, count: 128)
        histograms.append(layerStatistics.compactMap(\.histograms), step: step)
        return result
    }

    /// Tests the network as it is now.
    public mutating func evaluate() {
        evaluation = makeEvaluation()
    }

    private func makeEvaluation() -> Evaluation {
        Evaluation(of: network, on: dataset.test, lit: lit.test, step: step, pool: pool)
    }

    /// Trains one batch. After the last batch of an epoch, tests the network and returns what the epoch came to.
    public mutating func trainBatch() -> EpochResult? {
        guard !isFinished else { return nil }
        let start = ContinuousClock.now
        let position = step % batchesPerEpoch
        if position == 0 { shuffle() }
        let indices = order.dropFirst(position * configuration.batchSize).prefix(configuration.batchSize)
        let learningRate = learningRate
        let withUpcoming = order[indices.startIndex..<min(indices.endIndex + configuration.batchSize, order.count)]
        let outcome = dataset.train.withBatch(withUpcoming, count: indices.count, lit: lit.train) { batch in
            trainingStep.train(&learner, on: batch, learningRate: learningRate)
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
        let evaluation = makeEvaluation()
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
public struct LearningRateChange: Sendable, Equatable, Codable {
    /// Batches trained before it.
    public let step: Int
    /// The rate from then on.
    public let learningRate: Float
}

// MARK: - Going on later

extension Trainer {
    /// All that decides how the run goes on, besides the data set. The order of the samples is not among it: it follows
    /// from the seed and the epoch.
    var state: TrainerState {
        TrainerState(
            progress: TrainerState.Progress(
                configuration: configuration, step: step, learningRateChanges: learningRateChanges, tally: tally),
            epochs: epochs, network: network, optimizer: learner.optimizer, history: history)
    }

    /// The trainer that goes on as the one that the state was taken from would have, to the last bit.
    init(dataset: Dataset, state: TrainerState) {
        self.init(dataset: dataset, configuration: state.progress.configuration, network: state.network)
        step = state.progress.step
        epochs = state.epochs
        learningRateChanges = state.progress.learningRateChanges
        tally = state.progress.tally
        learner = Learner(state.network, state.optimizer)
        history = state.history
        shuffle()
        evaluate()
    }
}

/// A run at one moment, as a checkpoint keeps it.
struct TrainerState: Sendable {
    struct Progress: Sendable, Codable {
        var configuration: TrainingConfiguration
        let step: Int
        let learningRateChanges: [LearningRateChange]
        let tally: Tally
    }

    var progress: Progress
    let epochs: [EpochResult]
    let network: Network
    let optimizer: Optimizer
    let history: History
}

/// The sums of the epoch under way.
struct Tally: Sendable, Codable {
    private var loss = 0.0
    private var correct = 0
    private var samples = 0
    private(set) var seconds = 0.0

    /// Whether the counts are such that a run can reach.
    var isSound: Bool { (0...1 << 40).contains(correct) && (0...1 << 40).contains(samples) }

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

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
