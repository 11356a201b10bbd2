import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Testing

@testable import Training

/// Images kept aside to judge by, and runs that end when they get no better.
@Suite struct ValidationTests {
    private let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("inkling-\(UUID().uuidString).checkpoint").path

    private func trainer(epochs: Int = 3, earlyStop: Int? = nil) -> Trainer {
        var configuration = makeConfiguration(epochs: epochs)
        (configuration.validation, configuration.earlyStop) = (60, earlyStop)
        return Trainer(dataset: makeHalves().validated(by: 60), configuration: configuration)
    }

    private func finish(_ trainer: Trainer) {
        while !trainer.isFinished { _ = trainer.trainBatch() }
    }

    /// Everything meanwhile goes by the images kept aside; the test images are asked when all is over.
    @Test func theTestImagesAreAskedOnceAtTheEnd() throws {
        let trainer = trainer()
        #expect(trainer.record.imagesPerEpoch == 240)
        while !trainer.isFinished {
            #expect(trainer.record.finalTest == nil)
            _ = trainer.trainBatch()
        }
        #expect(trainer.evaluation?.count == 60)
        let test = try #require(trainer.record.finalTest)
        let expected = Evaluation(of: trainer.network, on: makeHalves().test)
        #expect((test.count, test.correct, test.loss) == (100, expected.correct, expected.loss))
        #expect(trainer.model.metadata["testAccuracy"] == "\(expected.accuracy)")
        trainer.extend(epochs: 1)
        _ = trainer.trainBatch()
        finish(trainer)
        #expect(trainer.record.finalTest != nil && trainer.record.finalTest != test)
        let line = try JSONLine(FinalTestLine(test, of: trainer.record, isTestedOnTraining: false)).text
        #expect(line.contains("\"testAccuracy\"") && line.contains("\"correct\":\(test.correct)"))
        let epoch = try JSONLine(EpochLine(trainer.epochs[0], of: trainer.dataset, interrupted: false)).text
        #expect(epoch.contains("\"validationLoss\"") && !epoch.contains("testLoss"))
    }

    @Test func aResumedRunKeepsTheSameImagesAside() throws {
        defer { unlink(path) }
        let whole = trainer()
        finish(whole)
        let before = trainer()
        for _ in 0..<13 { _ = before.trainBatch() }
        try Checkpoint.write(before, to: path)
        let resumed = try Checkpoint(file: path).trainer(on: makeHalves())
        #expect(resumed.dataset.train == before.dataset.train && resumed.dataset.test == before.dataset.test)
        finish(resumed)
        #expect(resumed.network == whole.network, "to the last bit")
        #expect(resumed.record.finalTest == whole.record.finalTest)
        try Checkpoint.write(whole, to: path)
        #expect(try Checkpoint(file: path).trainer(on: makeHalves()).record.finalTest == whole.record.finalTest)
    }

    /// Losses of the tests, and whether the run is over after them.
    @Test(
        arguments: [
            ([0.5, 0.4, 0.3], 2, false), ([0.5, 0.4, 0.45], 2, false), ([0.5, 0.4, 0.45, 0.41], 2, true),
            ([0.5, 0.5], 1, true), ([0.5, .nan], 1, true), ([0.5], 1, false), ([], 1, false),
        ] as [([Double], Int, Bool)])
    func noBetterForSoLong(losses: [Double], patience: Int, isOver: Bool) {
        var configuration = makeConfiguration(epochs: 100)
        configuration.earlyStop = patience
        var record = RunRecord(configuration, imagesPerEpoch: 300)
        record.epochs = losses.enumerated().map { number, loss in
            EpochResult(
                epoch: number + 1, step: 10 * (number + 1), trainLoss: 0, trainAccuracy: 1, testLoss: loss,
                testAccuracy: 1, seconds: 1, samplesPerSecond: 1)
        }
        #expect(record.hasStoppedEarly == isOver && record.isFinished == isOver)
    }

    /// The losses of batches, and the step after which the last network was that is no worse than a guess: 2.6 among ten.
    @Test(
        arguments: [
            ([], 0), ([1], 0), ([9], 0), ([9, 9, 9], 0), ([1, 1, 1], 2), ([1, 2.5, 9, 9], 1), ([1, 9, 1, 9], 2),
            ([2.55], 0), ([1, 2.55], 1), ([1, 2.65], 0),
        ] as [([Float], Int)])
    func theLastStepThatWasGood(losses: [Float], step: Int) {
        var record = RunRecord(makeConfiguration(epochs: 100), imagesPerEpoch: 300)
        for loss in losses { record.history.append(loss: loss, accuracy: 0) }
        #expect(record.lastGoodStep(classes: 10) == step)
    }

