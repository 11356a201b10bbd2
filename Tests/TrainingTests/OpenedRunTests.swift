import Foundation
import ModelFiles
import NeuralNetwork
import Synchronization
import Testing

@testable import Training

/// Networks and runs that come from files into a session, and go from it into files.
@Suite final class OpenedRunTests {
    private let path = NSTemporaryDirectory() + "inkling-opened-\(UUID())"

    deinit { unlink(path) }

    private func job(after steps: Int = 0) -> TrainingJob {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: makeConfiguration()), recorders: TrainingRecorders())
        job.handle(.run)
        for _ in 0..<steps { _ = job.step(now: .now) }
        return job
    }

    private func finish(_ job: inout TrainingJob) { while job.isRunning { _ = job.step(now: .now) } }

    /// A moment saved as a model has the weights of the moment and says what is known of it, no more.
    @Test func aMomentOfThePastIsSavedAsItWas() throws {
        var job = job()
        finish(&job)
        let snapshot = job.snapshot(serial: 0)
        for step in [5, 20] {
            let moment = try #require(snapshot.past.all.first { $0.step == step })
            try snapshot.at(moment).model.write(to: path, as: .safetensors)
            let model = try Model(file: path)
            #expect(model.network.parameters == moment.network.parameters)
            #expect(model.metadata["epochs"] == (step == 5 ? "0.5" : "2.0") && model.metadata["dataset"] == "halves")
            #expect(model.metadata["testAccuracy"] == moment.evaluation.map { "\($0.accuracy)" })
            #expect((model.metadata["testAccuracy"] == nil) == (step == 5), "only the ends of epochs are tested")
        }
    }

    /// A checkpoint that is opened in a session waits, goes on, and ends as the run that was never interrupted, to the
    /// bit; whatever ran before stays.
    @Test func aCheckpointGoesOnBitForBit() throws {
        var straight = job()
        finish(&straight)
        let interrupted = job(after: 17)
        try Checkpoint.write(interrupted.trainer, to: path)
        #expect(Checkpoint.isOne(try Model(file: path)))
        var job = job(after: 3)
        let dataset = makeHalves()
        let resumption = try Checkpoint(file: path).resumption(on: dataset)
        job.handle(.begin(NewRun(.resumed(resumption), runs: 2, on: dataset)))
        #expect(!job.isRunning, "it waits, though the run before went on")
        let opened = job.snapshot(serial: 1)
        #expect(opened.file == path && opened.step == 17 && opened.run == 1 && opened.phase == .paused)
        #expect(opened.epochs == interrupted.trainer.epochs && opened.history.loss.count == 17)
        #expect(opened.former.first?.step == 3, "the run before stays")
        job.handle(.run)
        finish(&job)
        #expect(job.trainer.network.parameters == straight.trainer.network.parameters)
        job.handle(.begin(NewRun(.new(makeConfiguration()), runs: 3)))
        #expect(job.snapshot(serial: 2).file == nil, "the next run is the session's own")
    }

    @Test func aCheckpointOfOtherImagesIsRefusedInALine() throws {
        try Checkpoint.write(job(after: 3).trainer, to: path)
        let checkpoint = try Checkpoint(file: path)
        let other = makeHalves(train: 64)
        #expect(!checkpoint.began(with: other) && checkpoint.began(with: makeHalves(seed: 2)))
        #expect {
            try checkpoint.resumption(on: other)
        } throws: { error in
            let line = "\(error)"
            return line.hasPrefix(self.path + ": expected to go on with the data set \"halves\" of 300 × 4 × 4")
                && line.hasSuffix("found \"halves\" of 64 × 4 × 4")
        }
    }

    /// A model stands as a run of no training, tested, and a fork trains on from it, on its own data.
    @Test func aModelIsARunToForkFrom() throws {
        var trained = job()
        finish(&trained)
        let (dataset, network) = (makeHalves(), trained.trainer.network)
        let opened = TrainingSnapshot(opened: network, file: path, run: -1, on: dataset, threads: 1)
        #expect(
            opened.phase == .opened && opened.step == 0 && opened.epochs.isEmpty && opened.past.all.count == 1
                && opened.isKept)
        #expect(opened.now.evaluation?.accuracy == 1 && opened.now.network.parameters == network.parameters)
        #expect(opened.configuration.hiddenLayers == [8] && opened.stopped().phase == .opened)
        #expect(opened.model.metadata["seed"] == nil && opened.model.metadata["epochs"] == nil)
        var settings = opened.configuration
        (settings.epochs, settings.batchSize) = (1, 32)
        var job = job(after: 3)
        let other = makeHalves(train: 64, seed: 5)
        job.handle(.begin(NewRun(.fork(Fork(opened, settings)), runs: 3, on: other)))
        #expect(job.trainer.network.parameters == network.parameters)
        job.handle(.run)
        finish(&job)
        #expect(job.trainer.dataset == other && job.trainer.step > 0)
        job.handle(.begin(NewRun(.new(makeConfiguration()), runs: 3)))
        #expect(job.trainer.dataset == other, "the next run is trained on what the one before was")
    }

    /// The job is looked at between two steps, and goes on.
    @Test func aSessionIsLookedAtWhileItTrains() throws {
        let session = TrainingSession(
            makeTrainer: { Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 100)) },
            onSnapshot: {})
        let seen = Box()
        session.send(.run)
        session.look { job in seen.steps.withLock { $0.append(job.trainer.step) } }
        session.settle()
        session.look { job in seen.steps.withLock { $0.append(job.trainer.step) } }
        session.settle()
        let steps = seen.steps.withLock { $0 }
        #expect(steps.count == 2 && steps.last == 1000 && (0...1000).contains(steps[0]))
        #expect(try #require(session.stop()).trainer.isFinished)
    }

    private final class Box: Sendable {
        let steps = Mutex<[Int]>([])
    }
}
