import NeuralNetwork
import Testing

@Suite struct GradientCheckTests {
    private static func check(
        _ activation: Activation, spoil: (inout Parameters) -> Void = { _ in }
    ) -> GradientCheck {
        var generator = RandomGenerator(seed: 12, stream: .initialization)
        let network = Network(
            layers: [(20, 15), (15, 9), (9, 4)].map { Dense(inputs: $0.0, outputs: $0.1, using: &generator) },
            activation: activation)
        let inputs = MatrixTests.random(6, 20, 3)
        let labels: [UInt8] = [0, 1, 2, 3, 0, 1]
        var gradients = network.lossAndGradients(inputs: inputs, labels: labels).gradients
        spoil(&gradients)
        return GradientCheck(
            of: network, inputs: inputs, labels: labels, samples: 1000, seed: 0, gradients: gradients)
    }

    @Test(arguments: Activation.allCases) func backpropagationPasses(activation: Activation) {
        let check = Self.check(activation)
        #expect(check.layers.map(\.count) == [315, 144, 40], "all parameters, as there are fewer than asked for")
        #expect(check.layers.allSatisfy { $0.worstError > 0 && $0.worstError < 1e-5 }, "\(check.layers)")
        #expect(check.passes)
    }

    @Test func findsAMistakeAndItsLayer() {
        let check = Self.check(.relu) { $0.matrices[3][0, 2] *= 1.05 }
        #expect(!check.passes)
        #expect(check.layers[1].worstError > 1e-3)
        #expect(check.layers[0].worstError < 1e-5 && check.layers[2].worstError < 1e-5)
    }

    /// An error of the size of the layer's root mean square counts as 1 where a gradient is next to nothing.
    @Test func errorsAreMeasuredByTheLayersGradient() throws {
        var size: Float = 0
        let check = Self.check(.tanh) { gradients in
            let slopes = gradients.matrices[0].elements + gradients.matrices[1].elements
            size = (slopes.reduce(0) { $0 + $1 * $1 } / Float(slopes.count)).squareRoot()
            let smallest = slopes.indices.prefix(300).min { abs(slopes[$0]) < abs(slopes[$1]) } ?? 0
            gradients.matrices[0][smallest / 15, smallest % 15] += 0.25 * size
        }
        #expect(size > 1e-3)
        #expect(abs(check.layers[0].worstError - 0.25) < 0.002, "\(check.layers[0])")
        #expect(check.layers[1].worstError < 1e-5)
    }

    @Test func aNumberThatIsNoneDoesNotPass() {
        #expect(!Self.check(.tanh) { $0.matrices[0][0, 0] = .nan }.passes)
    }
}
