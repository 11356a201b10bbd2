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

    /// LeNet-5 with distorted images, looked into once, its third map dead.
    static func convolutionalSnapshot(dataset: Dataset = dataset) -> TrainingSnapshot {
        let recipe = TrainingConfiguration(.lenet, dataset: dataset.name)
        guard
            var network = try? Network(
                input: dataset.train.shape, hidden: recipe.hiddenLayers, classes: 10, seed: 3, initialization: .xavier)
        else { preconditionFailure("LeNet-5 fits the images.") }
        network.layers[0].biases[0, deadNeuron] = -1000
        let statistics = LayerStatistics.observe(before: network, after: network, images: dataset.train, count: 80)
        var histograms = HistogramHistory()
        for step in 1...3 { histograms.append(statistics.compactMap(\.histograms), step: 800 * step) }
        return snapshot(dataset: dataset).with(network: network, statistics: statistics, histograms: histograms)
            .with { record in
                record.configuration.distortion = recipe.distortion
                record.configuration.hiddenLayers = recipe.hiddenLayers
            }
    }

    static let observed = observedSnapshot()
    static let convolutional = convolutionalSnapshot()
    static let deadNeuron = 2
}
