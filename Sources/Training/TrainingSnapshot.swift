import Datasets
import NeuralNetwork

/// A training run at one moment, whole: who skips one loses nothing.
public struct TrainingSnapshot: Sendable {
    public enum Phase: Sendable { case running, paused, finished }

    /// Grows from snapshot to snapshot of a session.
    public let serial: Int
    public let phase: Phase
    public let dataset: Dataset
    public let configuration: TrainingConfiguration
    public let network: Network
    /// Batches trained so far.
    public let step: Int
    public let batchesPerEpoch: Int
    public let learningRate: Float
    public let samplesPerSecond: Double
    public let history: History
    /// The epochs that are over.
    public let epochs: [EpochResult]
    /// The last test.
    public let evaluation: Evaluation?
    public let learningRateChanges: [LearningRateChange]
    /// One for each layer; empty before the first batch.
    public let layerStatistics: [LayerStatistics]
    /// The layers' histograms in the course of the run.
    public let histograms: HistogramHistory
    /// Time that the training has taken so far.
    public var secondsTrained = 0.0
    /// Whether a checkpoint keeps the run.
    public var isKept = false

    public var totalSteps: Int { configuration.epochs * batchesPerEpoch }
    /// The epoch of the last batch, counted from 1.
    public var epoch: Int { (max(step, 1) - 1) / batchesPerEpoch + 1 }
    /// The last batch's place in its epoch, counted from 1; 0 before the first.
    public var batch: Int { step == 0 ? 0 : (step - 1) % batchesPerEpoch + 1 }
    /// 0…1
    public var progress: Double { totalSteps == 0 ? 1 : Double(step) / Double(totalSteps) }

    /// Training time to the end at the present speed; nil before there is one.
    public var secondsLeft: Double? {
        guard samplesPerSecond > 0 else { return nil }
        return (1 - progress) * Double(configuration.epochs * dataset.train.count) / samplesPerSecond
    }
}

extension TrainingSnapshot {
    init(of trainer: Trainer, serial: Int, phase: Phase, isKept: Bool) {
        self.init(
            serial: serial, phase: phase, dataset: trainer.dataset, configuration: trainer.configuration,
            network: trainer.network, step: trainer.step, batchesPerEpoch: trainer.batchesPerEpoch,
            learningRate: trainer.learningRate, samplesPerSecond: trainer.samplesPerSecond, history: trainer.history,
            epochs: trainer.epochs, evaluation: trainer.evaluation,
            learningRateChanges: trainer.learningRateChanges, layerStatistics: trainer.layerStatistics,
            histograms: trainer.histograms, secondsTrained: trainer.secondsTrained, isKept: isKept)
    }
}

extension TrainingSnapshot: Equatable {
    public static func == (a: TrainingSnapshot, b: TrainingSnapshot) -> Bool { a.serial == b.serial }
}
