import Datasets
import NeuralNetwork
import Testing

@testable import Training

/// The usual networks, with what the README says of them.
@Suite struct RecipeTests {
    @Test(arguments: [
        (Recipe.lenet, "mnist", "conv6x5-pool2-conv16x5v-pool2-120-84", 20),
        (.lenet, "fashion-mnist", "conv6x5-pool2-conv16x5v-pool2-120-84", 20),
        (.small, "mnist", "conv16x3-pool2-conv32x3-pool2-128", 6),
        (.small, "fashion-mnist", "conv16x3-pool2-conv32x3-pool2-128", 12),
    ]) func convolutionsTakeDistortedImages(recipe: Recipe, dataset: String, layers: String, epochs: Int) {
        let configuration = TrainingConfiguration(recipe, dataset: dataset)
        #expect(configuration.hiddenLayers.map(\.description).joined(separator: "-") == layers)
        #expect(configuration.epochs == epochs)
        #expect(configuration.distortion == .preset(dataset: dataset))
        #expect(configuration.optimizer == .adamw && configuration.schedule == .oneCycle)
        #expect(configuration.learningRate == 0.003 && configuration.weightDecay == 0.05)
        #expect(configuration.batchSize == 128)
        let other = TrainingConfiguration(recipe, dataset: dataset, optimizer: .sgd)
        #expect(other.optimizer == .sgd && other.learningRate == Optimizer.Kind.sgd.usualLearningRate)
        #expect(other.weightDecay == 0 && other.hiddenLayers == configuration.hiddenLayers)
    }

    @Test func denseIsWhatSuitsTheDataSet() {
        for dataset in ["mnist", "fashion-mnist"] {
            #expect(TrainingConfiguration(.dense, dataset: dataset) == TrainingConfiguration(dataset: dataset))
        }
        let adam = TrainingConfiguration(.dense, dataset: "mnist", optimizer: .adam)
        #expect(adam.optimizer == .adam && adam.learningRate == 0.005)
    }
}
