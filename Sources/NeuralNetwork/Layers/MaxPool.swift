/// Max pooling: of each window of size × size places the largest value, in each channel. Windows lie side by side; rows
/// and columns that fill none are left out, as in `torch.nn.MaxPool2d`.
///
///     forward    y = the largest of the window's values
///     backward   ∂L/∂x = ∂L/∂y where x is the largest of its window, the first where some are equal; else 0
public struct MaxPool: Sendable, Equatable {
    public let input: Shape
    /// The side of a window, at least 1.
    public let size: Int

    public static let sizes = 1...7

    public init(input: Shape, size: Int) {
        self.input = input
        self.size = size
        precondition(size >= 1 && output.height >= 1 && output.width >= 1, "A window fits into the image.")
    }

    public var output: Shape { Self.output(of: input, size: size) }

    static func output(of input: Shape, size: Int) -> Shape {
        Shape(height: input.height / size, width: input.width / size, channels: input.channels)
    }

    /// `input [batch × inputs]` → `[batch × outputs]`
    public func largest(of input: Matrix) -> Matrix {
        var result = Matrix(rows: input.rows, columns: output.count)
        result.withUnsafeMutableElements { result in
            input.withUnsafeElements { values in
                for (place, chosen) in choices(in: values).enumerated() { result[place] = values[chosen] }
            }
        }
        return result
    }

    /// ∂L/∂x from ∂L/∂y: `input [batch × inputs]` decides who was the largest; the result has its shape.
    public func inputGradient(input: Matrix, outputGradient: Matrix) -> Matrix {
        var result = Matrix(rows: input.rows, columns: input.columns)
        result.withUnsafeMutableElements { result in
            input.withUnsafeElements { values in
                outputGradient.withUnsafeElements { gradient in
                    for (place, chosen) in choices(in: values).enumerated() { result[chosen] += gradient[place] }
                }
            }
        }
        return result
    }

    /// Where the largest value of each window is, window by window.
    private func choices(in values: UnsafeBufferPointer<Float>) -> [Int] {
        let planes = values.count / max(input.height * input.width, 1)
        var choices: [Int] = []
        choices.reserveCapacity(planes * output.height * output.width)
        for plane in 0..<planes {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    let corner = (plane * input.height + y * size) * input.width + x * size
                    var best = corner
                    for cell in 0..<size * size {
                        let place = corner + cell / size * input.width + cell % size
                        if values[place] > values[best] || values[place].isNaN && !values[best].isNaN { best = place }
                    }
                    choices.append(best)
                }
            }
        }
        return choices
    }
}
