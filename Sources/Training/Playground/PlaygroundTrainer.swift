import Datasets
import NeuralNetwork

/// Trains a small network on points of the plane, the plain way: the whole step is three lines. What it is told may
/// change between two batches; the weights stay where that makes sense.
public struct PlaygroundTrainer: Sendable {
    public private(set) var configuration: PlaygroundConfiguration
    /// The points of the set, then those placed by hand.
    public private(set) var points: [ToySet.Point] = []
    public private(set) var network: Network
    /// Batches trained since the network was new.
    public private(set) var step = 0
    public private(set) var history = History()

    private var optimizer: Optimizer
    private var placed: [ToySet.Point] = []
    /// The points in the order of the pass under way, and how many of them are done with.
    private var order: [Int32] = []
    private var position = 0
    private var passes = 0

    public init(configuration: PlaygroundConfiguration = PlaygroundConfiguration()) {
        self.configuration = configuration
        network = Self.makeNetwork(configuration)
        optimizer = Self.makeOptimizer(configuration, for: network)
        drawPoints()
    }

    /// Goes on from a moment of another run.
    init(_ fork: PlaygroundFork) {
        configuration = fork.configuration
        configuration.hiddenLayers = fork.network.layers.dropLast().map(\.outputs)
        points = fork.points.points
        placed = points.suffix(fork.points.placedCount)
        network = fork.network
        network.activation = fork.configuration.activation
        (step, history) = (fork.points.step, fork.history)
        optimizer = Self.makeOptimizer(configuration, for: network)
        passes = step / batchesPerEpoch
    }

    /// Of the last points.
    var placedCount: Int { placed.count }

    public var batchesPerEpoch: Int {
        max((points.count + configuration.batchSize - 1) / configuration.batchSize, 1)
    }

    /// Trains on the next batch of points, the last of a pass may be smaller, and returns what the network made of them
    /// before. Without points nothing happens.
    @discardableResult
    public mutating func trainBatch() -> SoftmaxCrossEntropy? {
        guard !points.isEmpty else { return nil }
        let (inputs, labels) = nextBatch()
        let (loss, gradients) = network.lossAndGradients(inputs: inputs, labels: labels)
        optimizer.update(&network, gradients: gradients, learningRate: configuration.learningRate)
        step += 1
        history.append(loss: loss.meanLoss, accuracy: Float(loss.correctCount) / Float(labels.count))
        return loss
    }

    /// Trains on as many batches as a pass over the points has, and tests on other points of the same set.
    public mutating func trainEpoch() -> EpochResult {
        var (loss, correct, samples, seconds) = (0.0, 0, 0, 0.0)
        for _ in 0..<batchesPerEpoch {
            let start = ContinuousClock.now
            let batch = trainBatch()
            seconds += (ContinuousClock.now - start).seconds
            loss += batch.map { Double($0.losses.reduce(0, +)) } ?? 0
            correct += batch?.correctCount ?? 0
            samples += batch?.losses.count ?? 0
        }
        let testPoints = drawnPoints(index: 1)
        let test = Self.evaluate(network, on: testPoints)
        let (count, testCount) = (Double(max(samples, 1)), Double(max(testPoints.count, 1)))
        return EpochResult(
            epoch: step / batchesPerEpoch, step: step, trainLoss: loss / count, trainAccuracy: Double(correct) / count,
            testLoss: Double(test.meanLoss), testAccuracy: Double(test.correctCount) / testCount, seconds: seconds,
            samplesPerSecond: count / seconds)
    }

    /// The network's answers to all points, those of the set and those placed by hand; nil without points.
    public func evaluate() -> SoftmaxCrossEntropy? {
        points.isEmpty ? nil : Self.evaluate(network, on: points)
    }

    /// What a network makes of points, of which there is at least one.
    public static func evaluate(_ network: Network, on points: [ToySet.Point]) -> SoftmaxCrossEntropy {
        SoftmaxCrossEntropy(logits: network.logits(inputs(points)), labels: points.map(\.label))
    }

    /// Goes on with other settings. Another set, shape or seed begins anew; other noise or another count draws new
    /// points for the same network; another optimizer starts without memory of the steps before.
    public mutating func configure(_ new: PlaygroundConfiguration) {
        let old = configuration
        configuration = new
        let isOtherSet = new.set != old.set
        if isOtherSet { placed = [] }
        if isOtherSet || new.seed != old.seed || new.noise != old.noise || new.count != old.count { drawPoints() }
        if isOtherSet || new.seed != old.seed || new.hiddenLayers != old.hiddenLayers {
            begin()
        } else if new.optimizer != old.optimizer {
            optimizer = Self.makeOptimizer(new, for: network)
        } else {
            optimizer = Optimizer(
                new.optimizer, weightDecay: new.weightDecay, steps: optimizer.steps, moments: optimizer.moments)
        }
        network.activation = new.activation
    }

    /// Begins anew, with the same seed on the same points.
    mutating func startAgain(seed: UInt64) {
        if seed != configuration.seed {
            configuration.seed = seed
            drawPoints()
        }
        begin()
        (order, position, passes) = ([], 0, 0)
    }

    /// With a new network.
    private mutating func begin() {
        network = Self.makeNetwork(configuration)
        (step, history) = (0, History())
        optimizer = Self.makeOptimizer(configuration, for: network)
    }

    /// Adds a point, unless its class is not one of the set's.
    public mutating func place(_ point: ToySet.Point) {
        guard point.label < configuration.set.classes else { return }
        placed.append(point)
        points.append(point)
        order = []
    }

    /// Takes the points placed by hand away.
    public mutating func removePlaced() {
        points.removeLast(placed.count)
        placed = []
        order = []
    }

    private static func makeNetwork(_ configuration: PlaygroundConfiguration) -> Network {
        Network(
            sizes: [2] + configuration.hiddenLayers + [configuration.set.classes], seed: configuration.seed,
            activation: configuration.activation)
    }

    private static func makeOptimizer(_ configuration: PlaygroundConfiguration, for network: Network) -> Optimizer {
        Optimizer(configuration.optimizer, for: network, weightDecay: configuration.weightDecay)
    }

    private mutating func drawPoints() {
        points = drawnPoints(index: 0) + placed
        order = []
    }

    /// Points of the set, other ones for another index.
    private func drawnPoints(index: Int) -> [ToySet.Point] {
        var generator = RandomGenerator(seed: configuration.seed, stream: .points, index: index)
        return configuration.set.points(
            count: configuration.count, noise: configuration.noise, using: &generator)
    }

    /// Inputs `[batch × 2]` and their labels.
    private mutating func nextBatch() -> (Matrix, [UInt8]) {
        if position >= order.count {
            var generator = RandomGenerator(seed: configuration.seed, stream: .shuffling, index: passes)
            order = generator.permutation(count: points.count)
            position = 0
            passes += 1
        }
        let end = min(position + configuration.batchSize, order.count)
        let batch = order[position..<end].map { points[Int($0)] }
        position = end
        return (Self.inputs(batch), batch.map(\.label))
    }

    /// `[points × 2]`
    private static func inputs(_ points: [ToySet.Point]) -> Matrix {
        Matrix(rows: points.count, columns: 2, points.flatMap { [$0.x, $0.y] })
    }
}
