import NeuralNetwork

/// What layers and their sizes are called in a few letters.
enum LayerName {
    /// "784→128", "conv 6 5×5" or "pool 2"
    static func of(_ layer: Layer) -> String {
        switch layer {
        case .dense(let dense): "\(dense.inputs)→\(dense.outputs)"
        case .convolution(let convolution):
            "conv \(convolution.weights.columns) \(convolution.kernel)×\(convolution.kernel)"
        case .maxPool(let pool): "pool \(pool.size)"
        }
    }

    /// "28×28×6" or "120"
    static func size(_ shape: Shape) -> String {
        shape.isImage ? "\(shape.height)×\(shape.width)×\(shape.channels)" : "\(shape.channels)"
    }

    /// All layers in a line, from the longest way to say it to the shortest:
    /// "28×28×1 → conv 6 5×5 → 28×28×6 → pool 2 → 14×14×6 → 84 → 10"
    static func lines(_ network: Network) -> [String] {
        func line(arrow: String, _ words: (Layer) -> String) -> String {
            network.layers.reduce(size(network.input)) { line, layer in
                line + (layer.isDense ? arrow : words(layer)) + size(layer.output)
            }
        }
        let short = line(arrow: "→") { $0.parameterCount > 0 ? " conv→" : " pool→" }
        let sizes = [" → ", "→"].map { arrow in line(arrow: arrow) { _ in arrow } }
        guard !network.layers.allSatisfy(\.isDense) else { return sizes }
        return [line(arrow: " → ") { " → \(of($0)) → " }, short] + sizes
    }
}

extension Layer {
    /// What counts as one neuron: in a convolution and in pooling a whole feature map, a channel of the output.
    var neurons: Int { output.channels }

    /// Places of a neuron's feature map; 1 in a dense layer.
    var places: Int { output.height * output.width }
}

extension Network {
    /// The layers of convolution and pooling, which give feature maps; they come before all dense ones.
    var mapLayers: Range<Int> { 0..<(layers.firstIndex(where: \.isDense) ?? layers.count) }
}
