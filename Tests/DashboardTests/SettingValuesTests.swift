import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// What each setting offers, in its order and with its ends, and what its panel says of it.
@Suite struct SettingValuesTests {
    /// All values from the least to the most; of those that turn in a circle, one round from the first.
    private static func values<Values: Settable>(_ setting: Setting<Values>, from start: Values) -> [String] {
        var values = start
        for _ in 0..<40 { setting.change(&values, -1) }
        let least = setting.value(values)
        setting.change(&values, -1)
        let hasEnds = setting.value(values) == least
        if !hasEnds {
            values = start
        }
        var all = [setting.value(values)]
        for _ in 0..<40 {
            setting.change(&values, 1)
            let next = setting.value(values)
            if next == all.last || next == all.first { break }
            all.append(next)
        }
        if hasEnds {
            // Down again by the same steps.
            for value in all.dropLast().reversed() {
                setting.change(&values, -1)
                #expect(setting.value(values) == value, "\(setting.name)")
            }
        } else {
            setting.change(&values, -1)
            #expect(setting.value(values) == all.last, "\(setting.name): before the first comes the last")
        }
        return all
    }

    private static func table<Values: Settable>(_ start: Values) -> String {
        Values.settings.map { setting in
            "\(setting.name) (\(setting.meaning)): " + values(setting, from: start).joined(separator: ", ")
        }.joined(separator: "\n")
    }

    @Test func settingsOfARun() throws {
        var plan = RunPlan(
            Samples.snapshot(),
            datasets: [.init(name: "mnist", title: "MNIST"), .init(name: "fashion-mnist", title: "Fashion-MNIST")])
        // Of a seed there is no end.
        let seed = try #require(RunPlan.settings.last)
        #expect(seed.name == "seed" && seed.value(plan) == "0")
        seed.change(&plan, -1)
        #expect(seed.value(plan) == "0")
        let table = Self.table(plan).replacing(/seed \(.*/, with: "")
        try expectPicture("values-run", table)
    }

    @Test func settingsOfAFork() throws {
        try expectPicture("values-fork", Self.table(ForkPlan(Samples.snapshot(step: 3200))))
    }

    @Test func settingsOfThePlayground() throws {
        try expectPicture("values-playground", Self.table(PlaygroundPlan(PlaygroundConfiguration())))
        try expectPicture("values-playground-fork", Self.table(PlaygroundForkPlan(PlaygroundConfiguration())))
    }

    /// A setting that is turned brings what suits its value.
    @Test func anOptimizerBringsItsRate() {
        for optimizer in Optimizer.Kind.allCases {
            var configuration = TrainingConfiguration()
            while configuration.optimizer != optimizer {
                Setting<TrainingConfiguration>.optimizer.change(&configuration, 1)
            }
            #expect(optimizer == .momentum || configuration.learningRate == optimizer.usualLearningRate)
        }
    }

    /// Each setting in words, where two runs differ in it alone; which comes first is that of the panel.
    @Test func whatTellsRunsApartIsSaid() {
        let changes: [((inout TrainingConfiguration) -> Void, String, String)] = [
            ({ $0.hiddenLayers = [32] }, "128-64", "32"),
            ({ $0.hiddenLayers = [] }, "128-64", "no hidden layer"),
            ({ $0.activation = .tanh }, "ReLU", "tanh"), ({ $0.optimizer = .adam }, "momentum", "adam"),
            ({ $0.learningRate = 0.005 }, "rate 0.1", "rate 0.005"),
            ({ $0.schedule = .constant }, "\(TrainingConfiguration().schedule.rawValue) schedule", "constant schedule"),
            ({ $0.batchSize = 32 }, "batch 64", "batch 32"),
            ({ $0.weightDecay = 0.01 }, "no weight decay", "weight decay 0.01"),
            ({ $0.dropout = 0.2 }, "no dropout", "dropout 0.2"),
            ({ $0.distortion = .handwriting }, "no distortion", "distorted"),
            ({ $0.epochs = 7 }, "5 epochs", "7 epochs"), ({ $0.seed = 3 }, "seed 0", "seed 3"),
        ]
        for (change, before, after) in changes {
            let snapshot = Samples.snapshot()
            let other = snapshot.with { change(&$0.configuration) }
            let runs = [Run(id: 0, snapshot: snapshot), Run(id: 1, number: 2, snapshot: other)]
            let differences = RunDifferences(runs)
            #expect(runs.map { differences.words(of: $0) } == [before, after])
            #expect(runs.map { differences.title(of: $0) } == [before, after])
        }
        let playground: [((inout PlaygroundConfiguration) -> Void, String, String)] = [
            ({ $0.set = .moons }, "spiral", "two moons"), ({ $0.noise = 0.35 }, "noise 0.2", "noise 0.35"),
            ({ $0.count = 50 }, "300 points", "50 points"), ({ $0.hiddenLayers = [] }, "64", "no hidden layer"),
            ({ $0.hiddenLayers = [8, 4] }, "64", "8-4"), ({ $0.activation = .tanh }, "ReLU", "tanh"),
            ({ $0.optimizer = .adam }, "momentum", "adam"), ({ $0.learningRate = 0.005 }, "rate 0.1", "rate 0.005"),
            ({ $0.batchSize = 32 }, "batch 64", "batch 32"),
            ({ $0.weightDecay = 0.01 }, "no weight decay", "weight decay 0.01"), ({ $0.seed = 3 }, "seed 0", "seed 3"),
        ]
        for (change, before, after) in playground {
            var configuration = PlaygroundConfiguration()
            let runs = [0, 1].map { run in
                if run == 1 { change(&configuration) }
                return Self.playgroundRun(run, configuration)
            }
            let differences = PlaygroundDifferences(runs)
            #expect(runs.map { differences.titles(of: $0, name: "")[0] } == ["Run 1: \(before)", "Run 2: \(after)"])
        }
    }

    private static func playgroundRun(_ run: Int, _ configuration: PlaygroundConfiguration) -> PlaygroundSnapshot {
        let sample = Samples.playground
        return PlaygroundSnapshot(
            run: run, number: run + 1, origin: nil, serial: 1, isOn: true, configuration: configuration,
            points: sample.points, placedCount: 0, network: sample.network, step: sample.step, batchesPerEpoch: 15,
            samplesPerSecond: 1, history: sample.history, past: sample.past, formerPoints: sample.formerPoints,
            pace: .full, isSlowed: false)
    }
}
