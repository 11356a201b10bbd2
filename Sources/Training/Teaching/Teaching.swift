import Datasets
import Engine
import NeuralNetwork

/// Teaches a network the hand of one person: a short training on that person's drawings, distorted anew each time, among
/// images of the data set, so that nothing is forgotten.
///
/// The same network, drawings and seed give the same result to the last bit, whatever the number of threads.
public struct Teaching: Sendable {
    /// Decides which images of the data set come along, their order and how all are distorted.
    public var seed: UInt64 = 0
    public var threads = AvailableCores.count

    /// Passes through all.
    private static let epochs = 3
    /// The most images of the data set in an epoch.
    private static let othersPerEpoch = 60_000
    /// How often the drawings are seen in an epoch, all together; each no more than so often.
    private static let drawingsPerEpoch = 27_000, mostRepeats = 1000
    private static let batchSize = 100
    /// Of AdamW, which suits dense and convolutional layers alike. The highest: so high that the network finds other
    /// weights, whatever it learnt before, instead of bending those that it has.
    private static let learningRate: Float = 0.008
    /// Rises first, so that nothing is torn while the moments are unknown.
    private static let schedule = LearningRateSchedule.oneCycle
    /// So strong that it counts within a second: it is worth half a point of the next drawings.
    private static let weightDecay: Float = 0.1

    public init() {}

    /// Of all images; stronger ones make those of the data set forgotten.
    private static let distortion = {
        var distortion = Distortion()
        distortion.rotation = 7
        distortion.scale = 0.07
        distortion.shear = 0.08
        distortion.shift = 0.018
        distortion.elasticity = 0.4
        distortion.thickness = 0.14
        return distortion
    }()

    /// How often each of so many drawings is seen in an epoch; of at least one.
    static func repeats(of count: Int) -> Int { min(max(drawingsPerEpoch / count, 1), mostRepeats) }

    /// - Parameters:
    ///   - network: for images of the data set.
    ///   - drawings: the person's, of the same size; without any, the network stays as it is.
    ///   - dataset: what the network learnt before.
    ///   - progress: is told of the network now and then, and how much is done, 0…1.
    public func teach(
        _ network: Network, _ drawings: LabelledDrawings, among dataset: Dataset,
        progress: (_ share: Double, _ network: () -> Network) -> Void = { _, _ in }
    ) -> Network {
        let train = dataset.train
        precondition(drawings.images.shape == train.shape, "Drawings are of the size of the images.")
        guard drawings.count > 0 else { return network }
        let repeats = Self.repeats(of: drawings.count)
        var generator = RandomGenerator(seed: seed, stream: .teaching)
        let others = generator.permutation(count: train.count).prefix(Self.othersPerEpoch)
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        pixels.reserveCapacity((others.count + repeats * drawings.count) * train.pixelsPerImage)
        let pool = WorkerPool(threads: threads)
        let own = variety(of: drawings, repeats: repeats, pool)
        pixels += own.pixels
        labels += own.labels
        for index in others {
            pixels += train.image(Int(index))
            labels.append(train.labels[Int(index)])
        }
        let images = LabelledImages(pixels: pixels, pixelsPerImage: train.pixelsPerImage, labels: labels)
        let source = BatchSource(
            images, batchSize: Self.batchSize, seed: seed,
            change: Distorter(Self.distortion, height: train.height, width: train.width, seed: seed),
            threads: pool.threads)
        let step = TrainingStep(for: network, batchSize: Self.batchSize, skipsZeros: images.lit != nil, pool: pool)
        var learner = Learner(network, Optimizer(.adamw, for: network, weightDecay: Self.weightDecay))
        let steps = Self.epochs * ((images.count + Self.batchSize - 1) / Self.batchSize)
        for number in 0..<steps {
            let rate = Self.learningRate * Self.schedule.factor(step: number, of: steps)
            _ = source.withBatch(step: number) { step.train(&learner, on: $0, learningRate: rate) }
            if (number + 1).isMultiple(of: 50) || number + 1 == steps {
                progress(Double(number + 1) / Double(steps)) { learner.network }
            }
        }
        return learner.network
    }

    /// What is made of a drawing before it is distorted: so many, and of few drawings as many more as make so many of all.
    private static let variants = 100, variantsOfAll = 10_000

    /// Each drawing so many times; where its strokes are known, not as it was drawn but like it.
    private func variety(of drawings: LabelledDrawings, repeats: Int, _ pool: WorkerPool) -> ImageSet {
        let (images, strokes) = (drawings.images, drawings.strokes)
        let variety = DrawingVariety(strokes, labels: images.labels)
        let size = images.pixelsPerImage
        let variants = min(repeats, max(Self.variants, Self.variantsOfAll / drawings.count))
        let seed = seed
        // By drawing, then by variant; the first is the drawing itself.
        let pixels = [UInt8](unsafeUninitializedCapacity: drawings.count * variants * size) { pixels, count in
            // Safe, because each block writes its own images, and all are done before `run` returns.
            nonisolated(unsafe) let pixels = pixels
            pool.run(blocks: drawings.count) { drawing, _ in
                var generator = RandomGenerator(seed: seed, stream: .teaching, index: drawing + 1)
                for variant in 0..<variants {
                    let made =
                        variant == 0 || strokes[drawing].isEmpty
                        ? nil : variety.drawing(drawing, using: &generator).networkImage()
                    let image = made ?? Array(images.image(drawing))
                    for (place, value) in image.enumerated() {
                        pixels[(drawing * variants + variant) * size + place] = value
                    }
                }
            }
            count = pixels.count
        }
        let chosen = (0..<repeats).flatMap { turn in
            (0..<drawings.count).map { $0 * variants + turn % variants }
        }
        return ImageSet(
            width: images.width, height: images.height,
            pixels: chosen.flatMap { pixels[$0 * size..<($0 + 1) * size] },
            labels: chosen.map { images.labels[$0 / variants] })
    }
}
