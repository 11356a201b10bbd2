import NeuralNetwork

/// Networks of convolutions in files. Tensors alone do not say what lies between the weights, so the metadata do:
///
///     image       28x28                              height × width of what it reads
///     network     conv6x5,pool2,conv16x5v,pool2,120  the layers before the last, as on the command line
struct ImageStructure {
    static let imageKey = "image"
    static let networkKey = "network"

    let image: Shape
    let hidden: [HiddenLayer]

    /// nil where the metadata say nothing of it; throws where they make no sense.
    init?(metadata: [String: String], file: String) throws(ModelFileError) {
        guard let network = metadata[Self.networkKey] else { return nil }
        let sides = (metadata[Self.imageKey] ?? "").split(separator: "x").compactMap { Int($0) }
        let words = network.split(separator: ",", omittingEmptySubsequences: false)
        let hidden = words.compactMap { HiddenLayer(String($0)) }
        guard sides.count == 2, sides.allSatisfy((1...1024).contains), hidden.count == words.count, hidden.count <= 64
        else {
            throw ModelFileError(
                file, expected: "an image such as 28x28 and the layers of a network in the metadata",
                found: "\(quoted(metadata[Self.imageKey] ?? "")) and \(quoted(network))")
        }
        (image, self.hidden) = (Shape(height: sides[0], width: sides[1]), hidden)
    }

    /// What the metadata say of a network; nothing of dense layers, which tell it themselves.
    static func metadata(of network: Network) -> [String: String] {
        guard !network.layers.allSatisfy(\.isDense) else { return [:] }
        return [
            imageKey: "\(network.input.height)x\(network.input.width)",
            networkKey: network.hiddenLayers.map(\.description).joined(separator: ","),
        ]
    }
}

extension Network {
    /// What the metadata of a file say of the layers; nothing of dense ones, which tell it themselves.
    public var structureMetadata: [String: String] { ImageStructure.metadata(of: self) }

    /// The place of each layer in an `nn.Sequential`, where each activation, each pooling and the step from images to rows
    /// (Flatten) counts as a layer of its own.
    var sequentialPlaces: [Int] {
        var (next, places): (Int, [Int]) = (0, [])
        for (index, layer) in layers.enumerated() {
            if index > 0, layer.isDense, !layers[index - 1].isDense { next += 1 }
            places.append(next)
            next += layer.activation == nil ? 1 : 2
        }
        return places
    }

    /// The network of that structure with the weights of the tensors, which come in its order: `NAME.weight`
    /// `[out, in, k, k]` or `[out, in]` and `NAME.bias`, as PyTorch has them.
    init(tensors: [Tensor], structure: ImageStructure, file: String) throws(ModelFileError) {
        func pairs(_ suffix: String) -> [(name: String, tensor: Tensor)] {
            tensors.filter { $0.name.hasSuffix(suffix) }.map { (String($0.name.dropLast(suffix.count)), $0) }
                .sorted { naturalKey($0.name) < naturalKey($1.name) }
        }
        var rest = zip(pairs(".weight"), pairs(".bias")).map { ($0.tensor, $1.tensor) }[...]
        guard 2 * rest.count == tensors.count, let classes = rest.last?.1.shape.first, classes >= 1 else {
            throw ModelFileError(
                file, expected: "weights and biases, NAME.weight and NAME.bias", found: "\(tensors.count) tensors")
        }
        let words = structure.hidden + [.dense(neurons: classes)]
        let shapes: [Shape]
        do { shapes = try HiddenLayer.outputs(of: words, input: structure.image) } catch {
            throw ModelFileError(file, expected: "layers that fit the image", found: "\(error)")
        }
        var layers: [Layer] = []
        for (word, input) in zip(words, [structure.image] + shapes) {
            if case .maxPool(let size) = word {
                layers.append(.maxPool(MaxPool(input: input, size: size)))
                continue
            }
            guard let (weights, biases) = rest.popFirst() else {
                throw ModelFileError(file, expected: "weights for \(word)", found: "none")
            }
            let shape: [Int]
            switch word {
            case .convolution(let channels, let kernel, _): shape = [channels, input.channels, kernel, kernel]
            case .dense(let neurons): shape = [neurons, input.count]
            case .maxPool: continue
            }
            guard weights.shape == shape, biases.shape == [shape[0]] else {
                throw ModelFileError(
                    file, expected: "\(quoted(weights.name)) \(description(ofShape: shape)) and a bias for \(word)",
                    found: "\(description(ofShape: weights.shape)) and \(description(ofShape: biases.shape))")
            }
            let inputs = shape.dropFirst().reduce(1, *)
            let matrix = Matrix(
                rows: inputs, columns: shape[0],
                transpose(try finiteValues(weights, file), rows: shape[0], columns: inputs))
            let row = Matrix(rows: 1, columns: shape[0], try finiteValues(biases, file))
            if case .convolution(_, let kernel, let padding) = word {
                layers.append(
                    .convolution(
                        Convolution(input: input, kernel: kernel, padding: padding, weights: matrix, biases: row)))
            } else {
                layers.append(.dense(Dense(weights: matrix, biases: row)))
            }
        }
        guard rest.isEmpty else {
            throw ModelFileError(file, expected: "weights of \(words.count) layers", found: "more")
        }
        self.init(layers: layers, input: structure.image)
    }
}
