import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Batch normalisation goes into the layers beside it: what a network gave in PyTorch, it gives here.
@Suite struct BatchNormalizationTests {
    /// A network whose state PyTorch filled as `filled` does, and what it gave for `inputs`:
    ///
    ///     net.eval()
    ///     count = 0
    ///     with torch.no_grad():
    ///         for name, p in net.state_dict().items():
    ///             if "num_batches" in name: continue
    ///             v = ((torch.arange(count, count + p.numel()) * 37 % 101 - 50) / 64).reshape(p.shape)
    ///             p.copy_(v.abs() + 0.25 if "var" in name else v)
    ///             count += p.numel()
    ///     net((torch.arange(128) * 29 % 53 / 53).reshape(2, 1, 8, 8))
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let state: [(String, [Int])]
        var layers: [HiddenLayer]?
        let logits: [Float]

        var tensors: [Tensor] {
            var count = 0
            return state.map { name, shape in
                let size = shape.reduce(1, *)
                defer { count += size }
                let values: [Float] = (count..<count + size).map { Float($0 * 37 % 101 - 50) / 64 }
                return Tensor(
                    name: name, shape: shape, floats: name.contains("var") ? values.map { abs($0) + 0.25 } : values)
            }
        }
    }

    private static func normalization(_ name: String, _ channels: Int) -> [(String, [Int])] {
        ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [channels]) }
    }

    private static let inputs = Matrix(rows: 2, columns: 64, (0..<128).map { Float($0 * 29 % 53) / 53 })
    private static let layers = ["conv2x3", "pool2", "conv3x2v", "5"].compactMap(HiddenLayer.init)

    private static let cases = [
        Case(
            testDescription: "Linear, BatchNorm1d, ReLU",
            state: [("1.weight", [5, 64]), ("1.bias", [5])] + normalization("2", 5)
                + [("4.weight", [3, 5]), ("4.bias", [3])],
            logits: [0.36144903, -0.3886987, -0.17842546, 0.22158822, -0.3044922, -0.23011309]),
        Case(
            testDescription: "Linear, ReLU, BatchNorm1d",
            state: [("1.weight", [5, 64]), ("1.bias", [5])] + normalization("3", 5)
                + [("4.weight", [3, 5]), ("4.bias", [3])],
            logits: [0.11024144, -0.40538445, 0.03941062, 0.005821049, -0.20481178, 0.18501484]),
        Case(
            testDescription: "BatchNorm1d before all",
            state: normalization("1", 64)
                + [("2.weight", [5, 64]), ("2.bias", [5]), ("4.weight", [3, 5]), ("4.bias", [3])],
            logits: [-0.32120064, 0.19321853, -0.49199972, -0.31711105, 0.20096724, -0.50233132]),
        Case(
            testDescription: "BatchNorm2d and 1d before activations, without biases or factors",
            state: [("0.weight", [2, 1, 3, 3])] + normalization("1", 2) + [
                ("4.weight", [3, 2, 2, 2]), ("4.bias", [3]),
            ]
                + normalization("5", 3) + [("8.weight", [5, 27]), ("8.bias", [5])]
                + normalization("9", 5).dropFirst(2) + [("11.weight", [3, 5]), ("11.bias", [3])],
            layers: layers,
            logits: [-0.12341928, 0.14679562, 1.0775766, -0.11480731, 0.19355613, 1.0178646]),
        Case(
            testDescription: "BatchNorm2d behind the pooling and behind the activation",
            state: [("0.weight", [2, 1, 3, 3]), ("0.bias", [2])] + normalization("3", 2)
                + [("4.weight", [3, 2, 2, 2]), ("4.bias", [3])] + normalization("6", 3)
                + [("8.weight", [5, 27]), ("8.bias", [5]), ("10.weight", [3, 5]), ("10.bias", [3])],
            layers: layers,
            logits: [-0.5205267, -0.46579933, -0.49443385, -0.5321953, -0.48117816, -0.4473831]),
    ]

    @Test(arguments: cases) func givesWhatPyTorchGave(_ model: Case) throws {
        let folder = try TemporaryFolder()
        // The counters are whole numbers.
        let counted = model.tensors + [Tensor(name: "1.num_batches_tracked", shape: [], doubles: [5])]
        var bytes = Safetensors(tensors: counted).encoded()
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: Array("tracked\":{\"dtype\":\"F64".utf8)) })
        bytes[place + 19] = UInt8(ascii: "I")
        let read = try Model(
            file: try folder.write(bytes), layers: model.layers, image: Shape(height: 8, width: 8), activation: .relu)
        let logits = read.network.logits(Self.inputs).elements
        #expect(zip(logits, model.logits).allSatisfy { abs($0 - $1) < 1e-5 }, "\(logits)")
    }

    /// Written again there is none left, and the weights stay the same.
    @Test func isNotWrittenAgain() throws {
        let folder = try TemporaryFolder()
        let network = try Network(tensors: Self.cases[0].tensors, file: "file")
        try Model(network: network).write(to: folder.file("m"), as: .safetensors)
        #expect(try Model(file: folder.file("m")).network == network)
        #expect(try Safetensors(file: folder.file("m")).tensors.count == 4)
    }

    /// Where names are no places: by number and size, before the activation.
    @Test func namesThatAreNoPlaces() throws {
        let names = ["1": "fc1", "2": "bn1", "4": "fc2"]
        let tensors = Self.cases[0].tensors.map {
            $0.renamed((names[String($0.name.prefix(1))] ?? "") + $0.name.dropFirst())
        }
        let network = try Network(tensors: tensors.reversed(), file: "file")
        let logits = network.logits(Self.inputs).elements
        #expect(zip(logits, Self.cases[0].logits).allSatisfy { abs($0 - $1) < 1e-5 }, "\(logits)")
    }

    /// Keras names its parts otherwise, and adds 0.001 to the variance; Flax keeps them in two places.
    @Test func namesOfKerasAndFlax() throws {
        let dense = makeNetwork([3, 2, 2])
        func tensors(_ names: [String], _ dense0: String, _ dense1: String) -> [Tensor] {
            let kernels = zip([dense0, dense1], dense.layers).flatMap { name, layer in
                [
                    Tensor(
                        name: name + "/kernel", shape: [layer.inputs, layer.outputs], floats: layer.weights.elements),
                    Tensor(name: name + "/bias", shape: [layer.outputs], floats: layer.biases.elements),
                ]
            }
            let values: [[Float]] = [[2, 0.5], [0.25, -1], [0.5, 0.125], [3, 0.75]]
            return kernels + zip(names, values).map { Tensor(name: $0, shape: [2], floats: $1) }
        }
        let sums = dense.layers[0].sums(of: Matrix(rows: 1, columns: 3, [1, 0.5, -0.25])).elements
        for (read, epsilon) in [
            (
                tensors(
                    ["gamma", "beta", "moving_mean", "moving_variance"].map {
                        "sequential/batch_normalization/\($0):0"
                    },
                    "sequential/dense", "sequential/dense_1"), 1e-3
            ),
            (
                tensors(
                    [
                        "params/BatchNorm_0/scale", "params/BatchNorm_0/bias", "batch_stats/BatchNorm_0/mean",
                        "batch_stats/BatchNorm_0/var",
                    ], "params/Dense_0", "params/Dense_1"), 1e-5
            ),
        ] {
            let network = try Network(tensors: read, file: "file")
            let scaled = network.layers[0].sums(of: Matrix(rows: 1, columns: 3, [1, 0.5, -0.25])).elements
            let expected = [
                2 * (Double(sums[0]) - 0.5) / (3 + epsilon).squareRoot() + 0.25,
                0.5 * (Double(sums[1]) - 0.125) / (0.75 + epsilon).squareRoot() - 1,
            ]
            for (a, b) in zip(scaled, expected) { #expect(abs(Double(a) - b) < 1e-6) }
            #expect(network.layers[1] == dense.layers[1])
        }
    }

    @Test(
        arguments: [
            ([("0.weight", [2, 2]), ("1.running_var", [2])], "found \"1.running_var\""),
            ([("0.weight", [2, 2])] + normalization("1", 3), "of 3"),
            (
                [("fc.weight", [2, 2])] + normalization("bn", 3),
                "a layer of 3 outputs before batch normalisation \"bn\""
            ),
            ([("0.weight", [2, 2]), ("1.running_var", [2]), ("1.running_mean", [3])], "found [2]"),
            ([("0.weight", [2, 2]), ("1.weight", [2]), ("1.bias", [2])], "\"1.weight\" [2]"),
        ] as [([(String, [Int])], String)]) func whatDoesNotFitIsNamed(state: [(String, [Int])], words: String)
    {
        expectProblem("file", saying: words) {
            _ = try Network(tensors: Case(testDescription: "", state: state, logits: []).tensors, file: "file")
        }
    }

    /// Where names are no places, a convolution is found by its outputs as well.
    @Test func convolutionsAreFoundByTheirOutputs() throws {
        let names = ["0": "conv1", "1": "bn1", "4": "conv2", "5": "bn2", "8": "fc1", "9": "bn3", "11": "fc2"]
        let tensors = Self.cases[3].tensors.map { tensor in
            let parts = tensor.name.split(separator: ".")
            return tensor.renamed("\(names[String(parts[0])] ?? "").\(parts[1])")
        }
        let network = try Network(
            tensors: tensors, hidden: Self.layers, image: Shape(height: 8, width: 8), file: "file")
        let logits = network.logits(Self.inputs).elements
        #expect(zip(logits, Self.cases[3].logits).allSatisfy { abs($0 - $1) < 1e-5 }, "\(logits)")
    }

    /// Before a convolution without a border its inputs are scaled and shifted.
    @Test func beforeAConvolution() throws {
        let values: [(String, [Int], [Float])] = [
            ("0.weight", [1], [2]), ("0.bias", [1], [0.5]), ("0.running_mean", [1], [0.25]),
            ("0.running_var", [1], [4]),
            ("1.weight", [1, 1, 2, 2], [1, 2, 3, 4]), ("4.weight", [1, 1], [1]),
        ]
        let tensors = values.map { Tensor(name: $0, shape: $1, floats: $2) }
        let hidden = ["conv1x2v"].compactMap(HiddenLayer.init)
        let network = try Network(tensors: tensors, hidden: hidden, image: Shape(height: 2, width: 2), file: "file")
        // 2 (x − 0.25) / √(4 + 10⁻⁵) + 0.5 = x + 0.25, nearly.
        let sum = network.logits(Matrix(rows: 1, columns: 4, [1, 0, 0, 1])).elements
        #expect(abs(sum[0] - (1 + 4 + 10 * 0.25)) < 1e-4, "\(sum)")
    }

    /// A variance of 0 leaves what is added to it: 10⁻⁵ in PyTorch, 10⁻³ in Keras.
    @Test(arguments: [("running", 1e-5), ("moving", 1e-3)]) func whatIsAddedToTheVariance(name: String, epsilon: Double)
        throws
    {
        let variance = name == "running" ? "running_var" : "moving_variance"
        let tensors = [
            Tensor(name: "fc.weight", shape: [1, 2], floats: [1, 2]),
            Tensor(name: "bn.\(name)_mean", shape: [1], floats: [0]),
            Tensor(name: "bn.\(variance)", shape: [1], floats: [0]),
        ]
        let weights = try Network(tensors: tensors, file: "file").layers[0].weights.elements
        for (weight, plain) in zip(weights, [1.0, 2]) {
            #expect(abs(Double(weight) / (plain / epsilon.squareRoot()) - 1) < 1e-6)
        }
    }

    @Test(arguments: ["weight", "bias", "running_mean", "running_var"], [Float.nan, .infinity])
    func everyNumberMustBeFinite(part: String, value: Float) {
        let tensors = ["weight", "bias", "running_mean", "running_var"].map {
            Tensor(name: "1.\($0)", shape: [2], floats: [1, $0 == part ? value : 1])
        }
        expectProblem("file", saying: "numbers that 32 bits hold in \"1.\(part)\", found \(value) at index 1") {
            _ = try Network(
                tensors: tensors + [Tensor(name: "0.weight", shape: [2, 1], floats: [1, 1])], file: "file")
        }
    }

    @Test func scalesThatDoNotFitAreNamed() {
        func problem(_ state: [(String, [Int])], layers: [String]? = nil) -> String {
            do {
                _ = try Network(
                    tensors: Case(testDescription: "", state: state, logits: []).tensors,
                    hidden: layers?.compactMap(HiddenLayer.init), image: Shape(height: 4, width: 4), file: "file")
                return "read"
            } catch { return "\(error)" }
        }
        #expect(
            problem(Self.normalization("0", 3) + [("1.weight", [2, 4])])
                == "file: expected a scale of each of 4 inputs at \"1\", found of 3")
        #expect(
            problem(
                Self.normalization("0", 16) + [("1.weight", [1, 1, 2, 2]), ("4.weight", [2, 9])], layers: ["conv1x2v"])
                == "file: expected a scale of each of 1 channels at \"1\", found of 16")
        #expect(
            problem([("0.weight", [2, 2]), ("1.weight", [2]), ("1.running_var", [2])])
                == "file: expected mean and variance of batch normalisation (running_mean, running_var), "
                + "found \"1.running_var\", \"1.weight\"")
        #expect(
            problem([("0.weight", [2, 2]), ("1.running_mean", [0]), ("1.running_var", [0])])
                == "file: expected one number a channel in \"1.running_mean\", found [0]")
        #expect(
            problem([("0.weight", [2, 2]), ("1.running_mean", [1, 2]), ("1.running_var", [1, 2])])
                == "file: expected one number a channel in \"1.running_mean\", found [1, 2]")
    }
}
