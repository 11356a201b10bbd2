/// A convolution: each output channel is a pattern of weights, k × k for each input channel, that is laid over every place
/// of the image (LeCun et al., 1998). Neighbours beyond the image are zero; strictly a cross-correlation, as everywhere in
/// the field. For each image, o an output channel, c an input channel, p the padding before the image:
///
///     forward    z[o, y, x] = b[o] + Σ over c, i, j of w[c, i, j, o] · input[c, y + i − p, x + j − p]
///     backward   ∂L/∂w[c, i, j, o] = Σ over images, y, x of ∂L/∂z[o, y, x] · input[c, y + i − p, x + j − p]
///                ∂L/∂b[o] = Σ over images, y, x of ∂L/∂z[o, y, x]
///                ∂L/∂input[c, v, u] = Σ over o, i, j of ∂L/∂z[o, v − i + p, u − j + p] · w[c, i, j, o]
///
/// The plain way, written here, puts the inputs of each place in a row ("im2col"), so that all three are products of
/// matrices, as for a dense layer.
public struct Convolution: Sendable, Equatable {
    /// What lies beyond the image.
    public enum Padding: String, Sendable, Codable {
        /// Zeros, so that the output is as large as the input; of an odd number the smaller half before the image.
        case same
        /// Nothing: the pattern stays within the image.
        case valid
    }

    public let input: Shape
    /// k, the side of the pattern, 1…7.
    public let kernel: Int
    public let padding: Padding
    /// `[channels · k · k × output channels]`: by input channel, then row, then column of the pattern.
    public var weights: Matrix
    /// `[1 × output channels]`
    public var biases: Matrix
    /// Of the sums; nil where these are what the layer gives.
    public var activation: Activation?

    public static let kernels = 1...7

    public init(
        input: Shape, kernel: Int, padding: Padding, weights: Matrix, biases: Matrix, activation: Activation? = nil
    ) {
        precondition(weights.rows == input.channels * kernel * kernel, "A weight for each input of a place.")
        precondition(biases.rows == 1 && biases.columns == weights.columns, "One bias an output channel.")
        self.input = input
        self.kernel = kernel
        self.padding = padding
        self.weights = weights
        self.biases = biases
        self.activation = activation
        precondition(output.height >= 1 && output.width >= 1, "The pattern fits into the image.")
    }

    /// Weights drawn as `initialization` says, biases zero.
    public init(
        input: Shape, channels: Int, kernel: Int, padding: Padding, activation: Activation? = nil,
        initialization: Initialization = .he, using generator: inout RandomGenerator
    ) {
        let rows = input.channels * kernel * kernel
        let deviation = initialization.deviation(inputs: rows, outputs: channels * kernel * kernel)
        let draws = (0..<rows * channels).map { _ in Float(generator.normal() * deviation) }
        self.init(
            input: input, kernel: kernel, padding: padding, weights: Matrix(rows: rows, columns: channels, draws),
            biases: Matrix(rows: 1, columns: channels), activation: activation)
    }

    public var output: Shape {
        Self.output(of: input, channels: weights.columns, kernel: kernel, padding: padding)
    }

    /// p, rows above the image and columns to its left.
    public var paddingBefore: Int { padding == .same ? (kernel - 1) / 2 : 0 }

    static func output(of input: Shape, channels: Int, kernel: Int, padding: Padding) -> Shape {
        padding == .same
            ? Shape(height: input.height, width: input.width, channels: channels)
            : Shape(
                height: max(input.height - kernel + 1, 0), width: max(input.width - kernel + 1, 0), channels: channels)
    }

    /// `input [batch × inputs]` → z `[batch × outputs]`
    public func sums(of input: Matrix) -> Matrix {
        channelsFirst(patches(of: input).multiplied(by: weights, adding: biases), batch: input.rows)
    }

    /// The gradient of the loss with respect to weights and biases, in their shapes.
    ///
    /// - Parameters:
    ///   - input: `[batch × inputs]`
    ///   - sumsGradient: ∂L/∂z, `[batch × outputs]`
    public func parameterGradient(input: Matrix, sumsGradient: Matrix) -> [Matrix] {
        let gradient = placesFirst(sumsGradient)
        return [patches(of: input).transposeMultiplied(by: gradient), gradient.columnSums()]
    }

