import NeuralNetwork

/// A scale of each channel, y = factor · x + offset: what batch normalisation does once it has learnt.
struct ChannelScale: Equatable {
    /// One a channel, or a single one for all.
    let factors, offsets: [Double]

    /// y = γ (x − µ) / √(σ² + ε) + β (Ioffe and Szegedy, 2015, arXiv:1502.03167), one of each a channel.
    static func batchNormalization(
        mean: [Double], variance: [Double], gamma: [Double]?, beta: [Double]?, epsilon: Double
    ) -> ChannelScale {
        let factors = variance.indices.map { (gamma?[$0] ?? 1) / (variance[$0] + epsilon).squareRoot() }
        let offsets = factors.indices.map { (beta?[$0] ?? 0) - mean[$0] * factors[$0] }
        return ChannelScale(factors: factors, offsets: offsets)
    }

    func factor(_ channel: Int) -> Double { factors.count == 1 ? factors[0] : factors[channel] }
    func offset(_ channel: Int) -> Double { offsets.count == 1 ? offsets[0] : offsets[channel] }

    /// What first this and then `next` does to so many channels.
    func followed(by next: ChannelScale, channels: Int) -> ChannelScale {
        ChannelScale(
            factors: (0..<channels).map { factor($0) * next.factor($0) },
            offsets: (0..<channels).map { offset($0) * next.factor($0) + next.offset($0) })
    }
}

/// Makes a network of the steps that the file of another program names one after the other. What no layer of Inkling
/// does, a scale of each channel, goes into the weights of the layer before it, or of the one behind it where an
/// activation lies before it.
struct NetworkAssembly {
    /// What the next step reads; nil before the first where nobody says.
    private(set) var shape: Shape?
    /// The step that is added, for errors: `"fc1"`, or `"/fc1/Gemm" (Gemm)`.
    var step = ""

    let file: String
    private var input: Shape?
    private var layers: [Layer] = []
    /// For the next layer, whose inputs it scales.
    private var waiting: ChannelScale?
    /// Convolutions with a border of zeros, and what scales and shifts their inputs.
    private var shifted: [(index: Int, scale: ChannelScale)] = []
    /// What lay in places before it became a row.
    private var flattened: Shape?

    init(input: Shape?, file: String) {
        (shape, self.input, self.file) = (input, input, file)
    }

    func problem(_ expected: String, _ found: String) -> ModelFileError {
        ModelFileError(file, expected: "\(expected) at \(step)", found: found)
    }

    // MARK: - Steps

    /// - Parameters:
    ///   - weights: `[inputs × outputs]`
    ///   - biases: `[1 × outputs]`
    ///   - channelsLast: whether the inputs lie place by place, `[height, width, channels]`, as in Keras.
    mutating func dense(weights: Matrix, biases: Matrix, channelsLast: Bool = false) throws(ModelFileError) {
        if let shape, shape.count != weights.rows {
            throw problem("weights for the \(shape.count) values that come in", "for \(weights.rows)")
        }
        var weights = weights
        let image = flattened ?? shape
        if channelsLast, let image, image.isImage, image.channels > 1 { weights = channelsFirst(weights, image) }
        var layer = Layer.dense(Dense(weights: weights, biases: biases))
        if let scale = waiting { try scaleInputs(of: &layer, by: scale) }
        append(layer)
    }

    /// - Parameters:
    ///   - weights: `[channels · k · k × output channels]`
    ///   - biases: `[1 × output channels]`
    mutating func convolution(
        kernel: Int, padding: Convolution.Padding, weights: Matrix, biases: Matrix
    ) throws(ModelFileError) {
        guard let shape, shape.isImage, shape.channels * kernel * kernel == weights.rows else {
            throw problem(
                "a convolution of \(shape.map { "\($0)" } ?? "an image")",
                "one of \(weights.rows / max(kernel * kernel, 1)) channels")
        }
        let word = HiddenLayer.convolution(channels: weights.columns, kernel: kernel, padding: padding)
        try check(word)
        let convolution = Convolution(
            input: shape, kernel: kernel, padding: padding, weights: weights, biases: biases)
        var layer = Layer.convolution(convolution)
        if let scale = waiting {
            guard [1, shape.channels].contains(scale.factors.count) else {
                throw problem("a scale of each of \(shape.channels) channels", "of \(scale.factors.count)")
            }
            if convolution.hasBorder, scale.offsets.contains(where: { $0 != 0 }) {
                shifted.append((layers.count, scale))
            } else {
                try scaleInputs(of: &layer, by: scale)
            }
        }
        append(layer)
    }

