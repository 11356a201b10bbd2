import NeuralNetwork
import Testing

@Suite struct ActivationTests {
    private static let sums: [Float] = [-5, -1, -0.2, 0, 0.5, 3]

    /// The numbers were printed by
    ///
    ///     import torch
    ///     for f in [torch.nn.ReLU(), torch.nn.LeakyReLU(), torch.nn.Tanh(), torch.nn.Sigmoid(), torch.nn.GELU()]:
    ///         x = torch.tensor([-5, -1, -0.2, 0, 0.5, 3.0], requires_grad=True)
    ///         y = f(x); y.sum().backward()
    ///         print(["%.8f" % v for v in y.tolist()], ["%.8f" % v for v in x.grad.tolist()])
    private static let pyTorch: [(activation: Activation, values: [Float], slopes: [Float])] = [
        (.relu, [0, 0, 0, 0, 0.5, 3], [0, 0, 0, 0, 1, 1]),
        (.leakyReLU, [-0.05, -0.01, -0.002, 0, 0.5, 3], [0.01, 0.01, 0.01, 0.01, 1, 1]),
        (
            .tanh, [-0.99990922, -0.76159418, -0.19737533, 0, 0.46211717, 0.99505478],
            [0.00018155, 0.41997430, 0.96104300, 1, 0.78644770, 0.00986598]
        ),
        (
            .sigmoid, [0.00669285, 0.26894143, 0.45016602, 0.5, 0.62245935, 0.95257413],
            [0.00664806, 0.19661194, 0.24751659, 0.25, 0.23500371, 0.04517666]
        ),
        (
            .gelu, [-0.00000119, -0.15865526, -0.08414806, 0, 0.34573123, 2.99594975],
            [-0.00000712, -0.08331543, 0.34253171, 0.5, 0.86749506, 1.01194561]
        ),
    ]

    @Test func agreeWithPyTorch() {
        #expect(Self.pyTorch.map(\.activation) == Activation.allCases)
        let sums = Matrix(rows: 2, columns: 3, Self.sums)
        let ones = Matrix(rows: 2, columns: 3, Array(repeating: 1, count: 6))
        for (activation, values, slopes) in Self.pyTorch {
            let output = activation.forward(sums).elements
            let gradient = activation.backward(sums: sums, outputGradient: ones).elements
            #expect(zip(output, values).allSatisfy { abs($0 - $1) < 1e-6 }, "\(activation) \(output)")
            #expect(zip(gradient, slopes).allSatisfy { abs($0 - $1) < 1e-6 }, "\(activation) \(gradient)")
        }
    }

    @Test(arguments: Activation.allCases) func stayFiniteFarOut(activation: Activation) {
        for sum in [-1e30, -1000, 1000, 1e30] {
            #expect(activation.value(sum).isFinite)
            #expect(activation.slope(sum).isFinite)
        }
    }
}

@Suite struct InitializationTests {
    private func deviation(_ matrix: Matrix) -> Double {
        (matrix.elements.reduce(0) { $0 + Double($1) * Double($1) } / Double(matrix.count)).squareRoot()
    }

    @Test(arguments: [
        (Initialization.he, 0.1, 0.0), (.xavier, (2.0 / 500).squareRoot(), (2.0 / 310).squareRoot()),
        (.normal, 1, 1), (.zero, 0, 0),
    ])
    func weightsHaveTheirDeviation(initialization: Initialization, hidden: Double, last: Double) {
        let network = Network(sizes: [200, 300, 10], seed: 3, initialization: initialization)
        #expect(abs(deviation(network.layers[0].weights) - hidden) <= 0.02 * hidden)
        #expect(abs(deviation(network.layers[1].weights) - last) <= 0.05 * last)
        #expect(network.layers.allSatisfy { $0.biases.elements.allSatisfy { $0 == 0 } })
    }

    /// What the lesson of it is: nothing but the last biases has a gradient, so nothing else ever moves.
    @Test func fromZeroNothingLearns() {
        var network = Network(sizes: [4, 6, 3], seed: 0, initialization: .zero)
        var optimizer = Optimizer(.sgd, for: network)
        for _ in 0..<5 {
            let outcome = network.lossAndGradients(
                inputs: MatrixTests.random(8, 4, 1), labels: [0, 1, 2, 0, 1, 2, 0, 0])
            optimizer.update(&network, gradients: outcome.gradients, learningRate: 0.5)
        }
        #expect(network.layers[0].weights.elements.allSatisfy { $0 == 0 })
        #expect(network.layers[1].weights.elements.allSatisfy { $0 == 0 })
        #expect(network.layers[1].biases.elements.contains { $0 != 0 })
    }
}
