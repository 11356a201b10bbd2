import Datasets
import NeuralNetwork
import Testing

@testable import Training

/// Where a run is on its way, and what is told of it.
@Suite struct RunRecordTests {
    /// Of ten batches an epoch, three epochs.
    private func record(step: Int = 0, imagesPerEpoch: Int = 300) -> RunRecord {
        var record = RunRecord(makeConfiguration(), imagesPerEpoch: imagesPerEpoch)
        record.step = step
        return record
    }

    private func epoch(_ number: Int = 1, train: Double = 0.5, test: Double = 0.5) -> EpochResult {
        EpochResult(
            epoch: number, step: 10 * number, trainLoss: train, trainAccuracy: 0.5, testLoss: test, testAccuracy: 0.5,
            seconds: 2, samplesPerSecond: 150)
    }

    @Test(arguments: [
        (0, 1, 0, 10), (1, 1, 1, 10), (9, 1, 9, 10), (10, 1, 10, 20), (11, 2, 1, 20), (20, 2, 10, 30), (30, 3, 10, 40),
    ]) func stepsAreInEpochs(step: Int, epoch: Int, batch: Int, nextEnd: Int) {
        let record = record(step: step)
        #expect(record.epoch == epoch && record.batch == batch && record.nextEpochEnd == nextEnd)
        #expect(record.isBetweenEpochs == (step % 10 == 0) && record.isFinished == (step == 30))
        #expect(record.progress == Double(step) / 30 && record.epochsTrained == Double(step) / 10)
    }

    @Test func aRunOfNoImagesIsOver() {
        let record = record(imagesPerEpoch: 0)
        #expect(record.batchesPerEpoch == 0 && record.totalSteps == 0 && record.isFinished && record.progress == 1)
        #expect(record.epoch == 1 && record.batch == 0 && record.epochsTrained == 0)
    }

    @Test(arguments: [(1, 1), (31, 1), (32, 1), (33, 2), (300, 10), (320, 10), (321, 11)])
    func theLastBatchMayBeSmaller(images: Int, batches: Int) {
        #expect(record(imagesPerEpoch: images).batchesPerEpoch == batches)
        #expect(record(imagesPerEpoch: images).totalSteps == 3 * batches)
    }

    /// Ten times the loss of a guess among ten classes, ln 10.
    @Test(
        arguments: [
            (0, 0, false), (22.9, 22.9, false), (23, 0, true), (0, 23, true), (.nan, 0, true), (0, .nan, true),
            (.infinity, 0, true),
        ] as [(Double, Double, Bool)])
    func lossesAreOutOfBounds(train: Double, test: Double, isLost: Bool) {
        #expect(epoch(train: train, test: test).hasDiverged == isLost)
        var record = record()
        record.epochs = [epoch(train: train, test: test)]
        #expect(record.hasDiverged == isLost)
        record.epochs.append(epoch(2))
        #expect(!record.hasDiverged, "it came back")
    }

    @Test(arguments: [(Float(1), false), (.infinity, true), (.nan, true)])
    func aRunIsLostWithTheLossOfABatch(loss: Float, isLost: Bool) {
        var record = record()
        #expect(!record.history.isLost && !record.hasDiverged)
        record.history.append(loss: loss, accuracy: 0)
        #expect(record.history.isLost == isLost && record.hasDiverged == isLost)
    }

    /// Of the lowest loss, the first of equal ones; what is no number does not count, unless there is nothing else.
    @Test(
        arguments: [
            ([], nil), ([0.5], 1), ([0.5, 0.4, 0.4], 2), ([.nan, 0.4], 2), ([.infinity, 0.4, 0.5], 2),
            ([.nan, .nan], 1),
        ] as [([Double], Int?)])
    func theBestEpochHasTheLowestLoss(losses: [Double], best: Int?) {
        var record = record()
        record.epochs = losses.enumerated().map { epoch($0 + 1, test: $1) }
        #expect(record.bestEpoch == best)
    }

    /// With fewer classes a guess is worth more: 2.6 / ln 10 · ln 2 = 0.78 nats among two.
    @Test(
        arguments: [
            (2, [0.1, 0.77], 1), (2, [0.1, 0.79], 0), (1, [0.1, 0.77], 1), (1, [0.1, 0.79], 0), (3, [0.1, 1.2], 1),
            (3, [0.1, 1.3], 0),
        ] as [(Int, [Float], Int)])
    func aGuessDependsOnTheClasses(classes: Int, losses: [Float], step: Int) {
        var record = record()
        for loss in losses { record.history.append(loss: loss, accuracy: 0) }
        #expect(record.lastGoodStep(classes: classes) == step)
    }

    /// Two steps share a place in the history of a long run.
    @Test func theLastGoodStepOfALongRun() {
        var record = record()
        for step in 0..<8192 { record.history.append(loss: step < 8000 ? 1 : 9, accuracy: 0) }
        #expect(record.history.loss.bucketWidth == 2 && record.lastGoodStep(classes: 10) == 7999)
    }

    @Test func theRateHasLimits() {
        for (factor, rate) in [(Float(1e-30), Float(1e-6)), (1e-4, 1e-5), (1e3, 100), (1e30, 1000)] {
            var record = record()
            record.scaleLearningRate(by: factor)
            #expect(abs(record.configuration.learningRate / rate - 1) < 1e-6, "\(factor)")
            #expect(abs(record.rateFactor / (Double(rate) / 0.1) - 1) < 1e-6)
            #expect(record.settings.learningRate == 0.1)
        }
    }

