import NeuralNetwork

/// What a training run is told, besides the data. The defaults of the whole program stand here.
public struct TrainingConfiguration: Sendable, Equatable, Codable {
    /// Neurons in each hidden layer, first to last.
    public var hiddenLayers = [128, 64]
    public var epochs = 10
    /// Samples between two updates of the weights.
    public var batchSize = 64
    public var optimizer = Optimizer.Kind.momentum
    /// The rate at the first step; the schedule lowers it from there.
    public var learningRate: Float = 0.1
    public var schedule = LearningRateSchedule.linear
    /// Decides the initial weights and the order of the samples.
    public var seed: UInt64 = 0
    /// Threads that train together. They decide how long it takes, not what comes out.
    public var threads = WorkerPool.availableCores

    public init() {}
}
