import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Layers of convolution and pooling: against the same in PyTorch, against finite differences, and by hand.
@Suite struct ConvolutionTests {
    // MARK: - PyTorch
    //
    // The numbers were printed by
    //
    //     import torch
    //     def seq(n, k): return (torch.arange(n, dtype=torch.float32) * k).sin()
    //     net = torch.nn.Sequential(
    //         torch.nn.Conv2d(1, 2, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    //         torch.nn.Conv2d(2, 3, 2), torch.nn.Tanh(), torch.nn.Flatten(), torch.nn.Linear(12, 3))
    //     with torch.no_grad():
    //         for i, p in enumerate(net.parameters()): p.copy_(seq(p.numel(), 0.7 + i).reshape(p.shape) * 0.5)
    //     x = seq(2 * 36, 0.37).reshape(2, 1, 6, 6).abs(); y = torch.tensor([0, 2])
    //     loss = torch.nn.functional.cross_entropy(net(x), y); loss.backward()
    //     print(net(x).flatten().tolist(), loss.item())
    //     for p in net.parameters(): print(p.grad.flatten().tolist()[:8], p.grad.norm().item())
    //     opt = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=0.01)
    //     for _ in range(10):
    //         opt.zero_grad(); torch.nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    //     print(torch.nn.functional.cross_entropy(net(x), y).item(), net[0].weight.flatten().tolist()[:6])

    private static func sequence(_ count: Int, _ step: Float, scale: Float = 0.5) -> [Float] {
        (0..<count).map { Float(sin(Double(Float($0) * step))) * scale }
    }

    /// PyTorch's `[outputs, …]`, row-major, as ours.
    private static func weights(rows: Int, outputs: Int, _ step: Float) -> Matrix {
        let values = sequence(rows * outputs, step)
        return Matrix(rows: outputs, columns: rows, values).transposed()
    }

    private static func biases(_ count: Int, _ step: Float) -> Matrix {
        Matrix(rows: 1, columns: count, sequence(count, step))
    }

    private static let network: Network = {
        let first = Convolution(
            input: Shape(height: 6, width: 6), kernel: 3, padding: .same, weights: weights(rows: 9, outputs: 2, 0.7),
            biases: biases(2, 1.7), activation: .relu)
        let pool = MaxPool(input: first.output, size: 2)
        let second = Convolution(
            input: pool.output, kernel: 2, padding: .valid, weights: weights(rows: 8, outputs: 3, 2.7),
            biases: biases(3, 3.7), activation: .tanh)
        let last = Dense(weights: weights(rows: 12, outputs: 3, 4.7), biases: biases(3, 5.7))
        return Network(
            layers: [.convolution(first), .maxPool(pool), .convolution(second), .dense(last)],
            input: Shape(height: 6, width: 6))
    }()
    private static let inputs = Matrix(rows: 2, columns: 36, sequence(72, 0.37, scale: 1).map { abs($0) })
    private static let labels: [UInt8] = [0, 2]

    private func expect(
        _ values: [Float], equal expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let difference = zip(values, expected).map { abs($0 - $1) }.largest ?? .infinity
        #expect(difference < 2e-6 && values.count >= expected.count, sourceLocation: sourceLocation)
    }

