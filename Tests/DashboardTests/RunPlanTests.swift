import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// The settings of a new run, opened over the curves.
@Suite struct RunPlanTests {
    private static func state(_ snapshot: TrainingSnapshot = Samples.snapshot(), width: Int = 80, height: Int = 24)
        -> State
    {
        var state = Samples.state(snapshot: snapshot, width: width, height: height)
        state.datasets = [Samples.location("mnist"), Samples.location("fashion-mnist")]
        return state
    }

    /// A finished run of a small network, with the job that trained it.
    private static func trained(_ dataset: Dataset) -> TrainingJob {
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.epochs, configuration.batchSize) = ([12], 2, 20)
        var job = TrainingJob(Trainer(dataset: dataset, configuration: configuration), recorders: TrainingRecorders())
        job.handle(.run)
        finish(&job)
        return job
    }

    private static func finish(_ job: inout TrainingJob) { while job.isRunning { _ = job.step(now: .now) } }

    /// Opened at the first of the settings.
    private func open(_ state: inout State) {
        press(&state, "A")
        for _ in RunPlan.settings { press(&state, .up) }
    }

    private func plan(_ state: State) throws -> RunPlan {
        guard case .plan(let choice) = state.train.dialog else { throw Missing() }
        return choice.values
    }

    private struct Missing: Error {}

    @Test(arguments: [(40, 14), (80, 24), (120, 40), (200, 55)]) func picture(size: (Int, Int)) throws {
        var state = Self.state(width: size.0, height: size.1)
        open(&state)
        press(&state, .down)
        try expectPicture("new-run", of: state, width: size.0, height: size.1)
        guard size.0 == 80 else { return }
        press(&state, .up, .right, .down, .right)
        _ = state.handle(.key(.enter))
        try expectPicture("new-run-reading", of: state, width: 80, height: 24)
    }

    @Test func pictureWithoutColours() throws {
        var state = Self.state(width: 80, height: 24)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        open(&state)
        press(&state, .down, .right)
        try expectPicture("new-run-mono", of: state, width: 80, height: 24)
    }

    /// From whatever screen, over the curves.
    @Test func oneKeyOpensIt() {
        for screen in State.Screen.allCases where screen != .playground {
            var state = Self.state()
            state.screen = screen
            open(&state)
            #expect(state.screen == .train && text(state).contains("A new run"), "\(screen)")
            for setting in RunPlan.settings {
                #expect(text(state).contains(setting.name) && text(state).contains(setting.meaning))
                press(&state, .down)
            }
        }
        var empty = Samples.state(snapshot: nil)
        press(&empty, "A")
        #expect(empty.train.dialog == nil, "there is no data yet")
    }

    @Test func escapeLeavesAllAsItWas() {
        var state = Self.state()
        open(&state)
        for _ in RunPlan.settings { press(&state, .right, .down) }
        #expect(state.handle(.key(.escape)).isEmpty)
        #expect(state.train.dialog == nil && state.reading == nil && state.runs == Self.state().runs)
    }

    /// The same as on the command line: `--network lenet`, and `--optimizer sgd` beside it.
    @Test func aNetworkBringsWhatSuitsIt() throws {
        var state = Self.state()
        open(&state)
        press(&state, .down, .right)
        var usual = TrainingConfiguration(.lenet, dataset: "mnist")
        #expect(try plan(state).configuration == usual)
        press(&state, .down, .down, .down, .down, .right)
        usual = TrainingConfiguration(.lenet, dataset: "mnist", optimizer: .sgd)
        #expect(try plan(state).configuration == usual)
        let actions = state.handle(.key(.enter))
        let begin = Action.request(.begin(NewRun(.new(usual), runs: 2)))
        #expect(actions == [begin, .request(.run)] && state.train.dialog == nil)
    }

    /// Settings that are the usual ones become those that suit the other data set; others stay.
    @Test func aDataSetBringsWhatSuitsIt() throws {
        var state = Self.state()
        open(&state)
        press(&state, .right)
        #expect(try plan(state).configuration == Samples.snapshot().settings, "five epochs are not the usual ones")
        press(&state, .left, .down, .right, .left, .up)
        #expect(try plan(state).configuration == TrainingConfiguration(dataset: "mnist"))
        press(&state, .right)
        #expect(try plan(state).configuration == TrainingConfiguration(dataset: "fashion-mnist"))
        press(&state, .down, .right, .right)
        #expect(try plan(state).configuration == TrainingConfiguration(.small, dataset: "fashion-mnist"))
        press(&state, .down, .left, .up, .up, .right)
        #expect(try plan(state).configuration.distortion == .handwriting)
        let small = TrainingConfiguration(.small, dataset: "mnist").hiddenLayers
        #expect(try plan(state).configuration.hiddenLayers == small.dropLast() + [64])
    }

    /// A teacher's hour: SGD, one layer, three layers, a rate ten times too high, each with five keys at most.
    @Test func aRunThatDiffersInOneThingTakesFewKeys() throws {
        var state = Self.state()
        press(&state, "A", .left)
        #expect(try plan(state).configuration.optimizer == .sgd)
        press(&state, .escape, "A", .left, .left, .left)
        #expect(try plan(state).configuration.optimizer == .adam)
        press(&state, .escape, "A", .down, ">")
        #expect(abs(try plan(state).configuration.learningRate / Samples.snapshot().settings.learningRate - 10) < 0.01)
        state = Self.state()
        press(&state, "A", .up, .up, .left)
        #expect(try plan(state).configuration.hiddenLayers == [128])
        press(&state, .escape, "A", .right)
        #expect(try plan(state).configuration.hiddenLayers == [128, 64, 32])
    }

    /// The last layer goes and comes; beyond those of the run in view, each new one has half as many neurons.
    @Test func layersGoAndCome() throws {
        var state = Self.state()
        open(&state)
        press(&state, .down, .right, .left)
        #expect(try plan(state).configuration.hiddenLayers == [128, 64])
        press(&state, .down, .down, .right)
        #expect(try plan(state).configuration.hiddenLayers == [128, 64, 32])
        press(&state, .left, .left)
        #expect(try plan(state).configuration.hiddenLayers == [128])
        press(&state, .left, .left)
        #expect(try plan(state).configuration.hiddenLayers == [])
        press(&state, .up, .right, .down)
        #expect(try plan(state).configuration.hiddenLayers == [], "there is no layer that could be wider")
        press(&state, .right, .right, .up, .right)
        #expect(try plan(state).configuration.hiddenLayers == [256, 128])
        press(&state, .down)
        for _ in 0..<9 { press(&state, .right) }
        #expect(try plan(state).configuration.hiddenLayers.count == 6)
        #expect(try plan(state).configuration.problem == nil)
    }

    @Test func itOpensAtTheSettingChosenLast() throws {
        var state = Self.state()
        press(&state, "A")
        #expect(text(state).contains("how a step uses the gradient"))
        press(&state, .down, .down, .escape, "A")
        #expect(text(state).contains("how the rate changes till the end"))
    }

    @Test func everySettingHasValues() throws {
        var state = Self.state()
        open(&state)
        for setting in RunPlan.settings {
            let before = try plan(state)
            press(&state, .right)
            let changed = try plan(state)
            #expect(changed != before, "\(setting.name)")
            #expect(changed.configuration.problem == nil)
            press(&state, .left, .down)
        }
        for _ in 0..<30 { press(&state, .left) }
        #expect(try plan(state).configuration.seed == 0)
    }

    /// Fashion-MNIST is read in the background; each run has its own images and names afterwards.
    @Test func aRunOnAnotherDataSet() throws {
        var job = Self.trained(Samples.dataset)
        var state = Self.state(job.snapshot(serial: 1), width: 120, height: 40)
        open(&state)
        press(&state, .right)
        let wanted = try plan(state)
        #expect(state.handle(.key(.enter)) == [.read(wanted, Samples.location("fashion-mnist"))])
        #expect(text(state).contains("reading Fashion-MNIST …") && state.train.dialog == nil)
        press(&state, "2")
        #expect(text(state).contains("read as"), "the screens go on to work")
        let fashion = Samples.makeDataset(name: "fashion-mnist")
        let actions = state.handle(.read(fashion, for: wanted))
        #expect(
            actions.prefix(2) == [
                .request(.begin(NewRun(.new(wanted.configuration), runs: 2, on: fashion))), .request(.run),
            ])
        #expect(state.handle(.read(fashion, for: wanted)).isEmpty, "nobody waits for it any more")
        _ = state.handle(.hand(Samples.drawings, folder: "/drawings"))
        for case .request(let request) in actions { job.handle(request) }
        Self.finish(&job)
        let shown = state.handle(.snapshot(job.snapshot(serial: 2)))
        #expect(shown.contains(.readHand) && state.hand.count == 0, "drawings of digits are no clothing")
        #expect(state.run?.number == 2 && state.snapshot?.dataset == fashion)
        #expect(RunDifferences(state.runs).words(of: state.runs[1]) == "Fashion-MNIST")
        for screen: Key in ["2", "3", "4", "5"] {
            press(&state, screen)
            #expect(text(state).contains("Trouser") || text(state).contains("T-shirt"), "\(screen)")
        }
        press(&state, "2", "c")
        #expect(state.confusionDifference == nil, "what is read of digits tells nothing of clothing")
        press(&state, "1", "c", .up, .enter, "2")
        #expect(state.snapshot?.dataset == Samples.dataset && !text(state).contains("Trouser"))
        // Both data sets are at hand now.
        open(&state)
        press(&state, .right)
        #expect(state.handle(.key(.enter)).count == 2 && state.reading == nil)
    }

    @Test func whatDoesNotFitIsSaidInALine() throws {
        let images = ImageSet(
            width: 8, height: 8, pixels: Array(repeating: 9, count: 64 * 20), labels: (0..<20).map { UInt8($0 % 10) })
        let dataset = Dataset(name: "small ones", train: images, test: images)
        var state = Self.state(Self.trained(dataset).snapshot(serial: 1), width: 120, height: 40)
        open(&state)
        press(&state, .down, .left, .left)
        #expect(state.handle(.key(.enter)).isEmpty)
        let line = try #require(text(state).split(separator: "\n").last)
        #expect(
            line.contains(
                "This does not fit small ones. layers: conv16x5v: expected an image of at least 5 × 5 to read"))
        #expect(text(state).contains("A new run"), "nothing is lost")
        press(&state, .right, .right)
        #expect(state.handle(.key(.enter)).count == 2)
    }

    /// Of other images than those in view it shows only when they are read.
    @Test func whatDoesNotFitTheImagesThatWereReadCanBeMended() throws {
        var state = Self.state()
        open(&state)
        press(&state, .right, .down, .right, .right)
        let wanted = try plan(state)
        _ = state.handle(.key(.enter))
        let images = ImageSet(width: 4, height: 4, pixels: Array(repeating: 9, count: 160), labels: Array(0..<10))
        let small = Dataset(name: "fashion-mnist", train: images, test: images)
        #expect(!state.handle(.read(small, for: wanted)).contains(.request(.run)))
        #expect(try plan(state) == wanted && state.reading == nil)
        #expect(text(state).contains("This does not fit Fashion-MNIST. layers: "))
    }

    @Test func aDataSetIsReadForItsPlan() throws {
        var state = Self.state()
        open(&state)
        let plan = try plan(state)
        #expect(
            plan.event(reading: Samples.location("mnist"))
                == .notRead("/data/mnist/train.csv: expected a file, found none", for: plan))
    }

    @Test func aDataSetThatCannotBeReadIsSaid() throws {
        var state = Self.state()
        open(&state)
        press(&state, .right, .down, .right)
        let wanted = try plan(state)
        _ = state.handle(.key(.enter))
        #expect(state.handle(.notRead("/data/t10k: expected an IDX file, found nothing", for: wanted)).isEmpty)
        #expect(text(state).contains("/data/t10k: expected an IDX file") && state.reading == nil)
        #expect(try plan(state) == wanted, "it can be tried again")
    }

    /// A question before training is lost; with no, the settings are still there.
    @Test func itAsksBeforeTrainingIsLost() throws {
        let long = EpochResult(
            epoch: 1, step: 938, trainLoss: 1, trainAccuracy: 0.5, testLoss: 1, testAccuracy: 0.5, seconds: 60,
            samplesPerSecond: 1)
        var state = Self.state(Samples.snapshot().with { $0.epochs = [long] })
        open(&state)
        press(&state, .right)
        let wanted = try plan(state)
        #expect(state.handle(.key(.enter)).isEmpty && text(state).contains("Begin another run?"))
        #expect(state.handle(.key("n")).isEmpty)
        #expect(try plan(state) == wanted)
        press(&state, .enter)
        #expect(state.handle(.key("y")) == [.read(wanted, Samples.location("fashion-mnist"))])
    }
}
