import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Our own models of ONNX.
@Suite struct ONNXWritingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: Activation.allCases.filter { ONNX.operation($0) != nil }, [false, true])
    func aNetworkComesBackToTheLastBit(activation: Activation, softmax: Bool) throws {
        let convolutions = try Network(
            input: Shape(height: 11, width: 11),
            hidden: ["conv2x3", "pool2", "conv3x2v", "conv2x4", "conv2x1", "5"].compactMap(HiddenLayer.init),
            classes: 3, seed: 1, activation: activation)
        for network in [
            makeNetwork([9, 4, 3]).with(activation), convolutions, makeNetwork([7, 2]), makeNetwork([16, 3]),
        ] {
            let model = Model(network: network, metadata: ["dataset": "é\"\n"])
            try model.write(to: folder.file("m"), as: .onnx, softmax: softmax)
            let read = try Model(file: folder.file("m"))
            #expect(read.network == network)
            #expect(read.metadata["dataset"] == "é\"\n")
            #expect(!read.isActivationGuessed)
        }
    }

    /// Field by field, as `onnx.proto3` numbers them.
    @Test func theFileIsAsTheStandardSays() throws {
        let network = try Network(
            input: Shape(height: 2, width: 4), hidden: ["conv1x2", "pool2"].compactMap(HiddenLayer.init), classes: 3,
            seed: 1, activation: .leakyReLU, initialization: .xavier)
        func message(_ fields: (inout Protobuf) -> Void) -> Protobuf {
            var message = Protobuf()
            fields(&message)
            return message
        }
        func attribute(_ name: String, _ field: Int, _ values: [Int], type: Int) -> Protobuf {
            message {
                $0.add(1, name)
                for value in values { $0.add(field, value) }
                $0.add(20, type)
            }
        }
        func node(_ operation: String, _ inputs: [String], _ output: String, _ attributes: [Protobuf] = []) -> Protobuf
        {
            message {
                for input in inputs { $0.add(1, input) }
                $0.add(2, output)
                $0.add(3, "\(operation)/\(output)")
                $0.add(4, operation)
                for attribute in attributes { $0.add(5, attribute) }
            }
        }
        func value(_ name: String, _ sizes: [Int]) -> Protobuf {
            let dimensions = [message { $0.add(2, "batch") }] + sizes.map { size in message { $0.add(1, size) } }
            let shape = message { for dimension in dimensions { $0.add(1, dimension) } }
            let tensor = message {
                $0.add(1, 1)
                $0.add(2, shape)
            }
            let type = message { $0.add(1, tensor) }
            return message {
                $0.add(1, name)
                $0.add(2, type)
            }
        }
        let window = ["kernel_shape", "strides"].map { attribute($0, 8, [2, 2], type: 7) }
        let pads = attribute("pads", 8, [0, 0, 1, 1], type: 7)
        let axis = attribute("axis", 3, [1], type: 2)
        let nodes = [
            node("Conv", ["input", "0.weight", "0.bias"], "sum0", [window[0], pads]),
            node("LeakyRelu", ["sum0"], "activation0"), node("MaxPool", ["activation0"], "sum1", window),
            node("Flatten", ["sum1"], "flat", [axis]),
            node("Gemm", ["flat", "4.weight", "4.bias"], "logits", [attribute("transB", 3, [1], type: 2)]),
            node("Softmax", ["logits"], "probabilities", [axis]),
        ]
        let tensors = network.tensors.map { tensor in
            message {
                for size in tensor.shape { $0.add(1, size) }
                $0.add(2, 1)
                $0.add(8, tensor.name)
                $0.add(9, tensor.bytes)
            }
        }
        let graph = message {
            for node in nodes { $0.add(1, node) }
            $0.add(2, "inkling")
            for tensor in tensors { $0.add(5, tensor) }
            $0.add(11, value("input", [1, 2, 4]))
            $0.add(12, value("probabilities", [3]))
        }
        let opset = message {
            $0.add(1, "")
            $0.add(2, 13)
        }
        let properties = [("a", "1"), ("b", "2")].map { key, value in
            message {
                $0.add(1, key)
                $0.add(2, value)
            }
        }
        let expected = message {
            $0.add(1, 8)
            $0.add(2, "inkling")
            $0.add(7, graph)
            $0.add(8, opset)
            for property in properties { $0.add(14, property) }
        }
        let model = Model(network: network, metadata: ["b": "2", "a": "1"])
        #expect(ONNX.encoded(model, softmax: true) == expected.bytes)
    }

    /// As many pixels as a square has are an image.
    @Test(arguments: [
        (1, [1]), (2, [2]), (4, [1, 2, 2]), (5, [5]), (9, [1, 3, 3]), (784, [1, 28, 28]), (785, [785]),
    ])
    func squaresAreImages(inputs: Int, sizes: [Int]) throws {
        let bytes = ONNX.encoded(Model(network: Network(sizes: [inputs, 2], seed: 0)), softmax: false)
        let graph = try ONNXGraph(bytes, file: "file")
        #expect(graph.inputs.map(\.name) == ["input"] && graph.inputs[0].sizes == [nil] + sizes.map { Optional($0) })
        #expect(graph.outputs == ["logits"])
    }
}
