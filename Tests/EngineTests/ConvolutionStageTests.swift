import NeuralNetwork
import TestSupport
import Testing

@testable import Engine

/// Convolutional networks trained fast, against the plain way and against themselves on other threads.
@Suite struct ConvolutionStageTests {
    private static let shape = Shape(height: 12, width: 10)

    private static func images(_ count: Int) -> LabelledImages {
        var generator = RandomGenerator(seed: 5, stream: .initialization)
        return LabelledImages(
            pixels: (0..<count * shape.count).map { _ in
                generator.uniform() < 0.4 ? UInt8(1 + generator.uniform(below: 255)) : 0
            }, pixelsPerImage: shape.count, labels: (0..<count).map { _ in UInt8(generator.uniform(below: 4)) })
    }

    private static func network(_ layers: String, _ activation: Activation) throws -> Network {
        try Network(
            input: shape, hidden: layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }, classes: 4,
            seed: 3, activation: activation, initialization: .xavier)
    }

    private static func fast(
        _ network: Network, _ images: LabelledImages, steps: Int, batchSize: Int, threads: Int,
        optimizer: Optimizer.Kind = .momentum, dropout: Float = 0, change: (any ImageChange)? = nil, from first: Int = 0
    ) -> Outcome {
        var learner = Learner(network, Optimizer(optimizer, for: network))
        let step = TrainingStep(
            for: network, batchSize: batchSize, skipsZeros: images.lit != nil,
            dropout: Dropout(probability: dropout, seed: 1), pool: WorkerPool(exactly: threads))
        let source = BatchSource(images, batchSize: batchSize, seed: 2, change: change, threads: threads)
        let losses = (first..<first + steps).map { number in
            source.withBatch(step: number) { step.train(&learner, on: $0, learningRate: 0.01).meanLoss }
        }
        return (learner.network, losses)
    }

    private static func plain(
        _ network: Network, _ images: LabelledImages, steps: Int, batchSize: Int, optimizer kind: Optimizer.Kind
    ) -> Outcome {
        var (network, optimizer) = (network, Optimizer(kind, for: network))
        let source = BatchSource(images, batchSize: batchSize, seed: 2)
        let losses = (0..<steps).map { step in
            let chosen = source.withBatch(step: step) { batch in
                (0..<batch.count).compactMap { batch.indices?[$0] }
            }
            let inputs = images.pixels.withUnsafeBufferPointer {
                Matrix(bytes: $0, width: images.pixelsPerImage, rows: chosen)
            }
            let (loss, gradients) = network.lossAndGradients(
                inputs: inputs, labels: chosen.map { images.labels[Int($0)] })
            optimizer.update(&network, gradients: gradients, learningRate: 0.01)
            return loss.meanLoss
        }
        return (network, losses)
    }

    private typealias Outcome = (network: Network, losses: [Float])

    private func expectAlike(_ fast: Outcome, _ plain: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            zip(plain.losses, fast.losses).map { abs($0 - $1) }.largest ?? .infinity < 1e-4,
            sourceLocation: sourceLocation)
        for (a, b) in zip(plain.network.parameters.matrices, fast.network.parameters.matrices) {
            #expect(
                zip(a.elements, b.elements).map { abs($0 - $1) }.largest ?? .infinity < 2e-4,
                sourceLocation: sourceLocation)
        }
    }

    /// Blocks that divide by 16 and such that do not; pooling with and without a rest; each activation; no dense layer
    /// but the last.
    @Test(
        arguments: [
            ("conv3x3,pool2,conv5x3v,pool2,7", Activation.relu), ("conv4x5v,conv3x2,6", .relu),
            ("pool2,conv3x3", .relu),
            ("conv3x4,pool3", .tanh), ("conv2x3,conv2x3,pool2,5", .leakyReLU), ("conv20x3,pool2", .gelu),
        ], [Optimizer.Kind.momentum, .adam])
    func agreesWithThePlainWay(how: (layers: String, activation: Activation), optimizer: Optimizer.Kind) throws {
        let (network, images) = (try Self.network(how.layers, how.activation), Self.images(90))
        let plain = Self.plain(network, images, steps: 5, batchSize: 37, optimizer: optimizer)
        let fast = Self.fast(network, images, steps: 5, batchSize: 37, threads: 2, optimizer: optimizer)
        expectAlike(fast, plain)
    }

    /// Alone, the last image of a batch takes a block of 16 too.
    @Test(arguments: [1, 15, 16, 17, 33]) func everyBatchTrainsAsThePlainWay(size: Int) throws {
        let (network, images) = (try Self.network("conv2x3,pool2,5", .tanh), Self.images(40))
        let plain = Self.plain(network, images, steps: 4, batchSize: size, optimizer: .momentum)
        for threads in [1, 2] {
            expectAlike(Self.fast(network, images, steps: 4, batchSize: size, threads: threads), plain)
        }
    }

    @Test(arguments: [Activation.relu, .tanh]) func numberOfThreadsChangesNoBit(activation: Activation) throws {
        let network = try Self.network("conv5x3,pool2,conv9x3v,pool2,30,20", activation)
        let images = Self.images(150)
        let runs = [1, 2, 3, 8].map {
            Self.fast(
                network, images, steps: 6, batchSize: 100, threads: $0, optimizer: .adamw, dropout: 0.3,
                change: Darker())
        }
        for run in runs.dropFirst() {
            #expect(run.network == runs[0].network)
            #expect(run.losses == runs[0].losses)
        }
    }

    @Test func classifiesAsThePlainWay() throws {
        let (network, images) = (try Self.network("conv3x3,pool2,conv5x3v,7", .relu), Self.images(90))
        let found = images.withBatch { Classification(of: $0, by: network, pool: WorkerPool(exactly: 2)) }
        let inputs = images.pixels.withUnsafeBufferPointer {
            Matrix(bytes: $0, width: images.pixelsPerImage, rows: (0..<90).map { Int32($0) })
        }
        let plain = SoftmaxCrossEntropy(logits: network.logits(inputs), labels: images.labels)
        #expect(found.predictions == plain.predictions)
        #expect(zip(found.losses, plain.losses).map { abs($0 - $1) }.largest ?? .infinity < 1e-4)
    }

    // MARK: - Changed images

    /// Halves an image, by the epoch and the sample.
    private struct Darker: ImageChange {
        let scratchSize = 1

        func change(
            _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
            scratch: UnsafeMutableRawPointer
        ) {
            for pixel in 0..<120 { output[pixel] = image[pixel] / UInt8(1 + (epoch + sample) % 3) }
        }
    }

    /// Whether the next batch was made meanwhile, or the run begins in the middle of an epoch.
    @Test func aSampleOfAnEpochIsChangedTheSameWhereverARunBegins() throws {
        let images = Self.images(50)
        func batches(from first: Int, training: Bool) throws -> [[UInt8]] {
            let source = BatchSource(images, batchSize: 16, seed: 7, change: Darker(), threads: 2)
            let network = try Self.network("8", .relu)
            var learner = Learner(network, Optimizer(.sgd, for: network))
            let step = TrainingStep(
                for: network, batchSize: 16, skipsZeros: images.lit != nil, pool: WorkerPool(exactly: 2))
            return (first..<9).map { number in
                source.withBatch(step: number) { batch in
                    let bytes = Array(UnsafeBufferPointer(start: batch.pixels, count: batch.count * 120))
                    if training { _ = step.train(&learner, on: batch, learningRate: 0.1) }
                    return bytes
                }
            }
        }
        let all = try batches(from: 0, training: true)
        #expect(all.map { $0.count / 120 } == [16, 16, 16, 2, 16, 16, 16, 2, 16])
        #expect(try batches(from: 0, training: false) == all)
        #expect(try batches(from: 3, training: true) == Array(all[3...]))
        #expect(Set(all[0].map { $0 }).count > 1 && all[0] != all[4])
    }
}
