import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// A shift of what a convolution with a border of zeros reads is not in the border. What PyTorch gave for such networks
/// they give here, behind one layer more; states and inputs are filled as in `BatchNormalizationTests`.
@Suite struct BorderOfZerosTests {
    private static let inputs = Matrix(rows: 2, columns: 64, (0..<128).map { Float($0 * 29 % 53) / 53 })
    private static let image = Shape(height: 8, width: 8)

    private func expect(_ network: Network, gives logits: [Float], location: SourceLocation = #_sourceLocation) {
        let found = network.logits(Self.inputs).elements
        #expect(zip(found, logits).allSatisfy { abs($0 - $1) < 1e-4 }, "\(found)", sourceLocation: location)
    }

    /// `Conv2d(1, 2, 3, padding=1, bias=False), f, BatchNorm2d(2), Conv2d(2, 2, 3, padding=1, bias=False), f, Flatten,
    /// Linear(128, 3, bias=False)`
    private static let normalized = BatchNormalizationTests.Case(
        testDescription: "",
        state: [("0.weight", [2, 1, 3, 3])]
            + ["weight", "bias", "running_mean", "running_var"].map { ("2." + $0, [2]) }
            + [("3.weight", [2, 2, 3, 3]), ("6.weight", [3, 128])],
        layers: ["conv2x3", "conv2x3"].compactMap(HiddenLayer.init), logits: [])

    private func readNormalized(_ activation: Activation) throws -> Network {
        try Network(
            tensors: Self.normalized.tensors, hidden: Self.normalized.layers, image: Self.image,
            activation: activation, file: "file")
    }

    @Test(
        arguments: [
            (.relu, [2.3734512, -1.336343, -3.531128, 2.3872232, -1.3480408, -3.6005764]),
            (.leakyReLU, [2.4439187, -1.2937392, -3.5411355, 2.4302676, -1.3262703, -3.5974429]),
            (.gelu, [2.295529, -0.9032961, -3.059309, 2.0719576, -0.9468083, -2.9447105]),
        ] as [(Activation, [Float])]) func batchNormalizationBehindAnActivation(activation: Activation, logits: [Float])
        throws
    {
        let network = try readNormalized(activation)
        #expect(HiddenLayer.list(network.hiddenLayers) == "conv2x3,conv4x1,conv2x3")
        expect(network, gives: logits)
    }

    /// `Conv2d(1, 2, 3, padding=1), f, Flatten, Linear(128, 3)`, reading (x − 0.1307) / 0.3081
    @Test(
        arguments: [
            (.relu, [-7.6586967, -7.6598315, 4.11555, -7.3356929, -5.6205707, 4.9736409]),
            (.leakyReLU, [-7.7063646, -7.7404742, 4.0731897, -7.3730617, -5.6563454, 4.9879098]),
            (.gelu, [-8.1753426, -8.1560068, 3.8793669, -7.7555957, -6.2527747, 4.717567]),
        ] as [(Activation, [Float])]) func normalisedInputs(activation: Activation, logits: [Float]) throws
    {
        let tensors = BatchNormalizationTests.Case(
            testDescription: "",
            state: [("0.weight", [2, 1, 3, 3]), ("0.bias", [2]), ("3.weight", [3, 128]), ("3.bias", [3])], logits: []
        ).tensors
        let folder = try TemporaryFolder()
        try Safetensors(tensors: tensors).write(to: folder.file("m"))
        let hidden = ["conv2x3"].compactMap(HiddenLayer.init)
        let model = try Model(
            file: folder.file("m"), layers: hidden, image: Self.image, activation: activation,
            normalization: InputNormalization(mean: 0.1307, deviation: 0.3081))
        expect(model.network, gives: logits)
        // Written and read again, it is the same without being told.
        try model.write(to: folder.file("m"), as: .safetensors)
        #expect(try Model(file: folder.file("m")).network == model.network)
    }

    @Test(arguments: [Activation.tanh, .sigmoid]) func whatCannotGiveTheShiftIsRefused(activation: Activation) throws {
        expectProblem("file", saying: "around a border of zeros", activation.name) {
            _ = try readNormalized(activation)
        }
        let folder = try TemporaryFolder()
        let network = try Network(
            input: Self.image, hidden: ["conv2x3"].compactMap(HiddenLayer.init), classes: 3, seed: 1,
            activation: activation)
        try Model(network: network).write(to: folder.file("m"), as: .safetensors)
        expectProblem(folder.file("m"), saying: "a border of zeros", activation.name) {
            _ = try Model(file: folder.file("m"), normalization: InputNormalization(mean: 0.1, deviation: 1))
        }
        // A scale alone leaves zeros as they are.
        #expect(
            try Model(file: folder.file("m"), normalization: InputNormalization(mean: 0, deviation: 2)).network
                .hiddenLayers == network.hiddenLayers)
    }

    @Test func bordersAreThoseOfLargeKernels() {
        for (kernel, padding, hasBorder) in [
            (1, Convolution.Padding.same, false), (2, .same, true), (3, .same, true), (3, .valid, false),
        ] {
            let convolution = Convolution(
                input: Self.image, kernel: kernel, padding: padding, weights: Matrix(rows: kernel * kernel, columns: 1),
                biases: Matrix(rows: 1, columns: 1))
            #expect(convolution.hasBorder == hasBorder)
        }
    }

    /// Twice as many channels are as many as a layer may have.
    @Test func channelsAreTwiceAsManyAsBefore() throws {
        let scale = ChannelScale(factors: [2], offsets: [0.5])
        for (channels, isMade) in [(HiddenLayer.mostChannels / 2, true), (HiddenLayer.mostChannels / 2 + 1, false)] {
            let convolution = Convolution(
                input: Shape(height: 1, width: 1, channels: channels), kernel: 1, padding: .same,
                weights: Matrix(rows: channels, columns: 1), biases: Matrix(rows: 1, columns: 1))
            #expect((convolution.behind(scale, activation: .relu)?.count == 2) == isMade)
            #expect(convolution.behind(scale, activation: .tanh) == nil)
        }
    }
}
