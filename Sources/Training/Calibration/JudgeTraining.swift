import Datasets
import Engine
import NeuralNetwork

extension Judge {
    /// Counted up by whoever changes what comes of the training: judges of another version are trained anew.
    static let version = 1
    private static let hidden = [144, 32]
    private static let mostFamiliar = 20_000, mostDrawn = 4_000, mostAside = 5_000
    /// Twice as many and one more have labels of a byte. Where a data set has more, some share one: what the judge says
    /// rests on the sums over all of them.
    private static let mostClasses = 127
    /// Images that are like none, and how often each is distorted.
    private static let strange = 5_000, copies = 4
    private static let epochs = 12, batchSize = 128
    /// Of AdamW at the beginning; it falls to 0 in a line.
    private static let learningRate: Float = 0.003, weightDecay: Float = 0.01
    /// Of images of the data set that it was not trained on, the share that it is to call strange.
    private static let refusedShare = 0.005
    /// Of the same images, the share that counts as not altogether familiar, and the share that counts as unfamiliar.
    private static let familiarShare = 0.08, unfamiliarShare = 0.02

    /// Trains a judge of a data set's images, in a second or two; the same seed gives the same one, on any number of
    /// threads.
    public init(of dataset: Dataset, seed: UInt64 = 0, threads: Int = AvailableCores.count) {
        let pool = WorkerPool(threads: threads)
        let train = dataset.train
        (height, width) = (train.height, train.width)
        let classes = Self.classes(of: dataset)
        let parts = DataParts(of: dataset, seed: seed)
        let learnt = parts.learnt
        func unlikeShown(_ label: UInt8) -> UInt8 { label % UInt8(classes) + UInt8(classes) }
        var samples = JudgeSamples(train, seed: seed, pool)
        samples.add(learnt.prefix(Self.mostFamiliar), as: { $0 % UInt8(classes) })
        samples.add(learnt.suffix(Self.mostFamiliar / 2), as: unlikeShown, .strong, contrast: true)
        samples.add(learnt.prefix(Self.mostFamiliar / 2), as: unlikeShown, .extreme, contrast: true)
        samples.add(learnt.suffix(Self.mostFamiliar / 4), as: unlikeShown, .handwriting)
        let strange = StrangeImages(dataset: dataset, seed: seed)
        if dataset.name == "mnist" {
            let labels = (0..<min(learnt.count, Self.mostDrawn)).map { UInt8($0 % classes) }
            samples.add(
                strange.digits(labels, pool), labels.map(unlikeShown), [nil, .handwriting, .handwriting])
        }
        let count = min(Self.strange, max(train.count, 100))
        samples.add(
            strange.pixels(count: count, pool), Array(repeating: UInt8(2 * classes), count: count),
            [nil] + Array(repeating: .handwriting, count: Self.copies - 1))
        let trained = Self.trained(on: samples.images, classes: classes, seed: seed, pool)
        network = trained.rounded
        let aside = parts.aside.prefix(Self.mostAside).flatMap { train.image(Int($0)) }
        let logits = Self.logits(network, of: aside, height: height, width: width)
        let scores = (0..<logits.rows).map { Score(logits.row($0)) }
        let familiarity = scores.map(\.familiarity).sorted()
        func quantile(_ sorted: [Float], _ share: Double) -> Float {
            sorted[min(max(Int(share * Double(sorted.count)), 0), sorted.count - 1)]
        }
        familiar = quantile(familiarity, Self.familiarShare)
        unfamiliar = quantile(familiarity, Self.unfamiliarShare)
        limit = quantile(scores.map(\.strangeness).sorted(), 1 - Self.refusedShare)
    }

    /// Those that a judge tells apart as a data set shows them.
    private static func classes(of dataset: Dataset) -> Int { min(dataset.classNames.count, mostClasses) }

    /// Whether it reads such images, and tells as many classes apart.
    func suits(_ dataset: Dataset) -> Bool {
        height == dataset.train.height && width == dataset.train.width
            && network.outputs == 2 * Self.classes(of: dataset) + 1
    }

    private static func trained(
        on images: LabelledImages, classes: Int, seed: UInt64, _ pool: WorkerPool
    ) -> Network {
        let sizes = [images.pixelsPerImage] + hidden + [2 * classes + 1]
        let network = Network(sizes: sizes, seed: seed)
        let step = TrainingStep(for: network, batchSize: batchSize, skipsZeros: images.lit != nil, pool: pool)
        let source = BatchSource(images, batchSize: batchSize, seed: seed)
        var learner = Learner(network, Optimizer(.adamw, for: network, weightDecay: weightDecay))
        let steps = epochs * ((images.count + batchSize - 1) / batchSize)
        for number in 0..<steps {
            let rate = learningRate * (1 - Float(number) / Float(steps))
            _ = source.withBatch(step: number) { step.train(&learner, on: $0, learningRate: rate) }
        }
        return learner.network
    }
}

/// The training images of a data set in two parts: those that a judge learns from, and those that are kept aside to see
/// how it does.
struct DataParts {
    /// Indices, in a random order.
    let learnt: ArraySlice<Int32>, aside: ArraySlice<Int32>

    init(of dataset: Dataset, seed: UInt64) {
        var generator = RandomGenerator(seed: seed, stream: .strangeImages, index: 2 << 32)
        let order = generator.permutation(count: dataset.train.count)
        let kept = max(min(order.count / 4, 10_000), 1)
        aside = order.prefix(kept)
        learnt = order.count > kept ? order.dropFirst(kept) : order[...]
    }
}

