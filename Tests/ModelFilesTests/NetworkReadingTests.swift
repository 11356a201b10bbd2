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
}
