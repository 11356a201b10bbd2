import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// Small images of two kinds that a network can tell apart: a bright left or a bright right half, with noise.
func makeHalves(train: Int = 300, test: Int = 100, seed: UInt64 = 1) -> Dataset {
    var generator = RandomGenerator(seed: seed, stream: .initialization)
    func images(_ count: Int) -> ImageSet {
        let labels = (0..<count).map { UInt8($0 % 2) }
        let pixels = labels.flatMap { label in
            (0..<16).map { pixel in UInt8(generator.uniform(below: 128) + (pixel % 4 / 2 == Int(label) ? 127 : 0)) }
        }
        return ImageSet(width: 4, height: 4, pixels: pixels, labels: labels)
    }
    return Dataset(name: "halves", train: images(train), test: images(test))
}

func makeConfiguration(epochs: Int = 3, seed: UInt64 = 0) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.hiddenLayers = [8]
    configuration.epochs = epochs
    configuration.batchSize = 32
    configuration.seed = seed
    return configuration
}

@Suite struct TrainerTests {
    @Test func learnsToTellHalvesApart() throws {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        while !trainer.isFinished { _ = trainer.trainBatch() }
        let last = try #require(trainer.epochs.last)
        #expect(last.testAccuracy == 1)
        #expect(last.testLoss < 0.1)
        #expect(last.trainLoss < trainer.epochs[0].trainLoss)
        #expect(trainer.epochs.map(\.epoch) == [1, 2, 3])
    }

    @Test func countsStepsAndEpochs() throws {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 2))
        #expect(trainer.batchesPerEpoch == 10, "300 images: nine batches of 32 and one of 12")
        #expect(trainer.totalSteps == 20)
        for step in 1...9 {
            let result = trainer.trainBatch()
            #expect(result == nil)
            #expect(trainer.step == step)
        }
        let result = trainer.trainBatch()
        #expect(result?.epoch == 1)
        #expect(result?.step == 10)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        let none = trainer.trainBatch()
        #expect(none == nil)
        #expect(trainer.step == 20, "nothing more after the end")
        #expect(trainer.history.loss.count == 20)
    }

    @Test func sameSeedSameLossesAndWeightsToTheLastBit() {
        func run(_ seed: UInt64) -> Trainer {
            let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(seed: seed))
            while !trainer.isFinished { _ = trainer.trainBatch() }
            return trainer
        }
        let (a, b, other) = (run(5), run(5), run(6))
        #expect(a.network == b.network)
        #expect(a.history == b.history)
        #expect(a.epochs.map(\.testLoss) == b.epochs.map(\.testLoss))
        #expect(a.network != other.network)
    }

    @Test func everyImageIsTrainedOnceAnEpoch() {
        // With a learning rate of almost nothing the mean loss over an epoch is the loss over the whole set.
        let dataset = makeHalves()
        let trainer = Trainer(dataset: dataset, configuration: makeConfiguration(epochs: 2))
        for _ in 0..<trainer.batchesPerEpoch { _ = trainer.trainBatch() }
        trainer.scaleLearningRate(by: 1e-30)
        let whole = Evaluation(of: trainer.network, on: dataset.train)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        #expect(abs(trainer.epochs[1].trainLoss - whole.loss) < 1e-4)
        #expect(abs(trainer.epochs[1].trainAccuracy - whole.accuracy) < 0.005)
    }

    @Test func learningRateFollowsScheduleAndUser() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 1))
        #expect(trainer.learningRate == 0.1)
        for _ in 0..<5 { _ = trainer.trainBatch() }
        #expect(abs(trainer.learningRate - 0.05) < 1e-7)
        trainer.scaleLearningRate(by: 2)
        #expect(abs(trainer.learningRate - 0.1) < 1e-7)
    }

    @Test func anEpochCanBeTestedInItsMiddle() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        for _ in 0..<13 { _ = trainer.trainBatch() }
        let result = trainer.resultSoFar()
        #expect(result.epoch == 2)
        #expect(result.step == 13)
        #expect(trainer.epochs.count == 1)
        #expect(trainer.evaluation?.count == 100)
    }

    @Test func evaluationAgreesWithPlainForward() {
        let dataset = makeHalves()
        var generator = RandomGenerator(seed: 3, stream: .initialization)
        let network = Network(layers: [
            Dense(inputs: 16, outputs: 8, using: &generator), Dense(inputs: 8, outputs: 10, using: &generator),
        ])
        let evaluation = Evaluation(of: network, on: dataset.test)
        let inputs = Matrix(rows: 100, columns: 16, dataset.test.pixels.map { Float($0) / 255 })
        let probabilities = SoftmaxCrossEntropy.softmax(network.logits(inputs))
        for index in 0..<100 {
            let row = probabilities.row(index)
            #expect(row[Int(evaluation.predictions[index])] == row.max())
            #expect(abs(evaluation.confidences[index] - (row.max() ?? 0)) < 1e-6)
            #expect(abs(evaluation.losses[index] + log(row[Int(dataset.test.labels[index])])) < 1e-4)
        }
        #expect(evaluation.correct == zip(evaluation.predictions, dataset.test.labels).count { $0 == $1 })
    }
}

@Suite struct ConfusionMatrixTests {
    private let matrix = ConfusionMatrix(classes: 3, labels: [0, 0, 0, 1, 1, 2], predictions: [0, 0, 1, 1, 0, 0])

