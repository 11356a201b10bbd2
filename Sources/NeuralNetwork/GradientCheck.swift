import Foundation

/// Backpropagation against central finite differences, parameter by parameter:
///
///     ∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h      error ≤ |backprop − difference| / max(|backprop|, |difference|, r)
///
/// r, the root mean square of the layer's gradient, keeps apart what is wrong from what is next to nothing. The losses
/// are computed in double, by sums written out here, so that h can be small and what remains is the rounding of the
/// float gradient: some 10⁻⁶. A wrong formula shows as 10⁻² or more.
public struct GradientCheck: Sendable, Equatable {
    /// What a layer came to.
    public struct Layer: Sendable, Equatable {
        /// Parameters compared.
        public let count: Int
        /// The largest relative error, as above; 0 if nothing differs.
        public let worstError: Double
    }

    /// What passes for rounding.
    public static let tolerance = 1e-4
    /// h
    private static let step = 1e-5
    /// Below it, as where gradients vanish in a deep network, it is the difference that rounding spoils.
    private static let floor = 1e-6

    /// One for each layer, first to last.
    public let layers: [Layer]

    public var passes: Bool { layers.allSatisfy { $0.worstError <= Self.tolerance } }

    /// - Parameters:
    ///   - inputs: `[batch × inputs]`
    ///   - labels: `[batch]`, below the number of outputs
    ///   - samples: parameters to compare in each layer, chosen at random; all if there are fewer.
    ///   - gradients: those to check, in the form of the parameters; nil for the network's own.
    public init(
        of network: Network, inputs: Matrix, labels: [UInt8], samples: Int, seed: UInt64,
        gradients: Parameters? = nil
    ) {
        let gradients = gradients ?? network.lossAndGradients(inputs: inputs, labels: labels).gradients
        var generator = RandomGenerator(seed: seed, stream: .shuffling)
        let model = DoubleNetwork(network)
        var rest = gradients.matrices[...]
        layers = network.layers.enumerated().map { index, layer in
            let count = layer.parameters.count
            let slopes = rest.prefix(count).flatMap(\.elements)
            rest = rest.dropFirst(count)
            let scale = (slopes.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(slopes.count, 1))).squareRoot()
            let chosen = generator.permutation(count: slopes.count).prefix(samples).map(Int.init)
            let differences = model.slopes(layer: index, parameters: chosen, inputs, labels, step: Self.step)
            let errors = zip(chosen, differences).map { parameter, difference in
                let slope = Double(slopes[parameter])
                // A NaN must not pass for a small error.
                let error = abs(slope - difference) / max(abs(slope), abs(difference), scale, Self.floor)
                return error.isNaN ? .infinity : error
            }
            return Layer(count: chosen.count, worstError: errors.max() ?? 0)
        }
    }
}