/// What a judge is trained on, made smaller.
private struct JudgeSamples {
    private let train: ImageSet
    private let seed: UInt64
    private let pool: WorkerPool
    private var pixels: [UInt8] = []
    private var labels: [UInt8] = []
    /// Images that are changed at a time, as they are large before they are made smaller.
    private static let together = 2_048

    init(_ train: ImageSet, seed: UInt64, _ pool: WorkerPool) {
        (self.train, self.seed, self.pool) = (train, seed, pool)
    }

    var images: LabelledImages {
        LabelledImages(pixels: pixels, pixelsPerImage: pixels.count / max(labels.count, 1), labels: labels)
    }

    /// Images of the data set, distorted or as they are.
    mutating func add(
        _ indices: ArraySlice<Int32>, as label: (UInt8) -> UInt8, _ distortion: Distortion? = nil,
        contrast: Bool = false
    ) {
        let round = labels.count
        for start in stride(from: 0, to: indices.count, by: Self.together) {
            let part = indices.dropFirst(start).prefix(Self.together)
            add(
                part.flatMap { train.image(Int($0)) }, from: start, of: round, distortion, contrast: contrast)
        }
        labels += indices.map { label(train.labels[Int($0)]) }
    }

    /// - Parameters:
    ///   - originals: `[labels.count × height × width]`
    ///   - distortions: how each is distorted each time; nil for not at all.
    mutating func add(_ originals: [UInt8], _ labels: [UInt8], _ distortions: [Distortion?]) {
        for distortion in distortions {
            add(originals, from: 0, of: self.labels.count, distortion, contrast: false)
            self.labels += labels
        }
    }

    /// - Parameters:
    ///   - originals: `[count × height × width]`, those from the one of this number on.
    ///   - round: how many samples there were before the first of them.
    private mutating func add(
        _ originals: [UInt8], from number: Int, of round: Int, _ distortion: Distortion?, contrast: Bool
    ) {
        let changed = originals.distorted(
            distortion, height: train.height, width: train.width, seed: seed, round: round, from: number,
            contrast: contrast, pool)
        pixels += Judge.smaller(changed, height: train.height, width: train.width)
    }
}

extension [UInt8] {
    /// Images one after the other, `[count × height × width]`, each distorted.
    ///
    /// - Parameters:
    ///   - distortion: nil for none.
    ///   - round: so that the same image becomes another each time.
    ///   - number: of the first, where they are a part of the images of a round.
    ///   - contrast: whether the grey of every other image becomes steeper, as that of a pen is.
    func distorted(
        _ distortion: Distortion?, height: Int, width: Int, seed: UInt64, round: Int = 0, from number: Int = 0,
        contrast: Bool = false, _ pool: WorkerPool
    ) -> [UInt8] {
        guard let distortion else { return self }
        let distorter = Distorter(distortion, height: height, width: width, seed: seed)
        let size = height * width
        return [UInt8](unsafeUninitializedCapacity: count) { output, initializedCount in
            withUnsafeBufferPointer { images in
                // Safe, because each block writes its own images, and all are done before `run` returns.
                nonisolated(unsafe) let (images, output) = (images, output)
                let (count, perBlock) = (images.count / size, 256)
                pool.run(blocks: (count + perBlock - 1) / perBlock) { block, _ in
                    guard let images = images.baseAddress, let output = output.baseAddress else { return }
                    let scratch = UnsafeMutableRawPointer.allocate(byteCount: distorter.scratchSize, alignment: 64)
                    defer { scratch.deallocate() }
                    for index in block * perBlock..<Swift.min((block + 1) * perBlock, count) {
                        let image = output + index * size
                        distorter.distort(
                            images + index * size, into: image, epoch: round, sample: number + index, scratch: scratch)
                        guard contrast, (number + index) % 2 == 0 else { continue }
                        var generator = RandomGenerator(
                            seed: seed, stream: .strangeImages, index: 3 << 32 | round + number + index)
                        let (slope, middle) = (1 + 2 * generator.uniform(), 60 + 100 * generator.uniform())
                        let level = middle * (0.5 + generator.uniform() / 2)
                        for place in 0..<size {
                            let value = (Double(image[place]) - middle) * slope + level
                            image[place] = UInt8(Swift.min(Swift.max(value, 0), 255))
                        }
                    }
                }
            }
            initializedCount = count
        }
    }
}

extension Distortion {
    private init(rotation: Float, scale: Float, shear: Float, shift: Float, elasticity: Float, thickness: Float) {
        self.init()
        (self.rotation, self.scale, self.shear) = (rotation, scale, shear)
        (self.shift, self.elasticity, self.thickness) = (shift, elasticity, thickness)
    }

    /// So little that as many are misread as of images that nobody has seen.
    static let gentle = Distortion(
        rotation: 5, scale: 0.06, shear: 0.06, shift: 0.02, elasticity: 0.35, thickness: 0.15)
    /// As another hand may write.
    static let strong = Distortion(rotation: 20, scale: 0.25, shear: 0.35, shift: 0.05, elasticity: 1, thickness: 0.5)
    /// So much that a network that has learnt from undistorted images misreads about half.
    static let extreme = Distortion(
        rotation: 25, scale: 0.3, shear: 0.45, shift: 0.05, elasticity: 1.4, thickness: 0.5)

    /// Within the limits of each; the shift, which a drawing never has, stays.
    func times(_ strength: Float) -> Distortion {
        Distortion(
            rotation: min(rotation * strength, 180), scale: min(scale * strength, 0.5),
            shear: min(shear * strength, 1), shift: shift, elasticity: min(elasticity * strength, smoothness),
            thickness: min(thickness * strength, 1))
    }
}
