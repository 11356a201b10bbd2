/// How gradients change the weights, and what it remembers of them. A value: kind, decay, `steps` and `moments` are all
/// that a run needs to go on.
public struct Optimizer: Sendable, Equatable {
    /// The formulas are with `ParameterUpdate`.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        case sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw

        /// Matrices that it keeps for each matrix of parameters.
        public var momentCount: Int { self == .adam || self == .adamw ? 2 : 1 }
    }

    public let kind: Kind
    /// λ, the strength of the pull of all parameters towards zero; 0 is none. A term λ/2 |w|² of the loss (L2), but in
    /// AdamW, where it is apart from the loss.
    public let weightDecay: Float
    /// Updates so far.
    public internal(set) var steps: Int
    /// What is kept, `[momentCount][layers]`, of the shapes of the layers' parameters; zero at first. The velocity of
    /// sgd, momentum and Nesterov; the squares' sum of AdaGrad and mean of RMSProp; the means of the gradients and of
    /// their squares of Adam and AdamW.
    public internal(set) var moments: [[Dense.Gradient]]

    public init(_ kind: Kind, for network: Network, weightDecay: Float = 0) {
        let zeros = network.layers.map { layer in
            Dense.Gradient(
                weights: Matrix(rows: layer.inputs, columns: layer.outputs),
                biases: Matrix(rows: 1, columns: layer.outputs))
        }
        self.init(
            kind, weightDecay: weightDecay, steps: 0, moments: Array(repeating: zeros, count: kind.momentCount))
    }

    /// An optimizer in the middle of a run.
    public init(_ kind: Kind, weightDecay: Float, steps: Int, moments: [[Dense.Gradient]]) {
        precondition(moments.count == kind.momentCount, "\(kind) keeps \(kind.momentCount) moments.")
        self.kind = kind
        self.weightDecay = weightDecay
        self.steps = steps
        self.moments = moments
    }

    /// One step. `gradients` holds one for each layer of `network`.
    public mutating func update(_ network: inout Network, gradients: [Dense.Gradient], learningRate: Float) {
        precondition(gradients.count == network.layers.count, "One gradient a layer.")
        let update = beginUpdate(learningRate: learningRate)
        for index in gradients.indices {
            precondition(
                gradients[index].weights.count == network.layers[index].weights.count
                    && gradients[index].biases.count == network.layers[index].biases.count, "One gradient a weight.")
            update.apply(
                count: gradients[index].weights.count, gradient: gradients[index].weights.elementsPointer,
                moments: weightMoments(layer: index),
                parameters: network.layers[index].weights.mutableElementsPointer())
            update.apply(
                count: gradients[index].biases.count, gradient: gradients[index].biases.elementsPointer,
                moments: biasMoments(layer: index),
                parameters: network.layers[index].biases.mutableElementsPointer())
        }
    }

    /// Counts a step, and tells what it does to each parameter.
    mutating func beginUpdate(learningRate: Float) -> ParameterUpdate {
        steps += 1
        return ParameterUpdate(kind: kind, learningRate: learningRate, weightDecay: weightDecay, step: steps)
    }

    /// Where a layer's moments are, good while nobody copies the optimizer.
    mutating func weightMoments(layer: Int) -> ParameterUpdate.Moments {
        ParameterUpdate.Moments(
            first: moments[0][layer].weights.mutableElementsPointer(),
            second: moments.count > 1 ? moments[1][layer].weights.mutableElementsPointer() : nil)
    }

    mutating func biasMoments(layer: Int) -> ParameterUpdate.Moments {
        ParameterUpdate.Moments(
            first: moments[0][layer].biases.mutableElementsPointer(),
            second: moments.count > 1 ? moments[1][layer].biases.mutableElementsPointer() : nil)
    }
}