    mutating func maxPool(_ size: Int) throws(ModelFileError) {
        guard let shape, shape.isImage, flattened == nil else {
            throw problem("an image to pool", shape.map { "\($0) values" } ?? "values")
        }
        guard waiting?.factors.allSatisfy({ $0 >= 0 }) ?? true else {
            throw problem("pooling of what no factor below 0 scales", "batch normalisation with one")
        }
        try check(.maxPool(size: size))
        let pool = MaxPool(input: shape, size: size)
        layers.append(.maxPool(pool))
        self.shape = pool.output
    }

    /// Goes into the layer before it, or waits for the next.
    mutating func scale(_ scale: ChannelScale) throws(ModelFileError) {
        let count = scale.factors.count
        if let shape, ![1, shape.channels, shape.count].contains(count) {
            throw problem("a scale of each of \(shape.channels) channels", "of \(count)")
        }
        if let last = lastWithWeights, layers[last].activation == nil, waiting == nil,
            count == 1 || count == layers[last].weights.columns
        {
            guard last == layers.count - 1 || scale.factors.allSatisfy({ $0 >= 0 }) else {
                throw problem("no factor below 0 behind pooling", "batch normalisation with one")
            }
            layers[last].giveSums(scaledBy: scale)
        } else if layers.last?.isDense == true, layers.last?.activation == nil {
            throw problem("a scale of each of \(layers.last?.outputs ?? 0) sums", "of \(count)")
        } else {
            let channels = max(count, waiting?.factors.count ?? 1)
            guard let before = waiting else {
                waiting = scale
                return
            }
            guard [1, channels].contains(count), [1, channels].contains(before.factors.count) else {
                throw problem("one scale of channels", "two of different kinds")
            }
            waiting = before.followed(by: scale, channels: channels)
        }
    }

    mutating func activation(_ activation: Activation) throws(ModelFileError) {
        guard let last = lastWithWeights else { throw problem("a layer before \(activation.name)", "none") }
        guard waiting == nil, layers[last].activation == nil else {
            throw problem(
                "weights before \(activation.name)", waiting == nil ? "another activation" : "batch normalisation")
        }
        guard last == layers.count - 1 || activation != .gelu else {
            throw problem("GELU before the pooling", "GELU behind it")
        }
        layers[last].activation = activation
    }

    /// Places become a row, in the order in which they lie.
    mutating func flatten() {
        guard let shape, shape.isImage else { return }
        flattened = shape
        self.shape = Shape(features: shape.count)
    }

    /// What the network reads, as an image of as many values; no layer lies before it.
    mutating func reshapeInput(to image: Shape) throws(ModelFileError) {
        guard layers.isEmpty, waiting == nil, shape.map({ $0.count == image.count }) ?? true else {
            throw problem("images before the first layer", "a reshape to \(image)")
        }
        (shape, input, flattened) = (image, image, nil)
    }

    // MARK: - The whole

    /// - Parameters:
    ///   - hidden: the layers before the last, where somebody expects them.
    ///   - image: the size of the images, where somebody expects it.
    /// - Throws: unless dense sums come last, the hidden layers have one activation, and all is as expected.
    func network(hidden: [HiddenLayer]?, image: Shape?) throws(ModelFileError) -> Network {
        guard let last = layers.last, last.isDense, last.activation == nil, waiting == nil else {
            let found =
                waiting != nil
                ? "batch normalisation" : layers.last.map { $0.activation?.name ?? "another layer" } ?? "no layer"
            throw ModelFileError(file, expected: "a dense layer without activation at the end", found: found)
        }
        let activations = layers.dropLast().filter { !$0.parameters.isEmpty }.map(\.activation)
        guard Set(activations).count <= 1, !activations.contains(nil) else {
            let found = activations.prefix(8).map { $0?.name ?? "none" }.joined(separator: ", ")
            throw ModelFileError(file, expected: "one activation behind all layers but the last", found: found)
        }
        var network = Network(layers: layers, input: layers.allSatisfy(\.isDense) ? nil : input)
        try check(network, hidden, image)
        for (index, scale) in shifted.reversed() {
            guard case .convolution(let convolution) = layers[index],
                let two = convolution.behind(scale, activation: network.activation)
            else {
                throw ModelFileError(
                    file, expected: "ReLU, leaky ReLU or GELU around a border of zeros of shifted inputs",
                    found: network.activation.name)
            }
            network.layers.replaceSubrange(index...index, with: two)
        }
        guard network.isFinite else {
            throw ModelFileError(
                file, expected: "weights that 32 bits hold once batch normalisation is in them", found: "others")
        }
        return network
    }

