import Datasets
import NeuralNetwork

/// What the playground trains on, and how. Its defaults stand here.
public struct PlaygroundConfiguration: Sendable, Equatable {
    public var set = ToySet.spiral
    /// See `ToySet.points`.
    public var noise = ToySet.spiral.usualNoise
    /// Points of each class.
    public var count = 300
    /// Neurons in each hidden layer, first to last.
    public var hiddenLayers = [64]
    public var activation = Activation.relu
    public var optimizer = Optimizer.Kind.momentum
    public var learningRate: Float = 0.1
    /// Points between two updates of the weights.
    public var batchSize = 64
    /// The strength of the pull of the weights towards zero, which keeps the borders smooth; see
    /// `Optimizer.weightDecay`.
    public var weightDecay: Float = 0
    /// Decides the points, the initial weights and the order of the points.
    public var seed: UInt64 = 0

    /// Passes over the points when nobody watches and ends them.
    public static let usualEpochs = 200

    public init() {}
}
