import Foundation
import NeuralNetwork
import Testing

extension EndToEnd {
    /// Data sets of one's own, from the file to the answer.
    @Suite struct DatasetCommandTests {
        private let folder: String

        init() throws {
            folder = NSTemporaryDirectory() + "inkling-sets-\(UUID())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        /// Bars in an image of 8 × 8 whose place tells one of three classes, with some noise.
        private func table(_ count: Int) -> String {
            var generator = RandomGenerator(seed: 0, stream: .shuffling)
            return "label," + (0..<64).map { "pixel\($0)" }.joined(separator: ",") + "\n"
                + (0..<count).map { row in
                    let pixels = (0..<64).map { pixel in
                        (pixel % 8) / 2 == row % 3 ? 150 + generator.uniform(below: 100) : generator.uniform(below: 60)
                    }
                    return "\(row % 3)," + pixels.map(String.init).joined(separator: ",")
                }.joined(separator: "\n") + "\n"
        }

        private func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }

        private func run(_ arguments: [String]) throws -> Command.Result {
            try Inkling.run(arguments, environment: ["XDG_CACHE_HOME": folder + "/cache"])
        }

        /// Learnt from a table, judged by images kept aside; the model says what its classes are called.
        @Test func aTableFromTheFileToTheAnswer() throws {
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try write(table(300), to: "bars.csv")
            try write("left\nmiddle\nright\n", to: "classes.txt")
            let (data, model) = (folder + "/bars.csv", folder + "/bars.safetensors")
            let trained = try run([
                "train", "--dataset", data, "--test-share", "0.2", "--validation", "40", "--epochs", "6", "--layers",
                "16", "--batch-size", "10", "--json", "--save", model, "--checkpoint", folder + "/bars.checkpoint",
            ])
            #expect(trained.status == .success && trained.error.isEmpty, "\(trained.error)")
            #expect(trained.lines.count == 7)
            #expect(
                trained.lines.dropLast().allSatisfy { $0.contains("validationAccuracy") && !$0.contains("testLoss") })
            #expect(trained.lines.last?.contains("\"correct\":60,\"count\":60") ?? false, "\(trained.lines.last ?? "")")
            let evaluated = try run(["evaluate", model, "--dataset", data, "--test-share", "0.2", "--json"])
            #expect(evaluated.output.contains("\"correct\":60,\"count\":60"))
            let bar = "{\"strokes\": [[[0, 0], [0, 9]]]}"
            let read = try Inkling.run(["classify", "--strokes", "-", "--model", model, "--json"], input: bar)
            #expect(read.status == .success && read.output.contains("\"name\":\""), "\(read.error)")
            let resumed = try run(["train", "--resume", folder + "/bars.checkpoint", "--epochs", "7", "--json"])
            #expect(resumed.status == .success && resumed.lines.count == 2, "\(resumed.error)")
        }

        @Test func theWrongLineIsTold() throws {
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try write(table(5) + "1,2,3\n", to: "bars.csv")
            let result = try run(["train", "--dataset", folder + "/bars.csv"])
            #expect(result.status == .exited(1))
            #expect(
                result.error
                    == "Error: \(folder)/bars.csv, line 7: expected 65 columns, as in the first line, found 3\n")
            try write(table(5), to: "bars.csv")
            let none = try run(["train", "--dataset", folder + "/bars.csv", "--validation", "5"])
            #expect(none.error.contains("--validation: expected fewer images than the 5 to learn from, found 5."))
        }
    }
}
