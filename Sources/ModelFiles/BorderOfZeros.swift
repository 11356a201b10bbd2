import NeuralNetwork

/// A shift of the inputs of a convolution with a border of zeros is not in the border, so it cannot go into the weights:
/// what lies beyond the image would be shifted, too. Instead a layer before it gives each scaled input t twice, as f(t)
/// and f(−t), of which the convolution makes t again:
///
///     ReLU, GELU     f(t) − f(−t) = t
///     leaky ReLU     f(t) − f(−t) = 1.01 t
extension Convolution {
    /// Whether it sees zeros beyond the image.
    var hasBorder: Bool { padding == .same && kernel > 1 }

    /// This convolution, behind a layer of 1 × 1 that scales its inputs.
    ///
    /// - Parameter activation: f, of the layer before.
    /// - Returns: nil for tanh and sigmoid, of which no difference is t, and for more channels than a layer may have.
    func behind(_ scale: ChannelScale, activation: Activation) -> [Layer]? {
        let share: Double
        switch activation {
        case .relu, .gelu: share = 1
        case .leakyReLU: share = 1.01
        case .tanh, .sigmoid: return nil
        }
        let channels = input.channels
        guard 2 * channels <= HiddenLayer.mostChannels else { return nil }
        var (factors, offsets) = (Matrix(rows: channels, columns: 2 * channels), Matrix(rows: 1, columns: 2 * channels))
        for channel in 0..<channels {
            for (output, sign) in [(channel, 1.0), (channels + channel, -1.0)] {
                factors[channel, output] = Float(sign * scale.factor(channel))
                offsets[0, output] = Float(sign * scale.offset(channel))
            }
        }
        let values = weights.elements.map { Float(Double($0) / share) }
        let twice = Matrix(rows: 2 * weights.rows, columns: weights.columns, values + values.map { -$0 })
        return [
            .convolution(
                Convolution(
                    input: input, kernel: 1, padding: .same, weights: factors, biases: offsets, activation: activation)),
            .convolution(
                Convolution(
                    input: Shape(height: input.height, width: input.width, channels: 2 * channels), kernel: kernel,
                    padding: padding, weights: twice, biases: biases, activation: self.activation)),
        ]
    }
}
