/// A fully connected layer.
///
///     forward    y = x W + b
///     backward   ∂L/∂W = xᵀ ∂L/∂y     ∂L/∂b = Σ over the batch of ∂L/∂y     ∂L/∂x = ∂L/∂y Wᵀ
public struct Dense: Sendable, Equatable {
    /// `[inputs × outputs]`
    public var weights: Matrix
    /// `[1 × outputs]`
    public var biases: Matrix

    public var inputs: Int { weights.rows }
    public var outputs: Int { weights.columns }
    public var parameterCount: Int { weights.count + biases.count }

    public init(weights: Matrix, biases: Matrix) {
        precondition(biases.rows == 1 && biases.columns == weights.columns, "A dense layer has one bias an output.")
        self.weights = weights
        self.biases = biases
    }

    /// Weights drawn as `initialization` says, biases zero.
    public init(
        inputs: Int, outputs: Int, initialization: Initialization = .he, using generator: inout RandomGenerator
    ) {
        let deviation = initialization.deviation(inputs: inputs, outputs: outputs)
        let draws = (0..<inputs * outputs).map { _ in Float(generator.normal() * deviation) }
        self.init(
            weights: Matrix(rows: inputs, columns: outputs, draws), biases: Matrix(rows: 1, columns: outputs))
    }

    /// `input [batch × inputs]` → `[batch × outputs]`
    public func forward(_ input: Matrix) -> Matrix {
        input.multiplied(by: weights, adding: biases)
    }

    /// The gradient of the loss with respect to the layer's parameters; same shapes as these.
    public struct Gradient: Sendable, Equatable {
        public var weights: Matrix
        public var biases: Matrix

        public init(weights: Matrix, biases: Matrix) {
            self.weights = weights
            self.biases = biases
        }
    }

    /// `input [batch × inputs]`, `outputGradient [batch × outputs]` → the parameters' gradient.
    public func parameterGradient(input: Matrix, outputGradient: Matrix) -> Gradient {
        Gradient(weights: input.transposeMultiplied(by: outputGradient), biases: outputGradient.columnSums())
    }

    /// `outputGradient [batch × outputs]` → `[batch × inputs]`. The first layer of a network has no use for it.
    public func inputGradient(outputGradient: Matrix) -> Matrix {
        outputGradient.multiplied(byTransposeOf: weights)
    }
}
