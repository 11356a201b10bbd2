import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Two runs that train in turns, as the screen has them.
@Suite struct TurnsTests {
    private static func job() -> TrainingJob {
        var settings = TrainingConfiguration()
        (settings.hiddenLayers, settings.epochs, settings.batchSize) = ([12], 500, 20)
        let trainer = Trainer(dataset: Samples.dataset, configuration: settings)
        var job = TrainingJob(trainer, recorders: TrainingRecorders())
        job.handle(.run)
        for _ in 0..<8 { _ = job.step(now: .now) }
        settings.optimizer = .adam
        job.handle(.begin(NewRun(.new(settings), runs: 2)))
        for _ in 0..<4 { _ = job.step(now: .now) }
        return job
    }

    @Test func theListLetsARunTrainAlong() throws {
        var job = Self.job()
        var state = Samples.state(snapshot: nil, width: 120, height: 40)
        _ = state.handle(.snapshot(job.snapshot(serial: 1)))
        #expect(state.runs.map(\.id) == [0, 1] && state.companionRun == nil)
        press(&state, "c")
        #expect(!text(state).contains("train along") && state.handle(.key("t")).isEmpty, "it trains already")
        press(&state, .up)
        #expect(text(state).contains("t train along") && text(state).contains("stopped"))
        #expect(state.handle(.key("t")) == [.request(.trainAlong(run: 0))])
        job.handle(.trainAlong(run: 0))
        let before = state.runs.map(\.snapshot.step)
        for _ in 0..<1000 { _ = job.step(now: .now) }
        _ = state.handle(.snapshot(job.snapshot(serial: 2)))
        #expect(zip(before, state.runs.map(\.snapshot.step)).allSatisfy { $0 < $1 }, "both curves move")
        #expect(state.companionRun?.id == 0 && text(state).contains("t leave it") && !text(state).contains("x drop"))
        #expect(text(state).split(separator: "\n").last?.contains("run 1 trains:") == true)
        press(&state, .enter)
        #expect(state.focus == 0 && text(state).contains(" ▶ training  run 1  run 2 trains:"))
        #expect(state.handle(.key("p")) == [.request(.pause)] && state.handle(.key("n")) == [.request(.trainBatch)])
        for key: Key in ["[", "]", "m"] { #expect(state.handle(.key(key)).isEmpty, "\(key) is for the other") }
        job.handle(.pause)
        _ = state.handle(.snapshot(job.snapshot(serial: 6)))
        #expect(state.runs.map(\.snapshot.phase) == [.paused, .paused])
        #expect(state.handle(.key("p")) == [.request(.run)])
        job.handle(.trainAlong(run: 0))
        _ = state.handle(.snapshot(job.snapshot(serial: 7)))
        #expect(state.companionRun == nil && state.runs[0].snapshot.phase == .stopped)
        #expect(state.handle(.key("p")).isEmpty)
    }

    @Test func anotherRunStopsBoth() throws {
        var job = Self.job()
        var state = Samples.state(snapshot: nil, width: 120, height: 40)
        _ = state.handle(.snapshot(job.snapshot(serial: 0)))
        job.handle(.trainAlong(run: 0))
        _ = state.handle(.snapshot(job.snapshot(serial: 1)))
        job.handle(.begin(NewRun(.new(job.trainer.settings), runs: 3)))
        _ = job.step(now: .now)
        _ = state.handle(.snapshot(job.snapshot(serial: 2)))
        #expect(state.runs.map(\.snapshot.phase) == [.stopped, .stopped, .running] && state.companionRun == nil)
        press(&state, "c", .up)
        #expect(state.handle(.key("t")) == [.request(.trainAlong(run: 1))])
        press(&state, .up)
        #expect(state.handle(.key("t")) == [.request(.trainAlong(run: 0))])
    }

    /// A run at its end has nothing to train.
    @Test func aFinishedRunDoesNotTrainAlong() {
        var state = RunsTests.state(2)
        press(&state, "c", .up)
        #expect(!text(state).contains("train along") && state.handle(.key("t")).isEmpty)
    }
}