    /// ∂L/∂x `[batch × inputs]` from ∂L/∂z `[batch × outputs]`.
    public func inputGradient(sumsGradient: Matrix) -> Matrix {
        let patches = placesFirst(sumsGradient).multiplied(byTransposeOf: weights)
        var gradient = Matrix(rows: sumsGradient.rows, columns: input.count)
        gradient.withUnsafeMutableElements { gradient in
            patches.withUnsafeElements { patches in
                forEachInput(batch: sumsGradient.rows) { patch, value in gradient[value] += patches[patch] }
            }
        }
        return gradient
    }

    // MARK: - Parts

    /// What each input channel adds to the sums of each output channel at some places taken together, so that the parts
    /// of a place and the bias are its sum:
    ///
    ///     part[c, o] = Σ over i, j of w[c, i, j, o] · Σ over places of input[c, y + i − p, x + j − p]
    ///
    /// - Parameters:
    ///   - values: of one image, `[inputs]`.
    ///   - rows, columns: of the places, within the output.
    /// - Returns: `[input channels × output channels]`
    public func parts(of values: [Float], rows: Range<Int>, columns: Range<Int>) -> Matrix {
        var parts = Matrix(rows: input.channels, columns: weights.columns)
        for row in 0..<weights.rows {
            let (channel, cell) = row.quotientAndRemainder(dividingBy: kernel * kernel)
            let (i, j) = (cell / kernel - paddingBefore, cell % kernel - paddingBefore)
            let start = channel * input.height * input.width
            var sum: Float = 0
            for y in rows where (0..<input.height).contains(y + i) {
                for x in columns where (0..<input.width).contains(x + j) {
                    sum += values[start + (y + i) * input.width + x + j]
                }
            }
            for output in 0..<weights.columns { parts[channel, output] += sum * weights[row, output] }
        }
        return parts
    }

    /// The pattern that an output channel lays over an input channel, `[k × k]`.
    public func filter(from channel: Int, to output: Int) -> [Float] {
        let first = channel * kernel * kernel
        return (first..<first + kernel * kernel).map { weights[$0, output] }
    }

    // MARK: - Patches

    /// The inputs of each place of each image, `[batch · places × channels · k · k]`, zero beyond the image.
    private func patches(of input: Matrix) -> Matrix {
        var patches = Matrix(rows: input.rows * output.height * output.width, columns: weights.rows)
        patches.withUnsafeMutableElements { patches in
            input.withUnsafeElements { values in
                forEachInput(batch: input.rows) { patch, value in patches[patch] = values[value] }
            }
        }
        return patches
    }

    /// Calls `body` with the place of each input in the patches and in the images, those beyond the image left out.
    private func forEachInput(batch: Int, _ body: (_ patch: Int, _ value: Int) -> Void) {
        let (shape, p) = (output, paddingBefore)
        var patch = 0
        for image in 0..<batch {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    for channel in 0..<input.channels {
                        let start = image * input.count + channel * input.height * input.width
                        for i in y - p..<y - p + kernel {
                            for j in x - p..<x - p + kernel {
                                if (0..<input.height).contains(i), (0..<input.width).contains(j) {
                                    body(patch, start + i * input.width + j)
                                }
                                patch += 1
                            }
                        }
                    }
                }
            }
        }
    }

    /// `[batch · places × channels]` → `[batch × channels · places]`
    private func channelsFirst(_ rows: Matrix, batch: Int) -> Matrix {
        let (places, channels) = (output.height * output.width, weights.columns)
        var result = Matrix(rows: batch, columns: output.count)
        result.withUnsafeMutableElements { result in
            rows.withUnsafeElements { rows in
                for row in 0..<batch * places {
                    let start = row / places * places * channels + row % places
                    for channel in 0..<channels { result[start + channel * places] = rows[row * channels + channel] }
                }
            }
        }
        return result
    }

    /// `[batch × channels · places]` → `[batch · places × channels]`
    private func placesFirst(_ values: Matrix) -> Matrix {
        let (places, channels) = (output.height * output.width, weights.columns)
        var result = Matrix(rows: values.rows * places, columns: channels)
        result.withUnsafeMutableElements { result in
            values.withUnsafeElements { values in
                for row in 0..<result.count / max(channels, 1) {
                    let start = row / places * places * channels + row % places
                    for channel in 0..<channels { result[row * channels + channel] = values[start + channel * places] }
                }
            }
        }
        return result
    }
}
