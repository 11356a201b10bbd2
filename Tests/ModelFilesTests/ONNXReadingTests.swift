import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Models of ONNX, our own and others.
@Suite struct ONNXReadingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func modelsAreToldByTheirFirstBytes() {
        let start: [UInt8] = [8, 8, 0x12, 7, 0x69, 0x6e, 0x6b, 0x6c, 0x69]
        #expect(ONNXGraph.isMagic(start) && ONNXGraph.isMagic([8, 0x7f, 1, 0, 0, 0, 0, 1, 0]))
        #expect(ONNXGraph.isMagic([8, 1, 1, 1, 0, 0, 0, 0, 0]))
        for other in [
            Array(start.dropLast()), [9] + start.dropFirst(), [8, 0x80] + start.dropFirst(2),
            [8, 8, 0] + start.dropFirst(3),
            [8, 8, 1, 0, 0, 0, 0, 0, 0x7b],
        ] as [[UInt8]] { #expect(!ONNXGraph.isMagic(other), "\(other)") }
    }

    @Test func whatIsAskedForMustBeInTheFile() throws {
        try Model(network: makeNetwork([9, 4, 3])).write(to: folder.file("m"), as: .onnx)
        expectProblem(folder.file("m"), saying: "hidden layers 5 as --layers", "found 4") {
            _ = try Model(file: folder.file("m"), layers: [5])
        }
        expectProblem(folder.file("m"), saying: "the activation tanh", "found relu") {
            _ = try Model(file: folder.file("m"), activation: .tanh)
        }
    }

    static func tensor(_ name: String, _ shape: [Int], _ values: [Float]) -> (String, Protobuf) {
        var message = Protobuf()
        for size in shape { message.add(1, size) }
        message.add(2, 1)
        message.add(8, name)
        message.add(9, Tensor(name: name, shape: shape, floats: values).bytes)
        return (name, message)
    }

    static func node(
        _ operation: String, _ inputs: [String], _ output: String, integers: [String: [Int]] = [:],
        numbers: [String: Float] = [:], texts: [String: String] = [:], tensor: Protobuf? = nil, domain: String = ""
    ) -> Protobuf {
        var node = Protobuf()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.add(3, "n/" + output)
        node.add(4, operation)
        for (name, values) in integers.sorted(by: { $0.key < $1.key }) {
            var attribute = Protobuf()
            attribute.add(1, name)
            if values.count == 1 {
                attribute.add(3, values[0])
            } else {
                for value in values { attribute.add(8, value) }
            }
            node.add(5, attribute)
        }
        for (name, value) in numbers {
            var attribute = Protobuf()
            attribute.add(1, name)
            attribute.add(2, value)
            node.add(5, attribute)
        }
        for (name, text) in texts {
            var attribute = Protobuf()
            attribute.add(1, name)
            attribute.add(4, text)
            node.add(5, attribute)
        }
        if let tensor {
            var attribute = Protobuf()
            attribute.add(1, "value")
            attribute.add(5, tensor)
            node.add(5, attribute)
        }
        if !domain.isEmpty { node.add(7, domain) }
        return node
    }

    /// The bytes of a model with the value `x` of that shape going in and `y` coming out.
    static func model(input: [Int], _ nodes: [Protobuf], _ tensors: [(String, Protobuf)] = []) -> [UInt8] {
        func info(_ name: String, _ sizes: [Int]) -> Protobuf {
            var shape = Protobuf()
            for size in sizes {
                var dimension = Protobuf()
                if size > 0 { dimension.add(1, size) } else { dimension.add(2, "N") }
                shape.add(1, dimension)
            }
            var (tensor, type, info) = (Protobuf(), Protobuf(), Protobuf())
            tensor.add(1, 1)
            tensor.add(2, shape)
            type.add(1, tensor)
            info.add(1, name)
            info.add(2, type)
            return info
        }
        var graph = Protobuf()
        for node in nodes { graph.add(1, node) }
        for (_, tensor) in tensors { graph.add(5, tensor) }
        graph.add(11, info("x", input))
        graph.add(12, info("y", [0, 2]))
        var model = Protobuf()
        model.add(1, 8)
        model.add(2, "somebody")
        model.add(7, graph)
        return model.bytes
    }

