import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// The runs of the playground: moments, forks, turns and pace.
@Suite struct PlaygroundSessionTests {
    private func job(_ change: (inout PlaygroundConfiguration) -> Void = { _ in }) -> PlaygroundJob {
        var configuration = PlaygroundConfiguration()
        (configuration.set, configuration.noise, configuration.count) = (.moons, 0.1, 100)
        change(&configuration)
        return PlaygroundJob(configuration)
    }

    private func train(_ job: inout PlaygroundJob, _ steps: Int) {
        job.handle(.run)
        for _ in 0..<steps { _ = job.step(now: .now) }
    }

    @Test func theSpeedIsThatWithTheWaiting() {
        var job = job()
        job.handle(.run)
        var now = ContinuousClock.now
        for _ in 0..<20 {
            _ = job.step(now: now)
            now += .milliseconds(100)
        }
        let snapshot = job.snapshot(serial: 1)
        #expect(abs(snapshot.samplesPerSecond - 10 * Double(snapshot.configuration.batchSize)) < 1e-6)
    }

    /// What is a second or more ago was before a pause: then the speed is that of the step alone.
    @Test(arguments: [(990, true), (1000, false)]) func aPauseDoesNotCount(milliseconds: Int, counts: Bool) {
        var job = job()
        job.handle(.run)
        let start = ContinuousClock.now - .seconds(60)
        for step in 0...3 { _ = job.step(now: start + .milliseconds(step * milliseconds)) }
        let speed = job.snapshot(serial: 1).samplesPerSecond
        #expect((abs(speed - 64_000 / Double(milliseconds)) < 1e-6) == counts)
    }

    /// In a second 40 steps at first, and 0.6 more for each step behind, times what the pace says.
    @Test func stepsComeFasterAndFaster() throws {
        let first = try #require(Pace.seconds(6).secondsPerStep(after: 0, of: 2000))
        #expect(abs(first - 6 * 0.6 / log(1 + 0.6 * 2000 / 40) / 40) < 1e-9)
        for (step, factor) in [(100, 2.5), (1000, 16), (2000, 31)] {
            let later = try #require(Pace.seconds(6).secondsPerStep(after: step, of: 2000))
            #expect(abs(first / later - factor) < 1e-9)
        }
        #expect(Pace.full.secondsPerStep(after: 0, of: 2000) == nil)
    }

    @Test func aBatchOrAPassIsOfEachRunInView() {
        var job = job()
        train(&job, 3)
        job.handle(.begin(.again(seed: 5)))
        job.handle(.show(1, beside: 0))
        job.handle(.pause)
        func steps() -> [Int] { [job.snapshot(serial: 1).step, job.snapshot(serial: 1).others[0].step] }
        // Who has fewer steps behind it goes first, of equal ones the one in focus; a pass has four batches.
        for (request, expected) in [(PlaygroundJob.Request.trainBatch, [2, 3]), (.trainEpoch, [7, 6])] {
            job.handle(request)
            while job.isRunning { _ = job.step(now: .now) }
            #expect(steps() == expected)
        }
        job.handle(.pause)
        job.handle(.trainEpoch)
        job.handle(.pause)
        #expect(!job.isRunning, "what was asked for is not wanted any more")
    }

    /// A moment is what the run was, to the bit, with the points that it had.
    @Test func aMomentIsWhatTheRunWas() throws {
        var job = job()
        var alone = PlaygroundTrainer(configuration: job.snapshot(serial: 0).configuration)
        var networks = [alone.network]
        for step in 0..<60 {
            if step == 30 {
                alone.place(ToySet.Point(x: 0, y: 0, label: 1))
                job.handle(.place(ToySet.Point(x: 0, y: 0, label: 1)))
            }
            alone.trainBatch()
            networks.append(alone.network)
            train(&job, 1)
        }
        let snapshot = job.snapshot(serial: 1)
        #expect(snapshot.past.all.count > 10)
        for moment in snapshot.past.all {
            let then = snapshot.at(moment)
            #expect(then.network == networks[moment.step] && then.step == moment.step)
            #expect(then.points.count == (moment.step < 30 ? 200 : 201), "step \(moment.step)")
            let answers = PlaygroundTrainer.evaluate(moment.network, on: then.points)
            #expect(then.accuracy == Double(answers.correctCount) / Double(then.points.count))
        }
    }

    /// Without momentum an optimizer remembers nothing: going on as before gives what came anyway, to the bit.
    @Test func aForkGoesOnFromTheMoment() throws {
        var job = job { $0.optimizer = .sgd }
        train(&job, 40)
        let first = job.snapshot(serial: 1)
        let moment = try #require(first.past.all.first { $0.step == 2 * first.batchesPerEpoch })
        job.handle(.begin(.fork(PlaygroundFork(first.at(moment), first.configuration))))
        #expect(job.snapshot(serial: 2).step == moment.step && job.snapshot(serial: 2).network == moment.network)
        train(&job, 40 - moment.step)
        let second = job.snapshot(serial: 3)
        #expect(second.network == first.network && second.history == first.history)
        #expect(second.origin == PlaygroundFork.Origin(number: 1, step: moment.step))
        #expect(second.others.map(\.network) == [first.network], "the run before stays as it was")
    }

