import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Going back in a run, and its film.
@Suite struct PastTests {
    /// A short run of its own, at its end or in its course, with one moment for each of its first steps.
    private static func snapshots() -> (half: TrainingSnapshot, whole: TrainingSnapshot) {
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.epochs, configuration.batchSize) = ([12], 2, 20)
        var job = TrainingJob(
            Trainer(dataset: Samples.dataset, configuration: configuration),
            recorders: TrainingRecorders())
        job.handle(.trainEpoch)
        while job.isRunning { _ = job.step(now: .now) }
        let half = job.snapshot(serial: 1)
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        return (half, job.snapshot(serial: 2))
    }
    private static let run = snapshots()

    private func state(_ screen: State.Screen = .train, width: Int = 120, height: Int = 40) -> State {
        Samples.state(screen, snapshot: Self.run.whole, width: width, height: height)
    }

    /// Handles an event and does what it asks for at once, as the background does it.
    private func send(_ event: Event, to state: inout State) {
        var actions = state.handle(event)
        while !actions.isEmpty {
            guard case .test(let moment, let run) = actions.removeFirst(), let snapshot = state.snapshot
            else { continue }
            actions += state.handle(.tested(MomentTester(snapshot.dataset).test(moment), run: run))
        }
    }

    private func statusLine(_ state: State) -> String {
        text(state).split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test func theScreensShowTheNetworkOfTheMoment() throws {
        for screen in [State.Screen.train, .confusion, .mistakes, .draw, .network] {
            var state = state(screen)
            for step in [16, 14, 12, 10] {
                send(.key("j"), to: &state)
                let snapshot = try #require(state.snapshot)
                let moment = try #require(Self.run.whole.past.all.first { $0.step == step })
                #expect(snapshot.now.network == moment.network)
                #expect(snapshot.now.evaluation?.step == step, "tested in the background where it was not")
                let words = step == 10 ? "after epoch 1" : "at step \(step)"
                #expect(statusLine(state).hasPrefix(" ◂ \(words) "), "\(screen)")
                #expect(render(state, width: 120, height: 40)[1, 39].style.paper == .key)
                #expect(statusLine(state).contains("0 back to now"))
            }
            send(.key("k"), to: &state)
            #expect(state.snapshot?.now.step == 12)
            send(.key("0"), to: &state)
            #expect(state.snapshot?.now.step == 20 && statusLine(state).contains("finished"))
        }
    }

    @Test func theMatrixIsThatOfTheMoment() throws {
        var state = state(.confusion)
        for _ in 0..<30 { send(.key("j"), to: &state) }
        #expect(text(state).contains("at the start") && state.run?.shown?.step == 0)
        let guess = try #require(state.snapshot?.now.evaluation)
        #expect(guess == MomentTester(Samples.dataset).test(Self.run.whole.past.all[0]))
        #expect(guess.accuracy + 0.1 < Self.run.whole.now.evaluation?.accuracy ?? 0)
        #expect(state.snapshot?.isUntrained == true)
    }

    /// Before the test has come there is a word, not the matrix of another moment.
    /// Layers are looked at after 1, 2, 4, 8 and 16 of the 20 steps, and not at each moment.
    @Test func theLayersSayOfWhichStepTheyAre() throws {
        var state = state()
        #expect(!text(state).contains("layers at step"))
        while state.run?.shown?.step ?? 20 > 15 { press(&state, "j") }
        #expect(try #require(state.run?.shown).step > 8 && text(state).contains(" layers at step 8 "))
        while state.run?.shown?.step ?? 0 > 4 { press(&state, "j") }
        #expect(text(state).contains(" layers at step 4 "))
    }

    @Test func whatIsNotTestedYetSaysSo() {
        for screen in [State.Screen.confusion, .mistakes] {
            var state = state(screen)
            let actions = state.handle(.key("j"))
            #expect(actions.count == 1, "one test at a time")
            #expect(text(state).contains("Testing the network of this moment"))
            #expect(state.handle(.key("j")).isEmpty)
        }
    }

    @Test func theChosenMistakeStaysChosen() {
        var state = state(.mistakes)
        send(.key("j"), to: &state)
        for _ in 0..<3 { send(.key(.right), to: &state) }
        #expect(state.mistakes.selection == 3)
        for _ in 0..<4 { _ = state.handle(.key("j")) }
        #expect(state.run?.isWaitingForTest == true && state.mistakes.selection == 3)
    }

    @Test func theCursorOfTheCurvesGoesBack() throws {
        var state = state()
        for _ in 0..<26 { send(.key(.left), to: &state) }
        // 74 hundredths of 20 steps are 14.8.
        #expect(state.run?.shown?.step == 14)
        #expect(text(state).contains("step 14") && text(state).contains("at step 14"))
        let accuracy = Format.percent(try #require(state.run?.shown?.evaluation).accuracy, decimals: 2)
        #expect(text(state).contains("test accuracy") && text(state).contains(accuracy))
        send(.key("2"), to: &state)
        #expect(state.snapshot?.now.step == 14)
        send(.key("1"), to: &state)
        send(.key(.escape), to: &state)
        #expect(state.run?.shown == nil && state.train.cursor == nil)
        let plot = Chart.plotArea(
            in: TrainScreen.Layout(state.room).loss.inset(dx: 1, dy: 1))
        send(.mouse(Mouse(.press, x: plot.x, y: plot.y + 1)), to: &state)
        #expect(state.run?.shown?.step == 0)
        send(.key("k"), to: &state)
        #expect(state.train.cursor == 1 / 20.0, "the cursor goes with the moment")
    }

    @Test func trainingGoesOnMeanwhile() {
        var state = Samples.state(.confusion, snapshot: Self.run.half)
        send(.key("j"), to: &state)
        send(.key("j"), to: &state)
        send(.snapshot(Self.run.whole), to: &state)
        #expect(state.run?.shown?.step == 7 && state.run?.snapshot.step == 20)
        for step in [8, 10, 12, 14, 16, 20] {
            send(.key("k"), to: &state)
            #expect(state.snapshot?.now.step == step)
        }
        #expect(state.run?.shown == nil, "the last step is the present")
    }

    @Test func theFilmRunsBothWaysOnAnyScreen() {
        for screen in [State.Screen.train, .confusion, .mistakes, .draw, .network] {
            var state = state(screen)
            #expect(state.frameInterval == nil)
            send(.key("J"), to: &state)
            #expect(state.frameInterval == .milliseconds(125))
            var steps: [Int] = []
            while state.film.direction != nil {
                send(.frame, to: &state)
                if let step = state.run?.shown?.step { steps.append(step) }
            }
            #expect(
                steps == [16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0], "\(screen): it stops at the start")
            send(.key("K"), to: &state)
            #expect(statusLine(state).hasPrefix(" ▸▸ at the start "))
            steps = []
            while state.film.direction != nil {
                send(.frame, to: &state)
                steps.append(state.snapshot?.now.step ?? 0)
            }
            #expect(
                steps == [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20], "\(screen): on to the present")
            #expect(state.run?.shown == nil)
            send(.key("K"), to: &state)
            #expect(state.run?.shown?.step == 0, "from the present it plays from the start")
        }
    }

    @Test func theFilmIsSlowedStoppedAndLeft() {
        var state = state(.network)
        send(.key("K"), to: &state)
        send(.key(","), to: &state)
        #expect(
            state.frameInterval == .milliseconds(250) && statusLine(state).contains(", . 4 a second"))
        for _ in 0..<9 { send(.key("."), to: &state) }
        #expect(state.frameInterval == .seconds(1) / 15)
        send(.frame, to: &state)
        send(.key("K"), to: &state)
        #expect(state.frameInterval == nil && state.run?.shown?.step == 1)
        #expect(state.handle(.key(",")).isEmpty, "after the end of a run there is no pace")
        send(.key("J"), to: &state)
        send(.key("k"), to: &state)
        #expect(state.frameInterval == nil && state.run?.shown?.step == 2, "one step stops it")
        send(.key("J"), to: &state)
        send(.key("7"), to: &state)
        #expect(state.frameInterval == nil, "nobody sees it")
        #expect(!statusLine(state).contains("◂"), "the lessons are about the present")
        send(.snapshot(Self.run.half), to: &state)
        #expect(state.handle(.key(",")) == [.request(.slower)], "of the training, while nobody sees the film")
        send(.key("5"), to: &state)
        #expect(state.frameInterval != nil)
    }

    /// Where a test takes long, the film shows each matrix and waits for it.
    @Test func theFilmWaitsForTests() throws {
        var state = state(.confusion)
        let actions = state.handle(.key("J")) + state.handle(.frame)
        guard case .test(let moment, let run) = try #require(actions.first) else { return }
        for _ in 0..<5 { _ = state.handle(.frame) }
        #expect(state.run?.shown?.step == 16)
        _ = state.handle(.tested(MomentTester(Samples.dataset).test(moment), run: run))
        _ = state.handle(.frame)
        #expect(state.run?.shown?.step == 14)
    }

    @Test func anotherRunBeginsAtThePresent() {
        var state = state()
        send(.key("j"), to: &state)
        var other = TrainingJob(
            Trainer(dataset: Samples.dataset, configuration: Self.run.whole.settings),
            recorders: TrainingRecorders())
        other.handle(.begin(NewRun(.new(Self.run.whole.settings))))
        send(.snapshot(other.snapshot(serial: 9)), to: &state)
        #expect(state.run?.shown == nil && state.train.cursor == nil)
        #expect(!state.hasPast)
        for key: Key in ["j", "J", "K", "0"] {
            #expect(state.handle(.key(key)).isEmpty && state.run?.shown == nil)
        }
    }

    @Test func moreEpochsLeaveTheCursorAtItsStep() throws {
        var state = state()
        send(.key("j"), to: &state)
        let longer = Self.run.whole.with { $0.configuration.epochs = 4 }
        send(.snapshot(longer), to: &state)
        #expect(abs(try #require(state.train.cursor) - 16 / 40.0) < 1e-9)
    }

    @Test func ofARunThatWentWrongTheLastGoodMomentIsOffered() throws {
        var configuration = Self.run.whole.settings
        configuration.optimizer = .sgd
        var job = TrainingJob(
            Trainer(dataset: Samples.dataset, configuration: configuration),
            recorders: TrainingRecorders())
        job.handle(.trainEpoch)
        while job.isRunning { _ = job.step(now: .now) }
        job.handle(.scaleLearningRate(by: 1e8))
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        var state = Samples.state(.confusion, snapshot: job.snapshot(serial: 3), width: 80)
        #expect(statusLine(state).contains("diverged") && statusLine(state).contains("j goes back"))
        send(.key("j"), to: &state)
        #expect(
            statusLine(state).hasPrefix(" ◂ after epoch 1 ") && statusLine(state).contains("diverged"))
        #expect(try #require(state.snapshot?.now.evaluation).accuracy > 0.2)
    }
}
