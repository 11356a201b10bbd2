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

/// The network once more, in double and without any kernel: as slow and as plain as can be.
private struct DoubleNetwork {
    struct Layer {
        let inputs, outputs: Int
        let activation: Activation?
        /// `[inputs × outputs]`, then the biases `[outputs]`.
        var parameters: [Double]
    }

    private let layers: [Layer]

    init(_ network: Network) {
        layers = network.layers.map { layer in
            Layer(
                inputs: layer.inputs, outputs: layer.outputs, activation: layer.activation,
                parameters: layer.parameters.flatMap { $0.elements.map(Double.init) })
        }
    }

    /// (L(w + h) − L(w − h)) / 2h for some parameters of a layer, each by itself.
    func slopes(layer index: Int, parameters: [Int], _ inputs: Matrix, _ labels: [UInt8], step: Double) -> [Double] {
        // What goes before the layer stays as it is.
        let reached = (0..<inputs.rows).map { row in
            layers[..<index].reduce(inputs.row(row).map(Double.init)) { output($1, $0) }
        }
        return parameters.map { parameter in
            func loss(_ change: Double) -> Double {
                var layer = layers[index]
                layer.parameters[parameter] += change
                let losses = zip(reached, labels).map { self.loss(from: $0, at: index, through: layer, label: Int($1)) }
                return losses.reduce(0, +) / Double(max(losses.count, 1))
            }
            return (loss(step) - loss(-step)) / (2 * step)
        }
    }

    /// The cross-entropy of one sample in nats, with `changed` in the place of a layer.
    private func loss(from input: [Double], at index: Int, through changed: Layer, label: Int) -> Double {
        var values = input
        for (number, layer) in layers.enumerated().dropFirst(index) {
            let layer = number == index ? changed : layer
            values = output(layer, values)
        }
        let largest = values.max() ?? 0
        return log(values.reduce(0) { $0 + exp($1 - largest) }) - (values[label] - largest)
    }

    private func output(_ layer: Layer, _ input: [Double]) -> [Double] {
        var sums = Array(layer.parameters[(layer.inputs * layer.outputs)...])
        for (i, value) in input.enumerated() where value != 0 {
            for j in sums.indices { sums[j] += value * layer.parameters[i * layer.outputs + j] }
        }
        return layer.activation.map { sums.map($0.value) } ?? sums
    }
}
