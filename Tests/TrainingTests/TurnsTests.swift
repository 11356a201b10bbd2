import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// Two runs that train in turns.
@Suite struct TurnsTests {
    private func settings(_ optimizer: Optimizer.Kind = .momentum, epochs: Int = 3) -> TrainingConfiguration {
        var settings = makeConfiguration(epochs: epochs)
        (settings.optimizer, settings.dropout) = (optimizer, 0.1)
        return settings
    }

    /// Run 0 left after some steps, and run 1 after others.
    private func job(_ first: Int = 7, _ second: Int = 4, epochs: Int = 3) -> TrainingJob {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: settings(epochs: epochs)), recorders: TrainingRecorders())
        job.handle(.run)
        for _ in 0..<first { _ = job.step(now: .now) }
        job.handle(.begin(NewRun(.new(settings(.adam, epochs: epochs)), runs: 2)))
        for _ in 0..<second { _ = job.step(now: .now) }
        return job
    }

    private func alone(_ optimizer: Optimizer.Kind, epochs: Int = 3) -> TrainingSnapshot {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: settings(optimizer, epochs: epochs)),
            recorders: TrainingRecorders())
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        return job.snapshot(serial: 0)
    }

    @Test func bothEndWithTheWeightsThatTheyHaveAlone() throws {
        // Long enough for some turns.
        var job = job(epochs: 200)
        #expect(job.snapshot(serial: 1).waiting == [0] && job.snapshot(serial: 1).beside.isEmpty)
        job.handle(.trainAlong(run: 0))
        var steps: [[Int]] = []
        while job.isRunning {
            _ = job.step(now: .now)
            let snapshot = job.snapshot(serial: 2)
            steps.append([snapshot.step, snapshot.beside.first?.step ?? 0])
        }
        #expect(
            steps.contains { $0[0] > 4 && $0[0] < 2000 && $0[1] > 7 && $0[1] < 2000 },
            "neither waits for the other's end")
        let end = job.snapshot(serial: 3)
        let beside = try #require(end.beside.first)
        #expect(end.phase == .finished && beside.phase == .finished && beside.run == 0)
        let (momentum, adam) = (alone(.momentum, epochs: 200), alone(.adam, epochs: 200))
        #expect(beside.now.network == momentum.now.network && end.now.network == adam.now.network, "to the last bit")
        #expect(beside.history == momentum.history && end.history == adam.history)
        #expect(beside.past.all == momentum.past.all && end.past.all == adam.past.all)
        #expect(beside.serial != end.serial)
    }

    @Test func pausingPausesBothAndStepsAreOfBoth() throws {
        var job = job()
        job.handle(.trainAlong(run: 0))
        for _ in 0..<3 { _ = job.step(now: .now) }
        job.handle(.pause)
        let paused = job.snapshot(serial: 1)
        #expect(!job.isRunning && paused.phase == .paused && paused.beside.first?.phase == .paused)
        #expect(paused.step + (paused.beside.first?.step ?? 0) == 14, "three steps in all")
        job.handle(.trainBatch)
        while job.isRunning { _ = job.step(now: .now) }
        let stepped = job.snapshot(serial: 2)
        #expect(stepped.step == paused.step + 1)
        #expect(stepped.beside.first?.step == (paused.beside.first?.step ?? 0) + 1)
        job.handle(.trainEpoch)
        while job.isRunning { _ = job.step(now: .now) }
        #expect(job.snapshot(serial: 3).step == 10 && job.snapshot(serial: 3).beside.first?.step == 10)
    }

    /// Of the time of two that are equally fast each has half.
    @Test func turnsAreFair() throws {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: settings(epochs: 10_000)), recorders: TrainingRecorders())
        job.handle(.trainBatch)
        _ = job.step(now: .now)
        job.handle(.run)
        job.handle(.begin(NewRun(.new(settings(epochs: 10_000)), runs: 2)))
        job.handle(.trainAlong(run: 0))
        for _ in 0..<6000 { _ = job.step(now: .now) }
        let snapshot = job.snapshot(serial: 1)
        let (main, companion) = (Double(snapshot.step), Double(try #require(snapshot.beside.first).step))
        #expect(main / (main + companion) > 0.3 && main / (main + companion) < 0.7, "\(main) and \(companion) steps")
    }

    @Test func aRunIsLeftAgainAndGoesOnLater() throws {
        var job = job()
        job.handle(.trainAlong(run: 0))
        job.handle(.pause)
        job.handle(.trainAlong(run: 0))
        var snapshot = job.snapshot(serial: 1)
        #expect(snapshot.beside.isEmpty && snapshot.waiting == [0])
        #expect(snapshot.former.map(\.run) == [0] && snapshot.former.first?.phase == .stopped)
        job.handle(.trainAlong(run: 5))
        #expect(job.snapshot(serial: 2).beside.isEmpty, "there is no such run")
        job.handle(.trainAlong(run: 0))
        job.handle(.begin(NewRun(.new(settings(.sgd)), runs: 3)))
        snapshot = job.snapshot(serial: 3)
        #expect(snapshot.run == 2 && snapshot.beside.isEmpty)
        #expect(snapshot.former.map(\.run) == [0, 1] && snapshot.waiting == [0, 1])
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        job.handle(.trainAlong(run: 1))
        #expect(job.isRunning && job.snapshot(serial: 4).phase == .finished, "the other goes on after the last")
        while job.isRunning { _ = job.step(now: .now) }
        #expect(job.snapshot(serial: 5).beside.first?.now.network == alone(.adam).now.network)
        #expect(job.snapshot(serial: 5).waiting == [0])
    }

    /// Its weights and what the optimizer remembers of each, in numbers of four bytes.
    @Test(arguments: [(Optimizer.Kind.sgd, 2), (.momentum, 2), (.adam, 3)]) func aRunThatWaitsTakesMemory(
        optimizer: Optimizer.Kind, copies: Int
    ) {
        var configuration = settings(optimizer)
        configuration.hiddenLayers = [7]
        let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
        #expect(TrainedRun(trainer, number: 0).memory == 4 * copies * trainer.network.parameterCount)
    }

    /// Together they take 256 MiB at most, but the last one always waits.
    @Test func theOldestWaitNoLongerWhereMemoryIsShort() {
        let half = 128 << 20
        for (bytes, count) in [
            ([], 0), ([4 * half], 0), ([half, half], 0), ([half, half, 1], 1), ([1, half, half + 1], 2),
            ([half + 1, half], 1), ([1, 2, 3], 0), ([1, 2, 4 * half], 2),
        ] { #expect(TrainingJob.tooMany(bytes) == count, "\(bytes)") }
    }

    /// What cannot go on does not wait.
    @Test func aRunAtItsEndDoesNotWait() {
        var job = job(30, 1)
        #expect(job.snapshot(serial: 1).waiting.isEmpty && job.snapshot(serial: 1).former.first?.phase == .finished)
        job.handle(.trainAlong(run: 0))
        #expect(job.snapshot(serial: 2).beside.isEmpty)
    }

    /// A slowed run waits as long as its pace has it, and the other does not wait for it.
    @Test func eachHasItsPace() throws {
        var job = job()
        job.handle(.trainAlong(run: 0))
        job.handle(.pace(.seconds(300)))
        let start = ContinuousClock.now
        _ = job.step(now: start)
        #expect(job.delay(now: start) == nil, "the other's step is due")
        _ = job.step(now: start)
        let snapshot = job.snapshot(serial: 1)
        #expect(snapshot.step == 5 && snapshot.beside.first?.step == 8)
        let delay = try #require(job.delay(now: start))
        #expect(delay > .seconds(9) && delay <= .seconds(10))
    }

    /// A run of six epochs, left after a batch, and one of so many others: at 300 s a run, steps of 5 s and others.
    private func pair(_ epochs: Int) -> TrainingJob {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: settings(epochs: 6)), recorders: TrainingRecorders())
        job.handle(.run)
        _ = job.step(now: .now)
        job.handle(.begin(NewRun(.new(settings(epochs: epochs)), runs: 2)))
        return job
    }

    /// Where both wait, until the first of their steps.
    @Test(arguments: [(3, 5.0), (12, 2.5)]) func theNextStepOfEitherIsWaitedFor(epochs: Int, seconds: Double) throws {
        var job = pair(epochs)
        job.handle(.trainAlong(run: 0))
        job.handle(.pace(.seconds(300)))
        let start = ContinuousClock.now
        for _ in 0..<2 { _ = job.step(now: start) }
        #expect(job.snapshot(serial: 1).step == 1 && job.snapshot(serial: 1).beside.first?.step == 2)
        #expect(abs(try #require(job.delay(now: start)) / .seconds(1) - seconds) < 1e-6)
    }

    @Test func aRunThatIsOverIsNotWaitedFor() throws {
        // The main one is.
        var job = pair(1)
        job.runToItsEnd()
        job.handle(.trainAlong(run: 0))
        job.handle(.pace(.seconds(300)))
        let start = ContinuousClock.now
        _ = job.step(now: start)
        #expect(job.snapshot(serial: 1).step == 10 && job.snapshot(serial: 1).beside.first?.step == 2)
        let delay: Double = try #require(job.delay(now: start)) / .seconds(1)
        #expect(abs(delay - 5) < 1e-6)
        // The other one is.
        job = pair(300)
        job.handle(.trainAlong(run: 0))
        while job.snapshot(serial: 1).beside.first?.phase == .running { _ = job.step(now: .now) }
        let steps = job.snapshot(serial: 1).step
        job.handle(.pace(.seconds(300)))
        _ = job.step(now: start)
        #expect(job.snapshot(serial: 1).step == steps + 1)
        #expect(abs(try #require(job.delay(now: start)) / .seconds(1) - 0.1) < 1e-6)
    }

    /// 300 images an epoch; of two that train in turns, each takes twice as long.
    @Test func theTimeLeftIsThatOfBoth() throws {
        var job = pair(3)
        _ = job.step(now: .now)
        func imagesLeft() throws -> Double {
            let snapshot = job.snapshot(serial: 1)
            return try #require(snapshot.secondsLeft) * snapshot.samplesPerSecond
        }
        #expect(abs(try imagesLeft() - 29 * 30) < 1e-6)
        job.handle(.trainAlong(run: 0))
        #expect(abs(try imagesLeft() - 2 * 29 * 30) < 1e-6)
        job.handle(.pause)
        #expect(abs(try imagesLeft() - 29 * 30) < 1e-6, "the other rests")
        job.handle(.pace(.seconds(1e6)))
        let snapshot = job.snapshot(serial: 1)
        let expected: Double = 29e6 / 30
        #expect(abs(try #require(snapshot.secondsLeft) / expected - 1) < 1e-9, "as slow as the pace has it")
        #expect(!snapshot.isSlowed && snapshot.stopped().secondsLeft == nil)
        job.handle(.run)
        #expect(job.snapshot(serial: 1).isSlowed)
        job.handle(.pace(.full))
        #expect(!job.snapshot(serial: 1).isSlowed)
    }

    @Test func aSnapshotThatIsLeftStandsAlone() throws {
        var job = pair(3)
        _ = job.step(now: .now)
        let waiting = job.snapshot(serial: 1)
        #expect(waiting.waiting == [0] && waiting.former.count == 1 && waiting.alone().former.isEmpty)
        #expect(waiting.stopped().waiting.isEmpty && waiting.stopped().phase == .stopped)
        job.handle(.trainAlong(run: 0))
        let both = job.snapshot(serial: 1)
        #expect(both.beside.count == 1 && both.former.isEmpty && both.stopped().beside.isEmpty)
        #expect(both == waiting && both != job.snapshot(serial: 2), "told by their serials")
    }
}
