import Files
import NeuralNetwork

/// The tensors of one layer in a file, as PyTorch has them, and the batch normalisation around it.
struct StoredLayer {
    let name: String
    /// Two dimensions, or four of a convolution, `[out, in, k, k]`.
    let weights: Tensor
    /// One dimension; nil for a layer without.
    let biases: Tensor?
    /// Whether images lie place by place in front of it, as in Keras and Flax.
    let readsChannelsLast: Bool
    /// Of its inputs, where nothing lies before.
    var scaleBefore: ChannelScale?
    /// Behind it, each so many places on in an `nn.Sequential`: 1 between its sums and the activation.
    var scalesBehind: [(distance: Int, scale: ChannelScale)] = []

    /// More layers than any such network has, and few enough to try them in every order that may chain.
    static let mostLayers = 256

    var isConvolution: Bool { weights.shape.count == 4 }

    /// What the weights say of the layer; nil where they have sizes that none has.
    var word: HiddenLayer? {
        HiddenLayer(isConvolution ? "conv\(weights.shape[0])x\(weights.shape[2])" : "\(weights.shape[0])")
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

    /// Weights `[inputs of a sum × outputs]` and biases `[1 × outputs]`, as layers have them; biases of zero where there
    /// are none.
    func parameters(_ layout: WeightLayout, _ file: String) throws(ModelFileError) -> (weights: Matrix, biases: Matrix)
    {
        let outputs = outputs(layout)
        let values = try weights.finiteFloats(file)
        let inputs = values.count / outputs
        return (
            Matrix(
                rows: inputs, columns: outputs,
                layout == .outIn ? transpose(values, rows: outputs, columns: inputs) : values),
            Matrix(
                rows: 1, columns: outputs,
                try biases.map { biases throws(ModelFileError) in try biases.finiteFloats(file) }
                    ?? Array(repeating: 0, count: outputs))
        )
    }
}

extension Tensor {
    /// The elements; throws where one is no finite number.
    func finiteFloats(_ file: String) throws(ModelFileError) -> [Float] {
        let values = floats
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw ModelFileError(
                file, expected: "numbers that 32 bits hold in \(quoted(name))",
                found: "\(values[index]) at index \(index)")
        }
        return values
    }
}

/// Read once, as a file may have many thousand names; nothing changes it, so threads may share it.
private nonisolated(unsafe) let digits = /[0-9]+/

/// A key that sorts "fc10" behind "fc9": numbers are padded.
func naturalKey(_ name: String) -> String {
    name.replacing(digits) { String(repeating: "0", count: max(0, 20 - $0.output.count)) + $0.output }
}
