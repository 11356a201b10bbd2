import Dispatch
import Foundation
import Testing

@testable import Training

@Suite struct PaceTests {
    private func job(_ pace: Pace, epochs: Int = 3) -> TrainingJob {
        var job = TrainingJob(makeConfiguration(epochs: epochs))
        job.handle(.pace(pace))
        return job
    }

    /// Runs a job by a clock of its own, on which steps take no time; returns how long it took and how often it waited.
    private func run(_ job: inout TrainingJob) -> (time: Duration, waits: Int) {
        let start = ContinuousClock.now
        var (now, waits) = (start, 0)
        job.handle(.run)
        while job.isRunning {
            if let delay = job.delay(now: now) {
                now += delay
                waits += 1
            } else {
                _ = job.step(now: now)
            }
        }
        return (now - start, waits)
    }

    @Test func aRunLastsAsLongAsItIsTold() {
        for seconds in [0.5, 3, 60] {
            var job = job(.seconds(seconds))
            let (time, waits) = run(&job)
            #expect(abs(time / .seconds(1) - seconds * 29 / 30) < 0.08, "30 steps, the first at once")
            #expect(waits <= Int(seconds * 15) + 1, "it wakes no more often than the screen changes")
        }
        var fast = job(.full)
        #expect(run(&fast).waits == 0)
    }

    /// Each picture takes from a training that does not wait.
    @Test func thereAreFewerPicturesAtFullPace() {
        for (pace, pictures) in [(Pace.seconds(60), 15), (.full, 10), (.seconds(1e-6), 10)] {
            var job = job(pace)
            _ = run(&job)
            #expect(abs(.seconds(1) / job.snapshotInterval - Double(pictures)) < 0.01, "\(pace)")
        }
    }

    @Test func theWeightsAreTheSameAtAnyPace() {
        var (slow, fast) = (job(.seconds(40)), job(.full))
        _ = run(&slow)
        _ = run(&fast)
        #expect(slow.trainer.network == fast.trainer.network)
        #expect(slow.trainer.record.history == fast.trainer.record.history)
    }

    /// A machine that is too slow for the pace does not wait, and does not hurry to make good what it never can.
    @Test func whatTookLongIsNotMadeGood() {
        var job = job(.seconds(30), epochs: 3)
        job.handle(.run)
        var now = ContinuousClock.now
        for _ in 0..<5 {
            #expect(job.delay(now: now) == nil)
            _ = job.step(now: now)
            now += .seconds(10)
        }
        _ = job.step(now: now)
        #expect(job.delay(now: now) != nil, "after 50 s one more step is due at once, not 45")
    }

    /// After a test of ten seconds, steps of 0.06 s make good a quarter of a second.
    @Test func aQuarterOfASecondIsMadeGood() {
        var job = job(.seconds(1.8), epochs: 3)
        job.handle(.run)
        let start = ContinuousClock.now
        _ = job.step(now: start)
        var steps = 0
        while job.isRunning, job.delay(now: start + .seconds(10)) == nil {
            _ = job.step(now: start + .seconds(10))
            steps += 1
        }
        #expect(steps == 5)
    }

    @Test func singleBatchesDoNotWait() {
        var job = job(.seconds(3600))
        let now = ContinuousClock.now
        for step in 1...3 {
            job.handle(.trainBatch)
            #expect(job.isRunning && job.delay(now: now) == nil)
            _ = job.step(now: now)
            #expect(job.trainer.step == step && !job.isRunning)
        }
    }

    /// What is as fast as the machine is no slower than it.
    @Test func thePaceOfTheMachineIsTheBound() {
        #expect(Pace.seconds(5).slower(than: 5) == .seconds(10) && Pace.seconds(5).slower(than: 4.9) == .seconds(10))
        #expect(Pace.seconds(4).slower(than: 4) == .seconds(5) && Pace.seconds(4).slower(than: 3.9) == .seconds(8))
        #expect(Pace.full.slower(than: 2.4) == .seconds(2.5) && Pace.full.slower(than: 2.5) == .seconds(5))
        #expect(Pace.full.slower(than: 1e9) == .seconds(86_400))
        #expect(Pace.seconds(50_000).slower(than: nil) == .seconds(86_400))
        #expect(Pace.seconds(8).faster(than: 4) == .full && Pace.seconds(8).faster(than: 3.9) == .seconds(4))
        #expect(Pace.seconds(1).faster(than: nil) == .full && Pace.seconds(1.5).faster(than: nil) == .seconds(0.75))
    }

