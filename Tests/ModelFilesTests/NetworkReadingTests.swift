import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// How tensors of other programs become a network.
@Suite struct NetworkReadingTests {
    /// The tensors of `network` under other names, in the order of the names given.
    private func renamed(_ network: Network, _ names: [String]) -> [Tensor] {
        zip(network.tensors, names).map {
            Tensor(name: $1, shape: $0.shape, elementType: $0.elementType, bytes: $0.bytes)
        }
    }

    private let network = makeNetwork([6, 5, 4, 3])

    @Test(arguments: [
        ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"],
        ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"],
        ["module.0.weight", "module.0.bias", "module.2.weight", "module.2.bias", "module.10.weight", "module.10.bias"],
        ["_orig_mod.model.a.weight", "_orig_mod.model.a.bias", "b.weight", "b.bias", "c.weight", "c.bias"],
        ["input.weight", "input.bias", "hidden.weight", "hidden.bias", "final.weight", "final.bias"],
        ["W1", "b1", "W2", "b2", "W3", "b3"],
    ]) func namesAreUnderstood(names: [String]) throws {
        let tensors = renamed(network, names)
        #expect(try Network(tensors: tensors, file: "file") == network)
        #expect(try Network(tensors: tensors.reversed(), file: "file") == network, "whatever the order in the file")
    }

    @Test func tenComesAfterNine() throws {
        let square = makeNetwork(Array(repeating: 3, count: 13))
        let names = (1...12).flatMap { ["fc\($0).weight", "fc\($0).bias"] }
        #expect(try Network(tensors: renamed(square, names).shuffled(), file: "file") == square)
    }

    @Test func biasesTellHowWeightsLie() throws {
        let stored = network.layers.enumerated().flatMap { index, layer in
            [
                Tensor(name: "W\(index)", shape: [layer.inputs, layer.outputs], floats: layer.weights.elements),
                Tensor(name: "b\(index)", shape: [layer.outputs], floats: layer.biases.elements),
            ]
        }
        #expect(try Network(tensors: stored, file: "file") == network)
        expectProblem("file", saying: "out-in", "\"0\" [6, 5]") {
            _ = try Network(tensors: stored, layout: .outIn, file: "file")
        }
    }

    @Test func aSquareLayerIsPyTorchsUnlessToldOtherwise() throws {
        let tensor = Tensor(name: "0.weight", shape: [2, 2], floats: [1, 2, 3, 4])
        let outIn = try Network(tensors: [tensor], file: "file")
        let inOut = try Network(tensors: [tensor], layout: .inOut, file: "file")
        let input = Matrix(rows: 1, columns: 2, [1, 0])
        #expect(outIn.logits(input).elements == [1, 3])
        #expect(inOut.logits(input).elements == [1, 2])
    }

    @Test func normalisationGoesIntoTheFirstLayer() throws {
        let normalization = try #require(InputNormalization(mean: 0.1307, deviation: 0.3081))
        let input = Matrix(rows: 2, columns: 6, (0..<12).map { Float($0) / 11 })
        let normalized = Matrix(rows: 2, columns: 6, input.elements.map { ($0 - 0.1307) / 0.3081 })
        let expected = network.logits(normalized).elements
        let taking = try #require(network.taking(normalization))
        for (a, b) in zip(taking.logits(input).elements, expected) { #expect(abs(a - b) < 1e-4) }

        let folder = try TemporaryFolder()
        let metadata = ["input_mean": "0.1307", "input_std": "0.3081"]
        try Safetensors(tensors: network.tensors, metadata: metadata).write(to: folder.file("model"))
        let read = try Model(file: folder.file("model"))
        #expect(read.network == taking)
        #expect(read.metadata["input_mean"] == nil, "it is not to be applied twice")
        #expect(
            try Model(file: folder.file("model"), normalization: InputNormalization(mean: 0, deviation: 1)).network
                == network)
    }

