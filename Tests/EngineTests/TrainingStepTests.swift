import Engine
import NeuralNetwork
import TestSupport
import Testing

/// The parallel phases against the plain way, and against themselves with other numbers of threads.
@Suite struct TrainingStepTests {
    /// Images of which a share of the pixels is lit, and labels.
    private struct Images {
        let width: Int
        let pixels: [UInt8]
        let lit: LitPixels
        let labels: [UInt8]

        init(count: Int, width: Int, classes: Int, lit: Double, seed: UInt64 = 1) {
            var generator = RandomGenerator(seed: seed, stream: .initialization)
            self.width = width
            pixels = (0..<count * width).map { _ in
                generator.uniform() < lit ? UInt8(1 + generator.uniform(below: 255)) : 0
            }
            self.lit = pixels.withUnsafeBufferPointer { LitPixels(of: $0, pixelsPerImage: width) }
            labels = (0..<count).map { _ in UInt8(generator.uniform(below: classes)) }
        }

        func withBatch<Result>(
            _ indices: [Int32]?, count: Int? = nil, skipsZeros: Bool = false, _ body: (ImageBatch) -> Result
        ) -> Result {
            pixels.withUnsafeBufferPointer { pixels in
                lit.bits.withUnsafeBufferPointer { lit in
                    labels.withUnsafeBufferPointer { labels in
                        func batch(_ indices: UnsafeBufferPointer<Int32>?) -> ImageBatch {
                            ImageBatch(
                                pixels: pixels, pixelsPerImage: width, lit: skipsZeros ? lit : nil, labels: labels,
                                indices: indices, count: count)
                        }
                        return indices?.withUnsafeBufferPointer { body(batch($0)) } ?? body(batch(nil))
                    }
                }
            }
        }
    }

    private struct Run {
        var network: Network
        var losses: [Float] = []
        var correct: [Int] = []
    }

    private static func makeNetwork(_ sizes: [Int], activation: Activation = .relu) -> Network {
        var generator = RandomGenerator(seed: 7, stream: .initialization)
        return Network(
            layers: zip(sizes, sizes.dropFirst()).map { Dense(inputs: $0, outputs: $1, using: &generator) },
            activation: activation)
    }

    /// Batches of changing images; the last is smaller.
    private static func batches(_ images: Images, batchSize: Int, steps: Int) -> [[Int32]] {
        var generator = RandomGenerator(seed: 2, stream: .shuffling)
        return (0..<steps).map { step in
            (0..<(step == steps - 1 ? max(1, batchSize / 2) : batchSize)).map { _ in
                Int32(generator.uniform(below: images.labels.count))
            }
        }
    }

    private static func fused(
        _ sizes: [Int], _ images: Images, batchSize: Int, steps: Int, threads: Int, skipsZeros: Bool,
        optimizer kind: Optimizer.Kind = .momentum, activation: Activation = .relu, dropout: Float = 0,
        learningRate: Float = 0.05
    ) -> Run {
        var run = Run(network: makeNetwork(sizes, activation: activation))
        var learner = Learner(run.network, Optimizer(kind, for: run.network))
        let step = TrainingStep(
            for: run.network, batchSize: batchSize, skipsZeros: skipsZeros,
            dropout: Dropout(probability: dropout, seed: 5), pool: WorkerPool(exactly: threads))
        for batch in batches(images, batchSize: batchSize, steps: steps) {
            let result = images.withBatch(batch, skipsZeros: skipsZeros) {
                step.train(&learner, on: $0, learningRate: learningRate)
            }
            run.losses.append(result.meanLoss)
            run.correct.append(result.correctCount)
        }
        run.network = learner.network
        return run
    }

