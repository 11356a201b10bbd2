import CKernels

/// How a gradient changes the weights: stochastic gradient descent, plain or with momentum.
///
///     v ← µ v + ∂L/∂w      w ← w − η v      (η learning rate, µ momentum: 0.9, or 0 for plain SGD)
///
/// as `torch.optim.SGD` defines it (dampening 0); v starts at zero.
public struct Optimizer: Sendable {
    public enum Kind: String, Sendable, CaseIterable, Codable {
        case sgd, momentum
    }

    public let kind: Kind
    /// v, one for each layer.
    public internal(set) var velocities: [Dense.Gradient]

    public var momentum: Float { kind == .momentum ? 0.9 : 0 }

    public init(_ kind: Kind, for network: Network) {
        self.kind = kind
        velocities = network.layers.map { layer in
            Dense.Gradient(
                weights: Matrix(rows: layer.inputs, columns: layer.outputs),
                biases: Matrix(rows: 1, columns: layer.outputs))
        }
    }

    /// An optimizer in the middle of a run.
    ///
    /// - Parameter velocities: v, one for each layer, of the shapes of its parameters.
    public init(_ kind: Kind, velocities: [Dense.Gradient]) {
        self.kind = kind
        self.velocities = velocities
    }

    /// One step. `gradients` holds one for each layer of `network`.
    public mutating func update(_ network: inout Network, gradients: [Dense.Gradient], learningRate: Float) {
        precondition(gradients.count == velocities.count, "One gradient a layer.")
        for index in gradients.indices {
            step(&network.layers[index].weights, &velocities[index].weights, gradients[index].weights, learningRate)
            step(&network.layers[index].biases, &velocities[index].biases, gradients[index].biases, learningRate)
        }
    }

    private func step(_ weights: inout Matrix, _ velocity: inout Matrix, _ gradient: Matrix, _ learningRate: Float) {
        precondition(weights.count == gradient.count, "One gradient a weight.")
        let sgd = kernelParameters(learningRate: learningRate)
        weights.withUnsafeMutableElements { weights in
            velocity.withUnsafeMutableElements { velocity in
                gradient.withUnsafeElements { gradient in
                    inkling_momentum_update(
                        weights.count, sgd, gradient.baseAddress, velocity.baseAddress, weights.baseAddress)
                }
            }
        }
    }

    func kernelParameters(learningRate: Float) -> inkling_sgd {
        inkling_sgd(learning_rate: learningRate, momentum: momentum, weight_decay: 0)
    }
}
