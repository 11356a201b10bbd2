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

        /// Files of two data sets in one folder, under EMNIST's names: images of 4 × 4.
        private func writeSplits(transposed: Bool = false) throws {
            for (split, classes) in [("letters", 4), ("digits", 3)] {
                for (set, count) in [("train", 40), ("test", 20)] {
                    let pixels = (0..<count * 16).map { place -> UInt8 in
                        let (x, y) = transposed ? (place % 16 / 4, place % 4) : (place % 4, place % 16 / 4)
                        return x == place / 16 % classes ? 250 - UInt8(y * 30) : UInt8(x * 20 + y)
                    }
                    let stem = folder + "/emnist-\(split)-\(set)"
                    let images = [0, 0, 8, 3] + [count, 4, 4].flatMap { [0, 0, 0, UInt8($0)] } + pixels
                    let labels = [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % classes) }
                    try Data(images).write(to: URL(fileURLWithPath: stem + "-images-idx3-ubyte"))
                    try Data(labels).write(to: URL(fileURLWithPath: stem + "-labels-idx1-ubyte"))
                }
            }
        }

        @Test func aSplitIsOneOfTheDataSets() throws {
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try writeSplits()
            let train = ["train", "--dataset", folder, "--epochs", "1", "--layers", "8", "--save"]
            let both = try run(train + [folder + "/both.safetensors"])
            #expect(both.error.contains("expected --split with one of several data sets, found digits, letters"))
            for (split, classes) in [("letters", 4), ("digits", 3)] {
                let model = folder + "/\(split).safetensors"
                let own = try run(train + [model, "--split", split])
                #expect(own.status == .success, "\(own.error)")
                let evaluated = try run(["evaluate", model, "--dataset", folder, "--split", split])
                #expect(evaluated.output.contains("16-8-\(classes)"), "\(evaluated.output)")
            }
        }

        /// EMNIST's images lie on their side and are set upright, unless told otherwise.
        @Test func imagesAreTransposedAsToldTo() throws {
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func losses(_ options: String...) throws -> [Substring] {
                let result = try run(
                    ["train", "--dataset", folder, "--split", "letters", "--epochs", "2", "--layers", "8", "--json"]
                        + options)
                #expect(result.status == .success, "\(result.error)")
                return try result.lines.map { try #require($0.firstMatch(of: /"trainLoss":([0-9.]+)/)?.1) }
            }
            try writeSplits()
            let (silent, upright, asTheyAre) = try (losses(), losses("--transpose"), losses("--no-transpose"))
            #expect(silent == upright && silent != asTheyAre)
            try writeSplits(transposed: true)
            #expect(try losses() == asTheyAre && losses("--no-transpose") == silent)
        }
    }
}