    /// Two inputs, three hidden neurons, two outputs.
    private static let tensors = [
        tensor("W1", [2, 3], [1, 2, 3, 4, 5, -6]), tensor("b1", [3], [0.5, -0.5, 0.25]),
        tensor("W2", [3, 2], [1, -1, 2, -2, 3, -3]), tensor("b2", [1, 2], [10, 20]), tensor("half", [], [0.5]),
        tensor("W2t", [2, 3], [1, 2, 3, -1, -2, -3]), tensor("gamma", [3], [2, -1, 0.5]),
        tensor("mean", [3], [1, 2, 3]),
        tensor("variance", [3], [3, 8, 0]),
    ]

    private static let expected = Network(
        layers: [
            Dense(
                weights: Matrix(rows: 2, columns: 3, [1, 2, 3, 4, 5, -6] as [Float]),
                biases: Matrix(rows: 1, columns: 3, [0.5, -0.5, 0.25] as [Float])),
            Dense(
                weights: Matrix(rows: 3, columns: 2, [1, -1, 2, -2, 3, -3] as [Float]),
                biases: Matrix(rows: 1, columns: 2, [10, 20] as [Float])),
        ])

    private func read(_ nodes: [Protobuf], input: [Int] = [0, 2]) throws -> Network {
        try Model(file: try folder.write(Self.model(input: input, nodes, Self.tensors))).network
    }

    @Test func addAndMatMulAreADenseLayer() throws {
        let nodes = [
            Self.node("Identity", ["x"], "same"), Self.node("MatMul", ["same", "W1"], "s1"),
            Self.node("Add", ["b1", "s1"], "z1"), Self.node("Relu", ["z1"], "a1"), Self.node("Dropout", ["a1"], "d1"),
            Self.node("Transpose", ["W2t"], "W2b", integers: ["perm": [1, 0]]),
            Self.node("MatMul", ["d1", "W2b"], "s2"), Self.node("Add", ["s2", "b2"], "z2"),
            Self.node("Softmax", ["z2"], "y", integers: ["axis": [-1]]),
        ]
        #expect(try read(nodes) == Self.expected)
    }

    @Test func gemmHasFactors() throws {
        let nodes = [
            Self.node("Gemm", ["x", "W1", "b1"], "z1", numbers: ["alpha": 2, "beta": 4]),
            Self.node("Tanh", ["z1"], "a1"),
            Self.node("Gemm", ["a1", "W2t", "b2"], "y", integers: ["transB": [1]]),
        ]
        let network = try read(nodes)
        #expect(network.layers[0].weights.elements == [2, 4, 6, 8, 10, -12])
        #expect(network.layers[0].biases.elements == [2, -2, 1])
        #expect(network.layers[1] == Self.expected.layers[1])
        #expect(network.activation == .tanh)
    }

