import Foundation

/// What a hidden neuron makes of its weighted sum x. Definitions as in `torch.nn`.
public enum Activation: String, Sendable, CaseIterable, Codable {
    /// max(0, x)
    case relu
    /// x where x > 0, else 0.01 x
    case leakyReLU = "leaky-relu"
    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in −1…1
    case tanh
    /// 1 / (1 + e⁻ˣ), in 0…1
    case sigmoid
    /// x Φ(x), where Φ is the normal distribution's share below x (Hendrycks and Gimpel, 2016, arXiv:1606.08415)
    case gelu

    /// As the field writes it.
    public var name: String {
        switch self {
        case .relu: "ReLU"
        case .leakyReLU: "leaky ReLU"
        case .tanh: "tanh"
        case .sigmoid: "sigmoid"
        case .gelu: "GELU"
        }
    }

    /// What comes out for a sum of `x`.
    public func value(_ x: Double) -> Double {
        switch self {
        case .relu: x > 0 ? x : 0
        case .leakyReLU: x > 0 ? x : 0.01 * x
        case .tanh: Foundation.tanh(x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .gelu: x * Self.normalShare(below: x)
        }
    }

    /// The derivative of `value` at `x`; where there is none, at 0, the one that holds below, as PyTorch has it.
    public func slope(_ x: Double) -> Double {
        switch self {
        case .relu: return x > 0 ? 1 : 0
        case .leakyReLU: return x > 0 ? 1 : 0.01
        case .tanh:
            let y = Foundation.tanh(x)
            return 1 - y * y
        case .sigmoid:
            let y = value(x)
            return y * (1 - y)
        case .gelu: return Self.normalShare(below: x) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        }
    }

    private static func normalShare(below x: Double) -> Double {
        0.5 * (1 + erf(x * 0.5.squareRoot()))
    }

    /// Sums of any shape → what comes out, of the same shape.
    public func forward(_ sums: Matrix) -> Matrix {
        var output = sums
        output.withUnsafeMutableElements { elements in
            if self == .relu {
                for i in elements.indices where !(elements[i] > 0) { elements[i] = 0 }
            } else {
                for i in elements.indices { elements[i] = Float(value(Double(elements[i]))) }
            }
        }
        return output
    }

    /// `∂L/∂x = ∂L/∂y · slope(x)`. `sums` is what `forward` was given, `outputGradient` has its shape; so has the result.
    public func backward(sums: Matrix, outputGradient: Matrix) -> Matrix {
        precondition(sums.count == outputGradient.count, "One gradient an output.")
        var gradient = outputGradient
        sums.withUnsafeElements { sums in
            gradient.withUnsafeMutableElements { gradient in
                if self == .relu {
                    for i in gradient.indices where !(sums[i] > 0) { gradient[i] = 0 }
                } else {
                    for i in gradient.indices { gradient[i] *= Float(slope(Double(sums[i]))) }
                }
            }
        }
        return gradient
    }
}
