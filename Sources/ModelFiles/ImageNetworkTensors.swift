import Files
import NeuralNetwork

/// Networks of convolutions in files. Tensors alone do not say what lies between the weights, so the metadata do:
///
///     image       28x28                              height × width of what it reads
///     network     conv6x5,pool2,conv16x5v,pool2,120  the layers before the last, as on the command line
///
/// Of a file without them somebody else must know.
struct ImageStructure {
    static let imageKey = "image"
    static let networkKey = "network"

    let image: Shape
    let hidden: [HiddenLayer]

    /// What images have where nobody says.
    static let usualImage = Shape(height: 28, width: 28)

    /// What somebody knows; nil where nothing is known or dense layers only, which tell it themselves.
    init?(hidden: [HiddenLayer]?, image: Shape?) {
        guard let hidden, !hidden.allSatisfy(\.isDense) else { return nil }
        (self.image, self.hidden) = (image ?? Self.usualImage, hidden)
    }

    /// nil where the metadata say nothing of it; throws where they make no sense.
    init?(metadata: [String: String], file: String) throws(ModelFileError) {
        guard let network = metadata[Self.networkKey] else { return nil }
        let image = metadata[Self.imageKey].flatMap(Shape.init(image:))
        let words = network.split(separator: ",", omittingEmptySubsequences: false)
        let hidden = words.compactMap { HiddenLayer(String($0)) }
        guard let image, hidden.count == words.count, hidden.count <= 64 else {
            throw ModelFileError(
                file, expected: "an image such as 28x28 and the layers of a network in the metadata",
                found: "\(quoted(metadata[Self.imageKey] ?? "")) and \(quoted(network))")
        }
        (self.image, self.hidden) = (image, hidden)
    }

    /// What the metadata say of a network; nothing of dense layers, which tell it themselves.
    static func metadata(of network: Network) -> [String: String] {
        guard !network.layers.allSatisfy(\.isDense) else { return [:] }
        return [
            imageKey: "\(network.input.height)x\(network.input.width)",
            networkKey: HiddenLayer.list(network.hiddenLayers),
        ]
    }
}

extension Shape {
    /// "28x28", height × width; nil unless each is 1…1024.
    public init?(image text: String) {
        let words = text.split(separator: "x", omittingEmptySubsequences: false)
        let sides = words.compactMap { Int($0) }.filter((1...1024).contains)
        guard words.count == 2, sides.count == 2 else { return nil }
        self.init(height: sides[0], width: sides[1])
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

    /// The network of that structure with the weights of stored layers. Each takes the first that has its shape, so that
    /// names in another order do no harm.
    static func assembly(
        _ stored: StoredLayers, structure: ImageStructure, activation: Activation, file: String
    ) throws(ModelFileError) -> NetworkAssembly {
        guard stored.layout != .inOut else {
            throw ModelFileError(file, expected: "weights out-in, as convolutions have them", found: "--layout in-out")
        }
        let shapes: [Shape]
        do { shapes = try HiddenLayer.outputs(of: structure.hidden, input: structure.image) } catch {
            throw ModelFileError(file, expected: "layers that fit images of \(structure.image)", found: "\(error)")
        }
        let whole = "where the layers \(HiddenLayer.list(structure.hidden)) read images of \(structure.image)"
        var rest = stored.layers
        /// The first of that shape. A size that is nil may be any.
        func take(_ shape: [Int?]) throws(ModelFileError) -> StoredLayer {
            func fits(_ layer: StoredLayer) -> Bool {
                let found = layer.weights.shape
                return found.count == shape.count && zip(found, shape).allSatisfy { $1 == nil || $0 == $1 }
                    && layer.fits(.outIn)
            }
            guard let index = rest.firstIndex(where: fits) else {
                let sizes = shape.map { $0.map(String.init) ?? "classes" }.joined(separator: ", ")
                guard let next = rest.first else {
                    throw ModelFileError(file, expected: "weights [\(sizes)] \(whole)", found: "none left")
                }
                let biases = next.fits(.outIn) ? "" : " with other biases"
                throw ModelFileError(
                    file, expected: "\(quoted(next.weights.name)) [\(sizes)] \(whole)",
                    found: description(ofShape: next.weights.shape) + biases)
            }
            return rest.remove(at: index)
        }
        var assembly = NetworkAssembly(input: structure.image, file: file)
        let words = structure.hidden
        for index in 0...words.count {
            let input = index == 0 ? structure.image : shapes[index - 1]
            let pools = words.dropFirst(index + 1).prefix { $0.poolSize != nil }.compactMap(\.poolSize)
            let layer: StoredLayer
            switch index < words.count ? words[index] : nil {
            case .maxPool(let size):
                // Those behind weights come with them.
                if words[..<index].allSatisfy({ $0.poolSize != nil }) { try assembly.maxPool(size) }
                continue
            case .convolution(let channels, let kernel, let padding):
                layer = try take([channels, input.channels, kernel, kernel])
                assembly.step = quoted(layer.name)
                if let scale = layer.scaleBefore { try assembly.scale(scale) }
                let (weights, biases) = try layer.parameters(.outIn, file)
                try assembly.convolution(kernel: kernel, padding: padding, weights: weights, biases: biases)
            case .dense(let neurons):
                layer = try take([neurons, input.count])
                try assembly.dense(layer, layout: .outIn)
            case nil:
                layer = try take([nil, input.count])
                try assembly.dense(layer, layout: .outIn)
            }
            try assembly.add(index == words.count ? nil : activation, behind: layer, pools: pools)
        }
        if let more = rest.first {
            throw ModelFileError(
                file, expected: "no more weights \(whole)",
                found: "\(quoted(more.weights.name)) \(description(ofShape: more.weights.shape))")
        }
        return assembly
    }
}

extension HiddenLayer {
    fileprivate var poolSize: Int? {
        if case .maxPool(let size) = self { size } else { nil }
    }
}
