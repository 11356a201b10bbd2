import NeuralNetwork
import Testing

@Suite struct RandomGeneratorTests {
    @Test func sameSeedSameNumbers() {
        var (a, b) = (RandomGenerator(seed: 7, stream: .shuffling), RandomGenerator(seed: 7, stream: .shuffling))
        let (first, second) = ((0..<100).map { _ in a.next() }, (0..<100).map { _ in b.next() })
        #expect(first == second)
    }

    @Test func seedsStreamsAndIndicesDiffer() {
        var generators = [
            RandomGenerator(seed: 0, stream: .shuffling), RandomGenerator(seed: 1, stream: .shuffling),
            RandomGenerator(seed: 0, stream: .initialization), RandomGenerator(seed: 0, stream: .shuffling, index: 1),
        ]
        let first = generators.indices.map { generators[$0].next() }
        #expect(Set(first).count == first.count)
    }

    @Test func normalHasMeanZeroAndDeviationOne() {
        var generator = RandomGenerator(seed: 3, stream: .initialization)
        let draws = (0..<100_000).map { _ in generator.normal() }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        // Five standard errors: 1 / √n and √(2 / n).
        #expect(abs(mean) < 0.016)
        #expect(abs(variance - 1) < 0.023)
    }

    @Test func permutationHoldsEachNumberOnce() {
        var generator = RandomGenerator(seed: 3, stream: .shuffling)
        let order = generator.permutation(count: 1000)
        #expect(order.sorted() == (0..<1000).map { Int32($0) })
        #expect(order != order.sorted())
        let none = generator.permutation(count: 0)
        #expect(none.isEmpty)
    }

    @Test func everyNumberIsEquallyLikelyToComeFirst() {
        var generator = RandomGenerator(seed: 4, stream: .shuffling)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<10_000 { counts[Int(generator.permutation(count: 5)[0])] += 1 }
        // Five standard deviations of a binomial count.
        #expect(counts.allSatisfy { abs($0 - 2000) < 200 }, "\(counts)")
    }

    @Test func heInitialisationHasItsDeviation() {
        var generator = RandomGenerator(seed: 5, stream: .initialization)
        let layer = Dense(inputs: 200, outputs: 300, using: &generator)
        let weights = layer.weights.elements
        let variance = weights.reduce(0) { $0 + Double($1) * Double($1) } / Double(weights.count)
        #expect(abs(variance / (2.0 / 200) - 1) < 0.03)
        #expect(layer.biases.elements.allSatisfy { $0 == 0 })
        let logits = Network(sizes: [5, 4, 3], seed: 1).logits(MatrixTests.random(2, 5))
        #expect(logits.elements.allSatisfy { $0 == 0 }, "all classes are equally likely at first")
        #expect(Network(sizes: [5, 4, 3], seed: 1) == Network(sizes: [5, 4, 3], seed: 1))
        #expect(Network(sizes: [5, 4, 3], seed: 1) != Network(sizes: [5, 4, 3], seed: 2))
    }
}
