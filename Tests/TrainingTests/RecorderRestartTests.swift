import ModelFiles
import TestSupport
import Testing

@testable import Training

/// What becomes of a run's checkpoint and log when another run begins in its place.
@Suite struct RecorderRestartTests {
    private let folder: TemporaryFolder
    private var checkpoint: String { folder.file("run.safetensors") }
    private var log: String { folder.file("run.jsonl") }

    init() throws { folder = try TemporaryFolder() }

    /// Five batches, another seed, three batches.
    private func restart(overwrites: Bool) throws -> TrainingJob {
        let recorders = TrainingRecorders(
            [CheckpointRecorder(path: checkpoint, every: .epochs(1)), try JSONLog(path: log)],
            overwrites: overwrites)
        var job = TrainingJob(recorders: recorders)
        job.handle(.run)
        for _ in 0..<5 { _ = job.step(now: .now) }
        job.restart(seed: 9)
        for _ in 0..<3 { _ = job.step(now: .now) }
        job.finish()
        return job
    }

    @Test func theCheckpointStaysWithTheRunBefore() throws {
        let job = try restart(overwrites: false)
        let kept = try Checkpoint(file: checkpoint)
        #expect(kept.configuration.seed == makeConfiguration().seed)
        #expect(try kept.trainer(on: makeHalves()).step == 5, "all of the run before, not its last epoch only")
        #expect(job.recorders.checkpoint == nil)
        #expect(job.recorders.formerCheckpoint == checkpoint)
        #expect(!job.snapshot(serial: 1).isKept)
        #expect(job.snapshot(serial: 1).former.map(\.isKept) == [true])
    }

    @Test func itGoesOverWhereItMayBeOverwritten() throws {
        let job = try restart(overwrites: true)
        let kept = try Checkpoint(file: checkpoint)
        #expect(kept.configuration.seed == 9)
        #expect(try kept.trainer(on: makeHalves()).step == 3)
        #expect(job.snapshot(serial: 1).isKept)
        #expect(job.snapshot(serial: 1).former.map(\.isKept) == [false])
    }

    @Test func withoutACheckpointNoRunIsKept() {
        var job = TrainingJob()
        job.handle(.trainBatch)
        job.runToItsEnd()
        job.restart(seed: 9)
        #expect(!job.snapshot(serial: 1).isKept && job.snapshot(serial: 1).former.map(\.isKept) == [false])
    }

    @Test func secondsTrainedGrowAndBeginAnew() throws {
        var job = TrainingJob()
        #expect(job.snapshot(serial: 1).secondsTrained == 0)
        job.handle(.run)
        var last = 0.0
        while job.isRunning {
            _ = job.step(now: .now)
            let seconds = job.snapshot(serial: 1).secondsTrained
            #expect(seconds > last)
            last = seconds
        }
        job.restart(seed: 1)
        #expect(job.snapshot(serial: 1).secondsTrained == 0)
    }
}