    @Test func theActivationStays() throws {
        let folder = try TemporaryFolder()
        let tanh = network.with(.tanh)
        let model = Model(
            network: tanh, metadata: ["activation": "tanh", "input_mean": "0.5", "input_std": "0.25"])
        try model.write(to: folder.file("model"), as: .safetensors)
        #expect(try Model(file: folder.file("model")).network.activation == .tanh)
        try Safetensors(tensors: network.tensors, metadata: ["activation": "step"]).write(to: folder.file("model"))
        expectProblem(folder.file("model"), saying: "an activation", "\"step\"") {
            _ = try Model(file: folder.file("model"))
        }
    }

    @Test func capitalsAreNamesToo() throws {
        let tensors = [
            Tensor(name: "W1", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
            Tensor(name: "B1", shape: [3], floats: [7, 8, 9]),
        ]
        let network = try Network(tensors: tensors, layout: .inOut, file: "file")
        #expect(network.layers[0].biases.elements == [7, 8, 9])
    }

    @Test func aPointerOfGitLFSIsCalledSo() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8))
        expectProblem(file, saying: "Git LFS", "git lfs pull") { _ = try Model(file: file) }
    }

    @Test func aZeroDeviationIsRefused() throws {
        let folder = try TemporaryFolder()
        try Safetensors(tensors: network.tensors, metadata: ["input_std": "0"]).write(to: folder.file("model"))
        expectProblem(folder.file("model"), saying: "input_std", "\"0\"") {
            _ = try Model(file: folder.file("model"))
        }
    }

    @Test(arguments: [
        ([Tensor(name: "0.weight", shape: [1, 1], floats: [.nan])], "nan at index 0"),
        ([Tensor(name: "0.weight", shape: [1, 2], doubles: [0, 1e300])], "inf at index 1"),
        ([Tensor(name: "conv.weight", shape: [1, 1, 1, 1], floats: [0])], "weights alone: conv1x1"),
        ([Tensor(name: "conv.weight", shape: [1, 1, 1], floats: [0])], "\"conv.weight\" [1, 1, 1]"),
        ([Tensor(name: "running_mean", shape: [1], floats: [0])], "found \"running_mean\""),
        ([Tensor(name: "0.weight", shape: [0, 1], floats: [])], "[0, 1]"),
        ([Tensor(name: "0.bias", shape: [1], floats: [0])], "biases only"),
        (
            [Tensor(name: "W1", shape: [1, 1], floats: [0]), Tensor(name: "1.weight", shape: [1, 1], floats: [0])],
            "each layer once"
        ),
        (
            [
                Tensor(name: "0.weight", shape: [2, 2], floats: [0, 0, 0, 0]),
                Tensor(name: "0.bias", shape: [3], floats: [0, 0, 0]),
            ],
            "\"0\" [2, 2]"
        ),
        (
            [
                Tensor(name: "0.weight", shape: [1, 2], floats: [0, 0]),
                Tensor(name: "1.weight", shape: [3, 4], floats: Array(repeating: 0, count: 12)),
            ],
            "the inputs of the next"
        ),
        ([], "1 to 256 layers, found 0"),
    ]) func whatIsNoDenseNetworkIsNamed(tensors: [Tensor], words: String) {
        expectProblem("file", saying: words) { _ = try Network(tensors: tensors, file: "file") }
    }

    @Test(.timeLimit(.minutes(1))) func aPuzzleOfLayersDoesNotTakeForever() {
        // Every order but one chains until the last layer.
        let tensors =
            (0..<40).map { Tensor(name: "a\($0).weight", shape: [2, 2], floats: [1, 2, 3, 4]) }
            + [Tensor(name: "z.weight", shape: [5, 7], floats: Array(repeating: 0, count: 35))]
        expectProblem("file", saying: "the inputs of the next") { _ = try Network(tensors: tensors, file: "file") }
    }

    @Test func whatACheckpointHoldsBesidesIsLeftOut() throws {
        let folder = try TemporaryFolder()
        let extra = Tensor(name: "inkling.epochs", shape: [1, 1, 1], doubles: [.nan])
        try Safetensors(tensors: network.tensors + [extra]).write(to: folder.file("model"))
        #expect(try Model(file: folder.file("model")).network == network)
    }

    /// What a name says of a tensor: layer, part and, where means are called so, what is added to the variance.
    @Test func namesSayLayerAndPart() throws {
        let cases: [(String, String, StoredTensorName.Part)] = [
            ("weight", "", .weights), ("fc1.weight", "fc1", .weights), ("fc.weights", "fc", .weights),
            ("a/kernel", "a", .kernel), ("mlp/~/linear_0/w", "mlp.~.linear_0", .kernel), ("fc1.bias", "fc1", .biases),
            ("a.biases", "a", .biases), ("a/b", "a", .biases), ("bn/gamma:0", "bn", .gamma), ("bn.scale", "bn", .gamma),
            ("bn/beta", "bn", .beta), ("bn.running_mean", "bn", .mean), ("bn/moving_mean:0", "bn", .mean),
            ("bn.mean", "bn", .mean), ("bn.running_var", "bn", .variance), ("bn/moving_variance", "bn", .variance),
            ("bn.var", "bn", .variance), ("module.model._orig_mod.fc.weight", "fc", .weights),
            ("params/Dense_0/kernel", "Dense_0", .kernel), ("batch_stats/BN_0/mean", "BN_0", .mean),
            ("W1", "1", .weights), ("w_12", "12", .weights), ("weight3", "3", .weights), ("Weights_3", "3", .weights),
            ("theta1", "1", .weights), ("Kernel2", "2", .weights), ("B1", "1", .biases), ("bias_1", "1", .biases),
            ("biases1", "1", .biases), ("module.b7", "7", .biases),
        ]
        for (name, layer, part) in cases {
            let found = try #require(StoredTensorName(name), "\(name)")
            #expect(found.layer == layer && found.part == part, "\(name)")
            #expect(found.epsilon == (name.contains("moving") ? 1e-3 : 1e-5), "\(name)")
        }
        for name in ["", ".", "fc", "W", "W1x", "1W", "fc.weight.x", "weight:1", "W1234567890"] {
            #expect(StoredTensorName(name) == nil, "\(name)")
        }
        #expect(StoredTensorName.isCounter("bn.num_batches_tracked") && !StoredTensorName.isCounter("bn.weight"))
    }

    /// Before other orders: there is one in which these chain the other way round.
    @Test func theOrderOfTheFileGoesFirst() throws {
        let shapes: [(String, [Int])] = [("a.weight", [2, 3]), ("b.weight", [3, 4])]
        let tensors = shapes.map { name, shape in
            Tensor(name: name, shape: shape, floats: (0..<shape[0] * shape[1]).map { Float($0) })
        }
        let found = try Network(tensors: tensors, file: "file")
        #expect(found.inputs == 2 && found.outputs == 4)
        #expect(found.layers.map(\.weights.elements) == tensors.map(\.floats))
    }

    @Test func upToEightLayersAreNamed() {
        func problem(_ count: Int, _ layout: WeightLayout?) -> String {
            do {
                let tensors = (1...count).map { Tensor(name: "W\($0)", shape: [1, 3], floats: [0, 0, 0]) }
                _ = try Network(tensors: tensors, layout: layout, file: "file")
                return "read"
            } catch { return "\(error)" }
        }
        let words = "file: expected dense layers, the outputs of each being the inputs of the next"
        let found = (1...9).map { "\"\($0)\" [1, 3]" }
        #expect(problem(3, .outIn) == words + ", weights out-in, found " + found[..<3].joined(separator: ", "))
        #expect(problem(3, .inOut) == words + ", weights in-out, found " + found[..<3].joined(separator: ", "))
        #expect(problem(9, .outIn) == words + ", weights out-in, found " + found[..<8].joined(separator: ", "))
    }

    @Test func thereAreAtMost256Layers() throws {
        func tensors(_ count: Int) -> [Tensor] {
            (0..<count).map { Tensor(name: "\($0).weight", shape: [1, 1], floats: [1]) }
        }
        #expect(try Network(tensors: tensors(256), file: "file").layers.count == 256)
        expectProblem("file", saying: "1 to 256 layers, found 257") {
            _ = try Network(tensors: tensors(257), file: "file")
        }
    }

    @Test func whatContradictsItselfIsNamed() {
        func tensor(_ name: String, _ shape: [Int]) -> Tensor {
            Tensor(name: name, shape: shape, floats: [Float](repeating: 1, count: shape.reduce(1, *)))
        }
        let form = "weights of two dimensions, or four of a convolution, and biases of one, found "
        let cases: [([Tensor], String)] = [
            ([tensor("fc", [1])], "\(StoredTensorName.expected), found \"fc\""),
            ([tensor("1.weight", [1, 1]), tensor("W1", [1, 1])], "each layer once, found \"1.weight\" and \"W1\""),
            (
                [tensor("a.weight", [1, 1]), tensor("a.kernel", [1, 1])],
                "each layer once, found weights and kernel of \"a\""
            ),
            (
                [tensor("a.weight", [1, 1]), tensor("a.kernel", [1, 1]), tensor("a.bias", [1])],
                "each layer once, found weights and kernel of \"a\""
            ),
            ([tensor("a.bias", [1])], "weights for layer \"a\", found biases only"),
            ([tensor("a.weight", [1])], form + "\"a.weight\" [1]"),
            ([tensor("a.weight", [1, 1, 1])], form + "\"a.weight\" [1, 1, 1]"),
            ([tensor("a.weight", [1, 0])], form + "\"a.weight\" [1, 0]"),
            ([tensor("a.weight", [2, 1]), tensor("a.bias", [2, 2])], form + "\"a.bias\" [2, 2]"),
            ([tensor("a.weight", [2, 1]), tensor("a.bias", [])], form + "\"a.bias\" []"),
            ([tensor("a.weight", [2, 1]), tensor("a.bias", [1, 1, 2])], form + "\"a.bias\" [1, 1, 2]"),
            (
                [tensor("arr_0", [2, 2]), tensor("arr_1", [2, 2]), tensor("arr_2", [2])],
                "in 3 arrays without names as many weights as biases, found 2 and 1"
            ),
        ]
        for (tensors, words) in cases {
            expectProblem("file", saying: "expected " + words) { _ = try Network(tensors: tensors, file: "file") }
        }
    }

    /// A column of biases needs more than one input, and a name or a second layer that says so.
    @Test func biasesInAColumnAreToldByNameOrByNumber() throws {
        let row = Tensor(name: "theta1", shape: [1, 3], floats: [5, 1, 2])
        let named = try Network(tensors: [row], file: "file")
        #expect(named.layers[0].weights.elements == [1, 2] && named.layers[0].biases.elements == [5])
        let plain = try Network(tensors: [row.renamed("W1")], file: "file")
        #expect(plain.layers[0].weights.elements == [5, 1, 2])
        let thin = try Network(tensors: [Tensor(name: "theta1", shape: [3, 1], floats: [5, 1, 2])], file: "file")
        #expect(thin.layers[0].weights.elements == [1, 2] && thin.layers[0].biases.elements == [5], "a row of biases")
        let alone = try Network(tensors: [Tensor(name: "theta1", shape: [1, 1], floats: [5])], file: "file")
        #expect(alone.layers[0].weights.elements == [5] && alone.layers[0].biases.elements == [0])
        let two = [
            Tensor(name: "W1", shape: [1, 3], floats: [5, 1, 2]),
            Tensor(name: "W2", shape: [2, 2], floats: [6, 3, 7, 4]),
        ]
        let chained = try Network(tensors: two, file: "file")
        #expect(chained.layers.map(\.biases.elements) == [[5], [6, 7]])
        #expect(chained.layers.map(\.weights.elements) == [[1, 2], [3, 4]])
    }

    @Test(
        arguments: [
            (Float(0), Float(1), true), (-1, .leastNonzeroMagnitude, true), (0, 0, false), (0, -1, false),
            (.nan, 1, false),
            (.infinity, 1, false), (0, .nan, false), (0, .infinity, false),
        ] as [(Float, Float, Bool)]) func normalizationIsFinite(mean: Float, deviation: Float, isOne: Bool)
    {
        #expect((InputNormalization(mean: mean, deviation: deviation) != nil) == isOne)
    }

    /// What is not said of normalisation is 0 and 1.
    @Test func halfANormalizationIsOne() throws {
        let folder = try TemporaryFolder()
        func read(_ metadata: [String: String]) throws -> Model {
            try Safetensors(tensors: network.tensors, metadata: metadata).write(to: folder.file("model"))
            return try Model(file: folder.file("model"))
        }
        for (metadata, mean, deviation) in [
            (["input_mean": "0.5"], 0.5, 1), (["input_std": "0.25"], 0, 0.25),
        ] as [([String: String], Float, Float)] {
            let normalization = try #require(InputNormalization(mean: mean, deviation: deviation))
            let model = try read(metadata)
            #expect(try model.network == #require(network.taking(normalization)))
            #expect(model.metadata == ["input": "pixel/255"])
        }
        for (metadata, found) in [
            (["input_mean": "x"], "\"x\" and \"none\""), (["input_std": "-1"], "\"none\" and \"-1\""),
            (["input_mean": "nan", "input_std": "1"], "\"nan\" and \"1\""),
        ] {
            expectProblem(
                folder.file("model"), saying: "numbers for input_mean and input_std, the latter above 0, found \(found)"
            ) { _ = try read(metadata) }
        }
    }

    /// A convolution without a border takes the shift into its weights.
    @Test func normalisationGoesIntoAConvolution() throws {
        let image = Shape(height: 4, width: 5)
        for layers in [["conv2x2v"], ["conv2x1"]] {
            let plain = try Network(
                input: image, hidden: layers.compactMap(HiddenLayer.init), classes: 3, seed: 1, initialization: .xavier)
            let input = Matrix(rows: 1, columns: 20, (0..<20).map { Float($0) / 19 })
            let normalized = Matrix(rows: 1, columns: 20, input.elements.map { ($0 - 0.3) / 0.5 })
            let normalization = try #require(InputNormalization(mean: 0.3, deviation: 0.5))
            let taking = try #require(plain.taking(normalization))
            #expect(taking.hiddenLayers == plain.hiddenLayers)
            let (found, expected) = (taking.logits(input).elements, plain.logits(normalized).elements)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found) \(expected)")
        }
    }

    @Test func sizesAreDescribed() throws {
        #expect(network.sizesDescription == "6-5-4-3" && network.structureMetadata.isEmpty)
        #expect(!Model(network: network).isActivationGuessed)
        let images = try Network(
            input: Shape(height: 8, width: 6), hidden: ["conv2x3", "pool2", "7"].compactMap(HiddenLayer.init),
            classes: 3,
            seed: 0)
        #expect(images.sizesDescription == "8x6-conv2x3-pool2-7-3")
        #expect(images.structureMetadata == ["image": "8x6", "network": "conv2x3,pool2,7"])
    }

    @Test func everyNumberMustBeFinite() {
        for (layer, part) in [(0, 0), (0, 1), (2, 0), (2, 1)] {
            var other = network
            #expect(other.isFinite)
            other.layers[layer].parameters[part][0, 0] = -.infinity
            #expect(!other.isFinite)
        }
    }

    @Test(arguments: [("a.safetensors", ModelFormat.safetensors), ("b.x.NPZ", .npz), ("/c/d.Onnx", .onnx)])
    func theEndOfANameTellsTheFormat(path: String, format: ModelFormat) throws {
        #expect(try ModelFormat(path: path) == format)
        expectProblem(path + "x", saying: "a name that ends in .safetensors, .npz or .onnx, found another") {
            _ = try ModelFormat(path: path + "x")
        }
    }

    @Test func onnxHasNoGELU() throws {
        let folder = try TemporaryFolder()
        expectProblem(folder.file("m"), saying: "an activation that ONNX's operator set 13 has, found GELU") {
            try Model(network: network.with(.gelu)).write(to: folder.file("m"), as: .onnx)
        }
    }
}
