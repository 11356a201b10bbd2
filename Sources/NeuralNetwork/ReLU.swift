/// The rectified linear unit.
///
///     forward    y = max(0, x)
///     backward   ∂L/∂x = ∂L/∂y where y > 0, else 0 (at x = 0, where there is no derivative, 0 as PyTorch has it)
public enum ReLU {
    /// `[batch × features]` → the same shape.
    public static func forward(_ input: Matrix) -> Matrix {
        var output = input
        output.withUnsafeMutableElements { elements in
            for i in elements.indices where !(elements[i] > 0) { elements[i] = 0 }
        }
        return output
    }

    /// `output` is what `forward` gave, `outputGradient` has its shape; so has the result.
    public static func backward(output: Matrix, outputGradient: Matrix) -> Matrix {
        precondition(output.count == outputGradient.count, "One gradient an output.")
        var gradient = outputGradient
        output.withUnsafeElements { output in
            gradient.withUnsafeMutableElements { gradient in
                for i in gradient.indices where !(output[i] > 0) { gradient[i] = 0 }
            }
        }
        return gradient
    }
}
