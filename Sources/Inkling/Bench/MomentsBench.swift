import Datasets
import NeuralNetwork
import Training

/// What keeping moments of a run's past costs.
enum MomentsBench {
    private static let works: [(layers: String, batchSize: Int)] = [
        ("128,64", 64), ("conv6x5,pool2,conv16x5v,pool2,120,84", 128), ("2048,2048", 64),
    ]

    /// The throughput with and without keeping moments, in turns of an epoch; the loss is the median over the turns.
    /// One trainer takes both turns, as where in memory the weights lie makes one faster than another.
    static func losses(of dataset: Dataset, rounds: Int, progress: (String) -> Void) -> [BenchReport.Moments] {
        works.map { work in
            progress("moments of \(work.layers)")
            var configuration = TrainingConfiguration()
            configuration.hiddenLayers = work.layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
            configuration.batchSize = work.batchSize
            (configuration.epochs, configuration.schedule, configuration.learningRate) = (100_000, .constant, 0.003)
            let trainer = Trainer(dataset: dataset, configuration: configuration)
            var keeper = MomentKeeper(trainer)
            /// Steps a second of an epoch, its test included.
            func speed(keeps: Bool) -> Double {
                let start = ContinuousClock.now
                repeat {
                    let isOver = trainer.trainBatch() != nil
                    if keeps { keeper.keepIfDue(trainer) }
                    if isOver { break }
                } while true
                return Double(trainer.batchesPerEpoch) / Stopwatch.seconds(since: start)
            }
            // The first epoch keeps more than the others.
            _ = speed(keeps: true)
            // Short epochs are worth little: some more of them.
            let turns = (0..<rounds * (work.layers.hasPrefix("128") ? 8 : 1)).map { _ in
                (with: speed(keeps: true), without: speed(keeps: false))
            }
            return BenchReport.Moments(
                network: trainer.network.sizesDescription, batchSize: work.batchSize, kept: keeper.count,
                megabytes: Double(keeper.bytes) / 1e6,
                samplesPerSecond: Stopwatch.median(turns.map(\.with)) * Double(work.batchSize),
                samplesPerSecondWithout: Stopwatch.median(turns.map(\.without)) * Double(work.batchSize),
                loss: Stopwatch.median(turns.map { 1 - $0.with / $0.without }))
        }
    }
}
