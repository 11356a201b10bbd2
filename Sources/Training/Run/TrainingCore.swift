import Datasets
import Engine
import NeuralNetwork

/// What trains in a run: the images, the threads, and the network as it is. The trainer keeps account of it; among ranks
/// each has one, and only the first a trainer.
///
/// One thread at a time uses it.
final class TrainingCore {
    /// To train on and to test on; they and the threads may be shared with other runs.
    let images: TrainingImages
    let pool: WorkerPool
    private let source: BatchSource
    private let trainingStep: TrainingStep
    private let exchange: (any Exchange)?
    private var learner: Learner

    /// - Parameters:
    ///   - optimizer: what it remembers of the steps before; nil for nothing.
    ///   - exchange: with the other ranks; nil for all of the work.
    ///   - profile: is told where the time goes; for one thread.
    init(
        _ configuration: TrainingConfiguration, on dataset: Dataset, images: TrainingImages, network: Network,
        optimizer: Optimizer?, pool: WorkerPool, exchange: (any Exchange)?, profile: StepProfile? = nil
    ) {
        (self.images, self.pool, self.exchange) = (images, pool, exchange)
        source = BatchSource(
            images.train, batchSize: configuration.batchSize, seed: configuration.seed,
            change: configuration.makeDistorter(for: dataset), threads: pool.threads)
        learner = Learner(
            network,
            optimizer ?? Optimizer(configuration.optimizer, for: network, weightDecay: configuration.weightDecay))
        trainingStep = TrainingStep(
            for: network, batchSize: min(configuration.batchSize, dataset.train.count),
            skipsZeros: images.train.lit != nil,
            dropout: Dropout(probability: configuration.dropout, seed: configuration.seed), pool: pool,
            exchange: exchange, profile: profile)
    }

    /// As it is now; it takes as long as copying the weights of the first layer.
    var network: Network { learner.network }

    /// What the optimizer remembers; among ranks, all ask for it together.
    var optimizer: Optimizer {
        trainingStep.shareMoments(of: &learner)
        return learner.optimizer
    }

    /// Takes an earlier network for the present one; the optimizer remembers what it did.
    func goBack(to network: Network) { learner = Learner(network, learner.optimizer) }

    /// Images of the batch of a step.
    func batchCount(step: Int) -> Int { source.batchCount(step: step) }

    /// Trains the batch of a step, counted from 0.
    func train(step: Int, learningRate: Float) -> (result: TrainingStep.Result, images: Int) {
        source.withBatch(step: step) { batch in
            (trainingStep.train(&learner, on: batch, learningRate: learningRate), batch.count)
        }
    }

    /// Tests the network as it is now.
    func evaluate(step: Int) -> Evaluation {
        Evaluation(of: network, on: images.test, step: step, pool: pool, exchange: exchange)
    }
}