    @Test func counts() {
        #expect(matrix[0, 0] == 2)
        #expect(matrix[0, 1] == 1)
        #expect(matrix[2, 0] == 1)
        #expect(matrix.correct == 3)
        #expect(matrix.total == 6)
        #expect(matrix.labelled(0) == 3)
        #expect(matrix.predicted(0) == 4)
    }

    @Test func scores() {
        #expect(matrix.precision(0) == 0.5)
        #expect(matrix.recall(0) == 2.0 / 3)
        #expect(matrix.f1(0) == 4.0 / 7)
        #expect(matrix.recall(2) == 0)
        #expect(matrix.precision(2) == nil, "nothing was read as 2")
        let empty = ConfusionMatrix(classes: 2)
        #expect(empty.recall(0) == nil && empty.f1(0) == nil && empty.total == 0 && empty.correct == 0)
    }

    @Test func ofNoImagesNoneIsRight() {
        let none = ImageSet(width: 4, height: 4, pixels: [], labels: [])
        let evaluation = Evaluation(of: Network(sizes: [16, 3], seed: 0), on: none)
        #expect(evaluation.count == 0 && evaluation.accuracy == 0 && evaluation.loss == 0)
    }
}

@Suite struct SeriesTests {
    @Test func keepsEveryValueWhileThereIsRoom() {
        var series = Series()
        for value in 0..<Series.capacity { series.append(Float(value)) }
        #expect(series.bucketWidth == 1)
        #expect(series.buckets.map(\.mean) == (0..<Series.capacity).map { Float($0) })
    }

    @Test func neverLosesASpike() {
        var series = Series()
        let count = 5 * Series.capacity + 3
        for step in 0..<count { series.append(step == 1234 ? 99 : step == 17_000 ? -99 : 1) }
        #expect(series.count == count)
        #expect(series.bucketWidth == 8)
        #expect(series.buckets.count <= Series.capacity)
        #expect(series.buckets.map { Int($0.count) }.reduce(0, +) == count)
        #expect(series.buckets.map(\.maximum).max() == 99)
        #expect(series.buckets.map(\.minimum).min() == -99)
        #expect(series.buckets[1234 / 8].maximum == 99, "and it stays in its place")
        #expect(series.buckets.dropLast().allSatisfy { $0.count == 8 })
    }

    /// Full, each two become one: the lowest, the highest and the mean of both.
    @Test func twoBecomeOne() {
        var series = Series()
        for step in 0...Series.capacity { series.append(Float(step)) }
        #expect(series.bucketWidth == 2 && series.count == 4097 && series.last == 4096)
        #expect(series.buckets.count == 2049)
        #expect(series.buckets[1] == Series.Bucket(minimum: 2, maximum: 3, mean: 2.5, count: 2))
        #expect(series.buckets[2048] == Series.Bucket(4096))
        series.append(1)
        #expect(series.buckets[2048] == Series.Bucket(minimum: 1, maximum: 4096, mean: 2048.5, count: 2))
    }

    @Test func bucketsMakeASeries() throws {
        func series(_ counts: [Int]) -> Series? {
            Series(counts.map { Series.Bucket(minimum: 0, maximum: 1, mean: 0.5, count: $0) })
        }
        #expect(try #require(series([])).count == 0)
        let read = try #require(series([4, 4, 3]))
        #expect(read.count == 11 && read.bucketWidth == 4 && read.last == nil)
        #expect(series([1 << 40]) != nil && series([1 << 41]) == nil && series([3]) == nil && series([0]) == nil)
        #expect(
            series([4, 4, 0]) == nil && series([4, 4, 5]) == nil && series([4, 3, 4]) == nil && series([-1]) == nil)
        #expect(series(Array(repeating: 1, count: Series.capacity)) != nil)
        #expect(series(Array(repeating: 1, count: Series.capacity + 1)) == nil)
    }

    @Test func theFirstStepsAlone() {
        var series = Series()
        for step in 0..<6 { series.append(Float(step)) }
        #expect(series.first(6) == series && series.first(7) == series)
        let part = series.first(4)
        #expect(part.count == 4 && part.last == nil && part.buckets == Array(series.buckets.prefix(4)))
        for steps in [0, -1] { #expect(series.first(steps).count == 0 && series.first(steps).buckets.isEmpty) }
        for step in 6..<5000 { series.append(Float(step)) }
        let cut = series.first(5)
        #expect(cut.count == 5 && cut.buckets.map(\.count) == [2, 2, 1] && cut.buckets.map(\.mean) == [0.5, 2.5, 4.5])
        #expect(cut.buckets[2].minimum == 4 && cut.buckets[2].maximum == 5, "of all its steps")
    }

    @Test func aCourseIsStretched() {
        var series = Series()
        for step in 0..<6 { series.append(Float(step)) }
        #expect(series.stretched(to: 3).buckets.map(\.mean) == [1, 3, 5])
        #expect(series.stretched(to: 12).buckets.map(\.mean) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(series.stretched(to: 6) == series && series.stretched(to: 0).count == 0)
        #expect(Series().stretched(to: 5).count == 0)
        for step in 6..<8192 { series.append(Float(step)) }
        #expect(series.stretched(to: 4).buckets.map(\.mean) == [1024.5, 3072.5, 5120.5, 7168.5])
    }

    @Test func noNumberCountsAsInfinite() {
        var series = Series()
        series.append(.nan)
        #expect(series.buckets[0].maximum == .infinity)
    }
}
