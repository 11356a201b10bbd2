import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

extension EndToEndBeside {
    /// What commands say where they cannot do what they are asked for, and where they do it with a remark: whole lines.
    @Suite struct MessageTests {
        private let folder: TemporaryFolder
        private var data: String { folder.path + "/data" }

        init() throws {
            folder = try TemporaryFolder()
            let small = try TemporaryFolder()
            try small.writeSmallDataset(count: 40)
            try FileManager.default.copyItem(atPath: small.path, toPath: folder.file("data"))
            for (name, sizes) in [
                ("small", [16, 8, 10]), ("odd", [15, 10]), ("most", [16, 256]), ("wide", [16, 257]), ("two", [16, 2]),
            ] {
                try Model(network: Network(sizes: sizes, seed: 1), metadata: ["activation": "relu"])
                    .write(to: folder.file(name + ".npz"), as: .npz)
            }
        }

        private let drawing = "{\"strokes\": [[[0, 0], [0, 9]]], \"label\": 3}\n"

        /// What is printed and said, without the folder.
        private func run(_ words: String) throws -> (output: String, error: String, status: ExitStatus) {
            let result = try Inkling.run(
                words.split(separator: " ").map(String.init), directory: folder.path)
            return (
                result.output.replacing(folder.path + "/", with: ""),
                result.error.replacing(folder.path + "/", with: ""), result.status
            )
        }

