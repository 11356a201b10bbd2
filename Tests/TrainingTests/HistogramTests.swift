import Datasets
import NeuralNetwork
import Testing

@testable import Training

@Suite struct HistogramTests {
    private func histogram(_ values: [Float]) -> Histogram { values.withUnsafeBufferPointer { Histogram($0) } }

    @Test func whatLiesBeyondCountsInTheOuterBins() {
        let spread = histogram((0..<10_000).map { $0 % 2 == 0 ? 1 : -1 } + [-100, 100, 100])
        #expect(spread.scale == 16)
        #expect(abs(spread.shares[0] - 1 / 10_003) < 1e-8 && abs(spread.shares[127] - 2 / 10_003) < 1e-8)
        #expect(spread.shares[1...126].count { $0 > 0 } == 2)
    }

    @Test func sharesSumToOneAndTheScaleIsAPowerOfTwo() {
        let histogram = histogram((0..<1000).map { Float($0 - 500) / 1000 })
        #expect(histogram.scale == 2, "six times 0.289 fits into 2")
        #expect(abs(histogram.shares.reduce(0, +) - 1) < 1e-5)
        for share in histogram.shares(from: -0.5, to: 0.5, bins: 4) { #expect(abs(share - 0.25) < 0.01) }
        let beyond = histogram.shares(from: 5, to: 6, bins: 2)
        #expect(abs(beyond[0] - 1) < 1e-5 && beyond[1] == 0, "what lies beyond counts in the outer bins")
    }

    @Test func outliersCountInTheOuterBinsAndNoNumbersNowhere() {
        let values = Array(repeating: Float(0), count: 999) + [1000, .nan, .infinity]
        let histogram = histogram(values)
        #expect(histogram.scale < 1000)
        let last = histogram.shares.last ?? 0
        #expect(abs(last - 0.001) < 1e-6)
        #expect(abs(histogram.shares.reduce(0, +) - 1) < 1e-5)
        #expect(self.histogram([]).shares.allSatisfy { $0 == 0 })
        #expect(self.histogram([0, 0]).scale == 1)
    }

    /// Within a bin the values are taken as spread evenly, in the outer two as well.
    @Test func finerBinsHoldTheirPartOfABin() {
        let histogram = histogram((0..<400).map { Float($0 % 20) / 10 - 1 } + [-9, -9, 9, 9, 9])
        let halves = histogram.shares(from: -histogram.scale, to: histogram.scale, bins: 2 * Histogram.binCount)
        for (bin, share) in histogram.shares.enumerated() {
            #expect(abs(halves[2 * bin] - share / 2) < 1e-5 && abs(halves[2 * bin + 1] - share / 2) < 1e-5, "\(bin)")
        }
    }

    @Test func theHistoryCoversTheWholeRun() {
        var history = HistogramHistory()
        for step in 0..<1000 { history.append([], step: step) }
        let steps = history.entries.map(\.step)
        #expect(history.count == 1000)
        #expect(steps.count <= HistogramHistory.capacity && steps.count >= HistogramHistory.capacity / 2)
        #expect(steps.first == 0)
        #expect((steps.last ?? 0) >= 990)
        #expect(Set(zip(steps, steps.dropFirst()).map { $1 - $0 }).count == 1, "evenly spread")
    }

    @Test func neuronsAreCountedByClass() {
        // Neuron 0 fires for class 1 alone, neuron 1 for all, neuron 2 never.
        let activations = Matrix(rows: 3, columns: 3, [0, 1, 0, 4, 2, 0, 0, 3, 0])
        let next = Dense(weights: Matrix(rows: 3, columns: 2, [3, 4, 1, 0, 9, 9]), biases: Matrix(rows: 1, columns: 2))
        let neurons = NeuronStatistics.observe(activations, labels: [0, 1, 0], classes: 10, next: .dense(next))
        #expect(neurons.map(\.isDead) == [false, false, true])
        #expect(neurons[0].firingShare == Float(1) / 3)
        #expect(Array(neurons[0].classMeans.prefix(2)) == [0, 4])
        #expect(Array(neurons[1].classMeans.prefix(2)) == [2, 2])
        #expect(abs(neurons[0].use - 4.0 / 3 * 5) < 1e-5, "the mean of 4/3 times the length of (3, 4)")
        #expect(neurons[2].use == 0)
    }

    @Test func belowZeroANeuronFiresToo() {
        let activations = Matrix(rows: 4, columns: 1, [-0.5, 0, 2, -1])
        let neurons = NeuronStatistics.observe(activations, labels: [0, 1, 0, 1], classes: 10, next: nil)
        #expect(neurons[0].firingShare == 0.75)
        #expect(neurons[0].use == 3.5 / 4, "nothing hears of it: its mean magnitude")
        #expect(neurons[0].classMeans[..<3].elementsEqual([0.75, -0.5, 0]))
    }

    @Test func observedBatchesFillTheHistory() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        _ = trainer.trainObservedBatch()
        _ = trainer.trainBatch()
        _ = trainer.trainObservedBatch()
        #expect(trainer.histograms.entries.map(\.step) == [1, 3])
        #expect(trainer.histograms.entries.allSatisfy { $0.value.count == 2 })
        #expect(trainer.now.layers.map(\.neurons.count) == [8, 10])
    }