    /// The network of the epoch whose loss was lowest, as it was then.
    @Test func theBestNetworkIsKept() throws {
        defer { unlink(path) }
        let trainer = trainer(epochs: 400, earlyStop: 3)
        trainer.scaleLearningRate(by: 4)
        var networks: [Network] = []
        while !trainer.isFinished {
            #expect(trainer.record.keptEpoch == nil)
            let result = trainer.trainBatch()
            if result != nil { networks.append(trainer.network) }
        }
        let best = try #require(trainer.record.bestEpoch)
        #expect(best == networks.count - 3 && trainer.record.keptEpoch == best)
        #expect(trainer.network == networks[best - 1])
        #expect(trainer.now.network == networks[best - 1], "what a session shows")
        #expect(trainer.evaluation?.loss == trainer.epochs[best - 1].testLoss)
        #expect(trainer.evaluation?.step == trainer.step)
        let test = Evaluation(of: networks[best - 1], on: makeHalves().test)
        #expect(trainer.record.finalTest == FinalTest(test))
        #expect(trainer.model.metadata["epochs"] == "\(Double(best))")
        let line = try JSONLine(
            FinalTestLine(FinalTest(test), of: trainer.record, isTestedOnTraining: false)
        ).text
        #expect(line.contains("\"bestEpoch\":\(best)") && line.contains("\"stoppedEarly\":true"))
        // So does a run that reaches its last epoch, and so does the checkpoint of either.
        let whole = self.trainer(epochs: networks.count - 1, earlyStop: 3)
        whole.scaleLearningRate(by: 4)
        finish(whole)
        #expect(!whole.record.hasStoppedEarly && whole.record.keptEpoch == whole.record.bestEpoch)
        try Checkpoint.write(whole, to: path)
        #expect(try Model(file: path).network.parameters == whole.network.parameters)
        let read = try Checkpoint(file: path).trainer(on: makeHalves())
        #expect(read.record.keptEpoch == whole.record.keptEpoch && read.record.finalTest == whole.record.finalTest)
        #expect(read.network == whole.network && read.best == whole.best)
    }

    /// Interrupted after the best epoch or before it, the run ends as it would have.
    @Test(arguments: [1, 4, 11]) func aResumedRunKeepsTheBestNetwork(batchesAfterTheBest: Int) throws {
        defer { unlink(path) }
        func make() -> Trainer {
            let trainer = trainer(epochs: 400, earlyStop: 3)
            trainer.scaleLearningRate(by: 4)
            return trainer
        }
        let whole = make()
        finish(whole)
        let best = try #require(whole.record.keptEpoch)
        let before = make()
        while before.step < best * whole.record.batchesPerEpoch + batchesAfterTheBest { _ = before.trainBatch() }
        try Checkpoint.write(before, to: path)
        let resumed = try Checkpoint(file: path).trainer(on: makeHalves())
        finish(resumed)
        #expect(resumed.network == whole.network, "to the last bit")
        #expect(resumed.record.keptEpoch == best && resumed.record.finalTest == whole.record.finalTest)
        #expect(resumed.step == whole.step)
        // Without its weights the checkpoint is none.
        let contents = try Safetensors(file: path)
        let tensors = contents.tensors.filter { !$0.name.hasPrefix("inkling.best.") }
        #expect(tensors.count < contents.tensors.count)
        try Safetensors(tensors: tensors, metadata: contents.metadata).write(to: path)
        #expect(throws: ModelFileError.self) { try Checkpoint(file: path) }
    }

    @Test func withoutEarlyStopTheLastNetworkStays() throws {
        let trainer = trainer(epochs: 6)
        trainer.scaleLearningRate(by: 4)
        finish(trainer)
        #expect(trainer.record.keptEpoch == nil && trainer.best == nil)
    }

    /// What was observed of the last batch is what it did, not the way back.
    @Test func theWayBackIsNotObserved() throws {
        let (one, other) = (trainer(epochs: 400, earlyStop: 2), trainer(epochs: 400, earlyStop: nil))
        for trainer in [one, other] { trainer.scaleLearningRate(by: 4) }
        while !one.isFinished {
            _ = one.trainObservedBatch()
            _ = other.trainObservedBatch()
        }
        #expect(one.record.keptEpoch == one.epochs.count - 2 && one.network != other.network)
        #expect(one.record.gradientNorms == other.record.gradientNorms && one.now.layers == other.now.layers)
    }

    @Test func aRunEndsWhenItGetsNoBetter() throws {
        defer { unlink(path) }
        let trainer = trainer(epochs: 400, earlyStop: 2)
        trainer.scaleLearningRate(by: 4)
        finish(trainer)
        let best = try #require(trainer.record.bestEpoch)
        #expect(trainer.record.hasStoppedEarly && trainer.epochs.count == best + 2)
        #expect(trainer.record.finalTest != nil)
        // Who asks for more gets it.
        try Checkpoint.write(trainer, to: path)
        let checkpoint = try Checkpoint(file: path)
        #expect(try checkpoint.trainer(on: makeHalves()).isFinished)
        #expect(try !checkpoint.trainer(on: makeHalves(), epochs: 500).isFinished)
        trainer.extend(epochs: 1)
        #expect(!trainer.isFinished && trainer.trainBatch() == nil)
    }

    /// The dashboard's job stops there, too.
    @Test func theSessionStopsThere() {
        var job = TrainingJob(trainer(epochs: 400, earlyStop: 2), recorders: TrainingRecorders())
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        let snapshot = job.snapshot(serial: 0)
        #expect(snapshot.phase == .finished && snapshot.record.hasStoppedEarly)
        #expect(snapshot.now.evaluation?.loss == snapshot.record.epochs.map(\.testLoss).min())
        job.handle(.run)
        #expect(!job.isRunning)
        job.handle(.extend(epochs: 1))
        #expect(job.isRunning)
    }

    /// Names of their own go with a model, numbers need none.
    @Test func modelsSayWhatTheirClassesAreCalled() {
        let images = makeHalves(train: 20)
        let named = Dataset(name: "pets", train: images.train, classNames: ["cat", "dog"])
        let trainer = Trainer(dataset: named, configuration: makeConfiguration())
        #expect(trainer.model.metadata["classes"] == "cat\ndog")
        #expect(Trainer(dataset: images, configuration: makeConfiguration()).model.metadata["classes"] == nil)
    }
}
