import Datasets
import NeuralNetwork

extension TrainingConfiguration {
    /// A new network for the data set, whose images the layers fit.
    func makeNetwork(for dataset: Dataset) -> Network {
        do {
            return try Network(
                input: dataset.train.shape, hidden: hiddenLayers, classes: dataset.classNames.count, seed: seed,
                activation: activation, initialization: initialization)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
