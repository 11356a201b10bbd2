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

    /// What the README says, of a run that is told nothing.
    @Test func theDefaults() {
        let usual = TrainingConfiguration()
        #expect(usual.hiddenLayers == [128, 64] && usual.activation == .relu && usual.initialization == .he)
        #expect(usual.epochs == 10 && usual.batchSize == 64 && usual.optimizer == .momentum && usual.seed == 0)
        #expect(usual.learningRate == 0.1 && usual.schedule == .linear && usual.weightDecay == 0 && usual.dropout == 0)
        #expect(usual.distortion == nil && usual.validation == nil && usual.earlyStop == nil)
        #expect(TrainingConfiguration(dataset: "mnist") == usual)
        var fashion = usual
        (fashion.hiddenLayers, fashion.epochs, fashion.batchSize) = ([256, 128], 8, 128)
        fashion.schedule = .oneCycle
        #expect(TrainingConfiguration(dataset: "fashion-mnist") == fashion)
    }

    @Test(
        arguments: [
            (.sgd, 0.5, 0), (.momentum, 0.1, 0), (.nesterov, 0.1, 0), (.adagrad, 0.05, 0), (.rmsprop, 0.002, 0),
            (.adam, 0.005, 0), (.adamw, 0.005, 0.01),
        ] as [(Optimizer.Kind, Float, Float)])
    func eachOptimizerHasARate(optimizer: Optimizer.Kind, rate: Float, decay: Float) {
        #expect(optimizer.usualLearningRate == rate)
        var expected = TrainingConfiguration()
        (expected.optimizer, expected.learningRate, expected.weightDecay) = (optimizer, rate, decay)
        #expect(TrainingConfiguration(dataset: "mnist", optimizer: optimizer) == expected)
    }

    /// AdamW is the recipes' own, with a rate that suits them.
    @Test func theOwnOptimizerIsNotAnother() {
        let lenet = TrainingConfiguration(.lenet, dataset: "mnist")
        #expect(TrainingConfiguration(.lenet, dataset: "mnist", optimizer: .adamw) == lenet)
        #expect(Recipe.allCases.map(\.rawValue) == ["dense", "lenet", "small"])
    }
}
