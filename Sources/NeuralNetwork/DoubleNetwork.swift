import Foundation

/// The network once more, in double and without any kernel: as slow and as plain as can be.
struct DoubleNetwork {
    struct Layer {
        let layer: NeuralNetwork.Layer
        /// Those of the layer, weights first.
        var parameters: [Double]
    }

    private let layers: [Layer]

    init(_ network: Network) {
        layers = network.layers.map { layer in
            Layer(layer: layer, parameters: layer.parameters.flatMap { $0.elements.map(Double.init) })
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
        let sums =
            switch layer.layer {
            case .dense(let dense): Self.dense(dense, layer.parameters, input)
            case .convolution(let convolution): Self.convolution(convolution, layer.parameters, input)
            case .maxPool(let pool): Self.maxPool(pool, input)
            }
        return layer.layer.activation.map { sums.map($0.value) } ?? sums
    }

    private static func dense(_ layer: Dense, _ parameters: [Double], _ input: [Double]) -> [Double] {
        var sums = Array(parameters[(layer.inputs * layer.outputs)...])
        for (i, value) in input.enumerated() where value != 0 {
            for j in sums.indices { sums[j] += value * parameters[i * layer.outputs + j] }
        }
        return sums
    }

    /// The formula of `Convolution`, sum by sum.
    private static func convolution(_ layer: Convolution, _ parameters: [Double], _ input: [Double]) -> [Double] {
        let (before, after, k, p) = (layer.input, layer.output, layer.kernel, layer.paddingBefore)
        var sums: [Double] = []
        for o in 0..<after.channels {
            for y in 0..<after.height {
                for x in 0..<after.width {
                    var sum = parameters[layer.weights.count + o]
                    for c in 0..<before.channels {
                        for i in 0..<k where (0..<before.height).contains(y + i - p) {
                            for j in 0..<k where (0..<before.width).contains(x + j - p) {
                                sum +=
                                    parameters[((c * k + i) * k + j) * after.channels + o]
                                    * input[(c * before.height + y + i - p) * before.width + x + j - p]
                            }
                        }
                    }
                    sums.append(sum)
                }
            }
        }
        return sums
    }

    private static func maxPool(_ layer: MaxPool, _ input: [Double]) -> [Double] {
        let (before, after, size) = (layer.input, layer.output, layer.size)
        return (0..<after.count).map { place in
            let (channel, y, x) = (
                place / (after.height * after.width), place / after.width % after.height, place % after.width
            )
            let corner = (channel * before.height + y * size) * before.width + x * size
            return (0..<size * size).map { input[corner + $0 / size * before.width + $0 % size] }.max() ?? 0
        }
    }
}
