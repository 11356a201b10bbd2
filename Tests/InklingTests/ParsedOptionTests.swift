import Dashboard
import Datasets
import Engine
import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing
import Training

@testable import Inkling

/// Each option by what the program makes of it, before anything trains.
struct ParsedOptionTests {
    private typealias Change = @Sendable (inout TrainingConfiguration) -> Void

    /// Arguments, and what they change of the usual settings; the same value is that of a run which they suit.
    private static let settings: [(arguments: [String], change: Change)] = [
        (
            ["--layers", "64,conv6x5,pool2"],
            { $0.hiddenLayers = ["64", "conv6x5", "pool2"].compactMap(HiddenLayer.init) }
        ),
        (["--layers", "none"], { $0.hiddenLayers = [] }), (["--activation", "tanh"], { $0.activation = .tanh }),
        (["--initialization", "xavier"], { $0.initialization = .xavier }),
        (["--batch-size", "7"], { $0.batchSize = 7 }),
        (["--optimizer", "adamw"], { ($0.optimizer, $0.learningRate, $0.weightDecay) = (.adamw, 0.005, 0.01) }),
        (["--learning-rate", "0.25"], { $0.learningRate = 0.25 }),
        (["--schedule", "cosine"], { $0.schedule = .cosine }),
        (["--weight-decay", "0.125"], { $0.weightDecay = 0.125 }), (["--dropout", "0.5"], { $0.dropout = 0.5 }),
        (["--distort"], { $0.distortion = .preset(dataset: "mnist") }), (["--seed", "9"], { $0.seed = 9 }),
        (["--validation", "5"], { $0.validation = 5 }), (["--early-stop", "3"], { $0.earlyStop = 3 }),
        (["--network", "lenet"], { $0 = TrainingConfiguration(.lenet, dataset: "mnist") }),
        (["--epochs", "4"], { $0.epochs = 4 }), (["--threads", "1"], { $0.threads = 1 }),
    ]

