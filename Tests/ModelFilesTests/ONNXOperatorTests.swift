import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Each operator of ONNX, in all ways in which a network of ours has it; an extension has those in which none has.
struct ONNXOperatorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static func node(
        _ operation: String, _ inputs: [String], _ output: String = "y", integers: [String: [Int]] = [:],
        numbers: [String: Float] = [:], texts: [String: String] = [:], tensor: Protobuf? = nil
    ) -> Protobuf {
        ONNXReadingTests.node(
            operation, inputs, output, integers: integers, numbers: numbers, texts: texts, tensor: tensor)
    }

    static func tensor(_ name: String, _ shape: [Int], _ start: Float = 1) -> (String, Protobuf) {
        ONNXReadingTests.tensor(name, shape, (0..<shape.reduce(1, *)).map { start + Float($0) })
    }

    /// Whole numbers, in raw bytes of 8.
    static func integers(_ name: String, _ shape: [Int], _ values: [Int]) -> Protobuf {
        var message = Protobuf()
        for size in shape { message.add(1, size) }
        message.add(2, 7)
        message.add(8, name)
        message.add(
            9, values.flatMap { littleEndian($0, 8) })
        return message
    }

    private static let tensors = [
        tensor("W", [4, 2]), tensor("Wt", [2, 4]), tensor("one", [1]), tensor("three", [3]), tensor("four", [4]),
        tensor("five", [5]), tensor("two", [2]), tensor("minus", [1], -1), tensor("square", [2, 2]),
        tensor("K", [2, 1, 3, 3]), tensor("K2", [2, 1, 2, 2]), tensor("K8", [1, 1, 8, 8]), tensor("Kc", [2, 2, 3, 3]),
        tensor("W32", [32, 2]), tensor("w32", [32]), tensor("huge", [4, 2], 3e38),
        ("pairs", integers("pairs", [4], [-1, 1, 2, 2])), ("last", integers("last", [4], [-1, 2, 2, 1])),
        ("rows", integers("rows", [2], [-1, 4])), ("wide", integers("wide", [2], [3, 5])),
        ("mixed", integers("mixed", [2], [2, -1])), ("image", integers("image", [4], [-1, 1, 3, 3])),
        ("kept", integers("kept", [2], [0, -1])), ("single", integers("single", [2], [1, -1])),
        ("colours", integers("colours", [4], [-1, 2, 2, 2])), ("cube", integers("cube", [3], [-1, 2, 2])),
        tensor("none", [0]), tensor("noweights", [0, 2]), tensor("K7", [1, 1, 7, 7]), tensor("channels", [2, 1, 1]),
        ("nan", ONNXReadingTests.tensor("nan", [1], [.nan]).1),
        ("zero", ONNXReadingTests.tensor("zero", [2], [0, 0]).1),
    ]

    func read(_ nodes: [Protobuf], input: [Int] = [0, 4]) throws -> Network {
        try Model(file: try folder.write(ONNXReadingTests.model(input: input, nodes, Self.tensors))).network
    }

    static let dense = node("MatMul", ["x", "W"])

    // MARK: - What constants and sizes are made of

    @Test func constantsAreFolded() throws {
        let expected = try read([Self.dense])
        #expect(expected.layers[0].weights.elements == [1, 2, 3, 4, 5, 6, 7, 8])
        for nodes in [
            [Self.node("Constant", [], "c", tensor: Self.tensor("", [4, 2]).1), Self.node("MatMul", ["x", "c"])],
            [Self.node("Identity", ["W"], "i"), Self.node("Cast", ["i"], "c"), Self.node("MatMul", ["x", "c"])],
            [
                Self.node("Constant", [], "s", integers: ["value_ints": [-1, 4]]),
                Self.node("Reshape", ["x", "s"], "r"), Self.node("MatMul", ["r", "W"]),
            ],
            [Self.node("Transpose", ["W"], "t", integers: ["perm": [0, 1]]), Self.node("MatMul", ["x", "t"])],
            // As exporters write a view: sizes made of the shape.
            [
                Self.node("Shape", ["x"], "s"), Self.node("Constant", [], "n", integers: ["value_int": [0]]),
                Self.node("Gather", ["s", "n"], "g"), Self.node("Unsqueeze", ["g", "n"], "u"),
                Self.node("Concat", ["u", "n"], "t"), Self.node("Reshape", ["x", "t"], "r"),
                Self.node("MatMul", ["r", "W"]),
            ],
        ] { #expect(try read(nodes) == expected) }
        let halved = try read([
            Self.node("Constant", [], "h", numbers: ["value_float": 0.5]), Self.node("Mul", ["x", "h"], "m"),
            Self.node("MatMul", ["m", "W"]),
        ])
        #expect(halved.layers[0].weights.elements == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4])
    }

    /// Pixels in a row become an image, channels first or last.
    @Test func rowsBecomeImages() throws {
        let rest = [
            Self.node("Conv", ["i", "K"], "z", integers: ["pads": [1, 1, 1, 1]]), Self.node("Relu", ["z"], "a"),
            Self.node("Reshape", ["a", "rows"], "f"), Self.node("MatMul", ["f", "W8"]),
        ]
        let tensors = Self.tensors + [Self.tensor("W8", [8, 2]), ("rows", Self.integers("rows", [2], [-1, 8]))]
        func read(_ nodes: [Protobuf]) throws -> Network {
            try Model(file: try folder.write(ONNXReadingTests.model(input: [0, 4], nodes + rest, tensors))).network
        }
        let network = try read([Self.node("Reshape", ["x", "pairs"], "i")])
        #expect(network.hiddenLayers.map(\.description) == ["conv2x3"] && network.input == Shape(height: 2, width: 2))
        let turned = try read([
            Self.node("Reshape", ["x", "last"], "l"),
            Self.node("Transpose", ["l"], "i", integers: ["perm": [0, 3, 1, 2]]),
        ])
        #expect(turned == network)
    }

    @Test func whatTheInputLeavesOpenTheWeightsTell() throws {
        for input in [[], [0, 0]] { #expect(try read([Self.dense], input: input) == read([Self.dense])) }
    }

    /// Images may have their one channel first, last, or none at all.
    @Test func greyImagesNeedNoChannel() throws {
        let nodes = [Self.node("Flatten", ["x"], "f"), Self.node("MatMul", ["f", "W"])]
        let networks = try [[0, 1, 2, 2], [0, 2, 2, 1], [0, 2, 2]].map { try read(nodes, input: $0) }
        #expect(networks.allSatisfy { $0 == networks[0] } && networks[0].inputs == 4)
    }

    // MARK: - What fits

    @Test func poolingFillsItsImage() throws {
        let image = [0, 1, 4, 4]
        func network(_ integers: [String: [Int]], _ texts: [String: String] = [:]) throws -> Network {
            try read(
                [
                    Self.node(
                        "MaxPool", ["x"], "p",
                        integers: ["kernel_shape": [2, 2], "strides": [2, 2]].merging(integers) { $1 }, texts: texts),
                    Self.node("Flatten", ["p"], "f"), Self.node("MatMul", ["f", "W"]),
                ], input: image)
        }
        let expected = try network([:])
        #expect(expected.hiddenLayers.map(\.description) == ["pool2"])
        for (integers, texts) in [
            (["ceil_mode": [1]], [:]), (["dilations": [1, 1], "pads": [0, 0, 0, 0]], [:]),
            ([:], ["auto_pad": "SAME_UPPER"]), ([:], ["auto_pad": "VALID"]), ([:], ["auto_pad": "SAME_LOWER"]),
        ] as [([String: [Int]], [String: String])] { #expect(try network(integers, texts) == expected) }
    }

    /// What no factor below 0 scales may be scaled before it is pooled as well as behind.
    @Test func scalesPassPooling() throws {
        let pool = Self.node("MaxPool", ["m"], "p", integers: ["kernel_shape": [2, 2], "strides": [2, 2]])
        let rest = [pool, Self.node("Flatten", ["p"], "f"), Self.node("MatMul", ["f", "W"])]
        for (factor, expected) in [("half", [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]), ("none", [0, 0, 0, 0, 0, 0, 0, 0])] {
            let value: Float = factor == "half" ? 0.5 : 0
            let scale = Self.node("Constant", [], "s", numbers: ["value_float": value])
            let network = try read([scale, Self.node("Mul", ["x", "s"], "m")] + rest, input: [0, 1, 4, 4])
            #expect(network.layers[1].weights.elements.map(Double.init) == expected)
        }
    }

    /// A scale of all inputs and one of each, in either order.
    @Test(arguments: [["minus", "four"], ["four", "minus"]]) func scalesAddUp(scales: [String]) throws {
        let network = try read([
            Self.node("Mul", ["x", scales[0]], "s"), Self.node("Mul", ["s", scales[1]], "t"),
            Self.node("MatMul", ["t", "W"]),
        ])
        #expect(network.layers[0].weights.elements == [-1, -2, -6, -8, -15, -18, -28, -32])
    }

    @Test func bordersAreAsWideAsTheyAreSaidToBe() throws {
        func hidden(_ kernel: String, _ integers: [String: [Int]] = [:], _ texts: [String: String] = [:]) throws
            -> String
        {
            let network = try Model(
                file: try folder.write(
                    ONNXReadingTests.model(
                        input: [0, 1, 4, 4],
                        [
                            Self.node("Conv", ["x", kernel], "z", integers: integers, texts: texts),
                            Self.node("Relu", ["z"], "a"), Self.node("Flatten", ["a"], "f"),
                            Self.node("MatMul", ["f", "M"]),
                        ],
                        Self.tensors + [
                            Self.tensor(
                                "M",
                                [
                                    2
                                        * ((texts["auto_pad"] ?? "VALID") == "VALID" && integers["pads"] == nil
                                            ? (kernel == "K" ? 4 : 9) : 16),
                                    2,
                                ])
                        ]))
            ).network
            return HiddenLayer.list(network.hiddenLayers)
        }
        #expect(try hidden("K") == "conv2x3v" && hidden("K", ["pads": [1, 1, 1, 1]]) == "conv2x3")
        #expect(try hidden("K", [:], ["auto_pad": "VALID"]) == "conv2x3v")
        #expect(try hidden("K", [:], ["auto_pad": "SAME_LOWER"]) == "conv2x3")
        #expect(try hidden("K", [:], ["auto_pad": "SAME_UPPER"]) == "conv2x3")
        #expect(try hidden("K2", ["pads": [0, 0, 1, 1]]) == "conv2x2")
        #expect(try hidden("K2", [:], ["auto_pad": "SAME_UPPER"]) == "conv2x2")
    }

    /// Rows may keep the size of the batch, or be one.
    @Test(arguments: ["rows", "kept", "single"]) func rowsStayRows(shape: String) throws {
        let network = try read([Self.node("Reshape", ["x", shape], "r"), Self.node("MatMul", ["r", "W"])])
        #expect(try network == read([Self.dense]))
        let image = try read(
            [Self.node("Reshape", ["x", shape], "r"), Self.node("MatMul", ["r", "W"])], input: [0, 1, 2, 2])
        #expect(image == network)
    }

    /// Exporters make a view's sizes of the shape by many operators.
    @Test(arguments: ["Gather", "Unsqueeze", "Squeeze", "Concat", "Slice", "Cast", "Mul"])
    func sizesAreMadeOfTheShape(operation: String) throws {
        let network = try read([
            Self.node("Shape", ["x"], "s"), Self.node(operation, ["s"], "t"), Self.node("Reshape", ["x", "t"], "r"),
            Self.node("MatMul", ["r", "W"]),
        ])
        #expect(try network == read([Self.dense]))
    }

    /// What leaves the value as it is, or comes after all: an operator of ONNX by either name of its domain.
    @Test func whatChangesNothingIsPassedOver() throws {
        let expected = try read([Self.dense])
        for operation in ["Identity", "Dropout", "Cast"] {
            let nodes = [Self.node(operation, ["x"], "i"), Self.node("MatMul", ["i", "W"])]
            #expect(try read(nodes) == expected)
        }
        for operation in ["Softmax", "LogSoftmax"] {
            for axis in [[:], ["axis": [1]], ["axis": [-1]]] as [[String: [Int]]] {
                for last in ["Identity", "Cast"] {
                    let nodes = [
                        Self.node("MatMul", ["x", "W"], "z"), Self.node(operation, ["z"], "s", integers: axis),
                        Self.node(last, ["s"]),
                    ]
                    #expect(try read(nodes) == expected)
                }
            }
        }
        let named = ONNXReadingTests.node("MatMul", ["x", "W"], "y", domain: "ai.onnx")
        #expect(try read([named]) == expected)
        expectProblem(folder.file("file"), saying: "found \"n/y\" (LSTM)") {
            _ = try read([ONNXReadingTests.node("LSTM", ["x", "W"], "y", domain: "ai.onnx")])
        }
    }

    /// Inputs that may be left out are empty.
    @Test func biasesMayBeLeftOut() throws {
        let expected = try read([Self.dense])
        for inputs in [["x", "W"], ["x", "W", ""]] {
            #expect(try read([Self.node("Gemm", inputs)]) == expected)
            let layer = try read([Self.node("Gemm", inputs + (inputs.count == 2 ? ["one"] : []))]).layers[0]
            #expect(layer.biases.elements == (inputs.count == 2 ? [1, 1] : [0, 0]), "one for all")
        }
        let rest = [Self.node("Relu", ["z"], "a"), Self.node("Flatten", ["a"], "f"), Self.node("MatMul", ["f", "W8"])]
        for (inputs, biases) in [(["x", "K"], [0, 0]), (["x", "K", ""], [0, 0]), (["x", "K", "two"], [1, 2])] {
            let bytes = ONNXReadingTests.model(
                input: [0, 1, 4, 4], [Self.node("Conv", inputs, "z")] + rest,
                Self.tensors + [Self.tensor("W8", [8, 2])])
            let layer = try Model(file: try folder.write(bytes)).network.layers[0]
            #expect(layer.biases.elements == biases.map { Float($0) })
            #expect(layer.weights[0, 1] == 10, "the first number of the second channel")
        }
    }

    /// Each way to calculate with numbers, before the weights and behind them.
    @Test func arithmeticGoesIntoTheWeights() throws {
        let plain: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
        // The sums with x = 1, 1, 1, 1 are 16 and 20.
        for (operation, inputs, factor, offset) in [
            ("Add", ["z", "two"], [1, 1], [1, 2]), ("Add", ["two", "z"], [1, 1], [1, 2]),
            ("Sub", ["z", "two"], [1, 1], [-1, -2]), ("Sub", ["two", "z"], [-1, -1], [1, 2]),
            ("Mul", ["z", "two"], [1, 2], [0, 0]), ("Mul", ["two", "z"], [1, 2], [0, 0]),
            ("Div", ["z", "two"], [1, 0.5], [0, 0]), ("Add", ["z", "minus"], [1, 1], [-1, -1]),
        ] as [(String, [String], [Float], [Float])] {
            let layer = try read([Self.node("MatMul", ["x", "W"], "z"), Self.node(operation, inputs)]).layers[0]
            #expect(layer.weights.elements == plain.enumerated().map { $1 * factor[$0 % 2] }, "\(operation) \(inputs)")
            #expect(layer.biases.elements == offset, "\(operation) \(inputs)")
            let before = inputs.map { $0 == "z" ? "x" : $0 == "two" ? "four" : $0 }
            let first = try read([Self.node(operation, before, "m"), Self.node("MatMul", ["m", "W"])]).layers[0]
            let input = Matrix(rows: 1, columns: 4, [1, 2, 3, 4])
            let scaled = (0..<4).map { index -> Float in
                let (x, number) = (Float(index + 1), before.contains("minus") ? -1 : Float(index + 1))
                return switch operation {
                case "Add": x + number
                case "Mul": x * number
                case "Div": x / number
                default: before[0] == "x" ? x - number : number - x
                }
            }
            let expected = (0..<2).map { output in (0..<4).reduce(0) { $0 + scaled[$1] * plain[2 * $1 + output] } }
            let found = first.sums(of: input).elements
            #expect(
                zip(found, expected).allSatisfy { abs($0 - $1) < 1e-3 }, "\(operation) \(before): \(found) \(expected)")
        }
    }

    /// Numbers of the channels of an image stand before its height and width.
    @Test(arguments: ["channels", "one"]) func channelsHaveNumbers(numbers: String) throws {
        let bytes = ONNXReadingTests.model(
            input: [0, 1, 4, 4],
            [
                Self.node("Conv", ["x", "K"], "z"), Self.node("Add", ["z", numbers], "s"),
                Self.node("Relu", ["s"], "a"),
                Self.node("Flatten", ["a"], "f"), Self.node("MatMul", ["f", "W8"]),
            ], Self.tensors + [Self.tensor("W8", [8, 2])])
        let layer = try Model(file: try folder.write(bytes)).network.layers[0]
        #expect(layer.biases.elements == (numbers == "one" ? [1, 1] : [1, 2]))
    }

    /// Where nothing is said, 10⁻⁵ is added to the variance.
    @Test func batchNormalizationHasAnEpsilon() throws {
        let nodes = [
            Self.node("MatMul", ["x", "W"], "z"),
            Self.node("BatchNormalization", ["z", "two", "zero", "zero", "zero"]),
        ]
        let weights = try read(nodes).layers[0].weights.elements
        for (index, weight) in weights.enumerated() {
            let expected = Float(index + 1) * Float(index % 2 + 1) / Float(1e-5).squareRoot()
            #expect(abs(weight / expected - 1) < 1e-5)
        }
    }

    @Test func activationsAreTold() throws {
        let kinds: [(String, [String: Float], [String: String], Activation)] = [
            ("Relu", [:], [:], .relu), ("Tanh", [:], [:], .tanh), ("Sigmoid", [:], [:], .sigmoid),
            ("LeakyRelu", [:], [:], .leakyReLU), ("LeakyRelu", ["alpha": 0.0100009], [:], .leakyReLU),
            ("LeakyRelu", ["alpha": 0.0099991], [:], .leakyReLU), ("Gelu", [:], [:], .gelu),
            ("Gelu", [:], ["approximate": "none"], .gelu),
        ]
        func nodes(_ operation: String, _ numbers: [String: Float], _ texts: [String: String] = [:]) -> [Protobuf] {
            [
                Self.node("MatMul", ["x", "W"], "z"), Self.node(operation, ["z"], "a", numbers: numbers, texts: texts),
                Self.node("MatMul", ["a", "square"]),
            ]
        }
        for (operation, numbers, texts, activation) in kinds {
            #expect(try read(nodes(operation, numbers, texts)).activation == activation, "\(operation)")
        }
        for slope in [Float(0.0100011), 0.0099989] {
            expectProblem(folder.file("file"), saying: "a slope of 0.01 at \"n/a\" (LeakyRelu), found \(slope)") {
                _ = try read(nodes("LeakyRelu", ["alpha": slope]))
            }
        }
    }

    /// A layer alone has no activation, so it fits any that is asked for.
    @Test func aLayerAloneHasNoActivation() throws {
        _ = try read([Self.dense])
        let model = try Model(file: folder.file("file"), activation: .tanh)
        #expect(!model.isActivationGuessed && model.network.layers.count == 1)
        #expect(try !Model(file: folder.file("file")).isActivationGuessed)
    }

    /// A size that the file leaves open is that of the caller, or 28.
    @Test func imagesOfAnySizeAreThoseOfTheCaller() throws {
        let nodes = [Self.node("Flatten", ["x"], "f"), Self.node("MatMul", ["f", "W"])]
        func model(_ input: [Int], _ rows: Int) throws -> String {
            try folder.write(ONNXReadingTests.model(input: input, nodes, [Self.tensor("W", [rows, 2])]))
        }
        for input in [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0], [0, 1, 2, 0]] {
            #expect(try Model(file: model(input, 784)).network.inputs == 784, "\(input)")
            let told = try Model(file: model(input, 6), image: Shape(height: 2, width: 3)).network
            #expect(told.inputs == 6, "\(input)")
        }
        // One channel before a column of pixels, or behind a row of them.
        for input in [[0, 1, 4, 1], [0, 4, 1, 1], [0, 1, 1, 4]] {
            #expect(try Model(file: model(input, 4)).network.inputs == 4)
        }
        expectProblem(
            folder.file("file"), saying: "an input of grey images or of their pixels, found [?, 2000, 1, 2]"
        ) { _ = try Model(file: model([0, 2000, 1, 2], 4)) }
    }

    /// The largest kernel and the largest window.
    @Test func kernelsAndWindowsGoUpToSeven() throws {
        let rest = [Self.node("Flatten", ["a"], "f"), Self.node("MatMul", ["f", "one1"])]
        for first in [
            [Self.node("Conv", ["x", "K7"], "z"), Self.node("Relu", ["z"], "a")],
            [Self.node("MaxPool", ["x"], "a", integers: ["kernel_shape": [7, 7], "strides": [7, 7]])],
        ] {
            let bytes = ONNXReadingTests.model(
                input: [0, 1, 7, 7], first + rest, Self.tensors + [Self.tensor("one1", [1, 2])])
            #expect(try Model(file: try folder.write(bytes)).network.layers.count == 2)
        }
    }
}
