import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Several runs: which is in focus, what tells them apart, and how they look beside each other.
@Suite struct RunsTests {
    private static let optimizers: [Optimizer.Kind] = [.momentum, .adam, .sgd, .rmsprop]

    /// The runs of a session up to this one, each with another optimizer or rate, made up.
    static func snapshot(run: Int, phase: TrainingSnapshot.Phase = .running, step: Int = 4690) -> TrainingSnapshot {
        let sample = Samples.snapshot(step: step, phase: phase)
        var record = sample.record
        record.configuration.optimizer = optimizers[run % optimizers.count]
        record.configuration.learningRate = run < optimizers.count ? 0.1 : 0.02
        record.settings = record.configuration
        record.learningRateChanges = []
        record.epochs = record.epochs.map { epoch in
            EpochResult(
                epoch: epoch.epoch, step: epoch.step, trainLoss: epoch.trainLoss, trainAccuracy: epoch.trainAccuracy,
                testLoss: epoch.testLoss * (1 + 0.3 * Double(run)),
                testAccuracy: epoch.testAccuracy - 0.006 * Double(run) * (run.isMultiple(of: 2) ? 1 : 0.4),
                seconds: 4, samplesPerSecond: 300_000)
        }
        return TrainingSnapshot(
            run: run, serial: 100_000 + 1000 * run + step % 1000, phase: phase, dataset: sample.dataset, record: record,
            now: sample.now, past: sample.past, samplesPerSecond: 400_000, pace: .full, isKept: false)
    }

    static func state(_ count: Int, width: Int = 120, height: Int = 40) -> State {
        var state = Samples.state(snapshot: nil, width: width, height: height)
        for run in 0..<count {
            _ = state.handle(.snapshot(snapshot(run: run, phase: run == count - 1 ? .running : .finished, step: 3200)))
            if run < count - 1 { _ = state.handle(.snapshot(snapshot(run: run, phase: .finished))) }
        }
        return state
    }

    private static let sizes = [(80, 24), (120, 40), (200, 55)]

    @Test(arguments: [2, 8], sizes) func picture(count: Int, size: (Int, Int)) throws {
        try expectPicture(
            "runs-\(count)", of: Self.state(count, width: size.0, height: size.1), width: size.0, height: size.1)
    }

    @Test func pictureWithoutColours() throws {
        for (count, glyphs) in [(2, Appearance.Glyphs.braille), (8, .braille), (8, .ascii)] {
            var state = Self.state(count, width: 120, height: 40)
            state.appearance = Appearance(glyphs: glyphs, colors: .none)
            try expectPicture("runs-\(count)-mono-\(glyphs)", of: state, width: 120, height: 40)
        }
    }

    @Test(arguments: sizes) func dialogPicture(size: (Int, Int)) throws {
        var state = Self.state(8, width: size.0, height: size.1)
        press(&state, "c", .up)
        try expectPicture("runs-list", of: state, width: size.0, height: size.1)
        press(&state, .escape, "f", .down)
        try expectPicture("fork", of: state, width: size.0, height: size.1)
    }