        @Test(arguments: [
            ("bench --rounds 0", "Error: --rounds: expected a whole number of 1 to 100, found 0.\n", 64),
            ("bench --rounds 101", "Error: --rounds: expected a whole number of 1 to 100, found 101.\n", 64),
            (
                "gradcheck --samples 100001",
                "Error: --samples: expected a whole number of 1 to 100000, found 100001.\n", 64
            ),
            (
                "gradcheck --layers pool7,pool7",
                "Error: --layers: pool7: expected an image of at least 7 × 7 to read, found 4 × 4.\n", 64
            ),
            (
                "classify --strokes drawing --model odd.npz",
                "Error: odd.npz: expected a network that takes square images, such as 784 inputs, found 15-10\n", 1
            ),
            (
                "classify --strokes drawing --model small.npz --dataset ./data/none",
                "Error: ./data/none: expected a folder with IDX files (train-images-idx3-ubyte[.gz] and so on), an .npz or "
                    + "CSV file, or a folder of pictures for each class, found none in ./data/none\n", 1
            ),
            (
                "classify --strokes drawing --model odd.npz --dataset ./data",
                "Error: odd.npz: expected a network of 16 inputs and 10 outputs for data, found 15-10\n", 1
            ),
            (
                "evaluate odd.npz --drawings drawing",
                "Error: odd.npz: expected a network that takes square images and knows at most 256 classes, found 15-10\n",
                1
            ),
            (
                "evaluate wide.npz --drawings drawing",
                "Error: wide.npz: expected a network that takes square images and knows at most 256 classes, "
                    + "found 16-257\n", 1
            ),
            (
                "evaluate two.npz --drawings data",
                "Error: data: expected drawings of 2 classes, found one of class 2\n", 1
            ),
            (
                "calibrate /nowhere/model --save a.pth",
                "Error: a.pth: expected a name that ends in .safetensors, .npz or .onnx, found another\n", 1
            ),
            (
                "teach /nowhere/model --save a.pth",
                "Error: a.pth: expected a name that ends in .safetensors, .npz or .onnx, found another\n", 1
            ),
            (
                "teach small.npz --dataset ./data --drawings large",
                "Error: large/train-images-idx3-ubyte: expected images of 4 × 4, as in the training set, found images of "
                    + "5 × 5\n", 1
            ),
            (
                "train --dataset spiral --save a.npz",
                "Error: --dataset spiral: expected neither --resume nor --model nor --save, found one of them.\n", 64
            ),
            (
                "train --dataset ./data --validation 40",
                "Error: --validation: expected fewer images than the 40 to learn from, found 40.\n", 64
            ),
            (
                "train --resume run --model small.npz",
                "Error: --resume, --model: expected one of them, found both.\n", 64
            ),
            ("classify", "Error: expected files with pictures, or --strokes.\n", 64),
            ("classify a.png --one --as-is", "Error: --one: expected no --as-is beside it.\n", 64),
            (
                "classify a.png --show-steps --json", "Error: --show-steps: expected no --json beside it.\n", 64
            ),
            ("evaluate small.npz --mean nan", "Error: --mean, --std: expected finite numbers, --std above 0.\n", 64),
        ]) func whatIsWrongIsSaidInALine(words: String, message: String, status: Int32) throws {
            try folder.write(drawing.utf8, to: "drawing")
            let other = try TemporaryFolder()
            try other.writeSmallDataset(count: 2, side: 5)
            try FileManager.default.copyItem(atPath: other.path, toPath: folder.file("large"))
            let (output, error, found) = try run(words)
            #expect(error.hasPrefix(message), "\(error)")
            #expect(found == .exited(status) && output.isEmpty)
            if status == 1 { #expect(error == message) }
        }

        /// Remarks, which are no failures.
        @Test func whatIsWorthKnowingIsSaid() throws {
            let early = try run("train --dataset ./data --epochs 1 --early-stop 1 --json")
            #expect(
                early.error.hasPrefix(
                    "Warning: --early-stop goes by the test images, which then look better than new ones would; "
                        + "--validation keeps others aside for it.\n"), "\(early.error)")
            let kept = try run("train --dataset ./data --epochs 1 --early-stop 1 --validation 5 --json")
            #expect(!kept.error.contains("Warning") && kept.status == .success, "\(kept.error)")
            // With a rate of nearly nothing no epoch is better than the first.
            let stopped = try run(
                "train --dataset ./data --epochs 5 --early-stop 2 --validation 5 --learning-rate 1e-30")
            let best = "after which the loss on the validation images was lowest.\n"
            #expect(stopped.error == "Note: Stopped early: the network is that of epoch 1, " + best, "\(stopped.error)")
            let lines = stopped.output.split(separator: "\n")
            #expect(lines.count == 5 && lines[0].contains("valid. loss"), "\(stopped.output)")
            #expect(
                lines.last?.wholeMatch(
                    of: /test images, asked once: loss \d\.\d{4}, accuracy \d+\.\d\d%, \d+ of 40 correct/) != nil)
            let whole = try run("train --dataset ./data --epochs 1 --early-stop 2 --validation 5")
            #expect(whole.error == "Note: The network is that of epoch 1, " + best, "\(whole.error)")
            let judged = try run("train --dataset ./data --epochs 2 --early-stop 2 --learning-rate 1e-30")
            #expect(judged.output.contains("\nnetwork of epoch 1: loss "), "\(judged.output)")
            #expect(judged.error.hasSuffix("after which the loss on the test images was lowest.\n"))
            // Once, however many epochs diverge.
            let diverged = try run("train --dataset ./data --epochs 3 --batch-size 8 --learning-rate 1000 --json")
            #expect(
                diverged.error
                    == "Warning: The training diverged: the losses grew out of all bounds. A lower --learning-rate than "
                    + "1000.0 may help.\n", "\(diverged.error)")
            for name in ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
                try FileManager.default.removeItem(atPath: data + "/" + name)
            }
            let warning = "Warning: data has no test images; the training images stand in for them.\n"
            for command in ["train --dataset ./data --epochs 1 --json", "sweep --dataset ./data --epochs 1 --json"] {
                let result = try run(command)
                #expect(result.error == warning && result.status == .success, "\(result.error)")
            }
            let evaluation = try run("evaluate small.npz --dataset ./data")
            #expect(evaluation.output.contains("data set       data, 40 training images\n"))
            let json = try run("evaluate small.npz --dataset ./data --json")
            #expect(json.output.contains(#""testedOn":"train""#))
            // Of a network whose file does not say it.
            let tensors = Network(sizes: [16, 8, 10], seed: 1).tensors
            try Safetensors(tensors: tensors).write(to: folder.file("plain.safetensors"))
            let guessed = try run("evaluate plain.safetensors --dataset ./data")
            #expect(
                guessed.error
                    == "Warning: plain.safetensors does not say what its hidden neurons make of their sums; taken as relu "
                    + "(--activation).\n")
            #expect(try run("evaluate plain.safetensors --dataset ./data --activation relu").error.isEmpty)
        }

        @Test func drawingsAreTestedOn() throws {
            try folder.write((drawing + drawing).utf8, to: "drawing")
            let text = try run("evaluate small.npz --drawings drawing")
            #expect(
                text.output.wholeMatch(
                    of: /drawings       2\ntest loss      \d\.\d{6}\ntest accuracy  \d+\.\d\d%, \d correct\n.+\n/)
                    != nil,
                "\(text.output)")
            #expect(text.output.hasSuffix("% off; not calibrated\n"))
            #expect(try run("evaluate most.npz --drawings drawing").output.hasPrefix("drawings       2\n"))
        }

        /// A few of them; the others are counted.
        @Test func linesThatAreNoDrawingsAreNamed() throws {
            let read = "classify --strokes drawing --model small.npz --dataset ./data"
            for (wrong, end) in [
                (1, nil), (3, nil), (4, "1 other line is wrong, too."), (9, "6 other lines are wrong, too."),
            ] {
                try folder.write((String(repeating: "{}\n", count: wrong) + drawing).utf8, to: "drawing")
                let result = try run(read)
                #expect(
                    result.status == .exited(1) && result.output.split(separator: "\n").count == 1, "\(result.output)")
                let lines = result.error.split(separator: "\n")
                #expect(
                    lines.filter { $0.hasPrefix("Error: drawing, line ") }.count == min(wrong, 3), "\(result.error)")
                #expect(lines.count == min(wrong, 3) + (end == nil ? 0 : 1))
                if let end { #expect(lines.last == "Error: drawing: \(end)"[...]) }
            }
        }

        /// A run that cannot be trained is told; the others are trained all the same.
        @Test func aSweepTellsWhichRunsFail() throws {
            let result = try run("sweep --dataset ./data --layers 4 --layers pool7 --epochs 1 --batch-size 8")
            #expect(
                result.error
                    == "Error: run 1, --dataset ./data --layers pool7 --epochs 1 --batch-size 8 --seed 0: --layers: pool7: "
                    + "expected an image of at least 7 × 7 to read, found 4 × 4.\n", "\(result.error)")
            #expect(result.status == .exited(1) && result.output.contains("  0  4 "))
            // Kept under a name that the options decide.
            let journals = try folder.names.filter { $0.hasPrefix("sweep-") }
            #expect(journals.count == 1 && journals[0].wholeMatch(of: /sweep-[0-9a-f]{8}\.jsonl/) != nil)
            #expect(result.output.contains("Kept in \(journals[0])"))
            _ = try run("sweep --dataset ./data --layers 4 --epochs 1 --batch-size 8")
            #expect(try folder.names.filter { $0.hasPrefix("sweep-") }.count == 2)
        }
    }
}