    /// A feature map is one neuron over all its places, and what goes on from it goes into all rows of its places.
    @Test func aMapIsObservedOverItsPlaces() {
        // Two images, two maps of three places; the second map is silent.
        let activations = Matrix(rows: 2, columns: 6, [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0])
        let next = Dense(
            weights: Matrix(rows: 6, columns: 1, [3, 4, 0, 1, 1, 1]), biases: Matrix(rows: 1, columns: 1))
        let maps = NeuronStatistics.observe(activations, places: 3, labels: [0, 1], classes: 10, next: .dense(next))
        #expect(maps.count == 2)
        #expect(maps[0].firingShare == 0.5 && maps[0].use == 5 && !maps[0].isDead)
        #expect(Array(maps[0].classMeans.prefix(3)) == [1, 1, 0])
        #expect(maps[1].isDead && maps[1].use == 0)
    }

    @Test func convolutionsTellOfEachMapAndOfDeadOnes() throws {
        let images = ImageSet(
            width: 6, height: 6, pixels: (0..<360).map { UInt8($0 * 7 % 256) }, labels: (0..<10).map { UInt8($0) })
        var network = try Network(
            input: images.shape, hidden: [.convolution(channels: 4, kernel: 3, padding: .same), .maxPool(size: 2), 5],
            classes: 10, seed: 0)
        network.layers[0].biases[0, 2] = -100
        let layers = LayerStatistics.observe(before: network, after: network, images: images, count: 10)
        #expect(layers.map(\.neurons.count) == [4, 0, 5, 10])
        #expect(layers[0].neurons[2].isDead)
        #expect(layers[0].deadShare == Double(layers[0].neurons.count { $0.isDead }) / 4)
        #expect(layers[1].deadShare == nil && layers[3].deadShare == nil)
    }

    @Test func whatIsNeverBelowZeroIsPositive() {
        #expect(histogram([0, 1, 2]).isPositive && histogram([]).isPositive)
        #expect(!histogram([-0.5, 1, 2]).isPositive && !histogram([-1]).isPositive)
    }

    /// The plain way through convolutions takes long: a quarter of the images are looked at.
    @Test(arguments: [
        ([HiddenLayer.dense(neurons: 5)], 8), ([.convolution(channels: 2, kernel: 3, padding: .same)], 2),
    ])
    func soManyImagesAreLookedAt(hidden: [HiddenLayer], looked: Int) throws {
        let images = makeHalves().train
        let network = try Network(input: images.shape, hidden: hidden, classes: 10, seed: 0)
        func look(_ images: ImageSet, count: Int) -> [LayerStatistics] {
            LayerStatistics.observe(before: network, after: network, images: images, count: count)
        }
        #expect(look(images, count: 8) == look(images.prefix(looked), count: 100))
        #expect(look(images, count: 8) != look(images.prefix(looked + 1), count: 100))
    }

    /// Of three weights, one of which a step has moved by three; of a network that gives every image the same.
    @Test func sizesAreRootMeanSquares() throws {
        func network(_ weights: [Float]) -> Network {
            Network(layers: [
                Dense(weights: Matrix(rows: 1, columns: 3, weights), biases: Matrix(rows: 1, columns: 3))
            ])
        }
        let images = ImageSet(width: 1, height: 1, pixels: [0, 0], labels: [0, 1])
        let statistics = try #require(
            LayerStatistics.observe(
                before: network([1, 2, -1]), after: network([1, 2, 2]), images: images, count: 8
            ).first)
        #expect(statistics.weights == 3.0.squareRoot() && statistics.updates == 3.0.squareRoot())
        #expect(statistics.gradients == 0, "what is black moves nothing")
        #expect(statistics.deadShare == nil && statistics.neurons.map(\.firingShare) == [0, 0, 0])
    }

    /// The length is the root mean square times the root of how many weights there are.
    @Test func theLengthOfAGradient() throws {
        let layer = Layer.dense(Dense(weights: Matrix(rows: 2, columns: 8), biases: Matrix(rows: 1, columns: 8)))
        func norm(_ gradients: Double, _ layer: Layer) -> Float? {
            LayerStatistics(weights: 0, gradients: gradients, updates: 0, deadShare: nil).gradientNorm(of: layer)
        }
        #expect(norm(0.5, layer) == 2 && norm(.nan, layer) == nil && norm(.infinity, layer) == nil)
        let pool = try Network(input: Shape(height: 4, width: 4), hidden: [.maxPool(size: 2)], classes: 2, seed: 0)
        #expect(norm(0.5, pool.layers[0]) == nil)
    }

    /// Only ReLU silences neurons for good.
    @Test func onlyReLUHasDeadNeurons() {
        for activation in Activation.allCases {
            let network = Network(sizes: [16, 5, 10], seed: 0, activation: activation)
            let layers = LayerStatistics.observe(
                before: network, after: network, images: makeHalves().train, count: 16)
            #expect((layers[0].deadShare != nil) == (activation == .relu) && layers[1].deadShare == nil)
        }
    }
}
