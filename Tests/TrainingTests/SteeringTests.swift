import NeuralNetwork
import Testing

@testable import Training

/// What a request, or a change by the user, does to a run; and the figures that tell of it.
@Suite struct SteeringTests {
    /// With a rate that changes nothing, a batch's loss tells which images are in it.
    @Test func eachEpochHasAnOrderOfItsOwn() {
        var configuration = makeConfiguration(epochs: 2)
        configuration.learningRate = 1e-30
        configuration.initialization = .xavier
        let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        let losses = trainer.history.loss.buckets.map(\.mean)
        #expect(losses.count == 20)
        #expect(losses[..<10] != losses[10...])
        #expect(abs(trainer.epochs[0].trainLoss - trainer.epochs[1].trainLoss) < 1e-5, "the same images in all")
    }

    /// The last batch of an epoch has 300 − 9 · 32 = 12 images, and counts for so many.
    @Test func anEpochsLossIsTheMeanOverItsImages() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 1))
        while !trainer.isFinished { _ = trainer.trainBatch() }
        let losses = trainer.history.loss.buckets.map { Double($0.mean) }
        let mean = zip(losses, Array(repeating: 32.0, count: 9) + [12]).reduce(0) { $0 + $1.0 * $1.1 } / 300
        #expect(abs(trainer.epochs[0].trainLoss - mean) < 1e-6)
    }

    @Test func aRestartTakesTheSeedThatItIsGiven() {
        var job = TrainingJob()
        let first = job.trainer.network
        job.handle(.run)
        job.runToItsEnd()
        job.restart(seed: 9)
        #expect(job.trainer.configuration.seed == 9)
        #expect(job.trainer.step == 0)
        #expect(job.trainer.network != first)
        #expect(job.isRunning, "it goes on as before")
        let other = Trainer(dataset: makeHalves(), configuration: makeConfiguration(seed: 9)).network
        #expect(job.trainer.network == other)
        job.handle(.pause)
        job.restart(seed: 0)
        #expect(!job.isRunning, "paused as before")
        #expect(job.trainer.network == first)
    }

    /// What was changed on the way is not the next run's.
    @Test func aRestartStartsFromTheSettings() {
        var job = TrainingJob()
        let first = job.trainer.network
        job.handle(.scaleLearningRate(by: 10))
        job.handle(.extend(epochs: 2))
        #expect(abs(job.trainer.record.rateFactor - 10) < 1e-5)
        job.handle(.trainEpoch)
        job.runToItsEnd()
        job.restart(seed: 0)
        #expect(job.trainer.network == first, "the same seed, the same weights")
        #expect(job.trainer.learningRate == 0.1)
        #expect(job.trainer.configuration.epochs == 3)
        #expect(job.trainer.record.rateFactor == 1)
    }

    /// As soon as the losses are no numbers, and then no step goes on; another run does.
    @Test func aRunThatIsLostStandsStill() {
        var configuration = makeConfiguration()
        configuration.learningRate = 1e30
        var job = TrainingJob(configuration)
        job.handle(.run)
        job.runToItsEnd()
        #expect(job.trainer.step < 10, "within the first epoch")
        #expect(job.trainer.record.history.isLost)
        #expect(job.snapshot(serial: 1).phase == .diverged)
        for request: TrainingJob.Request in [.run, .trainBatch, .trainEpoch, .extend(epochs: 1)] {
            job.handle(request)
            #expect(!job.isRunning)
        }
        job.restart(seed: 0)
        #expect(job.snapshot(serial: 2).phase == .paused, "the rate can be lowered first")
        job.handle(.scaleLearningRate(by: 1e-31))
        job.handle(.run)
        job.runToItsEnd()
        #expect(job.snapshot(serial: 3).phase == .finished)
    }

    /// Losses that are numbers, but out of all bounds: it pauses when the epoch is over.
    @Test func aRunThatDivergesPausesAfterTheEpoch() {
        var configuration = makeConfiguration()
        configuration.learningRate = 20
        var job = TrainingJob(configuration)
        job.handle(.run)
        job.runToItsEnd()
        #expect(job.trainer.step == 10)
        #expect(!job.trainer.record.history.isLost && job.trainer.epochs.last?.hasDiverged == true)
        #expect(job.snapshot(serial: 1).phase == .diverged)
        job.handle(.run)
        #expect(job.isRunning && job.snapshot(serial: 2).phase == .running, "who wants to go on may")
    }

    @Test func moreEpochsGoOn() {
        var job = TrainingJob()
        job.handle(.run)
        job.runToItsEnd()
        #expect(job.trainer.epochs.count == 3)
        job.handle(.extend(epochs: 2))
        #expect(job.isRunning)
        job.runToItsEnd()
        #expect(job.trainer.epochs.map(\.epoch) == [1, 2, 3, 4, 5])
    }

    @Test func anEpochAtATime() {
        var job = TrainingJob()
        job.handle(.trainBatch)
        job.runToItsEnd()
        #expect(job.trainer.step == 1)
        for step in [10, 20, 30] {
            job.handle(.trainEpoch)
            job.runToItsEnd()
            #expect(job.trainer.step == step)
        }
    }

    @Test func aRateIsChangedOnceAStep() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        trainer.scaleLearningRate(by: 2)
        trainer.scaleLearningRate(by: 3)
        #expect(trainer.learningRateChanges == [LearningRateChange(step: 0, learningRate: 0.1 * 2 * 3)])
        _ = trainer.trainBatch()
        trainer.scaleLearningRate(by: 0.5)
        #expect(trainer.learningRateChanges.map(\.step) == [0, 1])
        #expect(trainer.learningRateChanges.last?.learningRate == trainer.learningRate)
    }

    @Test func theSpeedIsThatOfTheLastQuarterOfASecond() {
        var throughput = Throughput()
        #expect(throughput.samplesPerSecond == 0)
        throughput.add(samples: 100, seconds: 0.1)
        #expect(throughput.samplesPerSecond == 1000, "before a quarter is over, of what there is")
        throughput.add(samples: 300, seconds: 0.2)
        #expect(abs(throughput.samplesPerSecond - 400 / 0.3) < 1e-9)
        throughput.add(samples: 1, seconds: 0.2)
        #expect(abs(throughput.samplesPerSecond - 400 / 0.3) < 1e-9, "until the next is")
        throughput.add(samples: 1, seconds: 0.1)
        #expect(abs(throughput.samplesPerSecond - 2 / 0.3) < 1e-9)
    }

    /// 300 images an epoch; of three epochs, one is over.
    @Test func theTimeLeftIsThatOfTheImagesLeft() throws {
        var job = TrainingJob()
        #expect(job.snapshot(serial: 1).secondsLeft == nil)
        job.handle(.trainEpoch)
        job.runToItsEnd()
        let snapshot = job.snapshot(serial: 1)
        #expect(abs(try #require(snapshot.secondsLeft) * snapshot.samplesPerSecond - 600) < 1e-6)
    }

    @Test func anUpdateIsWhatAStepAdded() throws {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        let before = trainer.network
        _ = trainer.trainObservedBatch()
        for (index, statistics) in trainer.now.layers.enumerated() {
            let (old, new) = (before.layers[index].weights.elements, trainer.network.layers[index].weights.elements)
            let squares = zip(old, new).reduce(0) { $0 + Double(($1.1 - $1.0) * ($1.1 - $1.0)) }
            let expected = (squares / Double(old.count)).squareRoot()
            #expect(abs(statistics.updates - expected) <= 1e-5 * expected)
        }
    }

    @Test func anotherSchedule() {
        for schedule in LearningRateSchedule.allCases {
            var configuration = makeConfiguration()
            configuration.schedule = schedule
            let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
            for step in 0..<20 {
                #expect(trainer.learningRate == 0.1 * schedule.factor(step: step, of: 30))
                _ = trainer.trainBatch()
            }
        }
    }
}
