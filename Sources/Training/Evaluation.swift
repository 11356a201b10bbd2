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
    public init(of network: Network, on images: ImageSet, step: Int = 0) {
        // In chunks, so that the activations stay in the cache.
        let chunk = 250
        var predictions: [UInt8] = []
        var confidences: [Float] = []
        var losses: [Float] = []
        for start in stride(from: 0, to: images.count, by: chunk) {
            let rows = start..<min(start + chunk, images.count)
            let result = SoftmaxCrossEntropy(
                logits: network.logits(images.inputs(rows.map(Int32.init))), labels: Array(images.labels[rows]))
            predictions += result.predictions
            losses += result.losses
            confidences += result.predictions.enumerated().map { result.probabilities[$0, Int($1)] }
        }
        self.init(
            network: network, step: step, predictions: predictions, confidences: confidences, losses: losses,
            confusion: ConfusionMatrix(classes: network.outputs, labels: images.labels, predictions: predictions))
    }
}

extension ImageSet {
    /// The chosen images as the network's input, `[indices × pixels]`, each pixel in 0…1.
    public func inputs(_ indices: some Collection<Int32>) -> Matrix {
        pixels.withUnsafeBufferPointer { Matrix(bytes: $0, width: pixelsPerImage, rows: indices) }
    }
}
