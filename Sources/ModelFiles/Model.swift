import Files
import Foundation
import NeuralNetwork

/// A network and what its file says of it.
public struct Model: Sendable, Equatable {
    public var network: Network
    /// `dataset`, `layers`, `activation`, `input`, `seed`, `epochs`, `testAccuracy` where Inkling wrote it.
    public var metadata: [String: String]
    /// Whether neither the file nor the caller said which activation the hidden layers have, and ReLU was taken.
    public private(set) var isActivationGuessed = false

    public init(network: Network, metadata: [String: String] = [:]) {
        self.network = network
        self.metadata = metadata
    }

    /// A file's tensors with names that begin so are not the network's: what a checkpoint holds besides.
    public static let privatePrefix = "inkling."

    /// Reads a file of safetensors, PyTorch, NumPy or ONNX: its first bytes tell, not its name.
    ///
    /// - Parameters:
    ///   - layers: those before the last, where the file does not say what lies between convolutions.
    ///   - image: the size of the images, where the file does not say; nil for 28 × 28 then.
    ///   - layout: how the weights lie; nil to find out.
    ///   - activation: of the hidden layers, where the file does not say; nil for ReLU then.
    ///   - normalization: of the inputs; nil for what the metadata `input_mean` and `input_std` say, or none. It goes
    ///     into the first layer: the network read takes pixel/255.
    public init(
        file path: String, layers: [HiddenLayer]? = nil, image: Shape? = nil, layout: WeightLayout? = nil,
        activation: Activation? = nil, normalization: InputNormalization? = nil
    ) throws(ModelFileError) {
        let file = try RandomAccessFile(path)
        let contents = try ModelContents(file)
        metadata = contents.metadata
        var own = try Self.activation(in: metadata, file: path)
        if let graph = contents.graph {
            network = try ONNXNetwork.network(graph, hidden: layers, image: image, file: path)
            if network.layers.count > 1 { own = network.activation }
        } else {
            network = try Network(
                tensors: contents.tensors.filter { !$0.name.hasPrefix(Self.privatePrefix) }, metadata: metadata,
                hidden: layers, image: image, layout: layout, activation: own ?? activation ?? .relu, file: path)
        }
        if let own, let activation, own != activation {
            throw ModelFileError(
                path, expected: "the activation \(activation.rawValue), as --activation says", found: own.rawValue)
        }
        network.activation = own ?? activation ?? .relu
        isActivationGuessed = own == nil && activation == nil && network.layers.count > 1
        let declared = try Self.normalization(in: metadata, file: path)
        if let normalization = normalization ?? declared {
            guard let taking = network.taking(normalization) else {
                throw ModelFileError(
                    path, expected: "ReLU, leaky ReLU or GELU behind a border of zeros around normalised inputs",
                    found: network.activation.name)
            }
            network = taking
            metadata["input_mean"] = nil
            metadata["input_std"] = nil
            metadata["input"] = "pixel/255"
        }
    }

    private static func activation(
        in metadata: [String: String], file: String
    ) throws(ModelFileError) -> Activation? {
        guard let name = metadata["activation"] else { return nil }
        guard let activation = Activation(rawValue: name) else {
            let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
            throw ModelFileError(file, expected: "an activation: \(known)", found: quoted(name))
        }
        return activation
    }

    private static func normalization(
        in metadata: [String: String], file: String
    ) throws(ModelFileError) -> InputNormalization? {
        let (mean, deviation) = (metadata["input_mean"], metadata["input_std"])
        if mean == nil && deviation == nil { return nil }
        guard let meanValue = Float(mean ?? "0"), let deviationValue = Float(deviation ?? "1"),
            let normalization = InputNormalization(mean: meanValue, deviation: deviationValue)
        else {
            throw ModelFileError(
                file, expected: "numbers for input_mean and input_std, the latter above 0",
                found: "\(quoted(mean ?? "none")) and \(quoted(deviation ?? "none"))")
        }
        return normalization
    }

    /// Writes a file whole or not at all.
    ///
    /// - Parameters:
    ///   - softmax: for ONNX, whether the output is probabilities.
    ///   - compressed: for .npz, whether to deflate.
    public func write(
        to path: String, as format: ModelFormat, softmax: Bool = false, compressed: Bool = false
    ) throws(ModelFileError) {
        guard network.isFinite else {
            throw ModelFileError(path, expected: "finite weights to write", found: "others: the training diverged")
        }
        // What was not in the file that the network came from is known by now.
        let metadata = metadata.merging(["activation": network.activation.rawValue]) { $1 }
            .merging(ImageStructure.metadata(of: network)) { $1 }
        switch format {
        case .safetensors:
            try Safetensors(tensors: network.tensors, metadata: metadata.merging(["format": "pt"]) { $1 })
                .write(to: path)
        case .npz:
            try WholeFile.write(
                NPZ.encoded(network.tensors, metadata: metadata, compressed: compressed), to: path)
        case .onnx:
            guard ONNX.operation(network.activation) != nil else {
                throw ModelFileError(
                    path, expected: "an activation that ONNX's operator set 13 has", found: network.activation.name)
            }
            try WholeFile.write(ONNX.encoded(self, softmax: softmax), to: path)
        }
    }
}

/// A format to write models in; the end of a file's name tells.
public enum ModelFormat: String, Sendable, CaseIterable {
    case safetensors, npz, onnx

    public init(path: String) throws(ModelFileError) {
        guard let format = ModelFormat(rawValue: (path as NSString).pathExtension.lowercased()) else {
            throw ModelFileError(path, expected: "a name that ends in .safetensors, .npz or .onnx", found: "another")
        }
        self = format
    }
}

extension Network {
    /// Whether no weight is infinite or no number at all.
    public var isFinite: Bool {
        layers.allSatisfy { layer in
            [layer.weights, layer.biases].allSatisfy { $0.withUnsafeElements { $0.allSatisfy(\.isFinite) } }
        }
    }

    /// "784-128-64-10", or "28x28-conv6x5-pool2-84-10"
    public var sizesDescription: String {
        let input = layers.allSatisfy(\.isDense) ? "\(inputs)" : "\(input.height)x\(input.width)"
        return ([input] + hiddenLayers.map(\.description) + ["\(outputs)"]).joined(separator: "-")
    }
}
