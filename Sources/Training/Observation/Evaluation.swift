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
        self.init(of: network, on: images.labelledImages, step: 0, pool: WorkerPool(threads: 1))
    }

    /// - Parameters:
    ///   - step: batches that the network has been trained for.
    ///   - exchange: with the other ranks, which test the same network; nil for all of the work.
    public init(
        of network: Network, on images: LabelledImages, step: Int, pool: WorkerPool, exchange: (any Exchange)? = nil
    ) {
        let classification = images.withBatch {
            Classification(of: $0, by: network, pool: pool, exchange: exchange)
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

    /// As the engine takes them.
    public var labelledImages: LabelledImages {
        LabelledImages(pixels: pixels, pixelsPerImage: pixelsPerImage, labels: labels)
    }
}