    /// In each kind of terminal the numbers of all the other runs stand on the charts and in a legend.
    @Test(arguments: sizes) func everyRunCanBeTold(size: (Int, Int)) {
        for colors in [Appearance.Colors.none, .eight, .many] {
            var state = Self.state(8, width: size.0, height: size.1)
            state.appearance.colors = colors
            let grid = render(state, width: size.0, height: size.1)
            for number in 1...7 {
                let digits = (0..<grid.height).flatMap { y in
                    (0..<grid.width).filter { x in
                        grid[x, y].character == Unicode.Scalar(UInt8(48 + number))
                            && grid[x, y].style.ink == .run(UInt8(number))
                    }
                }
                #expect(digits.count >= 3, "\(number) on both charts and in a legend")
            }
        }
        let inks = (1...8).map { Palette.color(of: .run(UInt8($0)), for: Appearance()) }
        #expect(
            Set(inks + [Palette.color(of: .train, for: Appearance()), Palette.color(of: .test, for: Appearance())])
                .count == 10)
    }

    @Test func aRestartLeavesTheRunBefore() throws {
        var state = Self.state(1)
        let before = try #require(state.snapshot)
        let settings = before.settings
        #expect(state.handle(.key("r")) == [], "some training would stop")
        #expect(text(state).contains("Begin another run?"))
        #expect(state.handle(.key("y")) == [.request(.begin(NewRun(.new(settings), runs: 2)))])
        var next = Self.snapshot(run: 1, step: 1)
        next.former = [before.stopped()]
        _ = state.handle(.snapshot(next))
        #expect(state.runs.map(\.number) == [1, 2] && state.focus == 1)
        #expect(state.runs[0].snapshot.phase == .stopped && state.runs[0].snapshot.record == before.record)
        #expect(text(state).contains(" ▶ training  run 2"))
        _ = state.handle(.snapshot(Self.snapshot(run: 2, step: 0)))
        _ = state.handle(.snapshot(Self.snapshot(run: 3, step: 1)))
        #expect(state.runs.map(\.id) == [0, 1, 3], "run 3 had not trained a batch")
        #expect(state.runs.map(\.number) == [1, 2, 3])
    }

    /// Of more than eight the oldest goes that is hidden, then the oldest without a name.
    @Test func thereAreEightAtMost() {
        var state = Self.state(8)
        press(&state, "c", .up, "h", .escape)
        #expect(state.runs[6].isHidden)
        state.runs[0].name = "the first"
        _ = state.handle(.snapshot(Self.snapshot(run: 8)))
        #expect(state.runs.map(\.id) == [0, 1, 2, 3, 4, 5, 7, 8] && state.run?.number == 7)
        _ = state.handle(.snapshot(Self.snapshot(run: 9)))
        #expect(state.runs.map(\.id) == [0, 2, 3, 4, 5, 7, 8, 9] && state.run?.number == 2)
        #expect(Set(state.runs.map(\.number)).count == 8)
    }

    @Test func oneRunIsInFocusWhileAnotherTrains() throws {
        var state = Self.state(2)
        press(&state, "c", .up, .enter)
        #expect(state.run?.number == 1 && state.train.dialog == nil)
        for screen in "12345" {
            press(&state, .character(screen.unicodeScalars.first ?? "1"))
            let line = try #require(text(state).split(separator: "\n").last)
            #expect(line.contains("finished") && line.contains("run 1") && line.contains("run 2 trains"))
        }
        press(&state, "1")
        for key: Key in ["p", "n", "N", "[", "]", "m", ",", "."] {
            #expect(state.handle(.key(key)).isEmpty, "\(key) steers a training that is not in view")
        }
        _ = state.handle(.snapshot(Self.snapshot(run: 1, step: 4000)))
        #expect(state.run?.number == 1 && state.runs[1].snapshot.step == 4000)
        press(&state, "j")
        #expect(state.run?.shown != nil)
        press(&state, "c", .down, .enter)
        #expect(state.run?.number == 2 && state.runs.allSatisfy { $0.shown == nil })
        #expect(state.handle(.key("p")) == [.request(.pause)])
    }

    @Test func theListSaysWhatDiffersAndNothingElse() {
        let state = Self.state(2)
        let differences = RunDifferences(state.runs)
        #expect(state.runs.map(differences.words) == ["momentum", "adam"])
        let many = Self.state(6)
        #expect(many.runs.map(RunDifferences(many.runs).words).last == "adam, rate 0.02")
        let one = Self.state(1)
        #expect(one.runs.map(RunDifferences(one.runs).words) == ["as set"])
    }

    @Test func runsAreRenamedHiddenAndDropped() {
        var state = Self.state(3)
        press(&state, "c", .up, .up, "e")
        for scalar in "my q1?".unicodeScalars { press(&state, .character(scalar)) }
        #expect(state.screen == .train && state.helpPage == nil, "keys are letters while one types")
        press(&state, .backspace, .enter)
        #expect(state.runs[0].name == "my q1" && text(state).contains("my q1: momentum"))
        press(&state, "e", "z", .escape)
        #expect(state.runs[0].name == "my q1")
        press(&state, "h")
        #expect(state.otherRuns.map(\.number) == [2] && text(state).contains("(hidden)"))
        press(&state, "h", .down, "x")
        #expect(state.runs.map(\.number) == [1, 3])
        press(&state, .down, "x")
        #expect(state.runs.map(\.number) == [1, 3], "the one that trains stays")
        press(&state, .up, .enter, "c", "x")
        #expect(state.runs.map(\.number) == [3] && state.run?.number == 3)
    }

    /// A name may be pasted, too; where nothing is typed, what is pasted is nothing.
    @Test func namesArePasted() {
        var state = Self.state(2)
        let before = state
        _ = state.handle(.paste("q"))
        #expect(state == before)
        press(&state, "c", .up, "e")
        _ = state.handle(.paste("wide one"))
        press(&state, .enter)
        #expect(state.runs[0].name == "wide one")
    }

    @Test func afterADropTheRunThatTrainsIsInFocus() {
        var state = Self.state(3)
        press(&state, "c", .up, .enter)
        #expect(state.run?.number == 2)
        press(&state, "c", "x")
        #expect(state.runs.map(\.number) == [1, 3] && state.run?.number == 3)
    }

    @Test func aForkTakesTheSettingsOfThePanel() throws {
        var state = Self.state(1)
        press(&state, "j", "f", .right, .right)
        let snapshot = try #require(state.snapshot)
        var wanted = snapshot.configuration
        (wanted.optimizer, wanted.learningRate) = (.adagrad, Optimizer.Kind.adagrad.usualLearningRate)
        #expect(text(state).contains("Go on from run 1, at step 3,128"))
        #expect(text(state).contains("adagrad") && text(state).contains("how a step uses the gradient"))
        _ = state.handle(.key(.enter))
        #expect(state.train.dialog == nil)
        #expect(state.handle(.key("y")) == [.request(.begin(NewRun(.fork(Fork(snapshot, wanted)), runs: 2)))])
        press(&state, "f", .down, .down, .down, .down, .down)
        for _ in 0..<9 { press(&state, .left) }
        #expect(text(state).contains("◂ 4 ▸"), "three are over")
        press(&state, .escape)
        #expect(state.train.dialog == nil)
    }

    /// Against each other run in turn, then as it is; of a moment of the past also against the present.
    @Test func confusionIsHeldAgainstAnotherRun() throws {
        var state = Self.state(3)
        let other = ConfusionMatrix(
            classes: 10, labels: Samples.dataset.test.labels, predictions: Samples.dataset.test.labels)
        let evaluation = try #require(state.snapshot?.now.evaluation)
        let perfect = Evaluation(
            network: evaluation.network, step: evaluation.step, predictions: Samples.dataset.test.labels,
            confidences: evaluation.confidences, losses: evaluation.losses, confusion: other)
        let last = Self.snapshot(run: 2, step: 4000)
        _ = state.handle(
            .snapshot(
                last.with(now: Moment(step: 4000, network: last.now.network, evaluation: perfect, layers: []))))
        press(&state, "2")
        let plain = text(state)
        press(&state, "c")
        #expect(text(state).contains("read as: more (+) or fewer (-) than run 1"))
        let difference = try #require(state.confusionDifference)
        let first = try #require(state.runs[0].snapshot.now.evaluation?.confusion)
        for label in 0..<10 {
            for prediction in 0..<10 {
                #expect(difference[label, prediction] == other[label, prediction] - first[label, prediction])
            }
        }
        #expect(text(state).contains("+2") && text(state).contains("-2"))
        try expectPicture("confusion-difference", of: state, width: 120, height: 40)
        try expectPicture("confusion-difference", of: state, width: 80, height: 24)
        press(&state, "c")
        #expect(text(state).contains("than run 2"))
        press(&state, "c")
        #expect(text(state) == plain)
        // The other way round, where it is worse.
        press(&state, "1", "c", .up, .enter, "2")
        while !text(state).contains("than run 3") { press(&state, "c") }
        try expectPicture("confusion-worse", of: state, width: 80, height: 24)
        let one = Self.state(1)
        #expect(one.bindings.filter { $0.effect(of: "c") != nil && $0.isActive(one) }.map(\.label) == ["c"])
        var alone = Samples.state(.confusion)
        #expect(alone.handle(.key("c")).isEmpty && alone.confusion.reference == nil)
        press(&alone, "j", "j", "j", "j")
        while alone.run?.view.now.evaluation == nil { press(&alone, "j") }
        press(&alone, "c")
        #expect(text(alone).contains("than now"))
    }

    /// With the panels open each key means one thing, and the help names them.
    @Test func panelsHaveKeysOfTheirOwn() {
        for key: Key in ["f", "c"] {
            var state = Self.state(3)
            press(&state, key)
            for code in UInt8(32)..<127 {
                let key = Key.character(Unicode.Scalar(code))
                #expect(state.bindings.filter { $0.isActive(state) && $0.effect(of: key) != nil }.count <= 1, "\(key)")
            }
            for row in state.hints(.enter, .escape) { #expect(text(state).contains("\(row.keys) \(row.words)")) }
            press(&state, "?")
            #expect(text(state).contains("back to the curves"))
        }
    }

    /// A network of a moment, a test and curves: of the run in focus, not of the other.
    @Test func allScreensFollowTheFocus() throws {
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.epochs, configuration.batchSize) = ([12], 2, 20)
        var job = TrainingJob(
            Trainer(dataset: Samples.dataset, configuration: configuration), recorders: TrainingRecorders())
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        var state = Samples.state(snapshot: job.snapshot(serial: 1), width: 120, height: 40)
        let first = try #require(state.snapshot)
        // The keys at the right tell of the other run.
        func picture(_ state: State) -> [Substring] {
            text(state).split(separator: "\n").dropLast().map { $0.prefix(80) }
        }
        let screens: [Key] = ["2", "3", "4", "5", "1"]
        let pictures = screens.map { key in
            press(&state, key)
            return picture(state)
        }
        let moment = try #require(first.past.all.first { $0.step == 10 })
        configuration.optimizer = .adam
        job.handle(.begin(NewRun(.fork(Fork(first.at(moment), configuration)), runs: 2)))
        while job.isRunning { _ = job.step(now: .now) }
        _ = state.handle(.snapshot(job.snapshot(serial: 2)))
        #expect(state.snapshot?.now.network == job.trainer.network && state.run?.number == 2)
        press(&state, "c")
        #expect(text(state).contains("adam, from 1 at epoch 1"))
        press(&state, .up, .enter)
        #expect(state.snapshot?.now.network == first.now.network)
        for (key, shown) in zip(screens.dropLast(), pictures) {
            press(&state, key)
            #expect(picture(state) == shown)
        }
    }
}