    /// A set that was chosen meanwhile has other classes than the network and its points.
    @Test func aForkStaysWithItsSet() {
        var job = job()
        train(&job, 3)
        let first = job.snapshot(serial: 1)
        var settings = first.configuration
        (settings.set, settings.learningRate) = (.spiral, 0.01)
        job.handle(.begin(.fork(PlaygroundFork(first, settings))))
        train(&job, 3)
        let second = job.snapshot(serial: 2)
        #expect(second.configuration.set == .moons && second.configuration.learningRate == 0.01)
        #expect(second.points == first.points && second.step == first.step + 3)
        job.handle(.begin(.again(seed: 1)))
        #expect(job.snapshot(serial: 3).network.outputs == ToySet.moons.classes)
    }

    /// Two runs in view train in turns until they have as many steps, each as it would alone.
    @Test func twoRunsComeToTheSameStep() throws {
        var job = job()
        train(&job, 30)
        let first = job.snapshot(serial: 1)
        job.handle(.begin(.again(seed: 5)))
        job.handle(.show(1, beside: 0))
        train(&job, 30 + 20)
        let both = job.snapshot(serial: 2)
        #expect(both.step == 40 && both.others[0].step == 40 && both.run == 1 && both.beside == 0)
        var alone = PlaygroundTrainer(configuration: both.configuration)
        for _ in 0..<40 { alone.trainBatch() }
        #expect(both.network == alone.network)
        job.handle(.show(0, beside: nil))
        train(&job, 5)
        #expect(job.snapshot(serial: 3).step == 45 && job.snapshot(serial: 3).others[0].step == 40)
        job.handle(.trainBatch)
        _ = job.step(now: .now)
        #expect(!job.isRunning && job.snapshot(serial: 4).step == 46)
        job.handle(.show(7, beside: nil))
        #expect(job.snapshot(serial: 5).run == first.run, "there is no such run")
    }

    @Test func aRunOutOfViewIsDropped() {
        var job = job()
        for seed in 1...3 {
            train(&job, 3)
            job.handle(.begin(.again(seed: UInt64(seed))))
        }
        job.handle(.show(3, beside: 1))
        for id in [3, 1, 7] { job.handle(.drop(id)) }
        #expect(job.snapshot(serial: 1).others.map(\.run) == [0, 1, 2], "those in view train")
        job.handle(.drop(0))
        #expect(job.snapshot(serial: 2).others.map(\.run) == [1, 2] && job.snapshot(serial: 2).run == 3)
        train(&job, 3)
        job.handle(.begin(.again(seed: 9)))
        #expect(job.snapshot(serial: 3).number == 1, "its number is free again")
    }

    @Test func thereAreEightRunsAtMost() {
        var job = job()
        for seed in 1...12 {
            train(&job, 3)
            job.handle(.begin(.again(seed: UInt64(seed))))
        }
        train(&job, 1)
        let snapshot = job.snapshot(serial: 1)
        #expect(snapshot.others.count == 7 && Set(snapshot.others.map(\.number) + [snapshot.number]) == Set(1...8))
        #expect(snapshot.configuration.seed == 12 && snapshot.others.map(\.configuration.seed) == Array(5...11))
    }

    @Test func theMomentsOfAllRunsHaveABound() {
        var job = job { $0.hiddenLayers = [128, 128, 128, 128] }
        for seed in 1...4 {
            train(&job, 30)
            job.handle(.begin(.again(seed: UInt64(seed))))
        }
        let snapshot = job.snapshot(serial: 1)
        let bytes = Moments.bytes(of: snapshot.network, images: snapshot.points.count)
        let count = ([snapshot] + snapshot.others).reduce(0) { $0 + $1.past.all.count }
        #expect(count > 20 && count * bytes <= Moments.mostBytes / 4)
    }

    @Test func whatBeginsAnewHasNoPast() {
        var job = job()
        train(&job, 30)
        var other = job.snapshot(serial: 1).configuration
        other.hiddenLayers = [4]
        job.handle(.configure(other))
        #expect(job.snapshot(serial: 2).past.all.map(\.step) == [0] && job.snapshot(serial: 2).run == 0)
        other.learningRate = 0.01
        train(&job, 5)
        job.handle(.configure(other))
        #expect(job.snapshot(serial: 3).past.all.count > 3, "another rate goes on")
    }

    /// By a clock of its own, on which steps take no time.
    @Test func theFirstEpochsLastAsLongAsThePaceSays() {
        for (pace, seconds) in [(Pace.usualOfPlayground, 6.0), (.seconds(60), 60)] {
            var job = job()
            job.handle(.pace(pace))
            job.handle(.run)
            let steps = PlaygroundConfiguration.usualEpochs * job.snapshot(serial: 0).batchesPerEpoch
            let start = ContinuousClock.now
            var now = start
            while job.snapshotStep < steps {
                if let delay = job.delay(now: now) { now += delay } else { _ = job.step(now: now) }
            }
            #expect(abs((now - start) / .seconds(1) - seconds) < 0.05 * seconds)
        }
        var fast = job()
        fast.handle(.pace(.full))
        train(&fast, 100)
        #expect(fast.delay(now: .now) == nil)
        var slow = job()
        train(&slow, 100)
        #expect(slow.snapshot(serial: 1).network == fast.snapshot(serial: 1).network, "the weights do not depend on it")
    }
}

extension PlaygroundJob {
    fileprivate var snapshotStep: Int { snapshot(serial: 0).step }
}
