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

    /// The network that the tensors hold. Names are `NAME.weight` and `NAME.bias`, or `W1` and `b1`; the prefixes that
    /// PyTorch's wrappers add are dropped; a layer may lack its biases.
    ///
    /// Dense layers are put in the order in which their sizes chain. Biases tell how their weights lie; where nothing
    /// does, they are taken as PyTorch's `[outputs, inputs]`. What lies between convolutions must be told.
    ///
    /// - Parameters:
    ///   - metadata: of the file, where it has any: they say how convolutions follow each other.
    ///   - hidden: the layers before the last, where somebody knows them; nil for what the file says.
    ///   - image: the size of the images, where somebody knows it; nil for what the file says, or 28 × 28.
    ///   - layout: how the weights lie; nil to find out.
    ///   - file: for errors.
    /// - Throws: when there is more or less than that, or a weight is no finite number.
    public init(
        tensors: [Tensor], metadata: [String: String] = [:], hidden: [HiddenLayer]? = nil, image: Shape? = nil,
        layout: WeightLayout? = nil, file: String
    ) throws(ModelFileError) {
        let stored = try StoredLayer.group(tensors, file)
        if let structure = try ImageStructure(metadata: metadata, file: file)
            ?? ImageStructure(hidden: hidden, image: image)
        {
            try self.init(stored, structure: structure, layout: layout, file: file)
        } else if stored.contains(where: \.isConvolution) {
            throw ModelFileError(
                file,
                expected: "--layers with what lies between the weights: pool2 for MaxPool2d(2), v behind a convolution "
                    + "without padding, as in conv6x5,pool2,conv16x5v,pool2,120,84",
                found: "weights alone: \(stored.compactMap(\.word).map(\.description).joined(separator: ", "))")
        } else {
            try self.init(dense: stored, layout: layout, file: file)
        }
        if let hidden, hidden != hiddenLayers {
            throw ModelFileError(
                file, expected: "hidden layers \(HiddenLayer.list(hidden)) as --layers says",
                found: HiddenLayer.list(hiddenLayers))
        }
        if let image, input.isImage ? input != image : inputs != image.count {
            throw ModelFileError(
                file, expected: "a network for images of \(image) as --image says",
                found: "one for \(input.isImage ? "\(input)" : "\(inputs) pixels")")
        }
    }

    private init(dense stored: [StoredLayer], layout: WeightLayout?, file: String) throws(ModelFileError) {
        let layouts = layout.map { [$0] } ?? WeightLayout.allCases
        for candidates in [false, true] {
            for layout in layouts where stored.allSatisfy({ $0.fits(layout) }) {
                let order = candidates ? StoredLayer.chain(stored, layout) : stored
                guard let order, StoredLayer.chains(order, layout) else { continue }
                var layers: [Dense] = []
                for layer in order { layers.append(try layer.dense(layout, file)) }
                self.init(layers: layers)
                return
            }
        }
        let shapes = stored.prefix(8).map { "\(quoted($0.name)) \(description(ofShape: $0.weights.shape))" }
        throw ModelFileError(
            file,
            expected: "dense layers, the outputs of each being the inputs of the next"
                + (layout.map { ", weights \($0.rawValue)" } ?? ""), found: shapes.joined(separator: ", "))
    }
}

/// The tensors of one layer in a file.
struct StoredLayer {
    let name: String
    /// Two dimensions, or four of a convolution.
    let weights: Tensor
    /// One dimension; nil for a layer without.
    let biases: Tensor?

    /// More layers than any such network has, and few enough to try them in every order that may chain.
    static let mostLayers = 256

    var isConvolution: Bool { weights.shape.count == 4 }

    /// What the weights say of the layer; nil where they have sizes that none has.
    var word: HiddenLayer? {
        HiddenLayer(isConvolution ? "conv\(weights.shape[0])x\(weights.shape[2])" : "\(weights.shape[0])")
    }

