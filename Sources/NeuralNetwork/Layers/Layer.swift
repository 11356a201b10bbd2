/// A layer of a network, its activation inside: what reads and gives values for each image of a batch, a row each.
///
///     forward    z = sums of x      y = f(z)
///     backward   ∂L/∂z = f′(z) ∂L/∂y, from which follow ∂L/∂parameters and ∂L/∂x
public enum Layer: Sendable, Equatable {
    case dense(Dense)
    case convolution(Convolution)
    case maxPool(MaxPool)

    /// What goes through a layer: `[batch × inputs]`, `[batch × outputs]` before the activation and after it.
    public struct Pass: Sendable, Equatable {
        public let input, sums, output: Matrix
    }

    public var input: Shape {
        switch self {
        case .dense(let dense): Shape(features: dense.inputs)
        case .convolution(let convolution): convolution.input
        case .maxPool(let pool): pool.input
        }
    }

    public var output: Shape {
        switch self {
        case .dense(let dense): Shape(features: dense.outputs)
        case .convolution(let convolution): convolution.output
        case .maxPool(let pool): pool.output
        }
    }

    public var inputs: Int { input.count }
    public var outputs: Int { output.count }

    /// Of the sums; nil where these are what the layer gives. Pooling has none, and stays without.
    public var activation: Activation? {
        get {
            switch self {
            case .dense(let dense): dense.activation
            case .convolution(let convolution): convolution.activation
            case .maxPool: nil
            }
        }
        set {
            switch self {
            case .dense(var dense):
                dense.activation = newValue
                self = .dense(dense)
            case .convolution(var convolution):
                convolution.activation = newValue
                self = .convolution(convolution)
            case .maxPool: break
            }
        }
    }

    /// Weights and biases, as `Parameters` has them; empty for pooling. What is set has the same sizes.
    public var parameters: [Matrix] {
        get {
            switch self {
            case .dense(let dense): [dense.weights, dense.biases]
            case .convolution(let convolution): [convolution.weights, convolution.biases]
            case .maxPool: []
            }
        }
        set {
            switch self {
            case .dense(let dense):
                self = .dense(Dense(weights: newValue[0], biases: newValue[1], activation: dense.activation))
            case .convolution(let old):
                self = .convolution(
                    Convolution(
                        input: old.input, kernel: old.kernel, padding: old.padding, weights: newValue[0],
                        biases: newValue[1], activation: old.activation))
            case .maxPool: break
            }
        }
    }

    /// `[inputs of a sum × outputs or channels]`; of no size for pooling.
    public var weights: Matrix {
        get {
            switch self {
            case .dense(let dense): dense.weights
            case .convolution(let convolution): convolution.weights
            case .maxPool: Matrix(rows: 0, columns: 0)
            }
        }
        set { if !parameters.isEmpty { parameters[0] = newValue } }
    }

    /// `[1 × outputs or channels]`; of no size for pooling.
    public var biases: Matrix {
        get {
            switch self {
            case .dense(let dense): dense.biases
            case .convolution(let convolution): convolution.biases
            case .maxPool: Matrix(rows: 0, columns: 0)
            }
        }
        set { if !parameters.isEmpty { parameters[1] = newValue } }
    }

    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// `input [batch × inputs]`
    public func forward(_ input: Matrix) -> Pass {
        let sums = sums(of: input)
        return Pass(input: input, sums: sums, output: activation?.forward(sums) ?? sums)
    }

    /// `input [batch × inputs]` → `[batch × outputs]`, before the activation; what pooling gives.
    public func sums(of input: Matrix) -> Matrix {
        switch self {
        case .dense(let dense): dense.sums(of: input)
        case .convolution(let convolution): convolution.sums(of: input)
        case .maxPool(let pool): pool.largest(of: input)
        }
    }

    /// ∂L/∂z from ∂L/∂y, both `[batch × outputs]`.
    public func sumsGradient(_ pass: Pass, outputGradient: Matrix) -> Matrix {
        activation?.backward(sums: pass.sums, outputGradient: outputGradient) ?? outputGradient
    }

    /// The gradient of the loss with respect to the parameters, in their form.
    ///
    /// - Parameter sumsGradient: ∂L/∂z, `[batch × outputs]`
    public func parameterGradient(_ pass: Pass, sumsGradient: Matrix) -> [Matrix] {
        switch self {
        case .dense(let dense): dense.parameterGradient(input: pass.input, sumsGradient: sumsGradient)
        case .convolution(let convolution):
            convolution.parameterGradient(input: pass.input, sumsGradient: sumsGradient)
        case .maxPool: []
        }
    }

    /// ∂L/∂x, `[batch × inputs]`, from ∂L/∂z, `[batch × outputs]`.
    public func inputGradient(_ pass: Pass, sumsGradient: Matrix) -> Matrix {
        switch self {
        case .dense(let dense): dense.inputGradient(sumsGradient: sumsGradient)
        case .convolution(let convolution): convolution.inputGradient(sumsGradient: sumsGradient)
        case .maxPool(let pool): pool.inputGradient(input: pass.input, outputGradient: sumsGradient)
        }
    }

    public var isDense: Bool { dense != nil }

    /// nil for other kinds.
    public var dense: Dense? {
        if case .dense(let dense) = self { dense } else { nil }
    }
}