    private func changed(_ change: Change) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        change(&configuration)
        return configuration
    }

    @Test func eachSettingIsTaken() throws {
        #expect(try TrainingOptions.parse([]).configuration == TrainingConfiguration())
        for (arguments, change) in Self.settings {
            #expect(try TrainingOptions.parse(arguments).configuration == changed(change), "\(arguments)")
        }
        // Others go before what a network brings, and the data set decides what is usual.
        let small = try TrainingOptions.parse([
            "--dataset", "fashion-mnist", "--network", "small", "--no-distort", "--epochs", "2",
        ])
        var expected = TrainingConfiguration(.small, dataset: "fashion-mnist")
        (expected.distortion, expected.epochs) = (nil, 2)
        #expect(small.configuration == expected)
        #expect(small.hiddenLayers == expected.hiddenLayers && small.datasetName == "fashion-mnist")
        let plain = try TrainingOptions.parse([])
        #expect(plain.hiddenLayers == nil && plain.datasetName == "mnist" && plain.toySet == nil)
    }

    @Test func pointsOfThePlaneHaveTheirOwnSettings() throws {
        func playground(_ arguments: String...) throws -> PlaygroundConfiguration {
            let options = try TrainingOptions.parse(["--dataset", "moons"] + arguments)
            return options.playgroundConfiguration(try #require(options.toySet))
        }
        var expected = PlaygroundConfiguration()
        (expected.set, expected.noise) = (.moons, ToySet.moons.usualNoise)
        #expect(try playground() == expected)
        let changes: [([String], (inout PlaygroundConfiguration) -> Void)] = [
            (["--layers", "8,4"], { $0.hiddenLayers = [8, 4] }), (["--batch-size", "5"], { $0.batchSize = 5 }),
            (["--optimizer", "adam"], { ($0.optimizer, $0.learningRate) = (.adam, 0.005) }),
            (["--optimizer", "momentum"], { _ in }), (["--learning-rate", "0.5"], { $0.learningRate = 0.5 }),
            (["--weight-decay", "0.01"], { $0.weightDecay = 0.01 }),
            (["--activation", "gelu"], { $0.activation = .gelu }), (["--seed", "3"], { $0.seed = 3 }),
        ]
        for (arguments, change) in changes {
            var other = expected
            change(&other)
            let options = try TrainingOptions.parse(["--dataset", "moons"] + arguments)
            #expect(options.playgroundConfiguration(.moons) == other, "\(arguments)")
        }
        for refused in [
            ["--layers", "8,pool2"], ["--network", "dense"], ["--distort"], ["--validation", "3"],
            ["--early-stop", "2"],
        ] {
            #expect(throws: (any Error).self, "\(refused)") {
                try TrainingOptions.parse(["--dataset", "moons"] + refused)
            }
        }
    }

    @Test func aDataSetIsReadAsAskedFor() throws {
        let changes: [([String], DatasetReading)] = [
            ([], DatasetReading()), (["--split", "letters"], DatasetReading(split: "letters")),
            (["--transpose"], DatasetReading(isTransposed: true)),
            (["--no-transpose"], DatasetReading(isTransposed: false)),
            (["--test-share", "0.25"], DatasetReading(testShare: 0.25)),
        ]
        for (arguments, reading) in changes {
            #expect(try DatasetOptions.parse(arguments).reading == reading, "\(arguments)")
        }
        for share in ["0", "1", "-0.1", "nan"] {
            #expect(throws: (any Error).self) { try DatasetOptions.parse(["--test-share", share]) }
        }
        // --data is where names are looked for first.
        let folder = try TemporaryFolder()
        try folder.write([], to: "mnist/none")
        for prefix in ["train", "t10k"] {
            try folder.write(
                [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7], to: "mnist/\(prefix)-images-idx3-ubyte")
            try folder.write([0, 0, 8, 1, 0, 0, 0, 1, 1], to: "mnist/\(prefix)-labels-idx1-ubyte")
        }
        let options = try TrainingOptions.parse(["--data", folder.path])
        #expect(try options.locateDataset().load().train.pixels == [7])
        #expect(try options.datasets(beside: options.locateDataset()).map(\.name) == ["mnist", "fashion-mnist"])
    }

    /// A run goes on under its own options: those that are the same are no contradiction, all others are.
    @Test func aRunThatGoesOnKeepsItsSettings() throws {
        let folder = try TemporaryFolder()
        let images = ImageSet(
            width: 12, height: 12, pixels: Array(repeating: 1, count: 144 * 10), labels: Array(0..<10))
        let dataset = Dataset(name: "mnist", train: images, test: images)
        func write(_ configuration: TrainingConfiguration, to name: String) throws {
            try Checkpoint.write(Trainer(dataset: dataset, configuration: configuration), to: folder.file(name))
        }
        let starts = try ["own", "usual"].map { try StartingPoint.parse(["--resume", folder.file($0)]) }
        func isTaken(_ options: TrainingOptions, by start: StartingPoint) -> Bool {
            do {
                _ = try start.trainerSource(options)
                return true
            } catch { return !"\(error)".contains("no options for the training") }
        }
        try write(TrainingConfiguration(), to: "usual")
        let none = try TrainingOptions.parse([])
        for (arguments, change) in Self.settings where arguments != ["--layers", "64,conv6x5,pool2"] {
            let options = try TrainingOptions.parse(arguments)
            var configuration = changed(change)
            // Such a run has another data set.
            configuration.validation = nil
            try write(configuration, to: "own")
            #expect(isTaken(none, by: starts[0]))
            #expect(isTaken(options, by: starts[0]) == (configuration == changed(change)), "\(arguments)")
            let mayDiffer = ["--epochs", "--threads"].contains(arguments[0])
            #expect(isTaken(options, by: starts[1]) == mayDiffer, "\(arguments)")
        }
    }

    @Test func numbersHaveBounds() throws {
        let teach = { (parts: String) in try TeachCommand.parse(["model", "--leave-out", parts]).leaveOut }
        let bench = { (rounds: String) in try BenchCommand.parse(["--rounds", rounds]).rounds }
        let check = { (samples: String) in try GradientCheckCommand.parse(["--samples", samples]).samples }
        #expect(try teach("0") == 0 && teach("1") == 1)
        #expect(try bench("1") == 1 && bench("100") == 100 && check("1") == 1 && check("100000") == 100_000)
        for (parse, refused) in [
            ({ _ = try bench($0) }, ["0", "101"]), ({ _ = try check($0) }, ["0", "100001"]),
            ({ _ = try TeachCommand.parse(["model", "--leave-out=\($0)"]) }, ["-1"]),
        ] as [((String) throws -> Void, [String])] {
            for number in refused { #expect(throws: (any Error).self, "\(number)") { try parse(number) } }
        }
        func compared(_ count: Int) throws -> Int {
            try DashboardCommand.parse(["--compare"] + Array(repeating: "a", count: count)).compare.count
        }
        #expect(try compared(7) == 7)
        #expect(throws: (any Error).self) { try compared(8) }
        #expect(try TeachCommand.parse(["model"]).leaveOut == nil)
    }

    @Test func layersAreAList() {
        func layers(_ text: String) -> [HiddenLayer]? { LayerList(argument: text)?.values }
        #expect(layers("none") == [] && layers("128, 64") == [128, 64])
        #expect(layers("") == nil && layers("12,,3") == nil && layers("12,") == nil && layers("none,3") == nil)
        func ones(_ count: Int) -> String { Array(repeating: "1", count: count).joined(separator: ",") }
        #expect(layers(ones(32))?.count == 32 && layers(ones(33)) == nil)
        #expect(LayerList(argument: "conv6x5,pool2,84,10")?.neurons == [84, 10])
        #expect(LayerList(argument: "conv6x5, pool2,84")?.description == "conv6x5,pool2,84")
    }

    /// How networks of other programs are read.
    @Test func modelsAreReadAsAskedFor() throws {
        func normalization(_ arguments: String...) throws -> InputNormalization? {
            try ModelReadingOptions.parse(arguments).normalization
        }
        #expect(try normalization() == nil)
        #expect(try normalization("--mean", "0.5") == InputNormalization(mean: 0.5, deviation: 1))
        #expect(try normalization("--std", "0.5") == InputNormalization(mean: 0, deviation: 0.5))
        #expect(try normalization("--mean", "0.5", "--std", "0.25") == InputNormalization(mean: 0.5, deviation: 0.25))
        for refused in ["--mean=nan", "--mean=inf", "--std=0", "--std=-1", "--std=nan", "--std=inf"] {
            #expect(throws: (any Error).self, "\(refused)") { try ModelReadingOptions.parse([refused]) }
        }
        #expect(ImageSize(argument: "28x20")?.shape == Shape(height: 28, width: 20) && ImageSize(argument: "28") == nil)
        func dataset(_ arguments: [String], _ metadata: [String: String] = [:]) throws -> String {
            let model = Model(network: Network(sizes: [1, 2], seed: 0), metadata: metadata)
            return try SavedNetworkDataset.parse(arguments).name(for: model)
        }
        #expect(try dataset([]) == "mnist" && dataset([], ["dataset": "a"]) == "a")
        #expect(try dataset(["--dataset", "b"]) == "b" && dataset(["--dataset", "b"], ["dataset": "a"]) == "b")
        #expect(throws: (any Error).self) { try StartingPoint.parse(["--resume", "a", "--model", "b"]) }
        #expect(
            try StartingPoint.parse(["--resume", "a"]).resume == "a"
                && StartingPoint.parse(["--model", "b"]).model == "b")
    }

    /// Square ones, where the network does not say.
    @Test func networksTakeImagesOfASize() throws {
        for (inputs, side) in [(1, 1), (2, nil), (15, nil), (16, 4), (17, nil), (784, 28)] as [(Int, Int?)] {
            #expect(Network(sizes: [inputs, 2], seed: 0).imageSize == side.map { Shape(height: $0, width: $0) })
        }
        let hidden = ["conv2x3"].compactMap(HiddenLayer.init)
        let network = try Network(input: Shape(height: 6, width: 5), hidden: hidden, classes: 2, seed: 0)
        #expect(network.imageSize == Shape(height: 6, width: 5))
        let images = ImageSet(width: 2, height: 2, pixels: [1, 2, 3, 4], labels: [1])
        let dataset = Dataset(name: "mnist", train: images, test: images)
        #expect(try Network(sizes: [4, 10], seed: 0).suited(dataset, file: "f").train == images)
        for sizes in [[5, 10], [3, 10], [4, 9], [4, 11]] {
            do {
                _ = try Network(sizes: sizes, seed: 0).suited(dataset, file: "f")
                Issue.record("\(sizes)")
            } catch {
                #expect(
                    "\(error)"
                        == "f: expected a network of 4 inputs and 10 outputs for mnist, found \(sizes[0])-\(sizes[1])"
                )
            }
        }
    }

    /// Some images stay to learn from, and layers fit the images, unless the network is there already.
    @Test func aTrainerIsMadeOfWhatFits() throws {
        let images = ImageSet(
            width: 12, height: 12, pixels: Array(repeating: 1, count: 144 * 10), labels: Array(0..<10))
        let dataset = Dataset(name: "mnist", train: images, test: images)
        func problem(_ change: Change, network: Network? = nil) -> String? {
            do {
                _ = try changed(change).makeTrainer(for: dataset, network: network)
                return nil
            } catch { return "\(error)" }
        }
        var configuration = TrainingConfiguration()
        #expect(try configuration.makeTrainer(for: dataset).dataset == dataset)
        configuration.validation = 9
        let trainer = try configuration.makeTrainer(for: dataset)
        #expect(trainer.dataset.validationCount == 9 && trainer.dataset.train.count == 1)
        #expect(
            problem { $0.validation = 10 }
                == "--validation: expected fewer images than the 10 to learn from, found 10.")
        let pools: Change = { $0.hiddenLayers = ["pool7", "pool7"].compactMap(HiddenLayer.init) }
        #expect(problem(pools)?.hasPrefix("--layers: pool7: expected an image of at least 7 × 7") ?? false)
        #expect(problem(pools, network: Network(sizes: [144, 10], seed: 0)) == nil)
    }

    /// With points of the plane, images wait behind them with what is usual, found where it was said.
    @Test func imagesWaitBehindThePlayground() throws {
        let own = try TrainingOptions.parse(["--epochs", "3", "--data", "a"]).imageOptions()
        #expect(own.epochs == 3 && own.source.data == "a")
        let behind = try TrainingOptions.parse(["--dataset", "moons", "--epochs", "3", "--data", "a"]).imageOptions()
        #expect(behind.datasetName == "mnist" && behind.configuration == TrainingConfiguration())
        #expect(behind.source.data == "a")
        #expect(try TrainingOptions.parse(["--dataset", "moons"]).imageOptions().source.data == nil)
    }

    @Test func howOftenAndHowFastIsTaken() throws {
        #expect(try RecordingOptions.parse([]).every == .epochs(1))
        #expect(try RecordingOptions.parse(["--every", "3"]).every == .epochs(3))
        #expect(try RecordingOptions.parse(["--every", "1.5s"]).every == .seconds(1.5))
        let screen = try ScreenOptions.parse(["--pace", "60", "--background", "light"])
        #expect(screen.pace == .seconds(60) && screen.background == .light)
        #expect(try ScreenOptions.parse(["--pace", "full", "--background", "dark"]).pace == .full)
        let usual = try ScreenOptions.parse([])
        #expect(usual.pace == nil && usual.background == nil)
    }

    /// Every word of the help, in lines of 100 characters. Whoever means another one takes the digest anew.
    @Test func theHelpSaysWhatItDid() {
        let commands = InklingCommand.configuration.subcommands
        let help =
            [InklingCommand.helpMessage(columns: 100)]
            + commands.map { InklingCommand.helpMessage(for: $0, columns: 100) }
        #expect(commands.count == 12 && help[0].count { $0 == "\n" } > 20)
        var digest = Digest()
        for text in help { digest.take(text) }
        #expect(digest.words == "61faab1330b1bedd", "the help is another one")
    }

    @Test func settingsAreKeptInTheUsersFolder() throws {
        func path(_ environment: [String: String]) -> String { PreferencesFile(environment: environment).path }
        #expect(path(["HOME": "/home/a"]) == "/home/a/.config/inkling/settings")
        #expect(path(["HOME": "/home/a", "XDG_CONFIG_HOME": "/b"]) == "/b/inkling/settings")
        #expect(path(["HOME": "/home/a", "XDG_CONFIG_HOME": "b"]) == "/home/a/.config/inkling/settings")
        #expect(path([:]) == NSHomeDirectory() + "/.config/inkling/settings")
        // Also where its folders are not there yet, and again.
        let folder = try TemporaryFolder()
        let file = PreferencesFile(environment: ["XDG_CONFIG_HOME": folder.file("a/b")])
        #expect(file.read() == Preferences(nil) && file.read().isNewcomer)
        for background in [Appearance.Background.light, .dark] {
            var preferences = file.read()
            (preferences.background, preferences.isNewcomer) = (background, false)
            try file.write(preferences)
            #expect(file.read() == preferences && file.read().background == background)
        }
    }

    /// What stands in the help of the options that have a usual value.
    @Test func theHelpTellsWhatIsUsual() {
        let help = TrainCommand.helpMessage(includeHidden: false, columns: 400)
        let lines = help.split(separator: "\n")
        let usual = TrainingConfiguration()
        for (option, value) in [
            ("--epochs", "\(usual.epochs)"), ("--batch-size", "\(usual.batchSize)"),
            ("--learning-rate", "\(usual.learningRate) for momentum"),
            ("--layers", HiddenLayer.list(usual.hiddenLayers)),
            ("--optimizer", "\(usual.optimizer)"), ("--schedule", "\(usual.schedule)"), ("--seed", "\(usual.seed)"),
            ("--activation", usual.activation.rawValue), ("--initialization", usual.initialization.rawValue),
            ("--every", "1"), ("--network", "dense"),
        ] {
            // A long name has a line of its own.
            let place = lines.firstIndex { $0.contains("  \(option) <") } ?? 0
            let line = lines[place].contains("default") ? lines[place] : lines[place] + lines[place + 1]
            #expect(line.contains("(default: \(value))"), "\(option): \(line)")
        }
    }
}
