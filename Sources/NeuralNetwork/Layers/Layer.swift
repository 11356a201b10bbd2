/// A layer of a network, its activation inside: what reads and gives values for each image of a batch, a row each.
///
///     forward    z = sums of x      y = f(z)
///     backward   ∂L/∂z = f′(z) ∂L/∂y, from which follow ∂L/∂parameters and ∂L/∂x
public enum Layer: Sendable, Equatable {
    case dense(Dense)

    /// What goes through a layer: `[batch × inputs]`, `[batch × outputs]` before the activation and after it.
    public struct Pass: Sendable, Equatable {
        public let input, sums, output: Matrix
    }

    public var input: Shape {
        switch self {
        case .dense(let dense): Shape(features: dense.inputs)
        }
    }

    public var output: Shape {
        switch self {
        case .dense(let dense): Shape(features: dense.outputs)
        }
    }

    public var inputs: Int { input.count }
    public var outputs: Int { output.count }

    /// Of the sums; nil where these are what the layer gives.
    public var activation: Activation? {
        get {
            switch self {
            case .dense(let dense): dense.activation
            }
        }
        set {
            switch self {
            case .dense(var dense):
                dense.activation = newValue
                self = .dense(dense)
            }
        }
    }

    /// Weights and biases, as `Parameters` has them. What is set has the same sizes.
    public var parameters: [Matrix] {
        get {
            switch self {
            case .dense(let dense): [dense.weights, dense.biases]
            }
        }
        set {
            switch self {
            case .dense(let dense):
                self = .dense(Dense(weights: newValue[0], biases: newValue[1], activation: dense.activation))
            }
        }
    }

    /// `[inputs of a sum × outputs]`
    public var weights: Matrix {
        get { parameters[0] }
        set { parameters[0] = newValue }
    }

    /// `[1 × outputs]`
    public var biases: Matrix {
        get { parameters[1] }
        set { parameters[1] = newValue }
    }

    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// `input [batch × inputs]`
    public func forward(_ input: Matrix) -> Pass {
        let sums = sums(of: input)
        return Pass(input: input, sums: sums, output: activation?.forward(sums) ?? sums)
    }

    /// `input [batch × inputs]` → `[batch × outputs]`, before the activation.
    public func sums(of input: Matrix) -> Matrix {
        switch self {
        case .dense(let dense): dense.sums(of: input)
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
        }
    }

    /// ∂L/∂x, `[batch × inputs]`, from ∂L/∂z, `[batch × outputs]`.
    public func inputGradient(_ pass: Pass, sumsGradient: Matrix) -> Matrix {
        switch self {
        case .dense(let dense): dense.inputGradient(sumsGradient: sumsGradient)
        }
    }
}
