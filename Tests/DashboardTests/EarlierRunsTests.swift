import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Runs from files beside those of the session.
@Suite struct EarlierRunsTests {
    private static func logged(_ name: String, _ number: Int, unit: RunCurves.Curve.Unit = .epochs) -> EarlierRun {
        func curve(_ value: (Double) -> Double) -> RunCurves.Curve {
            let length = unit == .epochs ? 1.0 : 938
            return RunCurves.Curve(
                (1...5).map { .init(place: Double($0) * length, value: value(Double($0))) }, unit: unit)
        }
        return EarlierRun(
            file: "/runs/" + name,
            curves: RunCurves(
                loss: curve { (0.2 + 0.05 * Double(number)) / $0 },
                accuracy: curve { 0.99 - (0.02 + 0.006 * Double(number)) / $0 }),
            seconds: number.isMultiple(of: 2) ? 12 : nil)
    }

    /// A run of the session and so many from logs.
    static func state(_ count: Int, width: Int = 120, height: Int = 40) -> State {
        var state = Samples.state(snapshot: nil, width: width, height: height)
        let names = ["keras", "sgd.jsonl", "events", "adam-0.005.jsonl", "cnn", "wide", "tiny.jsonl"]
        state.bringIn((0..<count).map { logged(names[$0], $0, unit: $0 == 2 ? .steps : .epochs) })
        _ = state.handle(.snapshot(RunsTests.snapshot(run: 0, step: 3200)))
        return state
    }

    @Test func theyHaveNumbersAndCurves() {
        let state = Self.state(3)
        #expect(state.run?.number == 1 && state.listedRuns.map(\.number) == [1, 2, 3, 4])
        #expect(state.otherRuns.map(\.name) == ["keras", "sgd.jsonl", "events"])
        #expect(text(state).contains("┈2┈ keras  ┈3┈ sgd.jsonl  ┈4┈ events"))
        let run = state.runs[0]
        let curves = Curves(run, state.train, beside: state.otherRuns, of: state.runs).tests(ofOthers: \.loss)
        // Epochs, and steps of the run in view.
        #expect(curves[0].curve.map(\.step) == curves[2].curve.map(\.step))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 55)]) func pictures(size: (Int, Int)) throws {
        var state = Self.state(1, width: size.0, height: size.1)
        try expectPicture("earlier-2", of: state, width: size.0, height: size.1)
        state = Self.state(7, width: size.0, height: size.1)
        try expectPicture("earlier-8", of: state, width: size.0, height: size.1)
        press(&state, "c", .down)
        try expectPicture("earlier-list", of: state, width: size.0, height: size.1)
    }

    @Test func pictureWithoutColours() throws {
        var state = Self.state(7)
        state.appearance = Appearance(glyphs: .braille, colors: .none)
        try expectPicture("earlier-8-mono", of: state, width: 120, height: 40)
    }

    @Test func theListNamesHidesAndDropsThem() {
        var state = Self.state(3)
        press(&state, "c")
        #expect(text(state).contains("4 runs") && text(state).contains("keras: curves of tests, by epochs"))
        #expect(text(state).contains("events: curves of tests, by batches") && text(state).contains("from file"))
        press(&state, .down, .enter)
        #expect(state.train.dialog != nil && state.focus == 0, "there is no network to show")
        #expect(!text(state).contains("show it"))
        press(&state, "h", "e", "x", .enter)
        #expect(state.otherRuns.map(\.number) == [3, 4] && state.loggedRuns[0].name == "kerasx")
        press(&state, .down, .down, "x")
        #expect(state.listedRuns.map(\.number) == [1, 2, 3])
        press(&state, "x")
        #expect(state.listedRuns.map(\.number) == [1, 2])
    }

    /// Eight in all: what begins takes the place of the oldest without a name, and those from files have names.
    @Test func thereAreEightAtMost() {
        var state = Self.state(7)
        #expect(State.mostEarlierRuns == 7 && state.listedRuns.count == 8)
        _ = state.handle(.snapshot(RunsTests.snapshot(run: 1)))
        #expect(state.listedRuns.map(\.number) == [1, 2, 3, 4, 5, 6, 7, 8] && state.runs.map(\.id) == [1])
        press(&state, "c", .down, "h", .escape)
        _ = state.handle(.snapshot(RunsTests.snapshot(run: 2)))
        #expect(state.runs.map(\.id) == [1, 2] && state.loggedRuns.count == 6 && state.run?.number == 2)
    }

    /// A checkpoint brings its network: all screens show it once it is tested, and a fork goes on from it.
    @Test func aCheckpointIsARunToLookAt() throws {
        let file = NSTemporaryDirectory() + "inkling-earlier-\(UUID()).run"
        defer { unlink(file) }
        var settings = TrainingConfiguration()
        (settings.hiddenLayers, settings.epochs, settings.batchSize) = ([12], 2, 20)
        let trainer = Trainer(dataset: Samples.dataset, configuration: settings)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        try Checkpoint.write(trainer, to: file)
        var state = Samples.state(snapshot: nil, width: 120, height: 40)
        state.bringIn([Self.logged("a", 1), try EarlierRun(path: file)])
        settings.optimizer = .adam
        let other = Trainer(dataset: Samples.dataset, configuration: settings)
        let job = TrainingJob(other, recorders: TrainingRecorders())
        let actions = state.handle(.snapshot(job.snapshot(serial: 1)))
        #expect(state.runs.map(\.number) == [3, 1] && state.focus == 0 && state.listedRuns.map(\.number) == [1, 2, 3])
        guard case .test(let moment, let run)? = actions.last else {
            Issue.record("\(actions) is no test")
            return
        }
        #expect(run == -2 && moment.network == trainer.network)
        press(&state, "c", .down, .down)
        #expect(text(state).contains(": momentum") && text(state).contains("from file"))
        press(&state, .enter, "2")
        #expect(text(state).contains(Message.testing) && text(state).contains(" ■ from file "))
        let test = MomentTester(Samples.dataset).test(moment)
        #expect(state.handle(.tested(test, run: run)).isEmpty)
        #expect(state.snapshot?.now.evaluation == trainer.evaluation && text(state).contains("after epoch 2"))
        press(&state, "4", "5", "3", "1", "j", "f")
        #expect(text(state).contains("Go on from run 3, after epoch 2"))
        var more = trainer.configuration
        more.epochs = 3
        let fork = Fork(try #require(state.snapshot), more)
        #expect(state.handle(.key(.enter)) == [.request(.begin(NewRun(.fork(fork), runs: 1)))])
    }
}