    @Test func forwardAndBackwardAgreeWithPyTorch() {
        expect(
            Self.network.logits(Self.inputs).elements,
            equal: [-0.2604413629, -0.5306216478, -0.7041486502, 0.0193294361, -0.2947387099, -0.5173577666])
        let (loss, gradients) = Self.network.lossAndGradients(inputs: Self.inputs, labels: Self.labels)
        #expect(abs(loss.meanLoss - 1.1268341541) < 1e-6)
        let expected: [([Float], Float)] = [
            ([0.0059540132, 0.0062164664, 0.0086127371, 0.0070192558, 0.0040626498, -0.0086818906], 0.0413087606),
            ([0.0032101674, 0.0005362218], 0.0032546441),
            ([-0.0008903546, 0.0449699312, -0.0072969962, -0.0135404784, 0.0146102589, 0.0567080118], 0.1289440095),
            ([0.0110850483, 0.0028085276, -0.0070927590], 0.0134563502),
            ([0.0126669910, 0.0465823635, -0.1076754928, 0.1777864678, -0.0281004012, 0.0312385187], 0.5516999364),
            ([-0.0761220902, 0.3164435327, -0.2403213531], 0.4045805633),
        ]
        for (gradient, (first, norm)) in zip(gradients.matrices, expected) {
            let values = gradient.rows == 1 ? gradient.elements : gradient.transposed().elements
            expect(Array(values.prefix(first.count)), equal: first)
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(length - norm) < 1e-5)
        }
    }

    @Test func tenStepsOfAdamWAgreeWithPyTorch() {
        var network = Self.network
        var optimizer = Optimizer(.adamw, for: network, weightDecay: 0.01)
        for _ in 0..<10 {
            let gradients = network.lossAndGradients(inputs: Self.inputs, labels: Self.labels).gradients
            optimizer.update(&network, gradients: gradients, learningRate: 0.01)
        }
        let loss = SoftmaxCrossEntropy(logits: network.logits(Self.inputs), labels: Self.labels).meanLoss
        #expect(abs(loss - 0.6976891756) < 1e-4)
        let weights = network.layers[0].weights.transposed().elements
        let expected: [Float] = [0.0634389520, 0.3796050251, 0.4521848455, 0.4885121286, 0.2346920222, -0.0978447273]
        for (value, expected) in zip(weights, expected) { #expect(abs(value - expected) < 1e-4) }
    }

    // MARK: - Finite differences

    @Test(arguments: [
        "conv3x1,conv2x2", "conv2x3,pool2,conv4x2v,5", "conv2x4v,conv3x3,pool3", "pool2,conv3x5", "conv2x7,pool2,6,4",
        "conv1x6,conv3x5v,pool2",
    ]) func gradientsAreWhatNudgesSay(layers: String) throws {
        let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        for activation in [Activation.tanh, .gelu] {
            let shape = Shape(height: 11, width: 9)
            let network = try Network(
                input: shape, hidden: hidden, classes: 3, seed: 4, activation: activation, initialization: .xavier)
            let check = GradientCheck(
                of: network, inputs: MatrixTests.random(4, shape.count, 3), labels: [0, 1, 2, 1], samples: 60, seed: 1)
            #expect(check.passes, "\(check.layers)")
            let counts = zip(check.layers, network.layers).map { min($1.parameterCount, 60) == $0.count }
            #expect(counts.allSatisfy { $0 })
        }
    }

    // MARK: - By hand

    @Test func aPatternSlidesOverTheImage() {
        let convolution = Convolution(
            input: Shape(height: 2, width: 3), kernel: 2, padding: .valid,
            weights: Matrix(rows: 4, columns: 1, [1, 10, 100, 1000]), biases: Matrix(rows: 1, columns: 1, [0.5]))
        let sums = convolution.sums(of: Matrix(rows: 1, columns: 6, [1, 2, 3, 4, 5, 6]))
        #expect(sums.elements == [5421.5, 6532.5])
    }

    @Test func ofAnEvenPatternTheSmallerHalfLiesBefore() {
        let convolution = Convolution(
            input: Shape(height: 1, width: 3), kernel: 2, padding: .same,
            weights: Matrix(rows: 4, columns: 1, [1, 10, 0, 0]), biases: Matrix(rows: 1, columns: 1))
        #expect(convolution.sums(of: Matrix(rows: 1, columns: 3, [1, 2, 3])).elements == [21, 32, 3])
    }

    @Test func thePoolTakesTheFirstOfEqualsAndLeavesOutTheRest() {
        let pool = MaxPool(input: Shape(height: 3, width: 5), size: 2)
        let input = Matrix(rows: 1, columns: 15, [1, 7, 3, 3, 9, 7, 0, 3, 3, 9, 9, 9, 9, 9, 9])
        #expect(pool.largest(of: input).elements == [7, 3])
        let gradient = pool.inputGradient(input: input, outputGradient: Matrix(rows: 1, columns: 2, [10, 20]))
        #expect(gradient.elements == [0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    // MARK: - Words

    @Test(arguments: ["128", "conv6x5", "conv16x5v", "pool2", "conv1024x7", "16384", "pool7"])
    func aWordIsALayer(word: String) throws {
        let layer = try #require(HiddenLayer(word))
        #expect(layer.description == word)
    }

    @Test(arguments: [
        "", "0", "-1", "16385", "conv", "conv0x3", "conv6x8", "conv6x0", "conv6", "pool", "pool0", "pool8",
        "conv6x5w", "conv1025x3", "12.5",
    ])
    func otherWordsAreNone(word: String) { #expect(HiddenLayer(word) == nil) }

    @Test func aMisfitNamesTheLayerAndWhatItWouldRead() throws {
        let image = Shape(height: 28, width: 28)
        func message(_ layers: [HiddenLayer]) -> String? {
            do { _ = try HiddenLayer.outputs(of: layers, input: image) } catch { return "\(error)" }
            return nil
        }
        let pool = HiddenLayer.maxPool(size: 7)
        #expect(message([pool, pool]) == "pool7: expected an image of at least 7 × 7 to read, found 4 × 4")
        let dense = message([100, .convolution(channels: 3, kernel: 3, padding: .valid)])
        #expect(dense == "conv3x3v: expected an image of at least 3 × 3 to read, found 100 values without places")
        #expect(message([.convolution(channels: 6, kernel: 5, padding: .same), pool, 84]) == nil)
    }

    @Test func leNetHasItsParameters() throws {
        let hidden = ["conv6x5", "pool2", "conv16x5v", "pool2", "120", "84"].compactMap(HiddenLayer.init)
        let network = try Network(input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 0)
        #expect(network.parameterCount == 61_706)
        #expect(network.hiddenLayers == hidden)
        #expect(
            network.layers.map(\.output.description) == [
                "6 × 28 × 28", "6 × 14 × 14", "16 × 10 × 10", "16 × 5 × 5", "120", "84", "10",
            ])
    }
}