    @Test(arguments: [(Pace.full, "full"), (.seconds(20), "20"), (.seconds(0.25), "0.25"), (.seconds(86_400), "86400")])
    func isWrittenAsItIsRead(pace: Pace, text: String) {
        #expect(pace.text == text && Pace(text) == pace)
    }

    /// Of a machine whose speed is not known yet.
    @Test func requestsChangeThePace() {
        var job = TrainingJob()
        var paces: [Pace] = []
        for request: TrainingJob.Request in [.slower, .slower, .faster, .faster, .faster, .faster] {
            job.handle(request)
            paces.append(job.snapshot(serial: 1).pace)
        }
        #expect(paces == [.seconds(2.5), .seconds(5), .seconds(2.5), .seconds(1.25), .seconds(0.625), .full])
        var playground = PlaygroundJob()
        paces = [playground.snapshot(serial: 1).pace]
        for request: PlaygroundJob.Request in [.slower, .faster, .faster, .pace(.full)] {
            playground.handle(request)
            paces.append(playground.snapshot(serial: 1).pace)
        }
        #expect(paces == [.seconds(6), .seconds(12), .seconds(6), .seconds(3), .full])
    }

    /// 300 images in ten batches: 30 s are a second for each of three epochs' steps, as slow as 30 images a second.
    @Test func aPaceSlowsFastMachines() {
        let record = RunRecord(makeConfiguration(), imagesPerEpoch: 300)
        let pace = Pace.seconds(30)
        #expect(pace.secondsPerStep(record) == 1 && Pace.full.secondsPerStep(record) == nil)
        #expect(pace.slows(record, at: 31) && !pace.slows(record, at: 30) && !pace.slows(record, at: 29))
        #expect(!pace.slows(record, at: 0), "its speed is not known yet")
        #expect(!Pace.full.slows(record, at: 31))
        #expect(pace.secondsPerStep(RunRecord(makeConfiguration(), imagesPerEpoch: 0)) == 30)
    }

    @Test func slowerAndFasterAreHalfAndTwice() {
        #expect(Pace.usual.slower(than: 0.7) == .seconds(40))
        #expect(Pace.usual.faster(than: 0.7) == .seconds(10))
        #expect(Pace.seconds(1.25).faster(than: 0.7) == .full, "the machine is no faster")
        #expect(Pace.full.slower(than: 0.7) == .seconds(2.5))
        #expect(Pace.full.slower(than: 100) == .seconds(160), "slower than the machine, at the first press")
        #expect(Pace.usual.slower(than: 100) == .seconds(160))
        #expect(Pace.full.faster(than: 1) == .full)
        #expect(Pace.full.slower(than: nil) == .seconds(2.5))
        var pace = Pace.usual
        for _ in 0..<100 { pace = pace.slower(than: 1) }
        #expect(pace == .seconds(86_400))
        for _ in 0..<100 { pace = pace.faster(than: nil) }
        #expect(pace == .full)
    }

    @Test func itIsReadAsItIsWritten() {
        for pace in [Pace.full, .usual, .seconds(2.5)] { #expect(Pace(pace.text) == pace) }
        for text in ["", "0", "-1", "nan", "inf", "fast", "1e9", "20s"] { #expect(Pace(text) == nil, "\(text)") }
    }

    /// What a session is asked while it waits, it does at once.
    @Test func waitingIsEndedByARequest() throws {
        let session = TrainingSession(
            makeTrainer: { Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 3)) },
            onSnapshot: {})
        session.send(.pace(.seconds(30_000)))
        session.send(.run)
        Thread.sleep(forTimeInterval: 0.1)
        let start = ContinuousClock.now
        session.send(.pause)
        session.settle()
        let job = session.stop()
        #expect(ContinuousClock.now - start < .seconds(5), "a step comes every 1,000 s")
        #expect(job.map { (1...3).contains($0.trainer.step) } == true)
    }
}
