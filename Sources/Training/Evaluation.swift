import Datasets
import Engine
import NeuralNetwork

/// What a network makes of a set of labelled images.
public struct Evaluation: Sendable, Equatable {
    public let network: Network
    /// Batches that the network had been trained for.
    public let step: Int
    /// The most probable class of each image, `[count]`.
    public let predictions: [UInt8]
    /// The probability of that class, 0…1, `[count]`.
    public let confidences: [Float]
    /// The cross-entropy of each image in nats, `[count]`.
    public let losses: [Float]
    public let confusion: ConfusionMatrix

    public var count: Int { predictions.count }
    public var correct: Int { confusion.correct }
    /// The share read correctly, 0…1.
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
    /// The mean cross-entropy in nats.
    public var loss: Double { losses.reduce(0) { $0 + Double($1) } / Double(max(count, 1)) }
}

extension Evaluation {
    public init(of network: Network, on images: ImageSet) {
        self.init(of: network, on: images, lit: images.worthwhileLitPixels, step: 0, pool: WorkerPool(threads: 1))
    }

    /// - Parameters:
    ///   - lit: the images' `worthwhileLitPixels`.
    ///   - step: batches that the network has been trained for.
    public init(of network: Network, on images: ImageSet, lit: LitPixels?, step: Int, pool: WorkerPool) {
        let classification = images.withBatch(lit: lit) { Classification(of: $0, by: network, pool: pool) }
        self.init(
            network: network, step: step, predictions: classification.predictions,
            confidences: classification.confidences, losses: classification.losses,
            confusion: ConfusionMatrix(
                classes: network.outputs, labels: images.labels, predictions: classification.predictions))
    }
}

extension ImageSet {
    /// The chosen images as the network's input, `[indices × pixels]`, each pixel in 0…1.
    public func inputs(_ indices: some Collection<Int32>) -> Matrix {
        pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: pixelsPerImage, rows: indices) }
    }

    /// The chosen images, or all, as a batch that is good for the length of the call.
    ///
    /// - Parameters:
    ///   - indices: the images of the batch, then those of the next one if they are known; nil for all images.
    ///   - count: the images of the batch; nil if `indices` has no others.
    ///   - lit: the images' `worthwhileLitPixels`.
    func withBatch<Result>(
        _ indices: ArraySlice<Int32>? = nil, count: Int? = nil, lit: LitPixels?, _ body: (ImageBatch) -> Result
    ) -> Result {
        func withBits(_ body: (UnsafeBufferPointer<UInt64>?) -> Result) -> Result {
            lit?.bits.withUnsafeBufferPointer(body) ?? body(nil)
        }
        func withIndices(_ body: (UnsafeBufferPointer<Int32>?) -> Result) -> Result {
            indices?.withUnsafeBufferPointer(body) ?? body(nil)
        }
        return pixels.withUnsafeBufferPointer { pixels in
            labels.withUnsafeBufferPointer { labels in
                withBits { lit in
                    withIndices { indices in
                        body(
                            ImageBatch(
                                pixels: pixels, pixelsPerImage: pixelsPerImage, lit: lit, labels: labels,
                                indices: indices, count: count))
                    }
                }
            }
        }
    }

    /// The pixels that are not zero, if so many are that skipping the others pays: it takes two thirds of the time of
    /// the dense product for each of them, measured, so it does below 55 %. Judged by some images from all over the set.
    public var worthwhileLitPixels: LitPixels? {
        let sample = stride(from: 0, to: count, by: max(1, count / 100)).map { image($0) }
        let zeros = sample.reduce(0) { zeros, image in zeros + image.count { $0 == 0 } }
        guard Double(zeros) >= 0.45 * Double(sample.count * pixelsPerImage) else { return nil }
        return pixels.withUnsafeBufferPointer { LitPixels(of: $0, pixelsPerImage: pixelsPerImage) }
    }
}
