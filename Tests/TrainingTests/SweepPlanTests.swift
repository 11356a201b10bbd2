import Datasets
import NeuralNetwork
import Testing

@testable import Training

@Suite struct SweepPlanTests {
    /// Multiplications an image and epoch, of each kind of layer, and what an image costs besides: the longest runs are
    /// handed out first.
    @Test func theWorkOfARunIsReckoned() {
        var configuration = TrainingConfiguration()
        configuration.epochs = 3
        configuration.hiddenLayers = [.convolution(channels: 6, kernel: 5, padding: .valid), .maxPool(size: 2), 30]
        let products = (5 * 5 + 1) * 6 * 24 * 24 + (6 * 12 * 12 + 1) * 30 + (30 + 1) * 10
        #expect(configuration.expectedWork == Double(3 * (products + 20_000)))
        configuration.hiddenLayers = [.maxPool(size: 2), .maxPool(size: 30)]
        #expect(configuration.expectedWork == 3, "what does not fit images of 28 × 28")
    }

    private func option(_ name: String, _ texts: String..., scale: SweepRange.Scale? = nil) throws -> SweepOption {
        try SweepOption(name, texts, scale: scale)
    }

    private func problem(_ body: () throws -> Void) -> SettingProblem? {
        do { try body() } catch { return error as? SettingProblem }
        return nil
    }

