import Files
import NeuralNetwork

/// The layers that the tensors of a file hold: convolutions, then dense ones, by name; numbers within a name count as
/// such, so that `fc10` follows `fc9`.
struct StoredLayers {
    private(set) var layers: [StoredLayer] = []
    /// How the weights lie that have two dimensions; nil where neither somebody nor a name says.
    private(set) var layout: WeightLayout?
    /// What rows or columns of biases say of it: `[1, n]` are added to rows, `[n, 1]` to columns.
    private(set) var likelyLayout = WeightLayout.outIn

    /// - Parameter layout: what somebody says; nil for what the names say.
    init(_ tensors: [Tensor], layout: WeightLayout?, file: String) throws(ModelFileError) {
        self.layout = layout
        var parts: [String: [StoredTensorName.Part: Tensor]] = [:]
        var epsilons: [String: Double] = [:]
        for tensor in try Self.named(tensors, file) where !StoredTensorName.isCounter(tensor.name) {
            guard let name = StoredTensorName(tensor.name) else {
                throw ModelFileError(file, expected: StoredTensorName.expected, found: quoted(tensor.name))
            }
            if let earlier = parts[name.layer, default: [:]].updateValue(tensor, forKey: name.part) {
                throw ModelFileError(
                    file, expected: "each layer once", found: "\(quoted(earlier.name)) and \(quoted(tensor.name))")
            }
            if name.part == .mean { epsilons[name.layer] = name.epsilon }
        }
        var scales: [(name: String, scale: ChannelScale)] = []
        for (name, parts) in parts.sorted(by: { naturalKey($0.key) < naturalKey($1.key) }) {
            if parts.keys.contains(where: \.isOfNormalization) {
                scales.append((name, try Self.scale(parts, epsilon: epsilons[name] ?? 1e-5, file)))
            } else {
                layers.append(try layer(name, parts, told: layout, file))
            }
        }
        guard (1...StoredLayer.mostLayers).contains(layers.count) else {
            throw ModelFileError(file, expected: "1 to \(StoredLayer.mostLayers) layers", found: "\(layers.count)")
        }
        layers = layers.filter(\.isConvolution) + layers.filter { !$0.isConvolution }
        splitBiasColumns()
        for (name, scale) in scales { try place(scale, named: name, file) }
    }

    /// Arrays without names, `arr_0`, `arr_1` …, in order: the weights of each layer, and the biases where there are any.
    private static func named(_ tensors: [Tensor], _ file: String) throws(ModelFileError) -> [Tensor] {
        let numbered = /arr_([0-9]{1,9})/
        let numbers = tensors.map { $0.name.wholeMatch(of: numbered).flatMap { Int($0.1) } }
        guard !tensors.isEmpty, !numbers.contains(nil) else { return tensors }
        let ordered = zip(numbers, tensors).sorted { ($0.0 ?? 0) < ($1.0 ?? 0) }.map(\.1)
        let biases = ordered.filter { $0.shape.count < 2 || $0.shape.count == 2 && $0.shape.contains(1) }
        let weights = ordered.filter { tensor in !biases.contains { $0.name == tensor.name } }
        guard biases.isEmpty || biases.count == weights.count else {
            throw ModelFileError(
                file, expected: "in \(ordered.count) arrays without names as many weights as biases",
                found: "\(weights.count) and \(biases.count)")
        }
        return weights.enumerated().map { $1.renamed("W\($0)") } + biases.enumerated().map { $1.renamed("b\($0)") }
    }

    private mutating func layer(
        _ name: String, _ parts: [StoredTensorName.Part: Tensor], told: WeightLayout?, _ file: String
    ) throws(ModelFileError) -> StoredLayer {
        for (part, tensor) in parts {
            guard (part == .biases ? [1, 2] : [2, 4]).contains(tensor.shape.count), !tensor.shape.contains(0),
                part != .biases || tensor.shape.count == 1 || tensor.shape.contains(1)
            else {
                throw ModelFileError(
                    file, expected: "weights of two dimensions, or four of a convolution, and biases of one",
                    found: "\(quoted(tensor.name)) \(description(ofShape: tensor.shape))")
            }
        }
        guard let weights = parts[.weights] ?? parts[.kernel] else {
            throw ModelFileError(file, expected: "weights for layer \(quoted(name))", found: "biases only")
        }
        if parts.count > (parts[.biases] == nil ? 1 : 2) {
            throw ModelFileError(file, expected: "each layer once", found: "weights and kernel of \(quoted(name))")
        }
        let isKernel = parts[.weights] == nil && told != .outIn
        if isKernel { self.layout = .outIn }
        if let biases = parts[.biases], biases.shape.count == 2, biases.shape[0] != biases.shape[1] {
            likelyLayout = biases.shape[0] == 1 ? .inOut : .outIn
        }
        return StoredLayer(
            name: name,
            weights: !isKernel ? weights : weights.permuted(weights.shape.count == 4 ? [3, 2, 0, 1] : [1, 0]),
            biases: parts[.biases].map { $0.reshaped([$0.shape.reduce(1, *)]) }, readsChannelsLast: isKernel)
    }

