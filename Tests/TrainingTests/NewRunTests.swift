import Datasets
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Runs that begin beside others: what they start from, and what stays of the run before.
@Suite struct NewRunTests {
    /// Ten batches an epoch, three epochs.
    private func job(after steps: Int) -> TrainingJob {
        var job = TrainingJob()
        job.handle(.run)
        for _ in 0..<steps { _ = job.step(now: .now) }
        return job
    }

    private func changed(_ snapshot: TrainingSnapshot, _ change: (inout TrainingConfiguration) -> Void) -> Fork {
        var configuration = snapshot.configuration
        change(&configuration)
        return Fork(snapshot, configuration)
    }

    @Test func theRunBeforeStaysAsItWas() throws {
        var job = job(after: 14)
        let (network, record) = (job.trainer.network, job.trainer.record)
        job.restart(seed: 7)
        for _ in 0..<3 { _ = job.step(now: .now) }
        let snapshot = job.snapshot(serial: 5)
        let former = try #require(snapshot.former.first)
        #expect(snapshot.run == 1 && snapshot.step == 3 && former.run == 0)
        #expect(former.phase == .stopped && former.secondsLeft == nil)
        #expect(former.now.network == network && former.record == record)
        #expect(former.serial < 0, "it is like no snapshot before it")
        job.handle(.begin(NewRun(.new(makeConfiguration()))))
        job.handle(.begin(NewRun(.new(makeConfiguration()))))
        #expect(job.snapshot(serial: 6).former.first?.run == 1, "one that never trained is not worth keeping")
    }

    @Test func aRunAtItsEndIsFinishedAndNotStopped() {
        var job = job(after: 0)
        job.runToItsEnd()
        job.restart(seed: 0)
        #expect(job.snapshot(serial: 1).former.first?.phase == .finished)
    }

    /// Without momentum an optimizer remembers nothing: going on as before gives what would have come anyway, to the bit.
    @Test func aForkGoesOnFromTheMoment() throws {
        var settings = makeConfiguration()
        settings.optimizer = .sgd
        var job = TrainingJob(settings)
        job.handle(.run)
        job.runToItsEnd()
        let whole = job.snapshot(serial: 1)
        for step in [4, 10, 16] {
            let moment = try #require(whole.past.all.first { $0.step == step })
            job.handle(.begin(NewRun(.fork(Fork(whole.at(moment), settings)))))
            #expect(job.trainer.step == step && job.trainer.network == moment.network)
            #expect(job.snapshot(serial: 2).fork?.run == whole.run)
            #expect(job.trainer.history.loss.count == step)
            #expect(job.trainer.epochs == Array(whole.epochs.prefix(step / 10)))
            job.runToItsEnd()
            #expect(job.trainer.network == whole.now.network)
            #expect(job.trainer.epochs.last?.testAccuracy == whole.epochs.last?.testAccuracy)
            #expect(job.trainer.history.loss.buckets == whole.history.loss.buckets)
        }
    }

    @Test func aForkTakesOtherSettings() {
        var job = job(after: 14)
        let before = job.snapshot(serial: 1)
        let fork = changed(before) { ($0.optimizer, $0.learningRate, $0.epochs) = (.adam, 0.005, 1) }
        job.handle(.begin(NewRun(.fork(fork))))
        #expect(job.trainer.configuration.optimizer == .adam && job.trainer.configuration.learningRate == 0.005)
        #expect(job.trainer.configuration.epochs == 2, "at least a step is left")
        #expect(job.trainer.record.rateFactor == 1)
        #expect(job.trainer.network == before.now.network && job.trainer.evaluation?.step == 14)
        #expect(job.isRunning, "it goes on as before")
        job.runToItsEnd()
        #expect(job.snapshot(serial: 2).phase == .finished && job.trainer.epochs.map(\.step) == [10, 20])
        #expect(job.trainer.network != before.now.network && job.trainer.network.isFinite)
    }

    /// The same as a run that the program begins with, to the bit; the run before goes on from its moments on its images.
    @Test func aRunMayBeginOnOtherData() throws {
        var job = job(after: 14)
        let before = job.snapshot(serial: 1)
        let other = Dataset(
            name: "other", train: makeHalves(train: 200, seed: 7).train, test: makeHalves(test: 60, seed: 7).test)
        job.handle(.begin(NewRun(.new(makeConfiguration()), on: other)))
        job.runToItsEnd()
        let alone = Trainer(dataset: other, configuration: makeConfiguration())
        while !alone.isFinished { _ = alone.trainBatch() }
        #expect(job.trainer.network == alone.network && job.trainer.dataset == other)
        #expect(job.trainer.evaluation?.count == 60 && job.trainer.batchesPerEpoch == 7)
        #expect(job.snapshot(serial: 2).former.first?.dataset == before.dataset)
        job.handle(.begin(NewRun(.fork(changed(before) { $0.optimizer = .sgd }), on: before.dataset)))
        #expect(job.trainer.dataset == before.dataset && job.trainer.network == before.now.network)
        job.runToItsEnd()
        #expect(job.trainer.evaluation?.count == 100)
    }

