import Datasets
import NeuralNetwork

@testable import Dashboard
@testable import Training

extension Samples {
    /// A run that was looked into: random weights in all layers, one dead neuron, and a past of growing weights.
    static func observedSnapshot(
        sizes: [Int] = [784, 128, 64, 10], dataset: Dataset = dataset
    ) -> TrainingSnapshot {
        var generator = RandomGenerator(seed: 3, stream: .initialization)
        var network = Network(
            layers: zip(sizes, sizes.dropFirst()).map { Dense(inputs: $0, outputs: $1, using: &generator) })
        network.layers[0].biases[0, deadNeuron] = -1000
        var histograms = HistogramHistory()
        var statistics: [LayerStatistics] = []
        for moment in 1...4 {
            var past = network
            for index in past.layers.indices {
                let weights = past.layers[index].weights
                past.layers[index].weights = Matrix(
                    rows: weights.rows, columns: weights.columns, weights.elements.map { $0 * Float(moment) / 4 })
            }
            statistics = LayerStatistics.observe(before: past, after: past, images: dataset.train, count: 200)
            histograms.append(statistics.compactMap(\.histograms), step: 800 * moment)
        }
        return snapshot(dataset: dataset).with(network: network, statistics: statistics, histograms: histograms)
    }

    static let observed = observedSnapshot()
    static let deadNeuron = 2
}
