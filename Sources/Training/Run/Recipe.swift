import Datasets
import NeuralNetwork

/// A usual network with the settings that suit it.
public enum Recipe: String, Sendable, CaseIterable {
    /// 128 and 64 neurons, or what suits the data set: the one that the lessons build up to.
    case dense
    /// LeNet-5 as it is built today (LeCun et al., 1998): 61,706 parameters on MNIST, with distorted images.
    case lenet
    /// Two small convolutions of 3 × 3 and 128 neurons, with distorted images.
    case small
}

extension TrainingConfiguration {
    /// What suits a data set.
    ///
    /// - Parameter optimizer: nil for the recipe's own.
    public init(_ recipe: Recipe, dataset name: String, optimizer: Optimizer.Kind? = nil) {
        switch recipe {
        case .dense:
            self.init(dataset: name, optimizer: optimizer)
            return
        case .lenet:
            self.init()
            hiddenLayers = [
                .convolution(channels: 6, kernel: 5, padding: .same), .maxPool(size: 2),
                .convolution(channels: 16, kernel: 5, padding: .valid), .maxPool(size: 2), 120, 84,
            ]
            epochs = 20
        case .small:
            self.init()
            hiddenLayers = [
                .convolution(channels: 16, kernel: 3, padding: .same), .maxPool(size: 2),
                .convolution(channels: 32, kernel: 3, padding: .same), .maxPool(size: 2), 128,
            ]
            epochs = name == "fashion-mnist" ? 12 : 6
        }
        self.optimizer = .adamw
        learningRate = 0.003
        weightDecay = 0.05
        batchSize = 128
        schedule = .oneCycle
        distortion = .preset(dataset: name)
        if let optimizer, optimizer != .adamw {
            self.optimizer = optimizer
            learningRate = optimizer.usualLearningRate
            weightDecay = 0
        }
    }
}
