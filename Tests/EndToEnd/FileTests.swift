import Datasets
import Foundation
import ModelFiles
import Testing
import Training

extension EndToEnd {
    /// Saving and opening from inside.
    @Suite final class FileTests {
        private let folder = NSTemporaryDirectory() + "inkling-files-\(UUID())"

        init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// The whole story: start, slow down, go back to the first epoch, see the confusion matrix of that moment, play to
        /// the present, fork with Adam, see two curves, focus the first, save its model of epoch 2, quit.
        @Test func aRunIsWatchedGoneBackInForkedAndSaved() throws {
            let session = try Inkling.terminal(
                ["--epochs", "3", "--pace", "3"], rows: 40, columns: 120, directory: folder)
            try session.wait { $0.contains("training") && $0.contains("slowed to 3 s a run") }
            try session.send(",")
            try session.wait(for: "slowed to 6 s a run")
            try session.wait(timeout: .seconds(20)) { $0.contains("epoch 3/3") }
            try session.send("2")
            try session.wait { $0.contains("read as") && $0.contains("after epoch 2") }
            try goBack(to: "after epoch 1", in: session)
            try session.wait { $0.lines[1...].dropLast().contains { $0.contains("after epoch 1") } }
            let first = session.screen.lines.dropFirst().dropLast()
            try session.send("K")
            try session.wait(timeout: .seconds(30)) { $0.contains("finished") && $0.contains("after epoch 3") }
            #expect(session.screen.lines.dropFirst().dropLast() != first)
            try session.send("1", "f")
            try session.wait { $0.contains("Go on from run 1, after epoch 3") }
            for optimizer in ["nesterov", "adagrad", "rmsprop", "adam"] {
                try session.send(.right)
                try session.wait(for: "◂ \(optimizer) ▸")
            }
            try session.send(.enter)
            try session.wait(timeout: .seconds(30)) {
                $0.lines.last?.contains("run 2") ?? false && $0.contains("finished")
            }
            try session.wait { $0.contains("test of run 2") && $0.contains("┈1┈ momentum") }
            try session.send("c", .up)
            try session.wait(for: "x drop")
            try session.send(.enter)
            try session.wait { $0.lines.last?.contains("run 1") ?? false && $0.contains("test of run 1") }
            try goBack(to: "after epoch 2", in: session)
            try session.wait { $0.contains("Step 1,876") }
            let accuracy = try #require(
                session.screen.text.firstMatch(of: /test accuracy\s+(\d\d\.\d\d%)/)?.1.description)
            try session.send("W")
            try session.wait(for: "run 1's network of epoch 2.00 to file: mnist-epoch-2.00.safetensors")
            try session.send(.enter)
            try session.wait(for: "Saved as mnist-epoch-2.00.safetensors")
            // Twice, as on a slow machine there is so much training in it that it is asked first.
            try session.send("q", "q")
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.unknownSequences == [])
            let result = try Inkling.run(["evaluate", folder + "/mnist-epoch-2.00.safetensors"])
            #expect(result.output.contains("test accuracy  \(accuracy)"), "\(result.output) is not \(accuracy)")
        }

        private func goBack(to moment: String, in session: TerminalSession) throws {
            for _ in 0..<60 where !session.screen.contains("◂ \(moment)") {
                let before = session.screen.lines.last ?? ""
                try session.send("j")
                try session.wait(until: "another moment") { $0.lines.last?.prefix(22) != before.prefix(22) }
            }
            #expect(session.screen.contains("◂ \(moment)"))
        }

        /// A model with its data set, a checkpoint to its end, names completed, problems told.
        @Test func modelsAndCheckpointsAreOpened() throws {
            // In small batches, so that an epoch lasts long enough to be interrupted.
            let training = ["train", "--epochs", "2", "--layers", "16", "--batch-size", "8", "--learning-rate", "0.01"]
            let whole = try Inkling.run(training + ["--save", folder + "/whole.npz"])
            #expect(whole.status == .success)
            let part = try Inkling.run(
                training + ["--checkpoint", folder + "/part.checkpoint"],
                interruption: .signal(SIGINT, whenOutput: { $0.contains("\n    1 ") }))
            #expect(part.status == .success)
            #expect(
                try Inkling.run([
                    "train", "--dataset", "fashion-mnist", "--epochs", "1", "--layers", "16", "--save",
                    folder + "/coats.safetensors",
                ]).status == .success)
            let session = try Inkling.terminal(
                ["--paused"], environment: ["HOME": folder], rows: 40, columns: 120, directory: folder)
            try session.wait(for: "paused")
            try session.send("E")
            try session.wait(for: "open a model or checkpoint:")
            try session.type("~/c")
            try session.send(.tab)
            try session.wait(for: "~/coats.safetensors")
            try session.send(.enter)
            try session.wait(timeout: .seconds(20)) {
                $0.contains("of the test images of Fashion-MNIST right")
            }
            try session.send("2")
            try session.wait { $0.contains("Trouser") && $0.contains("opened") }
            try session.send("E", .control("u"))
            try session.write("\u{1B}[200~'\(folder)/part.checkpoint'\n\u{1B}[201~")
            try session.wait(for: "part.checkpoint")
            try session.send(.enter)
            try session.wait(timeout: .seconds(20)) {
                $0.contains("paused") && $0.contains("read as") && !$0.contains("Trouser")
            }
            try session.send("p")
            try session.wait(for: "finished", timeout: .seconds(30))
            try session.send("W", .control("u"))
            try session.type("whole.npz")
            try session.send(.enter)
            try session.wait(for: "whole.npz is there already. Overwrite it?")
            try session.send("n", .control("w"))
            try session.type("again.npz")
            try session.send(.enter)
            try session.wait(for: "Saved as again.npz in ")
            // Bit for bit the run that was never interrupted.
            let files = ["whole", "again"].map { "\(folder)/\($0).npz" }
            #expect(try Model(file: files[0]).network == Model(file: files[1]).network)
            try session.send("W", .control("u"))
            try session.type("run.checkpoint")
            try session.send(.enter)
            try session.wait(for: "Saved as run.checkpoint")
            #expect(try Checkpoint(file: folder + "/run.checkpoint").step == 15_000)
            try session.send("W", .control("u"))
            try session.type("nowhere/a.npz")
            try session.send(.enter)
            try session.wait {
                $0.contains("Not saved: nowhere/a.npz: expected") && $0.lines.last?.contains("nowhere/a.npz") ?? false
            }
            try session.send(.escape)
            try session.wait { !$0.contains("Not saved") }
            try session.send("E", .control("u"))
            try session.type("nothing")
            try session.send(.tab)
            try session.wait(for: "There is nothing whose name begins so.")
            try session.send(.enter)
            try session.wait(for: "Not opened: nothing: expected")
            try session.send(.escape)
            try session.wait { !$0.contains("Not opened") }
            try session.send("q", "q")
            #expect(try session.waitForExit() == .success)
        }

        /// A picture on the canvas is read as `classify` reads it.
        @Test func aPictureIsReadAsOnTheCommandLine() throws {
            // Dark on light, not in the middle.
            let (width, height) = (60, 50)
            let pixels = (0..<width * height).map { index -> UInt8 in
                let (x, y) = (index % width, index / width)
                let isBar = (8..<12).contains(y) && (10..<36).contains(x)
                let isLeg = (8..<44).contains(y) && abs(x - (36 - (y - 8) * 2 / 3)) < 3
                return isBar || isLeg ? 20 : 230
            }
            let bytes = try #require(PNG.encoded(GreyImage(width: width, height: height, pixels: pixels)))
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/seven.png"))
            let session = try Inkling.terminal(["--epochs", "1"], rows: 40, columns: 120, directory: folder)
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("W", .control("u"))
            try session.type("a.safetensors")
            try session.send(.enter)
            try session.wait(for: "Saved as a.safetensors")
            try session.send("E", .control("u"))
            try session.type("seven.png")
            try session.send(.enter)
            try session.wait(for: "found a picture, which the screen Draw opens")
            try session.send(.escape)
            try session.wait { !$0.contains("Not opened") }
            try session.send("4", "E", .control("u"))
            try session.type("seven.png")
            try session.send(.enter)
            try session.wait(timeout: .seconds(20)) {
                $0.contains("Prediction: 7") && $0.contains("seven.png") && !$0.contains("not calibrated")
            }
            // The numbers may still be on their way.
            try session.settle()
            let shown = try #require(session.screen.text.firstMatch(of: /Prediction: 7 \((\d+\.\d)%\)/)?.1.description)
            let result = try Inkling.run(["classify", "seven.png", "--model", "a.safetensors"], directory: folder)
            let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
            #expect(answer.prediction == 7 && String(format: "%.1f", answer.probabilities[7] * 100) == shown)
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }

        private struct Answer: Decodable {
            let prediction: Int
            let probabilities: [Double]
        }
    }
}
