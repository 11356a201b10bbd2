import NeuralNetwork
import Testing

/// Every backward against central finite differences.
///
/// A loss in float is good to about seven digits, so the check goes along one random direction through all parameters
/// at once, with a step that is large enough to be seen: there the quotient has an error of the order of h² and 10⁻⁷ / h.
@Suite struct GradientTests {
    /// The slope of `loss` along `direction`, and the gradient's product with it.
    private func expectSlope(
        _ loss: (Float) -> Double, equals product: Double, step: Float = 2e-3,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let slope = (loss(step) - loss(-step)) / Double(2 * step)
        #expect(
            abs(slope - product) <= 2e-3 * max(abs(slope), abs(product), 0.1),
            "finite difference \(slope), backward \(product)", sourceLocation: sourceLocation)
    }

    private func moved(_ matrix: Matrix, along direction: Matrix, by step: Float) -> Matrix {
        Matrix(
            rows: matrix.rows, columns: matrix.columns,
            zip(matrix.elements, direction.elements).map { $0 + step * $1 })
    }

    private func dot(_ a: Matrix, _ b: Matrix) -> Double {
        zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 2), (8, 17, 9)]) func dense(batch: Int, inputs: Int, outputs: Int) {
        let input = MatrixTests.random(batch, inputs, 1)
        let layer = Dense(weights: MatrixTests.random(inputs, outputs, 2), biases: MatrixTests.random(1, outputs, 3))
        // The loss is the output's product with fixed numbers, which are then the gradient at the output.
        let outputGradient = MatrixTests.random(batch, outputs, 4)
        let gradient = layer.parameterGradient(input: input, sumsGradient: outputGradient)
        let (weights, biases) = (MatrixTests.random(inputs, outputs, 5), MatrixTests.random(1, outputs, 6))
        expectSlope(
            { step in
                let layer = Dense(
                    weights: moved(layer.weights, along: weights, by: step),
                    biases: moved(layer.biases, along: biases, by: step))
                return dot(layer.sums(of: input), outputGradient)
            }, equals: dot(gradient[0], weights) + dot(gradient[1], biases), step: 0.05)
        let direction = MatrixTests.random(batch, inputs, 7)
        expectSlope(
            { dot(layer.sums(of: moved(input, along: direction, by: $0)), outputGradient) },
            equals: dot(layer.inputGradient(sumsGradient: outputGradient), direction), step: 0.05)
    }

    @Test(arguments: Activation.allCases) func activation(_ activation: Activation) {
        let sums = Matrix(rows: 2, columns: 3, [-1, -0.2, 0.3, 0.5, 2, -3])
        let (outputGradient, direction) = (MatrixTests.random(2, 3, 8), MatrixTests.random(2, 3, 9))
        expectSlope(
            { dot(activation.forward(moved(sums, along: direction, by: $0)), outputGradient) },
            equals: dot(activation.backward(sums: sums, outputGradient: outputGradient), direction))
    }

    @Test func reluAtZeroHasTheSlopeBelow() {
        #expect(Activation.relu.forward(Matrix(rows: 1, columns: 2, [0, -0.0])).elements == [0, 0])
        let atZero = Activation.relu.backward(
            sums: Matrix(rows: 1, columns: 1), outputGradient: Matrix(rows: 1, columns: 1, [1]))
        #expect(atZero.elements == [0])
    }

    @Test func softmaxCrossEntropy() {
        let logits = MatrixTests.random(5, 10, 10)
        let labels: [UInt8] = [0, 3, 9, 3, 5]
        let direction = MatrixTests.random(5, 10, 11)
        expectSlope(
            { step in
                let moved = SoftmaxCrossEntropy(logits: moved(logits, along: direction, by: step), labels: labels)
                return moved.losses.reduce(0) { $0 + Double($1) } / 5
            }, equals: dot(SoftmaxCrossEntropy(logits: logits, labels: labels).logitsGradient(), direction), step: 0.02)
    }

    @Test(arguments: [[4, 3], [6, 8, 3], [9, 17, 8, 5]], Activation.allCases)
    func network(sizes: [Int], activation: Activation) {
        var generator = RandomGenerator(seed: 12, stream: .initialization)
        let network = Network(
            layers: zip(sizes, sizes.dropFirst()).map { Dense(inputs: $0, outputs: $1, using: &generator) },
            activation: activation)
        let inputs = MatrixTests.random(7, sizes[0], 13)
        let labels = (0..<7).map { UInt8($0 % network.outputs) }
        let gradients = network.lossAndGradients(inputs: inputs, labels: labels).gradients
        #expect(gradients.matches(network.parameters))
        for (index, gradient) in gradients.matrices.enumerated() {
            let parameters = network.parameters.matrices[index]
            let direction = MatrixTests.random(parameters.rows, parameters.columns, UInt64(14 + index))
            expectSlope(
                { step in
                    var network = network
                    network.parameters.matrices[index] = moved(parameters, along: direction, by: step)
                    return SoftmaxCrossEntropy(logits: network.logits(inputs), labels: labels)
                        .losses.reduce(0) { $0 + Double($1) } / 7
                }, equals: dot(gradient, direction), step: 1e-3)
        }
    }
}