    /// Convolutions, then dense layers, by name; numbers within a name count as such, so that `fc10` follows `fc9`.
    static func group(_ tensors: [Tensor], _ file: String) throws(ModelFileError) -> [StoredLayer] {
        var weights: [String: Tensor] = [:]
        var biases: [String: Tensor] = [:]
        for tensor in tensors {
            guard let (layer, isBias) = parse(tensor.name) else {
                throw ModelFileError(
                    file, expected: "names of layers: NAME.weight and NAME.bias, or W1 and b1",
                    found: quoted(tensor.name))
            }
            guard (isBias ? [1] : [2, 4]).contains(tensor.shape.count), !tensor.shape.contains(0) else {
                throw ModelFileError(
                    file, expected: "weights of two dimensions, or four of a convolution, and biases of one",
                    found: "\(quoted(tensor.name)) \(description(ofShape: tensor.shape))")
            }
            let earlier =
                isBias ? biases.updateValue(tensor, forKey: layer) : weights.updateValue(tensor, forKey: layer)
            if let earlier {
                throw ModelFileError(
                    file, expected: "each layer once", found: "\(quoted(earlier.name)) and \(quoted(tensor.name))")
            }
        }
        if let lonely = biases.keys.filter({ weights[$0] == nil }).min() {
            throw ModelFileError(file, expected: "weights for layer \(quoted(lonely))", found: "biases only")
        }
        guard (1...mostLayers).contains(weights.count) else {
            throw ModelFileError(file, expected: "1 to \(mostLayers) layers", found: "\(weights.count)")
        }
        return weights.map { StoredLayer(name: $0, weights: $1, biases: biases[$0]) }
            .sorted {
                ($0.isConvolution ? 0 : 1, naturalKey($0.name)) < ($1.isConvolution ? 0 : 1, naturalKey($1.name))
            }
    }

    /// "module.fc1.weight" → ("fc1", false)
    private static func parse(_ name: String) -> (layer: String, isBias: Bool)? {
        var rest = name[...]
        while let prefix = ["module.", "model.", "_orig_mod."].first(where: { rest.hasPrefix($0) }) {
            rest = rest.dropFirst(prefix.count)
        }
        for (suffix, isBias) in [(".weight", false), (".bias", true)] where rest.hasSuffix(suffix) {
            return (String(rest.dropLast(suffix.count)), isBias)
        }
        if rest == "weight" || rest == "bias" { return ("", rest == "bias") }
        if let match = rest.wholeMatch(of: /([Ww]|[Bb])([0-9]{1,9})/) {
            return (String(match.2), match.1.lowercased() == "b")
        }
        return nil
    }

    func inputs(_ layout: WeightLayout) -> Int { weights.shape[layout == .outIn ? 1 : 0] }
    func outputs(_ layout: WeightLayout) -> Int { weights.shape[layout == .outIn ? 0 : 1] }

    func fits(_ layout: WeightLayout) -> Bool { biases.map { $0.shape[0] == outputs(layout) } ?? true }

    static func chains(_ layers: [StoredLayer], _ layout: WeightLayout) -> Bool {
        zip(layers, layers.dropFirst()).allSatisfy { $0.outputs(layout) == $1.inputs(layout) }
    }

    /// The layers in an order that chains, the first by name where there are several, or nil.
    static func chain(_ layers: [StoredLayer], _ layout: WeightLayout) -> [StoredLayer]? {
        var steps = 10_000
        func extend(_ chain: [StoredLayer], with rest: [StoredLayer]) -> [StoredLayer]? {
            if rest.isEmpty { return chain }
            for (index, layer) in rest.enumerated()
            where chain.last.map({ $0.outputs(layout) == layer.inputs(layout) }) ?? true {
                steps -= 1
                guard steps > 0 else { return nil }
                var others = rest
                others.remove(at: index)
                if let whole = extend(chain + [layer], with: others) { return whole }
            }
            return nil
        }
        return extend([], with: layers)
    }

    func dense(_ layout: WeightLayout, _ file: String) throws(ModelFileError) -> Dense {
        let (weights, biases) = try parameters(layout, file)
        return Dense(weights: weights, biases: biases)
    }

    /// Weights `[inputs of a sum × outputs]` and biases `[1 × outputs]`, as layers have them; biases of zero where there
    /// are none.
    func parameters(_ layout: WeightLayout, _ file: String) throws(ModelFileError) -> (weights: Matrix, biases: Matrix)
    {
        let outputs = outputs(layout)
        let values = try finiteValues(weights, file)
        let inputs = values.count / outputs
        return (
            Matrix(
                rows: inputs, columns: outputs,
                layout == .outIn ? transpose(values, rows: outputs, columns: inputs) : values),
            Matrix(
                rows: 1, columns: outputs,
                try biases.map { biases throws(ModelFileError) in try finiteValues(biases, file) }
                    ?? Array(repeating: 0, count: outputs))
        )
    }
}

/// A key that sorts "fc10" behind "fc9": numbers are padded.
private func naturalKey(_ name: String) -> String {
    name.replacing(/[0-9]+/) { String(repeating: "0", count: max(0, 20 - $0.output.count)) + $0.output }
}

/// The values of a tensor; throws where one is no finite number.
private func finiteValues(_ tensor: Tensor, _ file: String) throws(ModelFileError) -> [Float] {
    let values = tensor.floats
    if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw ModelFileError(
            file, expected: "numbers that 32 bits hold in \(quoted(tensor.name))",
            found: "\(values[index]) at index \(index)")
    }
    return values
}
