/// A fully connected layer.
///
///     forward    z = x W + b
///     backward   ∂L/∂W = xᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z     ∂L/∂x = ∂L/∂z Wᵀ
public struct Dense: Sendable, Equatable {
    /// `[inputs × outputs]`
    public var weights: Matrix
    /// `[1 × outputs]`
    public var biases: Matrix
    /// Of the sums; nil where these are what the layer gives.
    public var activation: Activation?

    public var inputs: Int { weights.rows }
    public var outputs: Int { weights.columns }

    public init(weights: Matrix, biases: Matrix, activation: Activation? = nil) {
        precondition(biases.rows == 1 && biases.columns == weights.columns, "A dense layer has one bias an output.")
        self.weights = weights
        self.biases = biases
        self.activation = activation
    }

    /// Weights drawn as `initialization` says, biases zero.
    public init(
        inputs: Int, outputs: Int, activation: Activation? = nil, initialization: Initialization = .he,
        using generator: inout RandomGenerator
    ) {
        let deviation = initialization.deviation(inputs: inputs, outputs: outputs)
        let draws = (0..<inputs * outputs).map { _ in Float(generator.normal() * deviation) }
        self.init(
            weights: Matrix(rows: inputs, columns: outputs, draws), biases: Matrix(rows: 1, columns: outputs),
            activation: activation)
    }

    /// `input [batch × inputs]` → z `[batch × outputs]`
    public func sums(of input: Matrix) -> Matrix {
        input.multiplied(by: weights, adding: biases)
    }

    /// The gradient of the loss with respect to weights and biases, in their shapes.
    ///
    /// - Parameters:
    ///   - input: `[batch × inputs]`
    ///   - sumsGradient: ∂L/∂z, `[batch × outputs]`
    public func parameterGradient(input: Matrix, sumsGradient: Matrix) -> [Matrix] {
        [input.transposeMultiplied(by: sumsGradient), sumsGradient.columnSums()]
    }

    /// ∂L/∂x `[batch × inputs]` from ∂L/∂z `[batch × outputs]`. The first layer of a network has no use for it.
    public func inputGradient(sumsGradient: Matrix) -> Matrix {
        sumsGradient.multiplied(byTransposeOf: weights)
    }
}
