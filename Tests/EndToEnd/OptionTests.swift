import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

extension EndToEnd {
    /// Each option by what it does.
    @Suite struct OptionTests {
        private let folder: TemporaryFolder
        private let models = Inkling.assets + "/models"

        init() throws {
            folder = try TemporaryFolder()
            try folder.writeSmallDataset(count: 80)
        }

        /// The losses of a short run.
        private func losses(_ options: String...) throws -> [Substring] {
            let result = try Inkling.run(
                ["train", "--json", "--dataset", folder.path, "--epochs", "2", "--layers", "8,8", "--batch-size", "16"]
                    + options)
            #expect(result.status == .success, "\(result.error)")
            return try result.lines.map { try #require($0.firstMatch(of: /"trainLoss":([0-9.]+)/)?.1) }
        }

        @Test func whatDecidesTheResultDoes() throws {
            var seen: [[Substring]: String] = [try losses(): "none"]
            for option in [
                ["--seed", "1"], ["--schedule", "constant"], ["--weight-decay", "0.1"], ["--dropout", "0.5"],
                ["--learning-rate", "0.2"], ["--optimizer", "nesterov"], ["--activation", "tanh"],
                ["--initialization", "xavier"],
            ] {
                let result = try losses(option[0], option[1])
                let other = seen.updateValue(option[0], forKey: result)
                #expect(other == nil, "\(option[0]) does what \(other ?? "") does")
            }
            #expect(try seen[losses("--distort")] == nil)
            #expect(try losses("--threads", "1") == losses("--threads", "2"), "not the result")
        }

        @Test func layersThatDoNotFitAreNamed() throws {
            let layers = ["--layers", "pool7,pool7,pool7"]
            let expected = "--layers: pool7: expected an image of at least 7 × 7 to read, found 4 × 4."
            let strokes = "{\"strokes\": [[[0, 0], [0, 9]]]}\n"
            for (command, input) in [("train", ""), ("classify", strokes)] {
                let result = try Inkling.run(
                    [command] + (command == "classify" ? ["--strokes", "-"] : []) + layers, input: input)
                #expect(result.status == .exited(64), "\(result.error)")
                #expect(result.error.contains(expected), "\(result.error)")
            }
            let lessons = try Inkling.terminal(["lessons"] + layers)
            try lessons.wait(for: "pool7: expected an image")
        }

        /// Networks of PyTorch say nothing of pooling and padding: every command that reads one takes them as options.
        @Test func convolutionsOfOtherProgramsAreReadWithTheirLayers() throws {
            let hidden = ["conv2x3", "pool2", "8"].compactMap(HiddenLayer.init)
            let network = try Network(input: Shape(height: 4, width: 4), hidden: hidden, classes: 10, seed: 1)
            let (file, own) = (folder.file("torch.safetensors"), folder.file("own.safetensors"))
            try Safetensors(tensors: network.tensors).write(to: file)
            let known = ["--image", "4x4", "--activation", "relu", "--layers"]
            for arguments in [
                ["evaluate", file, "--dataset", folder.path], ["convert", file, own],
                ["train", "--model", file, "--dataset", folder.path, "--epochs", "1"],
                ["classify", "--as-is", folder.file("t10k-images-idx3-ubyte"), "--model", file],
            ] {
                let silent = try Inkling.run(arguments)
                #expect(silent.status == .exited(1))
                #expect(silent.error.contains("\(file): expected --layers with what lies"), "\(silent.error)")
                let wrong = try Inkling.run(arguments + known + ["conv2x3,8"])
                #expect(wrong.status == .exited(1))
                #expect(wrong.error.contains("\(file): expected \"4.weight\" [8, 32] where"), "\(wrong.error)")
                #expect([silent, wrong].allSatisfy { $0.error.split(separator: "\n").count == 1 && $0.output.isEmpty })
                let told = try Inkling.run(arguments + known + ["conv2x3,pool2,8"])
                #expect(told.status == .success, "\(told.error)")
            }
            let evaluated = try Inkling.run(["evaluate", own, "--dataset", folder.path])
            #expect(evaluated.output.contains("4x4-conv2x3-pool2-8-10"), "\(evaluated.output)")
            #expect(evaluated.error.isEmpty, "the file that was written says all")
        }

        @Test func threadsAreAsManyAsAskedFor() throws {
            func expect(_ workers: Int, with threads: Int) throws {
                let session = try Inkling.terminal(["--threads", "\(threads)", "--epochs", "100000", "--layers", "16"])
                try session.wait(for: "training")
                session.read(for: .milliseconds(200))
                let tasks = "/proc/\(session.processIdentifier)/task"
                // Where the machine has much to do, a thread may not have begun yet.
                try session.wait(until: "\(workers) workers") { _ in
                    try FileManager.default.contentsOfDirectory(atPath: tasks).count { name in
                        let thread = try? String(contentsOfFile: "\(tasks)/\(name)/comm", encoding: .utf8)
                        return thread?.hasPrefix("inkling worker") ?? false
                    } == workers
                }
            }
            // The session's own thread works, too.
            try expect(0, with: 1)
            try expect(min(ProcessInfo.processInfo.activeProcessorCount, 2) - 1, with: 2)
        }

        @Test func whatIsKeptIsThere() throws {
            let (log, events, model) = (folder.file("run.jsonl"), folder.file("events"), folder.file("run.safetensors"))
            _ = try losses("--log", log, "--tensorboard", events, "--save", model, "--checkpoint", folder.file("run"))
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"event\":\"epoch\"") })
            let files = try FileManager.default.contentsOfDirectory(atPath: events)
            #expect(files.count == 1 && files[0].hasPrefix("events.out.tfevents."))
            for file in [model, folder.file("run")] {
                let result = try Inkling.run(["evaluate", file, "--dataset", folder.path, "--json"])
                #expect(result.status == .success && result.output.contains("\"calibrated\":true"), "\(result.output)")
            }
        }

        @Test func softmaxIsInTheFile() throws {
            let model = models + "/pytorch-mnist-128-64.safetensors"
            for options in [[], ["--softmax"]] {
                let path = folder.file("model.onnx")
                #expect(try Inkling.run(["convert", model, path] + options).status == .success)
                let bytes = try #require(FileManager.default.contents(atPath: path))
                #expect((bytes.range(of: Data("Softmax".utf8)) != nil) == !options.isEmpty)
            }
        }

        /// A network that was trained on inputs as they are reads others worse, and each number counts.
        @Test func meanAndDeviationAreTaken() throws {
            let model = models + "/pytorch-mnist-128-64.safetensors"
            func evaluate(_ options: String...) throws -> String {
                try Inkling.run(["evaluate", model, "--json", "--activation", "relu"] + options).output
            }
            let outputs = try [
                evaluate(), evaluate("--mean", "0.5"), evaluate("--std", "0.3"),
                evaluate("--mean", "0.5", "--std", "0.3"),
            ]
            #expect(Set(outputs).count == 4)
            #expect(try evaluate("--mean", "0", "--std", "1") == outputs[0])
        }

        @Test func helpIsPrinted() throws {
            let whole = try Inkling.run(["help"])
            #expect(
                whole.status == .success && whole.output.contains("dashboard (default)     Watch a network learn.\n"))
            for arguments in [["help", "teach"], ["teach", "--help"], ["teach", "-h"]] {
                let page = try Inkling.run(arguments)
                #expect(page.status == .success && page.error.isEmpty)
                #expect(page.output.contains("USAGE: inkling teach "), "\(page.output)")
            }
        }
    }
}
