import NeuralNetwork

/// A network as an ONNX model: Flatten, then Gemm and Relu in turn; for any size of the batch.
///
/// Field numbers are those of `onnx.proto3`; opset 13 and IR version 8, which every present runtime takes.
enum ONNX {
    /// - Parameters:
    ///   - model: its metadata go along.
    ///   - softmax: whether the output is probabilities in place of logits.
    static func encoded(_ model: Model, softmax: Bool) -> [UInt8] {
        var bytes = Protobuf()
        bytes.add(1, 8)  // ir_version
        bytes.add(2, "inkling")  // producer_name
        bytes.add(7, graph(model.network, softmax: softmax))
        var opset = Protobuf()
        opset.add(1, "")  // the domain of ONNX itself
        opset.add(2, 13)
        bytes.add(8, opset)
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
            var property = Protobuf()
            property.add(1, key)
            property.add(2, value)
            bytes.add(14, property)
        }
        return bytes.bytes
    }

    private static func graph(_ network: Network, softmax: Bool) -> Protobuf {
        var graph = Protobuf()
        let output = softmax ? "probabilities" : "logits"
        var (value, isFlat) = ("input", false)
        for (index, (layer, place)) in zip(network.layers, network.sequentialPlaces).enumerated() {
            let sum = index == network.layers.count - 1 ? "logits" : "sum\(index)"
            let parameters = ["\(place).weight", "\(place).bias"]
            switch layer {
            case .dense:
                if !isFlat {
                    graph.add(1, node("Flatten", [value], "flat", integers: ["axis": 1]))
                    (value, isFlat) = ("flat", true)
                }
                graph.add(1, node("Gemm", [value] + parameters, sum, integers: ["transB": 1]))
            case .convolution(let convolution):
                let (k, before) = (convolution.kernel, convolution.paddingBefore)
                let after = convolution.padding == .same ? k - 1 - before : 0
                graph.add(
                    1,
                    node(
                        "Conv", [value] + parameters, sum,
                        lists: ["kernel_shape": [k, k], "pads": [before, before, after, after]]))
            case .maxPool(let pool):
                let window = [pool.size, pool.size]
                graph.add(1, node("MaxPool", [value], sum, lists: ["kernel_shape": window, "strides": window]))
            }
            value = sum
            if let activation = layer.activation {
                value = "activation\(index)"
                graph.add(1, node(operation(activation) ?? "Relu", [sum], value))
            }
        }
        if softmax { graph.add(1, node("Softmax", ["logits"], output, integers: ["axis": 1])) }
        graph.add(2, "inkling")
        for tensor in network.tensors { graph.add(5, initializer(tensor)) }
        graph.add(11, valueInfo("input", imageShape(network.input)))
        graph.add(12, valueInfo(output, [network.outputs]))
        return graph
    }

    /// As many inputs as a square has pixels are an image of one channel.
    private static func imageShape(_ input: Shape) -> [Int] {
        if input.isImage { return [input.channels, input.height, input.width] }
        let inputs = input.count
        let side = Int(Double(inputs).squareRoot())
        return side > 1 && side * side == inputs ? [1, side, side] : [inputs]
    }

    private static func node(
        _ operation: String, _ inputs: [String], _ output: String, integers: [String: Int] = [:],
        lists: [String: [Int]] = [:]
    ) -> Protobuf {
        var node = Protobuf()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.add(3, operation + "/" + output)
        node.add(4, operation)
        for (name, value) in integers {
            var attribute = Protobuf()
            attribute.add(1, name)
            attribute.add(3, value)
            attribute.add(20, 2)  // INT
            node.add(5, attribute)
        }
        for (name, values) in lists.sorted(by: { $0.key < $1.key }) {
            var attribute = Protobuf()
            attribute.add(1, name)
            for value in values { attribute.add(8, value) }
            attribute.add(20, 7)  // INTS
            node.add(5, attribute)
        }
        return node
    }

    /// The operator of set 13 that is the activation; nil where there is none.
    static func operation(_ activation: Activation) -> String? {
        switch activation {
        case .relu: "Relu"
        case .leakyReLU: "LeakyRelu"  // its slope below 0 is 0.01 unless told otherwise
        case .tanh: "Tanh"
        case .sigmoid: "Sigmoid"
        case .gelu: nil
        }
    }

    private static func initializer(_ tensor: Tensor) -> Protobuf {
        var initializer = Protobuf()
        for size in tensor.shape { initializer.add(1, size) }
        initializer.add(2, 1)  // FLOAT
        initializer.add(8, tensor.name)
        initializer.add(9, tensor.bytes)
        return initializer
    }

    /// Floats of any batch size times `shape`.
    private static func valueInfo(_ name: String, _ shape: [Int]) -> Protobuf {
        var batch = Protobuf()
        batch.add(2, "batch")
        var dimensions = Protobuf()
        dimensions.add(1, batch)
        for size in shape {
            var dimension = Protobuf()
            dimension.add(1, size)
            dimensions.add(1, dimension)
        }
        var tensor = Protobuf()
        tensor.add(1, 1)  // FLOAT
        tensor.add(2, dimensions)
        var type = Protobuf()
        type.add(1, tensor)
        var info = Protobuf()
        info.add(1, name)
        info.add(2, type)
        return info
    }
}