    /// (x − 0.5) / 0.5 first and batch normalisation in the middle are in the weights.
    @Test func arithmeticAndBatchNormalizationGoIntoTheWeights() throws {
        let nodes = [
            Self.node("Sub", ["x", "half"], "x1"), Self.node("Div", ["x1", "half"], "x2"),
            Self.node("Gemm", ["x2", "W1", "b1"], "z1"),
            Self.node(
                "BatchNormalization", ["z1", "gamma", "b1", "mean", "variance"], "n1", numbers: ["epsilon": 1]),
            Self.node("Relu", ["n1"], "a1"), Self.node("Gemm", ["a1", "W2", "b2"], "y"),
        ]
        let input = Matrix(rows: 1, columns: 2, [0.75, 0.5])
        let sums = Self.expected.layers[0].sums(of: Matrix(rows: 1, columns: 2, [0.5, 0])).elements
        let normalized = [sums[0] - 1 + 0.5, -(sums[1] - 2) / 3 - 0.5, 0.5 * (sums[2] - 3) + 0.25]
        let found = try read(nodes).layers[0].sums(of: input).elements
        for (a, b) in zip(found, normalized) { #expect(abs(a - b) < 1e-5, "\(found) \(normalized)") }
    }

    /// Keras lays channels last, and turns images round for its convolutions.
    @Test func channelsLastAreTurned() throws {
        let input = Shape(height: 4, width: 4)
        let network = try Network(
            input: input, hidden: ["conv2x3", "pool2"].compactMap(HiddenLayer.init), classes: 2, seed: 1,
            initialization: .xavier)
        let kernel = network.tensors[0].floats
        // [channels · places × outputs] → [places · channels × outputs]
        let rows = Tensor(name: "", shape: [2, 4, 2], floats: network.layers[2].weights.elements).permuted([1, 0, 2])
        let nodes = [
            Self.node("Transpose", ["x"], "first", integers: ["perm": [0, 3, 1, 2]]),
            Self.node("Conv", ["first", "K"], "z", integers: ["pads": [1, 1, 1, 1], "kernel_shape": [3, 3]]),
            Self.node("Relu", ["z"], "a"),
            Self.node("MaxPool", ["a"], "p", integers: ["kernel_shape": [2, 2], "strides": [2, 2]]),
            Self.node("Transpose", ["p"], "last", integers: ["perm": [0, 2, 3, 1]]),
            Self.node("Flatten", ["last"], "f"), Self.node("MatMul", ["f", "W"], "y"),
        ]
        let bytes = Self.model(
            input: [0, 4, 4, 1], nodes,
            [Self.tensor("K", [2, 1, 3, 3], kernel), Self.tensor("W", [8, 2], rows.floats)])
        #expect(try Model(file: try folder.write(bytes)).network == network)
    }

    /// What counts channels needs them in front.
    @Test(arguments: ["Conv", "MaxPool", "BatchNormalization"]) func channelsLastAreNamed(operation: String) throws {
        let bytes = Self.model(
            input: [0, 4, 4, 1], [Self.node(operation, ["x", "K"], "y", integers: ["kernel_shape": [2, 2]])],
            [Self.tensor("K", [1, 1, 2, 2], [1, 2, 3, 4])])
        expectProblem(
            folder.file("file"), saying: "channels before height and width at \"n/y\" (\(operation))", "behind them"
        ) { _ = try Model(file: try folder.write(bytes)) }
    }

    @Test(arguments: [
        ([node("LSTM", ["x", "W1"], "y")], "Conv, MaxPool, Gemm", "\"n/y\" (LSTM)"),
        ([node("Relu", ["x"], "y", domain: "com.microsoft")], "Conv, MaxPool", "com.microsoft.Relu"),
        ([node("Relu", ["x"], "y")], "a layer before ReLU at \"n/y\" (Relu)", "none"),
        ([node("Gemm", ["x", "W2", "b2"], "y")], "the 2 values that come in at \"n/y\" (Gemm)", "for 3"),
        ([node("Gemm", ["x", "W1", "b2"], "y")], "3 biases", "2"),
        ([node("Gemm", ["x", "W1", "none"], "y")], "one value", "another beside it"),
        ([node("Gemm", ["x", "W1"], "z"), node("Gemm", ["z", "W2"], "y")], "one activation behind all", "none"),
        (
            [
                node("Gemm", ["x", "W1"], "z"), node("Relu", ["z"], "a"), node("Tanh", ["a"], "t"),
                node("Gemm", ["t", "W2"], "y"),
            ], "weights before tanh", "another activation"
        ),
        ([node("Gemm", ["x", "W1"], "z"), node("Sigmoid", ["z"], "y")], "without activation at the end", "sigmoid"),
        ([node("Gemm", ["x", "W1"], "z"), node("Add", ["z", "x"], "y")], "one value", "another beside it"),
        ([node("Gemm", ["x", "W1"], "z")], "to the output of the graph", "an end at \"z\""),
        ([node("Conv", ["x", "W1"], "y")], "square kernels", "[2, 3]"),
        ([node("LeakyRelu", ["x"], "y", numbers: ["alpha": 0.3])], "a slope of 0.01", "0.3"),
        ([node("MaxPool", ["x"], "y", integers: ["kernel_shape": [2, 2]])], "strides [2, 2]", "[1, 1]"),
        (
            [node("Gemm", ["x", "W1"], "z"), node("Softmax", ["z"], "s"), node("Relu", ["s"], "y")], "behind Softmax",
            "Relu"
        ),
        ([], "to the output", "an end at \"x\""),
    ]) func whatIsNoSuchNetworkIsNamed(nodes: [Protobuf], expected: String, found: String) {
        expectProblem(folder.file("file"), saying: expected, found) { _ = try read(nodes) }
    }

    @Test func otherTensorsAreNamed() throws {
        func read(_ fields: (inout Protobuf) -> Void) throws {
            var tensor = Protobuf()
            tensor.add(1, 2)
            tensor.add(1, 2)
            tensor.add(8, "W")
            fields(&tensor)
            let bytes = Self.model(input: [0, 2], [Self.node("MatMul", ["x", "W"], "y")], [("W", tensor)])
            _ = try Model(file: try folder.write(bytes))
        }
        let file = folder.file("file")
        expectProblem(file, saying: "\"W\" in float", "int8, whole numbers of 8 bits") { try read { $0.add(2, 3) } }
        expectProblem(file, saying: "\"W\" in the file", "data in another file", "onnx.save") {
            try read {
                $0.add(2, 1)
                $0.add(14, 1)
            }
        }
        expectProblem(file, saying: "\"W\" of shape [2, 2] in F32", "8 bytes") {
            try read {
                $0.add(2, 1)
                $0.add(9, Array(repeating: UInt8(0), count: 8))
            }
        }
        // Typed fields: four floats one by one, doubles packed, halves as whole numbers.
        try read {
            $0.add(2, 1)
            for value in [1, 2, 3, 4] as [Float] { $0.add(4, value) }
        }
        try read {
            $0.add(2, 11)
            $0.add(10, [1, 2, 3, 4] as [Double])
        }
        try read {
            $0.add(2, 10)
            for value in [0x3c00, 0x4000, 0x4200, 0x4400] { $0.add(5, value) }
        }
        #expect(try Model(file: file).network.layers[0].weights.elements == [1, 2, 3, 4])
    }

    @Test func everyTruncationIsNoticed() throws {
        try Model(network: makeNetwork([2, 2])).write(to: folder.file("m"), as: .onnx)
        // What stands behind the graph may be left out.
        let whole = try folder.bytes(of: "m")
        let graphEnd = whole.count - 40
        for count in 9..<graphEnd where count < whole.count / 2 {
            expectProblem(try folder.write(Array(whole[..<count]))) { _ = try Model(file: folder.file("file")) }
        }
    }

    /// Older programs list numbers among the inputs, too.
    @Test func numbersAreNoInputs() throws {
        var (dimension, shape, tensor, type, info) = (Protobuf(), Protobuf(), Protobuf(), Protobuf(), Protobuf())
        dimension.add(1, 2)
        shape.add(1, dimension)
        tensor.add(2, shape)
        type.add(1, tensor)
        info.add(1, "W1")
        info.add(2, type)
        var (graph, model) = (Protobuf(), Protobuf())
        graph.add(1, Self.node("MatMul", ["x", "W1"], "y"))
        graph.add(5, Self.tensor("W1", [2, 3], [1, 2, 3, 4, 5, -6]).1)
        graph.add(11, info)
        info = Protobuf()
        info.add(1, "x")
        graph.add(11, info)
        info = Protobuf()
        info.add(1, "y")
        graph.add(12, info)
        model.add(1, 8)
        model.add(2, "somebody")
        model.add(7, graph)
        let read = try ONNXGraph(model.bytes, file: "file")
        #expect(read.inputs.map(\.name) == ["x"] && read.inputs[0].sizes.isEmpty)
        #expect(
            try Model(file: try folder.write(model.bytes)).network.layers[0].weights.elements == [1, 2, 3, 4, 5, -6])
    }
}
