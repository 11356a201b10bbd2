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

    /// What changes the images of the data set before they are trained on; nil where they are trained on as they are.
    public func makeDistorter(for dataset: Dataset) -> Distorter? {
        distortion.map {
            Distorter($0, height: dataset.train.height, width: dataset.train.width, seed: seed)
        }
    }
}