    @Test func whatKeepsARunFromBeginningIsNamed() {
        var configuration = makeConfiguration()
        #expect(configuration.problem(on: makeHalves()) == nil)
        let large = configuration.problem(on: makeHalves(), memory: 1000)
        #expect(large?.expected == "a network that 0.0 GB of memory hold")
        configuration.hiddenLayers = [.maxPool(size: 7)]
        #expect(
            configuration.problem(on: makeHalves())?.description
                == "layers: pool7: expected an image of at least 7 × 7 to read, found 4 × 4.")
        configuration.epochs = 0
        #expect(configuration.problem(on: makeHalves())?.name == "epochs")
    }

    /// A change of the rate is for the steps after it.
    @Test func aForkKnowsTheRatesThatLedToIt() throws {
        var job = job(after: 14)
        job.handle(.scaleLearningRate(by: 0.5))
        for _ in 0..<2 { _ = job.step(now: .now) }
        let snapshot = job.snapshot(serial: 1)
        for (step, changes) in [(14, 0), (16, 1)] {
            let moment = try #require(snapshot.past.all.first { $0.step == step })
            #expect(Fork(snapshot.at(moment), snapshot.configuration).record.learningRateChanges.count == changes)
        }
    }

    /// As many epochs as before, in other steps.
    @Test(arguments: [1, 8, 20, 64, 300, 512]) func batchesOfAnotherSizeKeepTheEpochs(batchSize: Int) {
        for steps in [1, 9, 10, 14, 19, 20, 30] {
            var job = job(after: steps)
            let before = job.snapshot(serial: 1)
            let fork = changed(before) { ($0.batchSize, $0.epochs) = (batchSize, 4) }
            let record = fork.record
            #expect(record.step / record.batchesPerEpoch == steps / 10)
            #expect(record.history.loss.count == record.step && record.history.accuracy.count == record.step)
            #expect(record.epochs.count == steps / 10)
            #expect(record.epochs.map(\.step) == (1...4).prefix(steps / 10).map { $0 * record.batchesPerEpoch })
            job.handle(.begin(NewRun(.fork(fork))))
            job.handle(.run)
            job.runToItsEnd()
            #expect(job.trainer.isFinished && job.trainer.epochs.map(\.epoch) == [1, 2, 3, 4])
        }
    }

    /// What the optimizer remembers and how many steps it counted goes through the file.
    @Test func aForkIsResumedFromItsCheckpoint() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("fork.safetensors")
        var job = job(after: 14)
        let fork = changed(job.snapshot(serial: 1)) { ($0.optimizer, $0.learningRate) = (.adam, 0.01) }
        job.handle(.begin(NewRun(.fork(fork))))
        for _ in 0..<3 { _ = job.step(now: .now) }
        try Checkpoint.write(job.trainer, to: file)
        let resumed = try Checkpoint(file: file).trainer(on: makeHalves())
        job.runToItsEnd()
        while !resumed.isFinished { _ = resumed.trainBatch() }
        #expect(resumed.network == job.trainer.network)
    }

    /// The memory for moments is for all runs together.
    @Test func runsShareTheMemoryForMoments() throws {
        let network = Network(sizes: [784, 256, 128, 10], seed: 0)
        let bytes = Moments.bytes(of: network, images: 10_000)
        for runs in 1...8 {
            var moments = Moments(network: network, images: 10_000, batchSize: 64, batchesPerEpoch: 938)
            for step in 0..<200 { moments.keep(Moment(step: step, network: network, evaluation: nil, layers: [])) }
            moments.thin(toShareOf: runs)
            let next = Moments(network: network, images: 10_000, batchSize: 64, batchesPerEpoch: 938, runs: runs)
            #expect(moments.all.count == next.capacity)
            #expect(runs * next.capacity * bytes <= Moments.mostBytes)
            #expect(moments.all.first?.step == 0 && moments.all.last?.step == 199)
        }
        let large = Network(sizes: [784, 2048, 2048, 10], seed: 0)
        var moments = Moments(network: large, images: 10_000, batchSize: 64, batchesPerEpoch: 938)
        for step in 0..<5 { moments.keep(Moment(step: step, network: large, evaluation: nil, layers: [])) }
        moments.thin(toShareOf: 8)
        #expect(moments.all.isEmpty, "none of a network that is too large")
    }
}
