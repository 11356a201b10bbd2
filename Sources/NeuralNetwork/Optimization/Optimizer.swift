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
    public package(set) var steps: Int
    /// What is kept, `[momentCount]`, each in the form of the parameters; zero at first. The velocity of sgd, momentum
    /// and Nesterov; the squares' sum of AdaGrad and mean of RMSProp; the means of the gradients and of their squares of
    /// Adam and AdamW.
    public package(set) var moments: [Parameters]

    public init(_ kind: Kind, for network: Network, weightDecay: Float = 0) {
        let zeros = network.parameters.zeros
        self.init(
            kind, weightDecay: weightDecay, steps: 0, moments: Array(repeating: zeros, count: kind.momentCount))
    }

    /// An optimizer in the middle of a run.
    public init(_ kind: Kind, weightDecay: Float, steps: Int, moments: [Parameters]) {
        precondition(moments.count == kind.momentCount, "\(kind) keeps \(kind.momentCount) moments.")
        self.kind = kind
        self.weightDecay = weightDecay
        self.steps = steps
        self.moments = moments
    }

    /// One step. `gradients` has the form of the network's parameters.
    public mutating func update(_ network: inout Network, gradients: Parameters, learningRate: Float) {
        var parameters = network.parameters
        precondition(gradients.matches(parameters), "One gradient a parameter.")
        let update = beginUpdate(learningRate: learningRate)
        for index in parameters.matrices.indices {
            update.apply(
                count: parameters.matrices[index].count, gradient: gradients.matrices[index].elementsPointer,
                moments: momentsPointers(of: index),
                parameters: parameters.matrices[index].mutableElementsPointer())
        }
        network.parameters = parameters
    }

    /// Counts a step, and tells what it does to each parameter.
    package mutating func beginUpdate(learningRate: Float) -> ParameterUpdate {
        steps += 1
        return ParameterUpdate(kind: kind, learningRate: learningRate, weightDecay: weightDecay, step: steps)
    }

    /// Where the moments of a matrix of parameters are, good while nobody copies the optimizer.
    package mutating func momentsPointers(of index: Int) -> ParameterUpdate.Moments {
        ParameterUpdate.Moments(
            first: moments[0].matrices[index].mutableElementsPointer(),
            second: moments.count > 1 ? moments[1].matrices[index].mutableElementsPointer() : nil)
    }
}
