import Datasets
import Engine
import NeuralNetwork

/// What a training run is told, besides the data. The defaults of the whole program stand here.
public struct TrainingConfiguration: Sendable, Equatable, Codable {
    /// The layers before the last one, first to last.
    public var hiddenLayers: [HiddenLayer] = [128, 64]
    /// Of the hidden neurons.
    public var activation = Activation.relu
    public var initialization = Initialization.he
    public var epochs = 10
    /// Samples between two updates of the weights.
    public var batchSize = 64
    public var optimizer = Optimizer.Kind.momentum
    /// The highest rate of the run; the schedule says when.
    public var learningRate: Float = 0.1
    public var schedule = LearningRateSchedule.linear
    /// The strength of the pull of the parameters towards zero, 0 or more; see `Optimizer.weightDecay`.
    public var weightDecay: Float = 0
    /// The share of hidden neurons that a step leaves out, in 0..<1.
    public var dropout: Float = 0
    /// How images are distorted before they are trained on, anew in each epoch; nil to train on them as they are.
    public var distortion: Distortion?
    /// Images of those to learn from that are kept aside to judge by; nil for the test images.
    public var validation: Int?
    /// A run ends after so many epochs without a lower loss in the test; nil for never.
    public var earlyStop: Int?
    /// Decides the initial weights, the order of the samples, what dropout leaves out and how images are distorted.
    public var seed: UInt64 = 0
    /// Threads that train together. They decide how long it takes, not what comes out.
    public var threads = AvailableCores.count

    public init() {}

    /// The first setting that is out of its limits; nil where all are within. The limits of command line and checkpoints.
    public var problem: SettingProblem? {
        func check(_ holds: Bool, _ name: String, _ expected: String, _ found: some Any) -> SettingProblem? {
            holds ? nil : SettingProblem(name: name, expected: expected, found: "\(found)")
        }
        return check((1...1_000_000).contains(epochs), "epochs", "a whole number of 1 to 1000000", epochs)
            ?? check((1...65_536).contains(batchSize), "batch-size", "a whole number of 1 to 65536", batchSize)
            ?? check(
                learningRate > 0 && learningRate <= 1000, "learning-rate", "a number above 0, up to 1000", learningRate)
            ?? check(weightDecay >= 0 && weightDecay <= 1, "weight-decay", "a number of 0 to 1", weightDecay)
            ?? check(dropout >= 0 && dropout <= 0.99, "dropout", "a number of 0 to 0.99", dropout)
            ?? check(validation.map { $0 >= 1 } ?? true, "validation", "a whole number from 1 on", validation ?? 0)
            ?? check(
                earlyStop.map { (1...1_000_000).contains($0) } ?? true, "early-stop", "a whole number of 1 to 1000000",
                earlyStop ?? 0)
            ?? check((1...1024).contains(threads), "threads", "a whole number of 1 to 1024", threads)
            ?? distortion?.problem
    }

    /// What suits a data set and an optimizer; nil stands for the data set's own.
    public init(dataset name: String, optimizer: Optimizer.Kind? = nil) {
        if name == "fashion-mnist" {
            // 88.67 ± 0.23 % of the test images, mean and deviation of five seeds; the other defaults reach 87.66 %.
            hiddenLayers = [256, 128]
            epochs = 8
            batchSize = 128
            schedule = .oneCycle
        }
        if let optimizer, optimizer != self.optimizer {
            self.optimizer = optimizer
            learningRate = optimizer.usualLearningRate
            weightDecay = optimizer == .adamw ? 0.01 : 0
        }
    }
}

extension Optimizer.Kind {
    /// A good rate on MNIST, at first, of those tried, as the README's table has it.
    public var usualLearningRate: Float {
        switch self {
        case .sgd: 0.5
        case .momentum, .nesterov: 0.1
        case .adagrad: 0.05
        case .rmsprop: 0.002
        case .adam, .adamw: 0.005
        }
    }
}