    @Test func theSumsOfAnEpoch() {
        var tally = Tally()
        #expect(tally.meanLoss == 0 && tally.accuracy == 0 && tally.samplesPerSecond == 0 && tally.seconds == 0)
        tally.add(BatchOutcome(meanLoss: 0.5, correct: 16, images: 32, seconds: 0.25))
        tally.add(BatchOutcome(meanLoss: 2, correct: 4, images: 8, seconds: 0.25))
        #expect(tally.meanLoss == 0.8 && tally.accuracy == 0.5 && tally.samplesPerSecond == 80 && tally.seconds == 0.5)
    }

    @Test func aBatchIsCounted() {
        var record = record()
        record.keptEpoch = 1
        record.add(BatchOutcome(meanLoss: 0.5, correct: 16, images: 32, seconds: 0.25))
        #expect(record.step == 1 && record.keptEpoch == nil, "it goes on")
        #expect(record.history.loss.last == 0.5 && record.history.accuracy.last == 0.5)
        #expect(record.secondsTrained == 0.25)
        record.close(epoch(), tested: nil)
        #expect(record.epochs == [epoch()] && record.tally == Tally() && record.classAccuracies.count == 0)
        #expect(record.secondsTrained == 2)
        record.add(BatchOutcome(meanLoss: 0.5, correct: 16, images: 32, seconds: 0.25))
        #expect(record.secondsTrained == 2.25)
    }

    @Test func aTestOfNothingIsNotRight() {
        #expect(FinalTest(loss: 0, correct: 0, count: 0).accuracy == 0)
        #expect(FinalTest(loss: 0, correct: 1, count: 4).accuracy == 0.25)
    }

    /// 30 images a batch on average.
    @Test func stepsTakeTheirTime() {
        #expect(record().secondsPerStep(at: 60) == 0.5)
        #expect(record(imagesPerEpoch: 0).secondsPerStep(at: 60) == 0)
        #expect(Duration.milliseconds(1500).seconds == 1.5 && Duration.seconds(-2).seconds == -2)
        #expect(abs(Duration.microseconds(1).seconds - 1e-6) < 1e-15)
    }

    // MARK: - Forks

    /// 14 of ten batches an epoch are 7 of five, and an epoch that is under way stays so.
    @Test(arguments: [(64, 14, 7), (64, 10, 5), (64, 9, 4), (64, 19, 9), (16, 14, 26), (300, 14, 1), (32, 14, 14)])
    func aForkIsAsFarInItsEpoch(batchSize: Int, step: Int, expected: Int) {
        var configuration = makeConfiguration()
        configuration.batchSize = batchSize
        #expect(record(step: step).forked(at: step, configuration).step == expected)
    }

    /// The sums of the epoch under way are those of now, not of a moment before.
    @Test func aForkOfNowKnowsItsEpoch() {
        var record = record(step: 13)
        record.tally.add(BatchOutcome(meanLoss: 0.5, correct: 16, images: 32, seconds: 0.25))
        #expect(record.forked(at: 13, makeConfiguration()).tally == record.tally)
        #expect(record.forked(at: 12, makeConfiguration()).tally == Tally())
    }

    /// One step is left at least.
    @Test(arguments: [(9, 1, 1), (10, 1, 2), (14, 1, 2), (14, 2, 2), (14, 5, 5), (20, 2, 3)])
    func aForkHasAStepLeft(step: Int, asked: Int, epochs: Int) {
        let fork = record(step: step).forked(at: step, makeConfiguration(epochs: asked))
        #expect(fork.settings.epochs == epochs && fork.configuration.epochs == epochs)
    }

    @Test func theFewestEpochsOfAFork() throws {
        var job = TrainingJob()
        job.handle(.run)
        job.runToItsEnd()
        let snapshot = job.snapshot(serial: 1)
        for (step, fewest, epochs) in [(0, 1, 0.0), (8, 1, 0.8), (10, 2, 1), (14, 2, 1.4), (20, 3, 2)] {
            let then = snapshot.at(try #require(snapshot.past.all.first { $0.step == step }))
            #expect(Fork.fewestEpochs(then) == fewest)
            #expect(Fork(then, snapshot.configuration).epochs == epochs)
        }
    }

    // MARK: - What is told

    /// What a file says of a network in the middle of the second epoch, and at its end.
    @Test func aModelSaysHowItWasTrained() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(seed: 4))
        while trainer.step < 15 { _ = trainer.trainBatch() }
        var expected = [
            "format": "pt", "dataset": "halves", "layers": "16-8-10", "activation": "relu", "input": "pixel/255",
            "seed": "4", "epochs": "1.5",
        ]
        #expect(trainer.model.metadata == expected)
        while trainer.step < 20 { _ = trainer.trainBatch() }
        expected["epochs"] = "2.0"
        expected["testAccuracy"] = trainer.evaluation.map { "\($0.accuracy)" }
        #expect(trainer.model.metadata == expected && expected.count == 8)
        let other = Trainer(dataset: makeHalves().validated(by: 60), configuration: makeConfiguration())
        while other.step < other.batchesPerEpoch { _ = other.trainBatch() }
        #expect(other.model.metadata["testAccuracy"] == nil, "of images that choices are made by")
    }
}
