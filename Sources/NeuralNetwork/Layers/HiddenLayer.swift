/// What a layer before the last is to be, in a word: "128" neurons, "conv6x5" or "conv16x5v", "pool2".
public enum HiddenLayer: Sendable, Equatable {
    case dense(neurons: Int)
    case convolution(channels: Int, kernel: Int, padding: Convolution.Padding)
    case maxPool(size: Int)
}

extension HiddenLayer: ExpressibleByIntegerLiteral {
    public init(integerLiteral neurons: Int) { self = .dense(neurons: neurons) }
}

extension HiddenLayer: LosslessStringConvertible {
    /// The most neurons or channels of a layer.
    public static let mostNeurons = 16_384
    public static let mostChannels = 1024

    /// nil unless it is such a word, of numbers within their limits.
    public init?(_ text: String) {
        if let match = text.wholeMatch(of: /conv([0-9]{1,9})x([0-9]{1,9})(v?)/) {
            guard let channels = Int(match.1), (1...Self.mostChannels).contains(channels),
                let kernel = Int(match.2), Convolution.kernels.contains(kernel)
            else { return nil }
            self = .convolution(channels: channels, kernel: kernel, padding: match.3.isEmpty ? .same : .valid)
        } else if let match = text.wholeMatch(of: /pool([0-9]{1,9})/) {
            guard let size = Int(match.1), MaxPool.sizes.contains(size) else { return nil }
            self = .maxPool(size: size)
        } else {
            guard let neurons = Int(text), (1...Self.mostNeurons).contains(neurons) else { return nil }
            self = .dense(neurons: neurons)
        }
    }

    public var description: String {
        switch self {
        case .dense(let neurons): "\(neurons)"
        case .convolution(let channels, let kernel, let padding):
            "conv\(channels)x\(kernel)\(padding == .valid ? "v" : "")"
        case .maxPool(let size): "pool\(size)"
        }
    }

    /// "conv6x5,pool2,120", or "none".
    public static func list(_ layers: [HiddenLayer]) -> String {
        layers.isEmpty ? "none" : layers.map(\.description).joined(separator: ",")
    }

    public var isDense: Bool { neurons != nil }

    /// Of a dense layer; nil for others.
    public var neurons: Int? {
        if case .dense(let neurons) = self { neurons } else { nil }
    }
}

extension HiddenLayer: Codable {
    /// A number for a dense layer, else the word.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
        guard let layer = HiddenLayer(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no layer.")
        }
        self = layer
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .dense(let neurons) = self { try container.encode(neurons) } else { try container.encode(description) }
    }
}

/// A layer that does not fit what it would read.
public struct LayerMisfit: Error, Sendable, Equatable, CustomStringConvertible {
    public let layer: HiddenLayer
    /// What it would read.
    public let input: Shape

    /// "conv16x5v: expected an image of at least 5 × 5 to read, found 4 × 4"
    public var description: String { "\(layer): expected \(expected), found \(found)" }

    /// "an image of at least 5 × 5 to read"
    public var expected: String {
        let side =
            switch layer {
            case .dense: 1
            case .convolution(_, let kernel, let padding): padding == .same ? 2 : kernel
            case .maxPool(let size): size
            }
        return "an image of at least \(side) × \(side) to read"
    }

    /// "4 × 4"
    public var found: String {
        input.isImage ? "\(input.height) × \(input.width)" : "\(input.count) values without places"
    }
}

extension HiddenLayer {
    /// What the layer gives for an input; throws where it does not fit.
    public func output(for input: Shape) throws(LayerMisfit) -> Shape {
        let output =
            switch self {
            case .dense(let neurons): Shape(features: neurons)
            case .convolution(let channels, let kernel, let padding):
                Convolution.output(of: input, channels: channels, kernel: kernel, padding: padding)
            case .maxPool(let size): MaxPool.output(of: input, size: size)
            }
        if case .dense = self { return output }
        guard input.isImage, output.height >= 1, output.width >= 1 else {
            throw LayerMisfit(layer: self, input: input)
        }
        return output
    }

    /// Weights and biases of the layer on an input, as a number that may be huge.
    public func parameterCount(for input: Shape) -> Double {
        switch self {
        case .dense(let neurons): (Double(input.count) + 1) * Double(neurons)
        case .convolution(let channels, let kernel, _):
            (Double(input.channels * kernel * kernel) + 1) * Double(channels)
        case .maxPool: 0
        }
    }

    /// What each of some layers gives, the first reading the input; throws at the first that does not fit.
    public static func outputs(of layers: [HiddenLayer], input: Shape) throws(LayerMisfit) -> [Shape] {
        var outputs: [Shape] = []
        for layer in layers { outputs.append(try layer.output(for: outputs.last ?? input)) }
        return outputs
    }
}

extension Network {
    /// A network whose weights the seed decides.
    ///
    /// - Parameters:
    ///   - hidden: the layers before the last one, each fitting what it reads.
    ///   - classes: outputs of the last layer, which is dense.
    public init(
        input: Shape, hidden: [HiddenLayer], classes: Int, seed: UInt64, activation: Activation = .relu,
        initialization: Initialization = .he
    ) throws(LayerMisfit) {
        var generator = RandomGenerator(seed: seed, stream: .initialization)
        var (shape, layers): (Shape, [Layer]) = (input, [])
        for layer in hidden {
            let output = try layer.output(for: shape)
            switch layer {
            case .dense(let neurons):
                layers.append(
                    .dense(
                        Dense(
                            inputs: shape.count, outputs: neurons, activation: activation,
                            initialization: initialization, using: &generator)))
            case .convolution(let channels, let kernel, let padding):
                layers.append(
                    .convolution(
                        Convolution(
                            input: shape, channels: channels, kernel: kernel, padding: padding, activation: activation,
                            initialization: initialization, using: &generator)))
            case .maxPool(let size): layers.append(.maxPool(MaxPool(input: shape, size: size)))
            }
            shape = output
        }
        let last =
            initialization.startsLastLayerAtZero
            ? Dense(weights: Matrix(rows: shape.count, columns: classes), biases: Matrix(rows: 1, columns: classes))
            : Dense(inputs: shape.count, outputs: classes, initialization: initialization, using: &generator)
        self.init(layers: layers + [.dense(last)], input: input)
    }

    /// What the layers before the last one are.
    public var hiddenLayers: [HiddenLayer] {
        layers.dropLast().map { layer in
            switch layer {
            case .dense(let dense): .dense(neurons: dense.outputs)
            case .convolution(let convolution):
                .convolution(
                    channels: convolution.weights.columns, kernel: convolution.kernel, padding: convolution.padding)
            case .maxPool(let pool): .maxPool(size: pool.size)
            }
        }
    }
}