    @Test func aGridHasEachSettingWithEachSeed() throws {
        let plan = try SweepPlan(
            [option("layers", "64", "128,64"), option("learning-rate", "0.01", "0.1", "0.01")], draws: nil, seed: 7,
            seeds: 2)
        #expect(
            plan.settings.map(\.values) == [["64", "0.01"], ["64", "0.1"], ["128,64", "0.01"], ["128,64", "0.1"]])
        #expect(plan.runs.map(\.setting) == [0, 0, 1, 1, 2, 2, 3, 3])
        #expect(plan.runs.map(\.seed) == [7, 8, 7, 8, 7, 8, 7, 8])
        #expect(plan.arguments(5) == ["--layers", "128,64", "--learning-rate", "0.01", "--seed", "8"])
    }

    @Test func aSwitchIsTwoOptionsOfTrain() throws {
        let plan = try SweepPlan([option("distort", "on", "off")], draws: nil, seed: 0, seeds: 1)
        #expect(plan.arguments(setting: 0) == ["--distort"])
        #expect(plan.arguments(setting: 1) == ["--no-distort"])
    }

    @Test func nothingToTryIsOneSetting() throws {
        let plan = try SweepPlan([], draws: nil, seed: 0, seeds: 3)
        #expect(plan.settings.count == 1 && plan.runs.count == 3)
        #expect(plan.arguments(2) == ["--seed", "2"])
    }

    @Test func drawsLieInTheirRangesAndComeAgainWithTheirSeed() throws {
        let options = [
            try option("learning-rate", "0.001..0.1", scale: .logarithmic),
            try option("dropout", "0..0.5", scale: .uniform),
            try option("batch-size", "16..256", scale: .wholeLogarithmic), try option("optimizer", "sgd", "adam"),
        ]
        let plan = try SweepPlan(options, draws: 400, seed: 3, seeds: 1)
        #expect(plan == (try SweepPlan(options, draws: 400, seed: 3, seeds: 1)))
        #expect(plan != (try SweepPlan(options, draws: 400, seed: 4, seeds: 1)))
        #expect(plan.settings.count == 400 && Set(plan.settings).count == 400)
        let rates = plan.settings.compactMap { Double($0.values[0]) }
        #expect(rates.count == 400 && rates.allSatisfy { (0.001...0.1).contains($0) })
        #expect(plan.settings.allSatisfy { Float($0.values[0]) != nil && $0.values[0].count <= 7 }, "three digits")
        // Half of them below the middle order of magnitude, within five deviations of chance.
        #expect((150...250).contains(rates.count { $0 < 0.01 }))
        let shares = plan.settings.compactMap { Double($0.values[1]) }
        #expect(shares.count == 400 && shares.allSatisfy { (0...0.5).contains($0) })
        #expect((150...250).contains(shares.count { $0 < 0.25 }))
        let sizes = plan.settings.compactMap { Int($0.values[2]) }
        #expect(sizes.count == 400 && sizes.allSatisfy { (16...256).contains($0) })
        #expect(Set(plan.settings.map(\.values[3])) == ["sgd", "adam"])
    }

    @Test func noSettingIsDrawnTwice() throws {
        let plan = try SweepPlan([option("optimizer", "sgd", "adam", "adamw")], draws: 20, seed: 0, seeds: 1)
        #expect(Set(plan.settings.map(\.values[0])) == ["sgd", "adam", "adamw"] && plan.settings.count == 3)
    }

    @Test(arguments: [
        "0.1..0.01", "0.1..0.1", "..1", "-1..1", "a..b", "0.1..0.2..0.3", "0..inf", "nan..1", "0..1e9", "-0.1..1",
    ])
    func refusesWhatIsNoRange(text: String) {
        let problem = problem { _ = try SweepOption("learning-rate", [text], scale: .logarithmic) }
        #expect(problem?.name == "learning-rate" && problem?.found == text)
    }

    @Test func saysWhereARangeOrDrawsHaveNoPlace() throws {
        let range = try option("dropout", "0..0.5", scale: .uniform)
        #expect(problem { _ = try SweepPlan([range], draws: nil, seed: 0, seeds: 1) }?.name == "dropout")
        #expect(problem { _ = try SweepPlan([], draws: 3, seed: 0, seeds: 1) }?.name == "draws")
        #expect(problem { _ = try SweepPlan([range], draws: 0, seed: 0, seeds: 1) }?.name == "draws")
        #expect(problem { _ = try SweepPlan([range], draws: 2, seed: 0, seeds: 0) }?.name == "seeds")
        #expect(
            problem { _ = try SweepPlan([range], draws: 1000, seed: 0, seeds: 1000) }?.expected.contains("100000")
                == true)
        let many = try SweepOption("epochs", (1...1000).map(String.init), scale: .wholeLogarithmic)
        let others = try SweepOption("batch-size", (1...1000).map(String.init), scale: .wholeLogarithmic)
        #expect(problem { _ = try SweepPlan([many, others], draws: nil, seed: 0, seeds: 1) }?.found == "1000000")
        #expect(problem { _ = try SweepOption("dropout", ["0..0.5", "0.6"], scale: .uniform) }?.name == "dropout")
    }

    @Test func filesAreNamedAfterWhatTellsRunsApart() throws {
        let plan = try SweepPlan(
            [option("dataset", "a/b", "mnist"), option("epochs", "1"), option("layers", "64", "128,64")], draws: nil,
            seed: 0, seeds: 3)
        #expect(plan.fileName(4) == "04_dataset=a-b_layers=128,64_seed=1")
        #expect(Set(plan.runs.indices.map(plan.fileName)).count == 12)
        for (seeds, names) in [(1, ["0"]), (10, ["0_seed=0", "9_seed=9"]), (11, ["00_seed=0", "10_seed=10"])] {
            let plan = try SweepPlan([option("epochs", "1")], draws: nil, seed: 0, seeds: seeds)
            #expect([plan.fileName(0), plan.fileName(seeds - 1)].prefix(names.count) == names[...])
        }
    }

    @Test func largeNetworksAreMoreWork() {
        func work(_ change: (inout TrainingConfiguration) -> Void) -> Double {
            var configuration = TrainingConfiguration()
            change(&configuration)
            return configuration.expectedWork
        }
        #expect(work { $0.hiddenLayers = [800] } > work { $0.hiddenLayers = [128, 64] })
        #expect(work { $0.epochs = 20 } == 2 * work { $0.epochs = 10 })
        #expect(
            TrainingConfiguration(.lenet, dataset: "mnist").expectedWork
                > TrainingConfiguration(.dense, dataset: "mnist").expectedWork)
    }

    /// Of a range, `count` numbers.
    private func draws(_ text: String, _ scale: SweepRange.Scale, count: Int = 200) throws -> [String] {
        let range = try #require(SweepRange(text, scale))
        var generator = RandomGenerator(seed: 3, stream: .sweep)
        return (0..<count).map { _ in range.draw(using: &generator) }
    }

    /// Whole numbers lie within, too; what three digits would take out of the range has more of them.
    @Test func drawsStayInNarrowRanges() throws {
        #expect(Set(try draws("1.5..3.2", .wholeLogarithmic)) == ["2", "3"])
        #expect(Set(try draws("0..2", .wholeLogarithmic)) == ["0", "1", "2"])
        #expect(try draws("0..999999999", .uniform).allSatisfy { Double($0).map { 0...999_999_999 ~= $0 } ?? false })
        for scale in [SweepRange.Scale.uniform, .logarithmic] {
            let numbers = try draws("0.12341..0.12349", scale).compactMap(Double.init)
            #expect(numbers.count == 200 && numbers.allSatisfy { (0.12341...0.12349).contains($0) })
        }
        // From 0 on, orders of magnitude have no end.
        #expect((70...130).contains(try draws("0..1", .logarithmic).compactMap(Double.init).count { $0 < 0.5 }))
    }

    @Test func optionsSayWhatTheyTry() throws {
        let (list, one) = (try option("layers", "64", "32", "64"), try option("epochs", "3"))
        let range = try option("dropout", "0..0.5", scale: .uniform)
        #expect(list.commandLine == "--layers 64 --layers 32" && list.isVaried)
        #expect(one.commandLine == "--epochs 3" && !one.isVaried)
        #expect(range.commandLine == "--dropout 0..0.5" && range.isVaried)
        #expect(try option("dataset", "a..b").values == .list(["a..b"]), "it has no ranges")
    }

    @Test func namesOfFilesAreCut() throws {
        let long = String(repeating: "a", count: 300)
        let plan = try SweepPlan([option("dataset", long, "mnist")], draws: nil, seed: 0, seeds: 1)
        #expect(plan.fileName(0) == "0_dataset=" + long.prefix(110))
        #expect(plan.fileName(1) == "1_dataset=mnist")
    }

    @Test func seedsGoRoundAtTheEnd() throws {
        let plan = try SweepPlan([], draws: nil, seed: .max, seeds: 2)
        #expect(plan.runs.map(\.seed) == [.max, 0])
    }
}