    /// Throws unless the network has these hidden layers and reads these images; nil for any.
    private func check(_ network: Network, _ hidden: [HiddenLayer]?, _ image: Shape?) throws(ModelFileError) {
        if let hidden, hidden != network.hiddenLayers {
            throw ModelFileError(
                file, expected: "hidden layers \(HiddenLayer.list(hidden)) as --layers says",
                found: HiddenLayer.list(network.hiddenLayers))
        }
        let input = network.input
        if let image, input.isImage ? input != image : input.count != image.count {
            throw ModelFileError(
                file, expected: "a network for images of \(image) as --image says",
                found: "one for \(input.isImage ? "\(input)" : "\(input.count) pixels")")
        }
    }

    private var lastWithWeights: Int? { layers.lastIndex { !$0.parameters.isEmpty } }

    private mutating func append(_ layer: Layer) {
        (waiting, flattened) = (nil, nil)
        layers.append(layer)
        shape = layer.output
    }

    /// The rows of the weights that read a channel lie together, as many for each.
    private func scaleInputs(of layer: inout Layer, by scale: ChannelScale) throws(ModelFileError) {
        let (rows, channels) = (layer.weights.rows, scale.factors.count)
        guard channels > 0, rows % channels == 0 else {
            throw problem("a scale of each of \(rows) inputs", "of \(channels)")
        }
        layer.takeInputs(scaledBy: scale, rowsPerChannel: rows / channels)
    }

    /// Throws where no network of ours has such a layer, or it does not fit.
    private func check(_ word: HiddenLayer) throws(ModelFileError) {
        guard HiddenLayer(word.description) != nil, let shape, (try? word.output(for: shape)) != nil else {
            throw problem("a layer that fits \(shape.map { "\($0)" } ?? "")", "\(word)")
        }
    }

    /// Rows that lie place by place, put channel by channel.
    private func channelsFirst(_ weights: Matrix, _ image: Shape) -> Matrix {
        let (places, columns, old) = (image.height * image.width, weights.columns, weights.elements)
        var rows: [Float] = []
        rows.reserveCapacity(old.count)
        for row in 0..<weights.rows {
            let from = (row % places * image.channels + row / places) * columns
            rows += old[from..<from + columns]
        }
        return Matrix(rows: weights.rows, columns: columns, rows)
    }
}

extension Layer {
    /// The layer does with inputs as they are what it did with scaled ones: W ← a W, b ← b + Σ over the inputs of c W.
    ///
    /// - Parameter rowsPerChannel: rows of the weights that read one channel.
    mutating func takeInputs(scaledBy scale: ChannelScale, rowsPerChannel: Int) {
        var (weights, biases) = (weights, biases)
        for output in 0..<weights.columns {
            var bias = Double(biases[0, output])
            for row in 0..<weights.rows {
                let (weight, channel) = (Double(weights[row, output]), row / rowsPerChannel)
                bias += weight * scale.offset(channel)
                weights[row, output] = Float(weight * scale.factor(channel))
            }
            biases[0, output] = Float(bias)
        }
        parameters = [weights, biases]
    }

    /// The layer's sums come out scaled: W ← W a, b ← a b + c.
    mutating func giveSums(scaledBy scale: ChannelScale) {
        var (weights, biases) = (weights, biases)
        for output in 0..<weights.columns {
            let factor = scale.factor(output)
            for row in 0..<weights.rows { weights[row, output] = Float(Double(weights[row, output]) * factor) }
            biases[0, output] = Float(Double(biases[0, output]) * factor + scale.offset(output))
        }
        parameters = [weights, biases]
    }
}
