import Foundation
import NeuralNetwork
import Testing

@Suite struct SoftmaxCrossEntropyTests {
    @Test func probabilitiesOfEqualLogitsAreEqual() {
        let result = SoftmaxCrossEntropy(logits: Matrix(rows: 1, columns: 4), labels: [2])
        #expect(result.probabilities.elements == [0.25, 0.25, 0.25, 0.25])
        #expect(abs(result.meanLoss - log(Float(4))) < 1e-6)
        #expect(result.predictions == [0], "the lowest of equals")
    }

    @Test func largeLogitsAreStable() {
        let logits = Matrix(rows: 3, columns: 3, [1000, -1000, 0, -1000, -1000, -1000, 1000, 1000, 999])
        let result = SoftmaxCrossEntropy(logits: logits, labels: [1, 0, 2])
        #expect(result.losses[0] == 2000)
        #expect(abs(result.losses[1] - log(Float(3))) < 1e-6)
        // −log(e⁻¹ / (2 + e⁻¹)), in double precision.
        #expect(abs(Double(result.losses[2]) - log(2 * M_E + 1)) < 1e-6)
        #expect(result.probabilities.elements.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 1 })
        #expect(result.logitsGradient().elements.allSatisfy { $0.isFinite })
    }

    @Test func gradientOfARowSumsToZero() {
        let result = SoftmaxCrossEntropy(logits: MatrixTests.random(4, 10), labels: [0, 1, 2, 9])
        for row in 0..<4 { #expect(abs(result.logitsGradient().row(row).reduce(0, +)) < 1e-6) }
    }

    @Test func countsTheCorrectOnes() {
        let logits = Matrix(rows: 3, columns: 2, [1, 0, 0, 1, 3, 2])
        #expect(SoftmaxCrossEntropy(logits: logits, labels: [0, 1, 1]).correctCount == 2)
    }
}
