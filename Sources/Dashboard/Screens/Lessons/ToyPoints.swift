import Foundation
import NeuralNetwork

/// A few points of two kinds in the plane, the same each time.
struct ToyPoints: Sendable, Equatable {
    enum Shape: Int, Sendable, CaseIterable {
        case crossed, ring, halves

        var name: String {
            switch self {
            case .crossed: "crossed"
            case .ring: "ring"
            case .halves: "halves"
            }
        }
    }

    /// `[count × 2]`, each in -1…1.
    let positions: Matrix
    /// `[count]`, 0 or 1.
    let labels: [UInt8]

    init(_ shape: Shape, count: Int = 48) {
        var generator = RandomGenerator(seed: 7, stream: .shuffling, index: shape.rawValue)
        var coordinates: [Float] = []
        for index in 0..<count {
            let noise = (generator.normal() * 0.12, generator.normal() * 0.12)
            let (x, y): (Double, Double) =
                switch shape {
                // Opposite corners have the same kind: XOR.
                case .crossed: ([0.55, -0.55, 0.55, -0.55][index % 4], [-0.55, -0.55, 0.55, 0.55][index % 4])
                case .ring:
                    (index % 2) == 0
                        ? (0, 0) : (0.75 * cos(Double(index) * 2.4), 0.75 * sin(Double(index) * 2.4))
                case .halves: (index % 2 == 0 ? -0.45 : 0.45, generator.uniform() - 0.5)
                }
            coordinates += [x + noise.0, y + noise.1].map { Float(min(max($0, -1), 1)) }
        }
        positions = Matrix(rows: count, columns: 2, coordinates)
        labels = (0..<count).map { index in
            UInt8(shape == .crossed ? [1, 0, 0, 1][index % 4] : index % 2)
        }
    }

    /// The share of the points that the network classifies correctly, 0…1.
    func accuracy(of network: Network) -> Double {
        let loss = SoftmaxCrossEntropy(logits: network.logits(positions), labels: labels)
        return Double(loss.correctCount) / Double(max(labels.count, 1))
    }

    func loss(of network: Network) -> Float {
        SoftmaxCrossEntropy(logits: network.logits(positions), labels: labels).meanLoss
    }

    /// Takes steps of gradient descent with all points; returns the loss before each.
    @discardableResult
    func train(_ network: inout Network, steps: Int, learningRate: Float) -> [Float] {
        var optimizer = Optimizer(.sgd, for: network)
        return (0..<steps).map { _ in
            let (loss, gradients) = network.lossAndGradients(inputs: positions, labels: labels)
            optimizer.update(&network, gradients: gradients, learningRate: learningRate)
            return loss.meanLoss
        }
    }
}
