import Datasets
import Engine
import NeuralNetwork

extension TrainingConfiguration {
    /// What each hidden layer gives for the images; throws at the first that does not fit.
    public func shapes(for dataset: Dataset) throws(LayerMisfit) -> [Shape] {
        try HiddenLayer.outputs(of: hiddenLayers, input: dataset.train.shape)
    }

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

extension Distorter: ImageChange {
    public func change(
        _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
        scratch: UnsafeMutableRawPointer
    ) {
        distort(image, into: output, epoch: epoch, sample: sample, scratch: scratch)
    }
}

extension ImageSet {
    /// Of every image.
    public var shape: Shape { Shape(height: height, width: width) }
}
