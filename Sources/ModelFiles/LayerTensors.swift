import Files
import NeuralNetwork

/// How a file holds the weights of a layer.
public enum WeightLayout: String, Sendable, CaseIterable {
    /// `[outputs, inputs]`, PyTorch's.
    case outIn = "out-in"
    /// `[inputs, outputs]`, Inkling's own and Keras'.
    case inOut = "in-out"
}

extension Network {
    /// The parameters with the names and shapes of the same `nn.Sequential` in PyTorch: `0.weight` `[outputs, inputs]` of
    /// Linear or `[outputs, inputs, k, k]` of Conv2d, `0.bias` `[outputs]`, `2.weight` and so on.
    public var tensors: [Tensor] {
        zip(sequentialPlaces, layers).flatMap { place, layer -> [Tensor] in
            let (weights, biases) = (layer.weights, layer.biases)
            guard weights.count > 0 else { return [] }
            var matrix = Tensor(
                name: "\(place).weight", transposed: weights.elements, rows: weights.rows, columns: weights.columns)
            if case .convolution(let convolution) = layer {
                let side = convolution.kernel
                matrix = matrix.reshaped([weights.columns, convolution.input.channels, side, side])
            }
            return [matrix, Tensor(name: "\(place).bias", shape: [biases.columns], floats: biases.elements)]
        }
    }

    /// The network that the tensors hold. Names are `NAME.weight` and `NAME.bias`, `NAME/kernel` and `NAME/bias`, `W1`
    /// and `b1`, or `arr_0`, `arr_1` … in order; the prefixes that wrappers add are dropped; a layer may lack its
    /// biases, or have them in the first column of `theta1`. Batch normalisation goes into the layers beside it.
    ///
    /// Dense layers are put in the order in which their sizes chain. A kernel lies `[in, out]`; else biases tell how
    /// their weights lie, by their number or as a row or a column; where nothing does, they are taken as PyTorch's
    /// `[outputs, inputs]`. What lies between convolutions must be told.
    ///
    /// - Parameters:
    ///   - metadata: of the file, where it has any: they say how convolutions follow each other.
    ///   - hidden: the layers before the last, where somebody knows them; nil for what the file says.
    ///   - image: the size of the images, where somebody knows it; nil for what the file says, or 28 × 28.
    ///   - layout: how the weights lie; nil to find out.
    ///   - activation: of the hidden layers.
    ///   - file: for errors.
    /// - Throws: when there is more or less than that, or a weight is no finite number.
    public init(
        tensors: [Tensor], metadata: [String: String] = [:], hidden: [HiddenLayer]? = nil, image: Shape? = nil,
        layout: WeightLayout? = nil, activation: Activation = .relu, file: String
    ) throws(ModelFileError) {
        let stored = try StoredLayers(tensors, layout: layout, file: file)
        if let structure = try ImageStructure(metadata: metadata, file: file)
            ?? ImageStructure(hidden: hidden, image: image)
        {
            self = try Self.assembly(stored, structure: structure, activation: activation, file: file)
                .network(hidden: hidden, image: image)
        } else if stored.layers.contains(where: \.isConvolution) {
            throw ModelFileError(
                file,
                expected: "--layers with what lies between the weights: pool2 for MaxPool2d(2), v behind a convolution "
                    + "without padding, as in conv6x5,pool2,conv16x5v,pool2,120,84",
                found: "weights alone: "
                    + stored.layers.compactMap(\.word).map(\.description).joined(separator: ", "))
        } else {
            self = try Self.assembly(dense: stored, activation: activation, file: file)
                .network(hidden: hidden, image: image)
        }
    }

    private static func assembly(
        dense stored: StoredLayers, activation: Activation, file: String
    ) throws(ModelFileError) -> NetworkAssembly {
        let layers = stored.layers
        let other = WeightLayout.allCases.filter { $0 != stored.likelyLayout }
        let layouts = stored.layout.map { [$0] } ?? [stored.likelyLayout] + other
        for candidates in [false, true] {
            for layout in layouts where layers.allSatisfy({ $0.fits(layout) }) {
                let order = candidates ? StoredLayer.chain(layers, layout) : layers
                guard let order, StoredLayer.chains(order, layout) else { continue }
                var assembly = NetworkAssembly(input: nil, file: file)
                for (index, layer) in order.enumerated() {
                    try assembly.dense(layer, layout: layout)
                    try assembly.add(index == order.count - 1 ? nil : activation, behind: layer)
                }
                return assembly
            }
        }
        let shapes = layers.prefix(8).map { "\(quoted($0.name)) \(description(ofShape: $0.weights.shape))" }
        throw ModelFileError(
            file,
            expected: "dense layers, the outputs of each being the inputs of the next"
                + (stored.layout.map { ", weights \($0.rawValue)" } ?? ""), found: shapes.joined(separator: ", "))
    }
}

extension NetworkAssembly {
    /// A stored dense layer, and batch normalisation of its inputs.
    mutating func dense(_ layer: StoredLayer, layout: WeightLayout) throws(ModelFileError) {
        step = quoted(layer.name)
        if let scale = layer.scaleBefore { try self.scale(scale) }
        let (weights, biases) = try layer.parameters(layout, file)
        try dense(weights: weights, biases: biases, channelsLast: layer.readsChannelsLast)
    }

    /// What follows the sums of a stored layer.
    ///
    /// - Parameters:
    ///   - activation: nil for that of the last layer.
    ///   - pools: the sizes of the poolings behind the activation.
    mutating func add(
        _ activation: Activation?, behind layer: StoredLayer, pools: [Int] = []
    ) throws(ModelFileError) {
        let scales = layer.scalesBehind.sorted { $0.distance < $1.distance }
        for (distance, scale) in scales where distance == 1 { try self.scale(scale) }
        if let activation { try self.activation(activation) }
        for (distance, scale) in scales where distance == 2 { try self.scale(scale) }
        for size in pools { try maxPool(size) }
        for (distance, scale) in scales where distance > 2 { try self.scale(scale) }
    }
}
