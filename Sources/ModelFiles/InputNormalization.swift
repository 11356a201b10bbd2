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
        let first = layers[0]
        var weights = first.weights
        var biases = first.biases
        let deviation = Double(normalization.deviation)
        for output in 0..<first.outputs {
            var sum = 0.0
            for input in 0..<first.inputs {
                sum += Double(first.weights[input, output])
                weights[input, output] = Float(Double(first.weights[input, output]) / deviation)
            }
            biases[0, output] = Float(Double(first.biases[0, output]) - Double(normalization.mean) / deviation * sum)
        }
        return Network(layers: [Dense(weights: weights, biases: biases)] + layers.dropFirst(), activation: activation)
    }
}
