import Foundation
import Testing

extension EndToEnd {
    /// `inkling train` as a script sees it.
    @Suite struct TrainCommandTests {
        private struct Epoch: Decodable, Equatable {
            let epoch: Int
            let trainLoss, trainAccuracy, testLoss, testAccuracy, seconds, samplesPerSecond: Double
            let interrupted: Bool?
        }

        private func epochs(_ result: Command.Result) throws -> [Epoch] {
            try result.lines.map { try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)) }
        }

        @Test func learnsMNISTTheSameWayTwice() throws {
            let arguments = [
                "train", "--dataset", "mnist", "--layers", "128,64", "--batch-size", "64", "--optimizer", "momentum",
                "--learning-rate", "0.1", "--schedule", "linear", "--epochs", "3", "--seed", "0", "--json",
            ]
            let runs = try [0, 1].map { _ in
                try Inkling.run(arguments, environment: UnpackedAssets.asItComes, timeout: .seconds(120))
            }
            for run in runs {
                #expect(run.status == .success)
                #expect(run.error.isEmpty)
            }
            let (first, second) = (try epochs(runs[0]), try epochs(runs[1]))
            #expect(first.map(\.epoch) == [1, 2, 3])
            #expect(first[2].testAccuracy >= 0.977)
            #expect(first.map(\.trainLoss) == second.map(\.trainLoss))
            #expect(first.map(\.testLoss) == second.map(\.testLoss))
            #expect(first.allSatisfy { $0.seconds > 0 && $0.samplesPerSecond > 10_000 })
        }

        @Test func numberOfThreadsChangesNoResult() throws {
            let runs = try ["1", "2", "3"].map { threads in
                try epochs(try Inkling.run(["train", "--epochs", "1", "--threads", threads, "--json"]))
            }
            for run in runs {
                #expect(run.count == 1)
                #expect(run.map(\.trainLoss) == runs[0].map(\.trainLoss))
                #expect(run.map(\.testLoss) == runs[0].map(\.testLoss))
            }
        }

        @Test func fashionHasARecipeOfItsOwn() throws {
            let epochs = try epochs(
                try Inkling.run(["train", "--dataset", "fashion-mnist", "--json"], timeout: .seconds(180)))
            #expect(epochs.count == 8)
            #expect((epochs.last?.testAccuracy ?? 0) >= 0.88)
        }

        /// Each optimizer at the rate that it has when none is named.
        @Test(arguments: ["sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
        func optimizersLearn(name: String) throws {
            let epochs = try epochs(try Inkling.run(["train", "--epochs", "2", "--optimizer", name, "--json"]))
            #expect((epochs.last?.testAccuracy ?? 0) >= 0.95)
        }

        /// As a beginner may find: from nothing but zeros, a network learns nothing but how frequent the digits are.
        @Test func zeroWeightsLearnNothing() throws {
            let epochs = try epochs(
                try Inkling.run(["train", "--epochs", "1", "--initialization", "zero", "--json"]))
            #expect((epochs.last?.testAccuracy ?? 1) < 0.12)
        }

        @Test func activationsAndDropoutLearn() throws {
            for options in [["--activation", "gelu", "--dropout", "0.1"], ["--activation", "tanh"]] {
                let runs = try ["1", "2"].map { threads in
                    try epochs(try Inkling.run(["train", "--epochs", "1", "--threads", threads, "--json"] + options))
                }
                #expect((runs[0].last?.testAccuracy ?? 0) >= 0.94)
                #expect(runs[0].map(\.trainLoss) == runs[1].map(\.trainLoss))
            }
        }

        @Test func tellsEachEpochInALine() throws {
            let result = try Inkling.run(["train", "--epochs", "2", "--layers", "16"])
            #expect(result.status == .success)
            #expect(result.lines.count == 3)
            #expect(result.lines[0].contains("test loss"))
            #expect(result.error.isEmpty, "no progress bar where there is no terminal")
        }

        @Test func showsProgressOnATerminal() throws {
            let session = try Inkling.terminal(["train", "--epochs", "2"])
            try session.wait { $0.contains("epoch 1/2 [") && $0.contains("s left") }
            let line = session.screen.lines.first { $0.contains("epoch 1/2 [") } ?? ""
            let shown = try #require(
                line.firstMatch(of: /\[(#*)(\.*)\] +(\d+)%  \d+ s left  \d+k samples\/s/), "\(line)")
            #expect(shown.1.count + shown.2.count == 30)
            let percent = try #require(Double(shown.3))
            #expect(abs(percent / 100 - Double(shown.1.count) / 30) < 0.04, "\(line)")
            #expect(try session.waitForExit(timeout: .seconds(60)) == .success)
            #expect(!session.screen.contains("["), "the bar is gone at the end")
            #expect(session.screen.lines.filter { $0.contains("%") }.count == 2)
        }

        /// Now and then the signal comes between two epochs, when there is no part of one to tell of; hence the tries.
        @Test(arguments: [SIGINT, SIGTERM]) func endsCleanlyOnASignal(signal: Int32) throws {
            for delay in [1500, 1570, 1640] {
                let result = try Inkling.run(
                    ["train", "--epochs", "1000", "--json"],
                    interruption: .signal(signal, after: .milliseconds(delay)))
                #expect(result.status == .success)
                let epochs = try epochs(result)
                #expect(epochs.dropLast().allSatisfy { $0.interrupted == nil })
                #expect((epochs.last?.testAccuracy ?? 0) > 0.5)
                if epochs.last?.interrupted == true { return }
            }
            Issue.record("no run was interrupted within an epoch")
        }

        @Test(arguments: [
            (["--epochs", "0"], ["--epochs", "0"]),
            (["--threads", "0"], ["--threads", "0"]),
            (["--batch-size", "-3"], ["--batch-size", "-3"]),
            (["--learning-rate", "nan"], ["--learning-rate", "nan"]),
            (["--learning-rate", "fast"], ["--learning-rate", "fast"]),
            (["--layers", "12,0"], ["--layers", "12,0"]),
            (["--layers", "12,,3"], ["--layers", "12,,3"]),
            (["--seed", "-1"], ["--seed", "-1"]),
            (["--optimizer", "adamant"], ["--optimizer", "adamant"]),
            (["--schedule", "lunar"], ["--schedule", "lunar"]),
            (["--activation", "step"], ["--activation", "step"]),
            (["--initialization", "best"], ["--initialization", "best"]),
            (["--weight-decay", "-0.1"], ["--weight-decay", "-0.1"]),
            (["--weight-decay", "nan"], ["--weight-decay", "nan"]),
            (["--dropout", "1"], ["--dropout", "1"]),
            (["--colour"], ["--colour"]),
        ]) func badUsageIsNamed(arguments: [String], words: [String]) throws {
            let result = try Inkling.run(["train"] + arguments)
            #expect(result.status == .exited(64))
            #expect(result.output.isEmpty)
            for word in words { #expect(result.error.contains(word)) }
        }

        @Test func aMissingDataSetIsNamedWithThePlacesLookedAt() throws {
            let result = try Inkling.run(["train", "--dataset", "/nowhere/digits"])
            #expect(result.status == .exited(1))
            #expect(result.error.contains("/nowhere/digits"))
            #expect(result.error.split(separator: "\n").count == 1)
            let named = try Inkling.run(["train", "--dataset", "emnist"])
            #expect(named.status == .exited(1))
            #expect(named.error.contains("/usr/share/datasets/emnist"))
        }

        @Test func findsTheDataFromAnyDirectory() throws {
            let result = try Inkling.run(["train", "--epochs", "1", "--layers", "none", "--json"], directory: "/")
            #expect(result.status == .success)
        }
    }
}
