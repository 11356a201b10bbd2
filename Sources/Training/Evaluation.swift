import Datasets
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
    public init(of network: Network, on images: ImageSet, step: Int = 0, pool: WorkerPool = WorkerPool(threads: 1)) {
        let classification = images.withBatch { batch in
            Classification(of: batch, by: network, skipsZeros: images.isMostlyZeros, pool: pool)
        }
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
    func withBatch<Result>(_ indices: ArraySlice<Int32>? = nil, _ body: (ImageBatch) -> Result) -> Result {
        pixels.withUnsafeBufferPointer { pixels in
            labels.withUnsafeBufferPointer { labels in
                func batch(_ indices: UnsafeBufferPointer<Int32>?) -> ImageBatch {
                    ImageBatch(pixels: pixels, pixelsPerImage: pixelsPerImage, labels: labels, indices: indices)
                }
                return indices?.withUnsafeBufferPointer { body(batch($0)) } ?? body(batch(nil))
            }
        }
    }

    /// Whether skipping zero pixels pays: two thirds of the time of the dense product a pixel, measured, so it does
    /// below 55 %. Judged by some images from all over the set.
    var isMostlyZeros: Bool {
        let sample = stride(from: 0, to: count, by: max(1, count / 100)).map { image($0) }
        let zeros = sample.reduce(0) { zeros, image in zeros + image.count { $0 == 0 } }
        return Double(zeros) >= 0.45 * Double(sample.count * pixelsPerImage)
    }
}
