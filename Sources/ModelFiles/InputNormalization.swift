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
    /// The network that does with inputs as they are what this one does with normalised ones:
    ///
    ///     W ← W / σ      b ← b − (µ / σ) Σ over the inputs of W      in the first layer
    public func taking(_ normalization: InputNormalization) -> Network {
        var (weights, biases) = (layers[0].weights, layers[0].biases)
        let deviation = Double(normalization.deviation)
        for output in 0..<weights.columns {
            var sum = 0.0
            for input in 0..<weights.rows {
                sum += Double(weights[input, output])
                weights[input, output] = Float(Double(weights[input, output]) / deviation)
            }
            biases[0, output] = Float(Double(biases[0, output]) - Double(normalization.mean) / deviation * sum)
        }
        var network = self
        network.layers[0].parameters = [weights, biases]
        return network
    }
}