    private static func plain(
        _ sizes: [Int], _ images: Images, batchSize: Int, steps: Int, optimizer kind: Optimizer.Kind,
        activation: Activation = .relu, learningRate: Float = 0.05
    ) -> Run {
        var run = Run(network: makeNetwork(sizes, activation: activation))
        var optimizer = Optimizer(kind, for: run.network)
        for batch in batches(images, batchSize: batchSize, steps: steps) {
            let inputs = images.pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: images.width, rows: batch) }
            let (loss, gradients) = run.network.lossAndGradients(
                inputs: inputs, labels: batch.map { images.labels[Int($0)] })
            optimizer.update(&run.network, gradients: gradients, learningRate: learningRate)
            run.losses.append(loss.meanLoss)
            run.correct.append(loss.correctCount)
        }
        return run
    }

    /// The largest difference of two networks' parameters, in units in the last place of the largest of the matrix.
    private static func difference(_ a: Network, _ b: Network) -> Float {
        zip(a.layers, b.layers).flatMap { [($0.weights, $1.weights), ($0.biases, $1.biases)] }.map { a, b in
            let unit = (a.elements.map { abs($0) }.max() ?? 0).ulp
            return (zip(a.elements, b.elements).map { abs($0 - $1) }.largest ?? 0) / unit
        }.largest ?? 0
    }

    /// Only softmax's exponentials differ, by a unit in the last place, and the second layer's sums, which run shard by
    /// shard; six steps make a few of it.
    @Test(
        arguments: [[784, 128, 64, 10], [50, 37, 10], [17, 3], [30, 300, 20, 5, 10], [20, 1100, 10]],
        [(Optimizer.Kind.sgd, false), (.momentum, true), (.momentum, false)])
    func agreesWithThePlainWay(sizes: [Int], how: (optimizer: Optimizer.Kind, skipsZeros: Bool)) {
        let images = Images(count: 300, width: sizes[0], classes: sizes[sizes.count - 1], lit: 0.3)
        let plain = Self.plain(sizes, images, batchSize: 64, steps: 6, optimizer: how.optimizer)
        let fused = Self.fused(
            sizes, images, batchSize: 64, steps: 6, threads: 2, skipsZeros: how.skipsZeros, optimizer: how.optimizer)
        let units = Self.difference(plain.network, fused.network)
        #expect(units <= 8)
        #expect(zip(plain.losses, fused.losses).allSatisfy { abs($0 - $1) <= 16 * $0.ulp })
        #expect(plain.correct == fused.correct)
    }

    /// Shards of several panels, for the optimizers that take the gradient from memory.
    @Test(arguments: [false, true]) func panelsAgreeWithThePlainWay(skipsZeros: Bool) {
        let sizes = [20, 1100, 10]
        let images = Images(count: 300, width: 20, classes: 10, lit: 0.3)
        let plain = Self.plain(sizes, images, batchSize: 64, steps: 4, optimizer: .nesterov, activation: .tanh)
        let fused = Self.fused(
            sizes, images, batchSize: 64, steps: 4, threads: 2, skipsZeros: skipsZeros, optimizer: .nesterov,
            activation: .tanh)
        #expect(Self.difference(plain.network, fused.network) <= 64)
    }

    /// Adam and its kind divide by the root of small squares, which magnifies rounding where a gradient is next to
    /// nothing; hence a bound in the size of the steps.
    @Test(arguments: Optimizer.Kind.allCases, Activation.allCases)
    func everyOptimizerAndActivationAgreesWithThePlainWay(kind: Optimizer.Kind, activation: Activation) {
        // Four shards.
        let sizes = [90, 300, 20, 10]
        let images = Images(count: 300, width: 90, classes: 10, lit: 0.3)
        let plain = Self.plain(
            sizes, images, batchSize: 64, steps: 6, optimizer: kind, activation: activation, learningRate: 0.001)
        for skipsZeros in [false, true] {
            let fused = Self.fused(
                sizes, images, batchSize: 64, steps: 6, threads: 2, skipsZeros: skipsZeros, optimizer: kind,
                activation: activation, learningRate: 0.001)
            for (a, b) in zip(plain.network.layers, fused.network.layers) {
                let difference = zip(a.weights.elements, b.weights.elements).map { abs($0 - $1) }.largest ?? .infinity
                #expect(difference < 1e-4)
            }
            #expect(zip(plain.losses, fused.losses).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
    }

    @Test(arguments: [(Optimizer.Kind.adam, Activation.relu), (.sgd, .gelu), (.nesterov, .tanh)])
    func numberOfThreadsChangesNoBitWithDropout(kind: Optimizer.Kind, activation: Activation) {
        let images = Images(count: 300, width: 784, classes: 10, lit: 0.3)
        let runs = [1, 2, 3, 7].map {
            Self.fused(
                [784, 128, 64, 10], images, batchSize: 100, steps: 8, threads: $0, skipsZeros: true, optimizer: kind,
                activation: activation, dropout: 0.3, learningRate: 0.01)
        }
        for run in runs.dropFirst() {
            #expect(run.network == runs[0].network)
            #expect(run.losses == runs[0].losses)
        }
    }

    /// The network with the neurons that dropout leaves out taken out by hand, and the others scaled.
    @Test func dropoutIsThatOfAThinnerNetwork() {
        let images = Images(count: 1, width: 12, classes: 4, lit: 0.8)
        let dropout = Dropout(probability: 0.5, seed: 9)
        let hidden = 130  // two shards
        let factors = dropout.factors(step: 0, layer: 0, row: 0, count: hidden)
        #expect(Set(factors) == [0, 2])
        var network = Self.makeNetwork([12, hidden, 4])
        var thin = network
        for neuron in 0..<hidden {
            for output in 0..<4 { thin.layers[1].weights[neuron, output] *= factors[neuron] }
        }
        let inputs = images.pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: 12, rows: [Int32(0)]) }
        let (loss, gradients) = thin.lossAndGradients(inputs: inputs, labels: images.labels)
        let before = network
        var learner = Learner(network, Optimizer(.sgd, for: network))
        let step = TrainingStep(
            for: network, batchSize: 1, skipsZeros: false, dropout: dropout, pool: WorkerPool(exactly: 1))
        let result = images.withBatch(nil) { step.train(&learner, on: $0, learningRate: 1) }
        network = learner.network
        #expect(abs(result.meanLoss - loss.meanLoss) < 1e-5)
        for index in 0..<12 * hidden {
            let expected = before.layers[0].weights.elements[index] - gradients.matrices[0].elements[index]
            #expect(abs(network.layers[0].weights.elements[index] - expected) < 1e-5)
        }
    }

    @Test func dropoutLeavesOutItsShareAndOthersEachTime() {
        let dropout = Dropout(probability: 0.2, seed: 1)
        let factors = dropout.factors(step: 3, layer: 0, row: 0, count: 10_000)
        let share = Double(factors.count { $0 == 0 }) / 10_000
        #expect(abs(share - 0.2) < 0.02, "five standard deviations")
        #expect(factors.allSatisfy { $0 == 0 || $0 == 1.25 })
        #expect(factors == dropout.factors(step: 3, layer: 0, row: 0, count: 10_000))
        for other in [(4, 0, 0), (3, 1, 0), (3, 0, 1)] {
            #expect(factors != dropout.factors(step: other.0, layer: other.1, row: other.2, count: 10_000))
        }
        #expect(factors != Dropout(probability: 0.2, seed: 2).factors(step: 3, layer: 0, row: 0, count: 10_000))
    }

    @Test(arguments: [[784, 128, 64, 10], [50, 1100, 10], [17, 3]], [false, true])
    func numberOfThreadsChangesNoBit(sizes: [Int], skipsZeros: Bool) {
        let images = Images(count: 300, width: sizes[0], classes: sizes[sizes.count - 1], lit: 0.3)
        let runs = [1, 2, 3, 7].map {
            Self.fused(sizes, images, batchSize: 100, steps: 8, threads: $0, skipsZeros: skipsZeros)
        }
        for run in runs.dropFirst() {
            #expect(run.network == runs[0].network)
            #expect(run.losses == runs[0].losses)
            #expect(run.correct == runs[0].correct)
        }
    }

    @Test(arguments: [0, 0.2, 1]) func skippingZerosChangesNothing(lit: Double) {
        let images = Images(count: 300, width: 200, classes: 10, lit: lit)
        let runs = [false, true].map {
            Self.fused([200, 130, 10], images, batchSize: 64, steps: 8, threads: 2, skipsZeros: $0)
        }
        #expect(runs[0].network == runs[1].network)
        #expect(runs[0].losses == runs[1].losses)
    }

    /// What is known of the next batch is only there to be fetched early.
    @Test func upcomingImagesChangeNothing() {
        let images = Images(count: 300, width: 200, classes: 10, lit: 0.3)
        let network = Self.makeNetwork([200, 130, 10])
        let indices = (0..<100).map { Int32($0 * 3) }
        let results = [64, nil].map { count in
            var learner = Learner(network, Optimizer(.momentum, for: network))
            let step = TrainingStep(for: network, batchSize: 64, skipsZeros: true, pool: WorkerPool(exactly: 2))
            let used = count == nil ? Array(indices.prefix(64)) : indices
            _ = images.withBatch(used, count: count, skipsZeros: true) {
                step.train(&learner, on: $0, learningRate: 0.1)
            }
            return learner.network
        }
        #expect(results[0] == results[1])
    }

    @Test func copiesOfTheLearnerStayAsTheyAre() {
        let images = Images(count: 64, width: 20, classes: 4, lit: 0.5)
        let network = Self.makeNetwork([20, 8, 4])
        var learner = Learner(network, Optimizer(.momentum, for: network))
        let step = TrainingStep(for: network, batchSize: 64, skipsZeros: true, pool: WorkerPool(exactly: 2))
        let first = learner
        _ = images.withBatch(nil, skipsZeros: true) { step.train(&learner, on: $0, learningRate: 0.1) }
        let second = learner.network
        _ = images.withBatch(nil, skipsZeros: true) { step.train(&learner, on: $0, learningRate: 0.1) }
        #expect(first.network == network)
        #expect(second != first.network)
        #expect(learner.network != second)
    }

    /// One shard, two, the most; panels of several sizes; neither a hidden layer nor shards.
    @Test(arguments: [[9, 5, 3], [9, 65, 3], [9, 300, 3], [9, 1100, 3], [9, 20]])
    func learnerGivesBackWhatItWasMadeOf(sizes: [Int]) {
        let network = Self.makeNetwork(sizes)
        let moments = (0..<2).map { moment in
            Parameters(
                network.parameters.matrices.map { matrix in
                    Matrix(rows: matrix.rows, columns: matrix.columns, (0..<matrix.count).map { Float($0 + moment) })
                })
        }
        let optimizer = Optimizer(.adam, weightDecay: 0, steps: 3, moments: moments)
        let learner = Learner(network, optimizer)
        #expect(learner.network == network)
        #expect(learner.optimizer == optimizer)
    }

    @Test(arguments: [(false, 1), (true, 1), (true, 3)]) func classifiesAsThePlainWay(skipsZeros: Bool, threads: Int) {
        let images = Images(count: 333, width: 50, classes: 10, lit: 0.3)
        let network = Self.makeNetwork([50, 20, 10])
        let classification = images.withBatch(nil, skipsZeros: skipsZeros) {
            Classification(of: $0, by: network, pool: WorkerPool(exactly: threads))
        }
        let inputs = images.pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: 50, rows: 0..<333) }
        let plain = SoftmaxCrossEntropy(logits: network.logits(inputs), labels: images.labels)
        #expect(classification.predictions == plain.predictions)
        for index in 0..<333 {
            let confidence = plain.probabilities[index, Int(plain.predictions[index])]
            #expect(abs(classification.confidences[index] - confidence) <= 4 * Float(1).ulp)
            #expect(abs(classification.losses[index] - plain.losses[index]) <= 4 * max(plain.losses[index], 1).ulp)
        }
    }

    /// Rows of 16 neurons lie next to each other, without a gap.
    @Test(arguments: Activation.allCases) func classifiesWithEveryActivation(activation: Activation) {
        let images = Images(count: 70, width: 50, classes: 10, lit: 0.3)
        let network = Self.makeNetwork([50, 16, 16, 10], activation: activation)
        let classification = images.withBatch(nil) {
            Classification(of: $0, by: network, pool: WorkerPool(exactly: 1))
        }
        let inputs = images.pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: 50, rows: 0..<70) }
        let plain = SoftmaxCrossEntropy(logits: network.logits(inputs), labels: images.labels)
        #expect(classification.losses.count == 70)
        #expect(zip(classification.losses, plain.losses).map { abs($0 - $1) }.largest ?? .infinity < 1e-5)
    }
}
