import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing
import Training

@testable import Inkling

/// What a sweep makes of its options, before anything trains.
struct SweepOptionTests {
    @Test func aSweepTriesEachOption() throws {
        let values = [
            ("dataset", "mnist"), ("network", "small"), ("layers", "64,32"), ("distort", "on"),
            ("activation", "tanh"), ("initialization", "xavier"), ("epochs", "2"), ("batch-size", "7"),
            ("optimizer", "adam"), ("learning-rate", "0.25"), ("schedule", "cosine"), ("weight-decay", "0.125"),
            ("dropout", "0.5"),
        ]
        let options = try SweepOptions.parse(values.reversed().flatMap { ["--\($0.0)", $0.1] } + ["--seed", "4"])
        let plan = try options.plan()
        #expect(plan.options.map(\.name) == values.map(\.0), "in the order of the help")
        let text = values.map { "--\($0.0) \($0.1)" }.joined(separator: " ")
        #expect(options.commandLine(plan) == text + " --seeds 1 --seed 4")
        var expected = TrainingConfiguration(.small, dataset: "mnist", optimizer: .adam)
        (expected.hiddenLayers, expected.activation, expected.initialization) = ([64, 32], .tanh, .xavier)
        (expected.epochs, expected.batchSize, expected.learningRate, expected.schedule) = (2, 7, 0.25, .cosine)
        (expected.weightDecay, expected.dropout, expected.seed, expected.threads) = (0.125, 0.5, 4, 1)
        #expect(try options.trainingOptions(plan.arguments(0)).configuration == expected)
        // Ranges, of the options that are numbers.
        let drawn = try SweepOptions.parse([
            "--draws", "3", "--seeds", "2", "--epochs", "1..9", "--batch-size", "8..64", "--learning-rate",
            "0.1..0.2", "--weight-decay", "0.01..0.02", "--dropout", "0..0.5",
        ])
        let draws = try drawn.plan()
        #expect(draws.settings.count == 3 && draws.runs.count == 6)
        #expect(
            drawn.commandLine(draws) == "--epochs 1..9 --batch-size 8..64 --learning-rate 0.1..0.2 "
                + "--weight-decay 0.01..0.02 --dropout 0..0.5 --draws 3 --seeds 2 --seed 0")
        #expect(draws.settings.allSatisfy { Int($0.values[0]) != nil && Int($0.values[1]) != nil })
        for name in ["layers", "optimizer", "schedule", "activation"] {
            let fixed = try SweepOptions.parse(["--\(name)", "1..2"]).options()
            #expect(fixed[0].values == .list(["1..2"]), "\(name) has no ranges")
        }
    }

    /// What each run is, and how long it takes beside others.
    @Test func aSweepIsATask() throws {
        func task(_ arguments: String...) throws -> SweepTask { try SweepTask(SweepCommand.parse(arguments)) }
        let plain = try task("--epochs", "37")
        #expect(plain.commandLine == "--epochs 37 --seeds 1 --seed 0" && plain.threads == StartedRanks.coresOfThisRank)
        // FNV-1a of these characters, as other programs reckon it.
        #expect(plain.usualJournal == "sweep-00351c51.jsonl")
        #expect(try task("--epochs", "1").usualJournal == "sweep-7c4b953c.jsonl")
        #expect(try task("--threads", "1").threads == 1 && task("--threads", "1024").threads == 1024)
        for threads in ["0", "1025"] {
            #expect(throws: (any Error).self, "\(threads)") { try task("--threads", threads) }
        }
        let work = try task("--epochs", "1,3", "--seeds", "2").work
        #expect(work.count == 4 && work[0] > 0 && work == [work[0], work[0], 3 * work[0], 3 * work[0]])
        let fingerprints = try ["fashion-mnist", "mnist"].map { "\($0): \(try DatasetLocation.find($0).fingerprint())" }
        #expect(plain.data == fingerprints[1])
        #expect(try task("--dataset", "mnist,fashion-mnist").data == fingerprints.joined(separator: ", "))
        // The folders are made, and tell what a journal is of.
        let folder = try TemporaryFolder()
        let (models, logs) = (folder.file("a/models"), folder.file("logs"))
        let kept = try task("--save-models", models, "--logs", logs)
        #expect(kept.commandLine == "--seeds 1 --seed 0 --save-models \(models) --logs \(logs)")
        #expect(try folder.names == ["a", "logs"] && FileManager.default.fileExists(atPath: models))
        #expect(throws: (any Error).self) { try task("--logs", "/dev/null/a") }
        #expect(throws: (any Error).self) { try task("--save-best", "a.pth") }
        #expect(throws: (any Error).self) { try task("--save-best", "/nowhere/a.npz") }
        #expect(throws: (any Error).self) { try task("--dataset", "/nowhere") }
    }
}
