import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

@Suite struct CheckpointTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("run.checkpoint") }

    init() throws { folder = try TemporaryFolder(inMemory: true) }

    /// A run of `steps` steps with everything in it that a user can do.
    private func run(_ steps: Int, epochs: Int = 3, from start: Trainer? = nil) -> Trainer {
        let trainer = start ?? Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: epochs))
        while trainer.step < steps, !trainer.isFinished {
            _ = trainer.trainBatch()
            if trainer.step == 4 || trainer.step == 15 { trainer.scaleLearningRate(by: 0.7943) }
        }
        return trainer
    }

    private func expectSame(_ a: Trainer, _ b: Trainer) {
        #expect(a.network == b.network, "to the last bit")
        #expect(a.optimizer.moments == b.optimizer.moments)
        #expect(a.history.loss.buckets == b.history.loss.buckets)
        #expect(a.history.accuracy.buckets == b.history.accuracy.buckets)
        #expect(a.learningRateChanges == b.learningRateChanges)
        #expect(a.configuration == b.configuration)
        #expect(a.settings == b.settings)
        #expect(a.epochs.map(\.trainLoss) == b.epochs.map(\.trainLoss))
        #expect(a.epochs.map(\.testLoss) == b.epochs.map(\.testLoss))
        #expect(a.evaluation?.losses == b.evaluation?.losses)
    }

    /// Convolutions, distorted images, Adam: goes on to the last bit in the middle of an epoch.
    @Test func aConvolutionalRunGoesOn() throws {
        var configuration = makeConfiguration(epochs: 2)
        configuration.hiddenLayers = ["conv3x3", "pool2"].compactMap(HiddenLayer.init) + [7]
        configuration.optimizer = .adamw
        configuration.distortion = .handwriting
        func trainer() -> Trainer { Trainer(dataset: makeHalves(), configuration: configuration) }
        let whole = trainer()
        while !whole.isFinished { _ = whole.trainBatch() }
        let before = trainer()
        for _ in 0..<13 { _ = before.trainBatch() }
        try Checkpoint.write(before, to: path)
        let resumed = try Checkpoint(file: path).trainer(on: makeHalves())
        while !resumed.isFinished { _ = resumed.trainBatch() }
        expectSame(resumed, whole)
    }

    @Test(arguments: [0, 1, 4, 9, 10, 11, 15, 29, 30]) func goesOnToTheLastBit(step: Int) throws {
        let before = run(step)
        try Checkpoint.write(before, to: path)
        let resumed = try Checkpoint(file: path).trainer(on: makeHalves())
        #expect(resumed.step == step)
        #expect(resumed.learningRate == before.learningRate)
        expectSame(run(30, from: resumed), run(30))
    }

    @Test(arguments: Optimizer.Kind.allCases, [Activation.relu, .tanh])
    func goesOnWithEveryOptimizer(kind: Optimizer.Kind, activation: Activation) throws {
        var configuration = makeConfiguration()
        configuration.optimizer = kind
        configuration.activation = activation
        configuration.learningRate = 0.01
        configuration.weightDecay = 0.01
        configuration.dropout = 0.2
        let start = Trainer(dataset: makeHalves(), configuration: configuration)
        try Checkpoint.write(run(13, from: start), to: path)
        expectSame(run(30, from: try Checkpoint(file: path).trainer(on: makeHalves())), run(30, from: start))
    }

    @Test func writingDoesNotChangeTheRun() throws {
        let before = run(7)
        try Checkpoint.write(before, to: path)
        expectSame(run(30, from: before), run(30))
    }

    @Test func aCheckpointIsAModel() throws {
        let trainer = run(12)
        try Checkpoint.write(trainer, to: path)
        let model = try Model(file: path)
        #expect(model.network.layers == trainer.network.layers)
        #expect(model.metadata["dataset"] == "halves")
    }

    @Test func moreEpochsCanBeAskedFor() throws {
        try Checkpoint.write(run(30), to: path)
        let checkpoint = try Checkpoint(file: path)
        let resumed = try checkpoint.trainer(on: makeHalves(), epochs: 5)
        #expect(resumed.totalSteps == 50)
        #expect(!resumed.isFinished)
        #expect(throws: ModelFileError.self) { try checkpoint.trainer(on: makeHalves(), epochs: 2) }
    }

    @Test func anotherDataSetIsRefused() throws {
        try Checkpoint.write(run(3), to: path)
        let checkpoint = try Checkpoint(file: path)
        #expect(throws: ModelFileError.self) { try checkpoint.trainer(on: makeHalves(train: 301)) }
    }

    @Test func aDivergedRunDoesNotReplaceAGoodOne() throws {
        try Checkpoint.write(run(3), to: path)
        let good = FileManager.default.contents(atPath: path)
        var configuration = makeConfiguration()
        configuration.learningRate = 1e30
        let diverged = Trainer(dataset: makeHalves(), configuration: configuration)
        for _ in 0..<10 { _ = diverged.trainBatch() }
        #expect(throws: ModelFileError.self) { try Checkpoint.write(diverged, to: path) }
        #expect(FileManager.default.contents(atPath: path) == good)
    }

    @Test func withoutHiddenLayersTheActivationStaysAsItWasAsked() throws {
        var configuration = makeConfiguration()
        (configuration.hiddenLayers, configuration.activation) = ([], .tanh)
        let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
        _ = trainer.trainBatch()
        try Checkpoint.write(trainer, to: path)
        #expect(try Checkpoint(file: path).trainer(on: makeHalves()).configuration == trainer.configuration)
    }

    /// The decimal numbers of JSON must be the binary ones again.
    @Test func numbersSurviveTheMetadata() throws {
        var generator = RandomGenerator(seed: 5, stream: .initialization)
        for _ in 0..<50 {
            var configuration = makeConfiguration()
            configuration.learningRate = Float(generator.uniform())
            configuration.seed = generator.next()
            let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
            for _ in 0..<3 { _ = trainer.trainBatch() }
            try Checkpoint.write(trainer, to: path)
            let resumed = try Checkpoint(file: path).trainer(on: makeHalves())
            #expect(resumed.configuration == configuration)
            #expect(resumed.record.tally.meanLoss == trainer.record.tally.meanLoss)
        }
    }

    /// No damage to the metadata or the tensors may bring down who reads it.
    @Test(arguments: [
        ("\"step\":3", "\"step\":-3"), ("\"step\":3", "\"step\":4"), ("\"batchSize\":32", "\"batchSize\":00"),
        ("\"epochs\":3", "\"epochs\":0"), ("\"optimizer\":\"momentum\"", "\"optimizer\":\"adamants\""),
        (
            "\"dropout\":0",
            "\"distortion\":{\"elasticity\":0,\"isMirrored\":false,\"rotation\":1000,\"scale\":0,\"shear\":0,"
                + "\"shift\":0,\"smoothness\":4,\"thickness\":0},\"dropout\":0"
        ),
    ]) func damageIsNamed(part: String, damage: String) throws {
        try Checkpoint.write(run(3), to: path)
        let file = try Safetensors(file: path)
        var metadata = file.metadata
        let training = try #require(metadata["training"])
        #expect(training.contains(part))
        metadata["training"] = training.replacingOccurrences(of: part, with: damage)
        try Safetensors(tensors: file.tensors, metadata: metadata).write(to: path)
        #expect(throws: ModelFileError.self) { try Checkpoint(file: path) }
    }

    @Test(arguments: [
        "inkling.history.loss", "inkling.moment.0.0.weight", "0.weight", "inkling.epochs", "inkling.moment.0.2.bias",
    ])
    func aMissingTensorIsNamed(name: String) throws {
        try Checkpoint.write(run(3), to: path)
        let file = try Safetensors(file: path)
        let others = file.tensors.filter { $0.name != name }
        #expect(others.count == file.tensors.count - 1)
        try Safetensors(tensors: others, metadata: file.metadata).write(to: path)
        #expect(throws: ModelFileError.self) { try Checkpoint(file: path) }
    }

    /// The checkpoint of five batches with another value in the state of its training, or without it, read again.
    private func reread(_ keys: [String], as value: Any?, tensors: [Tensor] = []) throws -> Checkpoint {
        try Checkpoint.write(run(5), to: path)
        let file = try Safetensors(file: path)
        func changed(_ object: Any?, _ keys: ArraySlice<String>) throws -> Any? {
            guard let key = keys.first else { return value }
            var members = try #require(object as? [String: Any])
            members[key] = try changed(members[key], keys.dropFirst())
            return members
        }
        var metadata = file.metadata
        let training = try JSONSerialization.jsonObject(with: Data(try #require(metadata["training"]).utf8))
        let other = try #require(try changed(training, keys[...]))
        metadata["training"] = String(decoding: try JSONSerialization.data(withJSONObject: other), as: UTF8.self)
        let names = Set(tensors.map(\.name))
        try Safetensors(tensors: file.tensors.filter { !names.contains($0.name) } + tensors, metadata: metadata)
            .write(to: path)
        return try Checkpoint(file: path)
    }

    /// What a trainer may be asked to go on with, at both ends of the limits and just beyond.
    @Test func theStateOfATrainingHasLimits() throws {
        func change(at step: Int) -> [[String: Any]] { [["step": step, "learningRate": 0.05]] }
        let most = 1 << 40
        let sound: [(keys: [String], value: Any)] = [
            (["settings", "batchSize"], 16), (["optimizerSteps"], 0), (["optimizerSteps"], 5),
            (["learningRateChanges"], change(at: 0)), (["learningRateChanges"], change(at: 5)),
            (["tally", "correct"], 0), (["tally", "correct"], most), (["tally", "samples"], 0),
            (["tally", "samples"], most),
        ]
        for (keys, value) in sound {
            #expect(throws: Never.self, "\(keys): \(value)") { try reread(keys, as: value) }
        }
        let damaged: [(keys: [String], value: Any)] = [
            (["settings", "batchSize"], 0), (["configuration", "batchSize"], 0), (["step"], -1),
            (["optimizerSteps"], -1), (["optimizerSteps"], 6), (["learningRateChanges"], change(at: -1)),
            (["learningRateChanges"], change(at: 6)), (["tally", "correct"], -1), (["tally", "correct"], most + 1),
            (["tally", "samples"], -1), (["tally", "samples"], most + 1),
        ]
        for (keys, value) in damaged {
            let error = #expect(throws: ModelFileError.self, "\(keys): \(value)") { try reread(keys, as: value) }
            #expect(error?.expected == "the state of a training in the metadata" && error?.found == "something else")
        }
        let strangers: [(keys: [String], value: Any, expected: String, found: String)] = [
            (["step"], 6, "a history of 6 steps", "another"),
            (["bestEpoch"], 1, "the best of 0 epochs", "epoch 1"),
            (["tests"], 1, "what was observed in 5 steps", "something else"),
            (["looks"], -1, "what was observed in 5 steps", "something else"),
        ]
        for (keys, value, expected, found) in strangers {
            let error = #expect(throws: ModelFileError.self, "\(keys)") { try reread(keys, as: value) }
            #expect(error?.expected == expected && error?.found == found)
        }
    }

    /// Fewer than 2⁴⁰, as many as a history of 1,024 buckets of 2³⁰ tells of.
    @Test(arguments: [(1 << 40 - 1, true), (1 << 40, false)]) func stepsHaveALimit(steps: Int, isRead: Bool) throws {
        let buckets = (0..<1024).map { number in
            Series.Bucket(
                minimum: 0, maximum: 1, mean: 0.5, count: number == 1023 ? steps - 1023 << 30 : 1 << 30)
        }
        let series = try #require(Series(buckets))
        let tensors = ["loss", "accuracy"].map { Checkpoint.tensor("inkling.history.\($0)", series) }
        let checkpoint = try? reread(["step"], as: steps, tensors: tensors)
        #expect(checkpoint?.step == (isRead ? steps : nil))
    }

    /// From before it was told, the optimizer is as old as the run, and the settings are as they are now.
    @Test func whatOlderFilesDoNotSayIsAsItWas() throws {
        #expect(try reread(["optimizerSteps"], as: nil).trainer(on: makeHalves()).optimizer.steps == 5)
        #expect(try reread(["optimizerSteps"], as: 3).trainer(on: makeHalves()).optimizer.steps == 3)
        let trainer = try reread(["settings"], as: nil).trainer(on: makeHalves())
        #expect(trainer.settings == trainer.configuration)
        #expect(abs(trainer.settings.learningRate - 0.07943) < 1e-7, "changed after the fourth step")
        #expect(try reread(["settings", "epochs"], as: 7).trainer(on: makeHalves()).settings.learningRate == 0.1)
    }

    @Test func resultsOfEpochsComeBack() {
        let epochs = (1...2).map { number in
            EpochResult(
                epoch: number, step: 5 * number, trainLoss: 0.1, trainAccuracy: 0.2, testLoss: .nan, testAccuracy: 0.4,
                seconds: 0.5, samplesPerSecond: 0.6 * Double(number))
        }
        // No number is not equal to itself.
        let read = Checkpoint.epochs(Checkpoint.tensor(epochs), steps: 10) ?? []
        #expect(read.map { "\($0)" } == epochs.map { "\($0)" })
        #expect(Checkpoint.epochs(Checkpoint.tensor([]), steps: 0) == [])
        func isRead(_ epoch: Double, _ step: Double, of steps: Int) -> Bool {
            let numbers = [epoch, step, 0, 0, 0, 0, 0, 0]
            return Checkpoint.epochs(Tensor(name: "epochs", shape: [1, 8], doubles: numbers), steps: steps) != nil
        }
        #expect(isRead(1, 1, of: 10) && isRead(10, 10, of: 10))
        for (epoch, step) in [(0.0, 1.0), (11, 10), (1, 0), (1, 11), (1.5, 2), (1, 1.5), (.nan, 1), (1, .infinity)] {
            #expect(!isRead(epoch, step, of: 10), "epoch \(epoch), step \(step)")
        }
        #expect(!isRead(2, 1, of: 0) && !isRead(1, 2, of: 0), "of a run that has not begun")
        #expect(Checkpoint.epochs(nil, steps: 10) == nil)
        for shape in [[8], [1, 8, 1], [2, 4], [8, 1]] {
            let tensor = Tensor(name: "epochs", shape: shape, doubles: [1, 1, 0, 0, 0, 0, 0, 0])
            #expect(Checkpoint.epochs(tensor, steps: 10) == nil, "\(shape)")
        }
    }

    @Test func historiesComeBack() throws {
        let buckets = [(0, 2), (1, 1)].map { value, count in
            Series.Bucket(minimum: Float(value), maximum: Float(value) + 0.5, mean: Float(value) + 0.25, count: count)
        }
        let series = try #require(Series(buckets))
        #expect(Checkpoint.series(Checkpoint.tensor("loss", series)) == series)
        #expect(Checkpoint.series(Checkpoint.tensor("loss", Series())) == Series())
        #expect(Checkpoint.series(nil) == nil)
        func isRead(_ shape: [Int], _ count: Double) -> Bool {
            Checkpoint.series(Tensor(name: "loss", shape: shape, doubles: [0, 1, 0.5, count])) != nil
        }
        #expect(isRead([1, 4], 1) && !isRead([1, 4], 1.5) && !isRead([1, 4], .nan) && !isRead([1, 4], 0))
        for shape in [[4], [2, 2], [1, 2, 2], [1, 4, 1], [4, 1]] { #expect(!isRead(shape, 1), "\(shape)") }
    }

    @Test(
        arguments: [
            ("1", .epochs(1)), ("30s", .seconds(30)), ("0.5s", .seconds(0.5)), ("0", nil), ("-1", nil), ("0s", nil),
            ("s", nil), ("infs", nil), ("1.5", nil), ("", nil),
        ] as [(String, CheckpointRecorder.Interval?)])
    func intervals(text: String, interval: CheckpointRecorder.Interval?) {
        #expect(CheckpointRecorder.Interval(text) == interval)
    }

    @Test func writesEveryOtherEpochAndAtTheEnd() throws {
        var recorder = CheckpointRecorder(path: path, every: .epochs(2))
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 4))
        var written: [Int] = []
        for _ in 0..<35 {
            let result = trainer.trainBatch()
            try recorder.record(trainer, epoch: result)
            if FileManager.default.fileExists(atPath: path) {
                written.append(trainer.step)
                unlink(path)
            }
        }
        #expect(written == [20])
        try recorder.finish(trainer)
        #expect(try Checkpoint(file: path).trainer(on: makeHalves()).step == 35)
    }

    /// The file holds the last step once, unless there is more to say of it.
    @Test func whatIsWrittenIsNotWrittenAgain() throws {
        func isWritten() -> Bool { unlink(path) == 0 }
        for interval in [CheckpointRecorder.Interval.epochs(1), .seconds(1e-9)] {
            var recorder = CheckpointRecorder(path: path, every: interval)
            let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 2))
            for _ in 0..<10 { try recorder.record(trainer, epoch: trainer.trainBatch()) }
            #expect(isWritten(), "\(interval)")
            try recorder.finish(trainer)
            #expect(!isWritten(), "\(interval)")
            _ = trainer.trainBatch()
            try recorder.finish(trainer)
            #expect(isWritten(), "\(interval)")
            var other = recorder.forAnotherRun()
            try other.finish(trainer)
            #expect(isWritten(), "\(interval)")
        }
        var seldom = CheckpointRecorder(path: path, every: .seconds(3600))
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 1))
        for _ in 0..<10 { try seldom.record(trainer, epoch: trainer.trainBatch()) }
        #expect(!isWritten())
    }

    @Test func aProblemIsToldOnceAndTheTrainingGoesOn() throws {
        let problems = Problems()
        var recorders = TrainingRecorders(
            [CheckpointRecorder(path: "/nowhere/checkpoint", every: .seconds(1e-9))],
            onProblem: { problems.lines.append($0) })
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            recorders.record(trainer, epoch: result)
        }
        recorders.finish(trainer)
        #expect(problems.lines.count == 1)
        #expect(problems.lines[0].hasPrefix("/nowhere/checkpoint: expected"))
        #expect(recorders.checkpoint == nil, "no file keeps the run")
    }

    @Test(arguments: [true, false]) func aRunOfASessionIsCalibratedWhenItIsOver(isOver: Bool) throws {
        let recorders = TrainingRecorders([CheckpointRecorder(path: path, every: .epochs(1000))])
        var job = TrainingJob(recorders: recorders)
        job.handle(.trainBatch)
        _ = job.step(now: .now)
        if isOver {
            job.handle(.run)
            job.runToItsEnd()
        }
        job.finish()
        let metadata = try Model(file: path).metadata
        #expect((Calibration(metadata: metadata) != nil) == isOver)
    }

    @Test(.timeLimit(.minutes(1))) func aSessionWritesAtItsEnd() throws {
        let recorders = TrainingRecorders([CheckpointRecorder(path: path, every: .epochs(1000))])
        let session = TrainingSession(
            makeTrainer: { Trainer(dataset: makeHalves(), configuration: makeConfiguration()) }, recorders: recorders,
            onSnapshot: {})
        for _ in 0..<3 { session.send(.trainBatch) }
        while try session.takeLatest()?.step ?? 0 < 1 { usleep(1000) }
        session.stop()
        #expect(try Checkpoint(file: path).trainer(on: makeHalves()).step >= 1)
    }
}

/// Only the test's own thread touches it.
private final class Problems: @unchecked Sendable {
    var lines: [String] = []
}
