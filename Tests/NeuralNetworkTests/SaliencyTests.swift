import NeuralNetwork
import Testing

@Suite struct SaliencyTests {
    private func network(_ sizes: [Int], biases: Bool = true) -> Network {
        Network(
            layers: zip(sizes, sizes.dropFirst()).enumerated().map { index, size in
                Dense(
                    weights: MatrixTests.random(size.0, size.1, UInt64(40 + index)),
                    biases: biases
                        ? MatrixTests.random(1, size.1, UInt64(50 + index)) : Matrix(rows: 1, columns: size.1))
            })
    }

    /// The score as its definition has it.
    private func score(_ network: Network, _ input: Matrix) -> Double {
        let logits = network.logits(input)
        return Double(logits[0, 2]) - Double(logits[0, 0])
    }

    @Test(arguments: [[6, 3], [6, 8, 3], [9, 17, 8, 5]]) func inputGradientAgreesWithFiniteDifferences(sizes: [Int]) {
        let network = network(sizes)
        let input = MatrixTests.random(1, sizes[0], 60)
        let saliency = Saliency(of: input, answer: 2, rival: 0, in: network)
        #expect(abs(Double(saliency.score) - score(network, input)) < 1e-5)
        let step: Float = 1e-3
        for index in 0..<sizes[0] {
            var (above, below) = (input, input)
            above[0, index] += step
            below[0, index] -= step
            let slope = (score(network, above) - score(network, below)) / Double(2 * step)
            let gradient = Double(saliency.inputGradient[index])
            #expect(
                abs(slope - gradient) <= 2e-3 * max(abs(slope), abs(gradient), 1),
                "input \(index): finite difference \(slope), backward \(gradient)")
            #expect(saliency.inputParts[index] == input[0, index] * saliency.inputGradient[index])
        }
    }

    @Test func withoutBiasesThePartsSumToTheScore() {
        let network = network([9, 17, 8, 5], biases: false)
        let saliency = Saliency(of: MatrixTests.random(1, 9, 61), answer: 1, rival: 4, in: network)
        for parts in [saliency.inputParts, saliency.neuronParts] {
            #expect(abs(parts.reduce(0, +) - saliency.score) <= 1e-4 * max(abs(saliency.score), 1))
        }
    }

    @Test func theFirstLayersPartsSumToWhatItsFiringNeuronsAdd() {
        let network = network([9, 17, 5], biases: false)
        let input = MatrixTests.random(1, 9, 62)
        let saliency = Saliency(of: input, answer: 1, rival: 4, in: network)
        let sum = network.forward(input)[0].output.elements.reduce(0, +)
        #expect(abs(saliency.firstLayerParts.reduce(0, +) - sum) <= 1e-4 * sum)
    }

    @Test func aNeuronsGradientInTheFirstLayerIsItsWeights() {
        let network = network([9, 17, 5])
        var one = Matrix(rows: 1, columns: 17)
        one[0, 3] = 1
        let gradient = network.inputGradient(of: one, atLayer: 0, passes: network.forward(MatrixTests.random(1, 9)))
        #expect(gradient.elements == (0..<9).map { network.layers[0].weights[$0, 3] })
    }

    @Test func withoutAHiddenLayerThereAreNoNeurons() {
        #expect(Saliency(of: MatrixTests.random(1, 4), answer: 0, rival: 1, in: network([4, 3])).neuronParts.isEmpty)
    }
}
