import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling evaluate`, `convert`, and `train --save` and `--model`, as a script sees them.
    @Suite struct ModelCommandTests {
        private struct Evaluation: Decodable, Equatable {
            let testLoss, testAccuracy: Double
            let correct, count: Int
        }

        private let folder: TemporaryFolder
        private let models = Inkling.assets + "/models"

        init() throws { folder = try TemporaryFolder() }

        private func evaluate(_ arguments: String...) throws -> Evaluation {
            let result = try Inkling.run(["evaluate", "--json"] + arguments)
            #expect(result.status == .success)
            #expect(result.lines.count == 1)
            return try JSONDecoder().decode(Evaluation.self, from: Data(result.output.utf8))
        }

        @Test(arguments: [
            ("pytorch-mnist-128-64.safetensors", "mnist", 9800), ("pytorch-mnist-128-64.npz", "mnist", 9800),
            ("pytorch-fashion-128-64.safetensors", "fashion-mnist", 8813),
        ]) func countsAsPyTorchDoes(file: String, dataset: String, correct: Int) throws {
            let evaluation = try evaluate("\(models)/\(file)", "--dataset", dataset)
            #expect(evaluation.correct == correct)
            #expect(evaluation.count == 10_000)
        }

        @Test func whatIsSavedIsWhatWasTested() throws {
            let model = folder.file("model.safetensors")
            let trained = try Inkling.run(["train", "--epochs", "1", "--layers", "16", "--save", model, "--json"])
            #expect(trained.status == .success)
            let evaluation = try evaluate(model)
            #expect(trained.output.contains("\"testAccuracy\":\(evaluation.testAccuracy)"))
            #expect(trained.output.contains("\"testLoss\":\(evaluation.testLoss)"))

            // To NumPy and back: the same network; and training goes on from it.
            #expect(try Inkling.run(["convert", model, folder.file("model.npz"), "--compressed"]).status == .success)
            #expect(try evaluate(folder.file("model.npz")) == evaluation)
            let further = try Inkling.run([
                "train", "--epochs", "1", "--learning-rate", "0.001", "--model", folder.file("model.npz"), "--json",
            ])
            let loss = try #require(further.output.firstMatch(of: /"trainLoss":([0-9.]+)/).flatMap { Double($0.1) })
            #expect(loss < evaluation.testLoss * 1.1, "it does not begin anew")
            #expect(try folder.names == ["model.npz", "model.safetensors"])
        }

        /// One program trains the judge, the next finds it, and writes the same.
        @Test func theJudgeOfADataSetIsKept() throws {
            let models = try (0..<2).map { number in
                let result = try Inkling.run(
                    ["train", "--epochs", "1", "--save", folder.file("\(number).safetensors")],
                    environment: ["XDG_CACHE_HOME": folder.file("cache")])
                #expect(result.status == .success && result.error.isEmpty)
                return try folder.bytes(of: "\(number).safetensors")
            }
            #expect(models[0] == models[1])
            #expect(String(decoding: models[0], as: UTF8.self).contains("calibration"))
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("cache/inkling"))
            #expect(kept.count == 1 && kept[0].hasSuffix(".judge"))
        }

        @Test(arguments: [
            (["evaluate", "/nowhere/model"], "/nowhere/model: expected a readable file, found none"),
            (["evaluate", "MODEL", "--dataset", "/nowhere/digits"], "/nowhere/digits"),
            (["evaluate", "MODEL", "--layout", "in-out"], "weights in-out"),
            (["convert", "MODEL", "/nowhere/model.npz"], "/nowhere/model.npz: expected a place to write the file to"),
            (["convert", "MODEL", "model.pth"], "model.pth: expected a name that ends in .safetensors, .npz or .onnx"),
            (["train", "--save", "/nowhere/model.npz"], "/nowhere/model.npz"),
            (["train", "--save", "model"], "expected a name that ends in"),
            (["train", "--model", "MODEL", "--layers", "32"], "expected hidden layers 32 as --layers says"),
            (["dashboard", "--model", "/nowhere/model"], "/nowhere/model"),
        ]) func aBadFileIsNamedInALine(arguments: [String], words: String) throws {
            let model = models + "/pytorch-mnist-128-64.safetensors"
            let result = try Inkling.run(arguments.map { $0 == "MODEL" ? model : $0 }, directory: folder.path)
            #expect(result.status == .exited(1))
            #expect(result.output.isEmpty)
            #expect(result.error.contains(words), "\(result.error)")
            #expect(result.error.split(separator: "\n").count { !$0.hasPrefix("Warning") } == 1)
        }

        /// Through each format and back, and where only the user knows.
        @Test func theActivationComesAlong() throws {
            let model = folder.file("tanh.npz")
            let trained = try Inkling.run([
                "train", "--epochs", "1", "--layers", "16", "--activation", "tanh", "--save", model, "--json",
            ])
            let evaluation = try evaluate(model)
            #expect(trained.output.contains("\"testAccuracy\":\(evaluation.testAccuracy)"))
            let other = folder.file("tanh.safetensors")
            #expect(try Inkling.run(["convert", model, other]).status == .success)
            #expect(try evaluate(other) == evaluation)
            #expect(try evaluate(other, "--activation", "tanh") == evaluation)
            let wrong = try Inkling.run(["evaluate", model, "--activation", "gelu"])
            #expect(wrong.status == .exited(1))
            #expect(wrong.error.contains("expected the activation gelu, as --activation says, found tanh"))

            let silent = models + "/pytorch-mnist-128-64.npz"
            let guessed = try Inkling.run(["evaluate", silent])
            #expect(guessed.error.contains("taken as relu (--activation)"))
            let told = try Inkling.run(["evaluate", silent, "--activation", "sigmoid"])
            #expect(told.error.isEmpty)
            #expect(told.output != guessed.output)
            #expect(
                try Inkling.run(["convert", silent, folder.file("gelu.npz"), "--activation", "gelu"]).status == .success
            )
            let onnx = try Inkling.run(["convert", folder.file("gelu.npz"), folder.file("gelu.onnx")])
            #expect(onnx.status == .exited(1))
            #expect(onnx.error.contains("found GELU"))
        }

        @Test func aBadDeviationIsBadUsage() throws {
            #expect(try Inkling.run(["evaluate", "model", "--std", "0"]).status == .exited(64))
        }
    }
}
