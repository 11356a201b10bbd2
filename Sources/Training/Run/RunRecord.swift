import Foundation
import NeuralNetwork

/// What a run has been so far, besides its network: all that a curve shows, and where it is on its way.
public struct RunRecord: Sendable, Equatable {
    /// What the run was told at its beginning: what another run starts from.
    public internal(set) var settings: TrainingConfiguration
    /// The settings with what was changed since: the learning rate, more epochs.
    public internal(set) var configuration: TrainingConfiguration
    /// Images of an epoch.
    public let imagesPerEpoch: Int
    /// Batches trained so far.
    public internal(set) var step = 0
    public internal(set) var history = History()
    /// The epochs that are over.
    public internal(set) var epochs: [EpochResult] = []
    /// Where the user changed the learning rate.
    public internal(set) var learningRateChanges: [LearningRateChange] = []
    /// The histograms of the batches observed.
    public internal(set) var histograms = HistogramHistory()
    /// The share of each class's test images read correctly, 0…1, after each epoch.
    public internal(set) var classAccuracies = NumbersCourse()
    /// The length of the gradient of each layer's weights, of the batches observed; nil for layers without weights.
    public internal(set) var gradientNorms = NumbersCourse()
    var tally = Tally()
    /// The epoch whose network the run has at its end, in place of the last, as its test was the best; nil before the end,
    /// and where `earlyStop` is not set.
    public internal(set) var keptEpoch: Int?
    /// The test images, asked at the end of a run that is judged by validation images; nil before.
    public internal(set) var finalTest: FinalTest?

    public init(_ configuration: TrainingConfiguration, imagesPerEpoch: Int) {
        settings = configuration
        self.configuration = configuration
        self.imagesPerEpoch = imagesPerEpoch
    }

    /// The last batch of an epoch may be smaller than the others.
    public var batchesPerEpoch: Int { (imagesPerEpoch + configuration.batchSize - 1) / configuration.batchSize }
    public var totalSteps: Int { configuration.epochs * batchesPerEpoch }
    public var isFinished: Bool { step >= totalSteps || hasStoppedEarly }
    /// The epoch of the last batch, counted from 1.
    public var epoch: Int { (max(step, 1) - 1) / max(batchesPerEpoch, 1) + 1 }
    /// The last batch's place in its epoch, counted from 1; 0 before the first.
    public var batch: Int { step == 0 ? 0 : (step - 1) % batchesPerEpoch + 1 }
    /// Whether no epoch is under way.
    public var isBetweenEpochs: Bool { step % batchesPerEpoch == 0 }
    /// The step at which the epoch under way ends, or the next one.
    public var nextEpochEnd: Int { (step / batchesPerEpoch + 1) * batchesPerEpoch }
    /// 0…1
    public var progress: Double { totalSteps == 0 ? 1 : Double(step) / Double(totalSteps) }
    /// Epochs trained, with the part of the one under way.
    public var epochsTrained: Double { Double(step) / Double(max(batchesPerEpoch, 1)) }

    /// The rate of the next step.
    public var learningRate: Float {
        configuration.learningRate * configuration.schedule.factor(step: step, of: totalSteps)
    }

    /// What the learning rate was multiplied with since the beginning.
    public var rateFactor: Double { Double(configuration.learningRate) / Double(settings.learningRate) }

    /// Whether the losses grew out of all bounds, in the last batch or in the last epoch that is over.
    public var hasDiverged: Bool { history.isLost || epochs.last?.hasDiverged ?? false }

    /// The last step at which the network was, on average, no worse than a guess among the classes, with some margin for a
    /// new network; 0 where there was none. The loss of a batch is that of the network before its step.
    func lastGoodStep(classes: Int) -> Int {
        let guess = 2.6 / log(10) * log(Float(max(classes, 2)))
        var step = history.loss.count
        for bucket in history.loss.buckets.reversed() {
            if bucket.mean < guess { return max(step - 1, 0) }
            step -= bucket.count
        }
        return 0
    }

    /// Time that the training has taken so far, tests aside.
    public var secondsTrained: Double { epochs.reduce(tally.seconds) { $0 + $1.seconds } }