    /// Where no layer has biases, but each has one input more than the one before gives, or is called theta, a column
    /// (or row) of ones stands in front of the inputs, and its weights are the biases.
    private mutating func splitBiasColumns() {
        guard layers.allSatisfy({ $0.biases == nil && !$0.isConvolution }) else { return }
        for layout in layout.map({ [$0] }) ?? WeightLayout.allCases {
            let isSo = zip(layers, layers.dropFirst()).allSatisfy { $0.outputs(layout) + 1 == $1.inputs(layout) }
            let isCalledSo = layers.allSatisfy { $0.weights.name.lowercased().hasPrefix("theta") }
            guard isSo, layers.count > 1 || isCalledSo, layers.allSatisfy({ $0.inputs(layout) > 1 }) else { continue }
            self.layout = .outIn
            layers = layers.map { layer in
                let matrix = layout == .outIn ? layer.weights : layer.weights.permuted([1, 0])
                let (rows, columns, values) = (matrix.shape[0], matrix.shape[1], matrix.floats)
                let starts = (0..<rows).map { $0 * columns }
                return StoredLayer(
                    name: layer.name,
                    weights: Tensor(
                        name: matrix.name, shape: [rows, columns - 1],
                        floats: starts.flatMap { values[$0 + 1..<$0 + columns] }),
                    biases: Tensor(name: matrix.name, shape: [rows], floats: starts.map { values[$0] }),
                    readsChannelsLast: false)
            }
            return
        }
    }
}

// MARK: - Batch normalisation

extension StoredLayers {
    private static func scale(
        _ parts: [StoredTensorName.Part: Tensor], epsilon: Double, _ file: String
    ) throws(ModelFileError) -> ChannelScale {
        guard let mean = parts[.mean], let variance = parts[.variance] else {
            let names = parts.values.map(\.name).sorted().map(quoted).joined(separator: ", ")
            throw ModelFileError(
                file, expected: "mean and variance of batch normalisation (running_mean, running_var)", found: names)
        }
        let gamma = parts[.gamma] ?? parts[.weights]
        let beta = parts[.beta] ?? parts[.biases]
        for tensor in [mean, variance, gamma, beta].compactMap({ $0 }) {
            guard tensor.shape.count == 1, tensor.shape == mean.shape, tensor.shape[0] > 0 else {
                throw ModelFileError(
                    file, expected: "one number a channel in \(quoted(tensor.name))",
                    found: description(ofShape: tensor.shape))
            }
            _ = try tensor.finiteFloats(file)
        }
        return .batchNormalization(
            mean: mean.doubles, variance: variance.doubles, gamma: gamma?.doubles, beta: beta?.doubles, epsilon: epsilon
        )
    }

    /// Finds the layer that batch normalisation belongs to.
    ///
    /// The numbers of an `nn.Sequential` say where it stands: `0, 1` between the sums of a layer and its activation,
    /// `0, 2` behind that. Other names do not: it is taken for that of the layer of the same number, as `conv1` and
    /// `bn1`, or else the first of as many outputs without, and to stand between sums and activation.
    private mutating func place(_ scale: ChannelScale, named name: String, _ file: String) throws(ModelFileError) {
        if let (parent, number) = Self.place(name) {
            let siblings = layers.indices.compactMap { index in
                Self.place(layers[index].name).flatMap { $0.parent == parent ? (index: index, number: $0.number) : nil }
            }
            if let before = siblings.filter({ $0.number < number }).max(by: { $0.number < $1.number }) {
                layers[before.index].scalesBehind.append((number - before.number, scale))
                return
            }
            if let behind = siblings.min(by: { $0.number < $1.number }), layers[behind.index].scaleBefore == nil {
                layers[behind.index].scaleBefore = scale
                return
            }
        }
        let count = scale.factors.count
        let free = layers.indices.filter { index in
            let layer = layers[index]
            return layer.scalesBehind.isEmpty
                && (layer.isConvolution
                    ? layer.weights.shape[0] == count
                    : layer.biases.map { $0.shape[0] == count } ?? layer.weights.shape.contains(count))
        }
        guard let index = free.first(where: { Self.number(layers[$0].name) == Self.number(name) }) ?? free.first else {
            throw ModelFileError(
                file, expected: "a layer of \(count) outputs before batch normalisation \(quoted(name))", found: "none")
        }
        layers[index].scalesBehind.append((1, scale))
    }

    /// Read once, as a file may have many thousand names; nothing changes it, so threads may share it.
    private nonisolated(unsafe) static let placed = /(|.*\.)([0-9]{1,9})/

    /// "features.4" → "features", 4; nil where the last component is no number.
    private static func place(_ name: String) -> (parent: String, number: Int)? {
        name.wholeMatch(of: placed).flatMap { match in Int(match.2).map { (String(match.1), $0) } }
    }

    /// "conv2d_1" → "1"
    private static func number(_ name: String) -> Substring? { name.firstMatch(of: /[0-9]+$/)?.output }
}
