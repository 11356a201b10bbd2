import NeuralNetwork

/// What a network's training did to its inputs, pixel/255: (input − mean) / deviation.
public struct InputNormalization: Sendable, Equatable {
    public let mean: Float
    /// Not 0.
    public let deviation: Float

    /// nil unless both are finite and the deviation is above 0.
    public init?(mean: Float, deviation: Float) {
        guard mean.isFinite, deviation.isFinite, deviation > 0 else { return nil }
        self.mean = mean
        self.deviation = deviation
    }
}

extension Network {
    /// The network that does with inputs as they are what this one does with normalised ones. The first layer makes up
    /// for it, or one before that where it is a convolution with a border of zeros.
    ///
    /// - Returns: nil for such a convolution in a network of tanh or sigmoid.
    public func taking(_ normalization: InputNormalization) -> Network? {
        let deviation = Double(normalization.deviation)
        let scale = ChannelScale(factors: [1 / deviation], offsets: [-Double(normalization.mean) / deviation])
        var network = self
        if case .convolution(let first) = layers[0], first.hasBorder, normalization.mean != 0 {
            guard let two = first.behind(scale, activation: activation) else { return nil }
            network.layers.replaceSubrange(0...0, with: two)
        } else {
            network.layers[0].takeInputs(scaledBy: scale, rowsPerChannel: network.layers[0].weights.rows)
        }
        return network
    }
}
