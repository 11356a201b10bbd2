import Foundation

/// Softmax over the classes and the cross-entropy of it against the label, in one, because together they are stable.
///
///     forward    pᵢ = exp(zᵢ − m) / Σⱼ exp(zⱼ − m)      L = log Σⱼ exp(zⱼ − m) − (z_label − m)      m = maxⱼ zⱼ
///     backward   ∂L/∂zᵢ = pᵢ − [i = label]
///
/// The maximum is subtracted so that no exponential overflows, whatever the logits.
public struct SoftmaxCrossEntropy: Sendable, Equatable {
    /// `[batch × classes]`, each row sums to 1.
    public let probabilities: Matrix
    /// The cross-entropy of each sample in nats, `[batch]`.
    public let losses: [Float]
    /// The most probable class of each sample, the lowest where some are equal, `[batch]`.
    public let predictions: [UInt8]
    private let labels: [UInt8]

    /// `logits [batch × classes]`, `labels [batch]` below the number of classes.
    public init(logits: Matrix, labels: [UInt8]) {
        precondition(labels.count == logits.rows, "One label a row.")
        precondition(labels.allSatisfy { $0 < logits.columns }, "A label is below the number of classes.")
        let probabilities = Self.softmax(logits)
        let classes = logits.columns
        var losses: [Float] = []
        losses.reserveCapacity(labels.count)
        var predictions: [UInt8] = []
        predictions.reserveCapacity(labels.count)
        logits.withUnsafeElements { logits in
            for (row, label) in labels.enumerated() {
                let z = UnsafeBufferPointer(rebasing: logits[row * classes..<(row + 1) * classes])
                let best = Self.largest(z)
                var sum: Float = 0
                for logit in z { sum += exp(logit - z[best]) }
                losses.append(log(sum) - (z[Int(label)] - z[best]))
                predictions.append(UInt8(best))
            }
        }
        self.probabilities = probabilities
        self.losses = losses
        self.predictions = predictions
        self.labels = labels
    }

    /// The mean over the batch, in nats.
    public var meanLoss: Float {
        losses.isEmpty ? 0 : losses.reduce(0, +) / Float(losses.count)
    }

    public var correctCount: Int {
        zip(predictions, labels).count { $0 == $1 }
    }

    /// The gradient of the mean loss with respect to the logits, `[batch × classes]`.
    public func logitsGradient() -> Matrix {
        var gradient = probabilities
        let classes = gradient.columns
        let scale = 1 / Float(max(labels.count, 1))
        gradient.withUnsafeMutableElements { gradient in
            for (row, label) in labels.enumerated() { gradient[row * classes + Int(label)] -= 1 }
            for i in gradient.indices { gradient[i] *= scale }
        }
        return gradient
    }

    /// `logits [batch × classes]` → probabilities of the same shape.
    public static func softmax(_ logits: Matrix) -> Matrix {
        var probabilities = logits
        let classes = logits.columns
        guard classes > 0 else { return probabilities }
        probabilities.withUnsafeMutableElements { elements in
            for start in stride(from: 0, to: elements.count, by: classes) {
                let z = UnsafeMutableBufferPointer(rebasing: elements[start..<start + classes])
                let maximum = z[largest(UnsafeBufferPointer(z))]
                var sum: Float = 0
                for i in z.indices {
                    z[i] = exp(z[i] - maximum)
                    sum += z[i]
                }
                for i in z.indices { z[i] /= sum }
            }
        }
        return probabilities
    }

    private static func largest(_ values: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        for i in values.indices where values[i] > values[best] { best = i }
        return best
    }
}