    /// The mean time of a step at a speed above 0.
    func secondsPerStep(at samplesPerSecond: Double) -> Double {
        Double(imagesPerEpoch) / Double(max(batchesPerEpoch, 1)) / samplesPerSecond
    }

    /// Changes the base learning rate; the schedule goes on from the new one.
    mutating func scaleLearningRate(by factor: Float) {
        configuration.learningRate = min(max(configuration.learningRate * factor, 1e-6), 1e3)
        if learningRateChanges.last?.step == step { learningRateChanges.removeLast() }
        learningRateChanges.append(LearningRateChange(step: step, learningRate: learningRate))
    }

    /// Counts a batch.
    mutating func add(_ outcome: BatchOutcome) {
        step += 1
        keptEpoch = nil
        history.append(loss: outcome.meanLoss, accuracy: Float(outcome.correct) / Float(outcome.images))
        tally.add(outcome)
    }

    /// What the epoch under way came to so far, with a test of the network as it is now.
    func result(tested evaluation: Evaluation) -> EpochResult {
        EpochResult(
            epoch: epoch, step: step, trainLoss: tally.meanLoss, trainAccuracy: tally.accuracy,
            testLoss: evaluation.loss, testAccuracy: evaluation.accuracy, seconds: tally.seconds,
            samplesPerSecond: tally.samplesPerSecond)
    }

    /// The epoch under way is over.
    mutating func close(_ result: EpochResult, tested evaluation: Evaluation?) {
        epochs.append(result)
        if let confusion = evaluation?.confusion {
            classAccuracies.append((0..<confusion.classes).map { confusion.recall($0).map(Float.init) }, step: step)
        }
        tally = Tally()
    }
}

extension RunRecord {
    /// The epoch whose test had the lowest loss, counted from 1; nil before the first test.
    public var bestEpoch: Int? {
        epochs.filter { $0.testLoss.isFinite }.min { ($0.testLoss, $0.epoch) < ($1.testLoss, $1.epoch) }?.epoch
            ?? epochs.first?.epoch
    }

    /// Whether as many epochs as `earlyStop` says went by without a lower loss in the test after them.
    public var hasStoppedEarly: Bool {
        guard let patience = configuration.earlyStop, let best = bestEpoch, let last = epochs.last else { return false }
        return last.epoch - best >= patience
    }
}

/// What the test images said at the end of a run.
public struct FinalTest: Sendable, Equatable, Codable {
    /// Mean cross-entropy in nats.
    public let loss: Double
    public let correct, count: Int
    /// 0…1
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
}

extension FinalTest {
    public init(_ evaluation: Evaluation) {
        self.init(loss: evaluation.loss, correct: evaluation.correct, count: evaluation.count)
    }
}

/// A change of the learning rate by the user.
public struct LearningRateChange: Sendable, Equatable, Codable {
    /// Batches trained before it.
    public let step: Int
    /// The rate from then on.
    public let learningRate: Float
}

/// What a batch came to before its update.
struct BatchOutcome {
    /// The mean cross-entropy in nats.
    let meanLoss: Float
    /// Images read correctly.
    let correct: Int
    let images: Int
    let seconds: Double
}

/// The sums of the epoch under way.
struct Tally: Sendable, Equatable, Codable {
    private var loss = 0.0
    private var correct = 0
    private var samples = 0
    private(set) var seconds = 0.0

    /// Whether the counts are such that a run can reach.
    var isSound: Bool { (0...1 << 40).contains(correct) && (0...1 << 40).contains(samples) }

    var meanLoss: Double { samples == 0 ? 0 : loss / Double(samples) }
    var accuracy: Double { samples == 0 ? 0 : Double(correct) / Double(samples) }
    var samplesPerSecond: Double { seconds == 0 ? 0 : Double(samples) / seconds }

    mutating func add(_ outcome: BatchOutcome) {
        loss += Double(outcome.meanLoss) * Double(outcome.images)
        correct += outcome.correct
        samples += outcome.images
        seconds += outcome.seconds
    }
}
