import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling teach`, `calibrate` and what `evaluate` says of both, on images of 4 × 4 pixels.
    @Suite struct TeachCommandTests {
        private let (folder, hand): (TemporaryFolder, TemporaryFolder)
        private var model: String { folder.file("model.safetensors") }

        private var name: String { (folder.path as NSString).lastPathComponent }

        init() throws {
            (folder, hand) = (try TemporaryFolder(), try TemporaryFolder())
            try folder.writeSmallDataset(count: 60)
            try hand.writeSmallDataset(count: 4, factor: 91)
            let result = try Inkling.run([
                "train", "--dataset", folder.path, "--epochs", "5", "--layers", "16", "--batch-size", "8", "--save",
                model,
            ])
            #expect(result.status == .success, "\(result.error)")
        }

        private func run(_ arguments: String...) throws -> String {
            let result = try Inkling.run(arguments)
            #expect(result.status == .success && result.error.isEmpty, "\(result.error)")
            return result.output
        }

        private struct Taught: Decodable {
            let drawings, rightBefore, rightAfter: Int
            let rightWhenLeftOut: Int?
            let testAccuracyBefore, testAccuracyAfter, seconds: Double
        }

        private struct Evaluation: Decodable {
            let correct, count: Int
            let testAccuracy, calibrationError: Double
            let calibrated: Bool
            let refused: Double?
        }

        private func teach(_ options: String...) throws -> Taught {
            let result = try Inkling.run(
                ["teach", model, "--drawings", hand.path, "--dataset", folder.path, "--json"] + options)
            #expect(result.status == .success && result.error.isEmpty, "\(result.error)")
            return try JSONDecoder().decode(Taught.self, from: Data(result.output.utf8))
        }

        private func evaluate(_ file: String, _ options: String...) throws -> Evaluation {
            let result = try Inkling.run(["evaluate", file, "--json"] + options)
            #expect(result.status == .success && result.error.isEmpty, "\(result.error)")
            return try JSONDecoder().decode(Evaluation.self, from: Data(result.output.utf8))
        }

        @Test func whatIsTaughtIsWrittenAndSaid() throws {
            let taught = folder.file("taught.npz")
            let line = try teach("--save", taught, "--leave-out", "2")
            #expect(line.drawings == 4 && line.rightAfter == 4 && line.rightBefore < 4 && line.seconds > 0)
            #expect((0...4).contains(line.rightWhenLeftOut ?? -1))
            let before = try evaluate(model, "--dataset", folder.path)
            let after = try evaluate(taught, "--dataset", folder.path)
            #expect(before.testAccuracy == line.testAccuracyBefore && after.testAccuracy == line.testAccuracyAfter)
            #expect(after.calibrated && after.refused != nil)
            let (own, former) = try (
                evaluate(taught, "--drawings", hand.path), evaluate(model, "--drawings", hand.path)
            )
            #expect(own.correct == 4 && own.count == 4 && former.correct == line.rightBefore)
            // What the file says of itself.
            let said = try String(decoding: Data(contentsOf: URL(fileURLWithPath: taught)), as: UTF8.self)
            #expect(said.contains("drawings") && said.contains("testAccuracy") && said.contains("calibration"))
        }

        @Test func theOptionsCount() throws {
            let files = ["a", "b", "c"].map { folder.file($0 + ".safetensors") }
            #expect(try teach("--save", files[0], "--leave-out", "0").rightWhenLeftOut == nil)
            _ = try teach("--save", files[1], "--leave-out", "0")
            _ = try teach("--save", files[2], "--leave-out", "0", "--seed", "1")
            let bytes = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
            let wrong = try Inkling.run(["teach", model, "--leave-out=-1"])
            #expect(wrong.status == .exited(64) && wrong.error.contains("--leave-out: expected 0 or more, found -1."))
            let text = try run(
                "teach", model, "--drawings", hand.path, "--dataset", folder.path, "--leave-out", "1")
            let lines = text.split(separator: "\n")
            #expect(lines.count == 4 && lines[0] == "drawings       4", "\(text)")
            #expect(lines[1].wholeMatch(of: /read right     before: \d, after: 4, each left out once: \d/) != nil)
            let accuracies = /test accuracy  before: \d+\.\d\d%, after: \d+\.\d\d%, on (.*)/
            #expect(lines[2].wholeMatch(of: accuracies)?.1.contains(name) ?? false, "\(text)")
            #expect(lines[3].wholeMatch(of: /time           \d+\.\d\d s/) != nil, "\(text)")
            // Those kept on Draw, of this data set, where none are named.
            let none = try Inkling.run(
                ["teach", model, "--dataset", folder.path], environment: ["XDG_DATA_HOME": hand.path])
            #expect(
                none.status == .exited(1) && none.error.contains(hand.path + "/inkling/drawings-\(name): "),
                "\(none.error)")
        }

        @Test func howFarItIsStandsOnATerminal() throws {
            let session = try Inkling.terminal([
                "teach", model, "--drawings", hand.path, "--dataset", folder.path, "--leave-out", "4",
            ])
            #expect(try session.waitForExit() == .success)
            let output = String(decoding: session.output, as: UTF8.self)
            func shares(_ word: String) -> [Int] {
                output.matches(of: /([a-z ]+) … (\d+) %/).filter { $0.1 == word }.compactMap { Int($0.2) }
            }
            let teaching = shares("teaching")
            #expect(teaching == teaching.sorted() && teaching.last == 100, "\(teaching)")
            #expect(shares("leaving drawings out") == [0, 25, 50, 75], "as each begins")
            #expect(
                session.screen.contains("drawings       4") && !session.screen.contains("…"), "it is gone at the end")
        }

        @Test func whatIsCalibratedKeepsItsWeights() throws {
            let honest = folder.file("honest.safetensors")
            let text = try run("calibrate", model, "--save", honest, "--dataset", folder.path)
            let (before, after) = try (
                evaluate(model, "--dataset", folder.path), evaluate(honest, "--dataset", folder.path)
            )
            #expect(after.correct == before.correct && after.calibrated)
            func percent(_ share: Double) -> String { String(format: "%.2f%%", share * 100) }
            let line = /(.*): calibration \d+\.\d\d% off before, (.*) after; (.*) of the test images refused\n/
            let said = try #require(text.wholeMatch(of: line), "\(text)")
            #expect(said.1.contains(name) && said.2 == percent(after.calibrationError))
            #expect(said.3 == percent(after.refused ?? -1))
            let lines = try run("evaluate", honest, "--dataset", folder.path).split(separator: "\n")
            #expect(lines[0] == "network        16-16-10, 442 parameters")
            #expect(lines[1].hasPrefix("data set       ") && lines[1].hasSuffix(", 60 test images"))
            #expect(lines[2].hasPrefix("test loss      ") && lines[3].hasSuffix("%, \(after.correct) correct"))
            #expect(lines[4] == "calibration    \(said.2) off; refused: \(said.3)")
        }
    }
}
