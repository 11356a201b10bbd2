import Datasets
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling classify` with pictures.
    @Suite struct ClassifyCommandTests {
        private struct Answer: Decodable {
            let prediction: Int
            let probabilities: [Double]
            let file: String
            let index: Int?
        }

        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A one, drawn as a bar, 30 × 40, dark on light.
        private func writeOne() throws -> String {
            let pixels = (0..<40 * 30).map { (13...16).contains($0 % 30) && (5..<35).contains($0 / 30) ? 10 : 245 }
            let image = GreyImage(width: 30, height: 40, pixels: pixels.map { UInt8($0) })
            return try folder.write(try #require(PNG.encoded(image)), to: "one.png")
        }

        @Test func answersInJSONWithoutATerminal() throws {
            let file = try writeOne()
            let bar: [UInt8] = (0..<27).map { $0 % 3 == 1 && (4..<23).contains($0) ? 255 : 0 }
            try folder.write(Array("P5 3 9 255\n".utf8) + bar, to: "one.pgm")
            let result = try Inkling.run(["classify", file, folder.file("one.pgm")])
            #expect(result.status == .success)
            let answers = try result.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
            #expect(answers.map(\.prediction) == [1, 1])
            #expect(answers.map(\.file) == [file, folder.file("one.pgm")])
            for answer in answers { #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-4) }
            // The bar of the picture of 30 × 40 goes from 13 to 17 and from 5 to 35.
            #expect(result.lines[0].contains("\"text\":\"1\""))
            #expect(result.lines[0].contains("\"box\":{\"height\":30,\"width\":4,\"x\":13,\"y\":5}"))
        }

        /// Two bars beside each other are two digits, unless they are said to be one.
        @Test func allInkIsOneDigitWhereToldSo() throws {
            let pixels = (0..<60 * 40).map { place -> UInt8 in
                let (row, column) = (place / 60, place % 60)
                let isBar = (13...16).contains(column) || (43...46).contains(column)
                return isBar && (5..<35).contains(row) ? 10 : 245
            }
            let file = try folder.write(
                try #require(PNG.encoded(GreyImage(width: 60, height: 40, pixels: pixels))), to: "bars.png")
            let two = try Inkling.run(["classify", file])
            #expect(two.output.contains("\"text\":\"11\""), "\(two.output)")
            let one = try Inkling.run(["classify", "--one", file])
            #expect(one.output.contains("\"box\":{\"height\":30,\"width\":34,\"x\":13,\"y\":5}"), "\(one.output)")
            #expect(one.output.contains(/"text":"\d"/), "\(one.output)")
            #expect(try Inkling.run(["classify", "--one", "--as-is", file]).status == .exited(64))
        }

        /// What stands in two lines is told in one, with a comma, above a table for each digit.
        @Test func twoLinesAreToldInOne() throws {
            let pixels = (0..<60 * 90).map { place -> UInt8 in
                let (x, y) = (place % 60, place / 60)
                return (y % 45 > 5 && y % 45 < 35) && ((13...16).contains(x) || (43...46).contains(x)) ? 10 : 245
            }
            let file = try folder.write(
                try #require(PNG.encoded(GreyImage(width: 60, height: 90, pixels: pixels))), to: "lines.png")
            let session = try Inkling.terminal(
                ["classify", file], environment: ["NO_COLOR": "1"], rows: 60, columns: 120)
            #expect(try session.waitForExit() == .success)
            let output = String(decoding: session.output, as: UTF8.self)
            #expect(output.contains("lines.png: 11, 11"), "\(output)")
            #expect((1...4).allSatisfy { output.contains("digit \($0) of 4") }, "\(output)")
        }

        @Test func showsWhatWasMadeOfThePicture() throws {
            let result = try Inkling.run(["classify", "--show-steps", try writeOne()])
            #expect(result.status == .success)
            for word in ["picture", "ink ", "one.png"] { #expect(result.output.contains(word)) }
            #expect(try Inkling.run(["classify", "--show-steps", "--json", "a.png"]).status == .exited(64))
        }

        @Test func showsThePictureOnATerminal() throws {
            let session = try Inkling.terminal(["classify", try writeOne()], environment: ["NO_COLOR": "1"])
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.contains("one.png"))
            #expect(session.screen.contains("██"), "the bar, in blocks of two pixels")
            #expect(session.screen.contains("%  ██"), "the most probable class, with a bar")
        }

        /// Without a model a network is trained for them first, for three epochs or for fewer where that is asked for.
        @Test func drawingsAreReadAfterATraining() throws {
            try folder.writeSmallDataset(count: 40)
            let strokes = try folder.write("{\"strokes\": [[[0, 0], [0, 9]]]}\n".utf8, to: "strokes")
            for (options, epochs) in [([], 3), (["--epochs", "4"], 3), (["--epochs", "2"], 2)] {
                let session = try Inkling.terminal(
                    ["classify", "--strokes", strokes, "--dataset", folder.path, "--batch-size", "8"] + options)
                #expect(try session.waitForExit() == .success)
                #expect(String(decoding: session.output, as: UTF8.self).contains("epoch 1/\(epochs) ["))
                #expect(session.screen.contains("Prediction: ") || session.screen.contains("This looks like "))
                #expect(!session.screen.contains("epoch"), "the bar is gone")
            }
        }

        /// no-color.org: a variable that is empty asks for nothing.
        @Test(arguments: [
            ([:], true), (["NO_COLOR": ""], true), (["NO_COLOR": "1"], false), (["TERM": "xterm"], false),
        ])
        func thePictureHasGreysWhereThereAreColours(environment: [String: String], hasGreys: Bool) throws {
            let session = try Inkling.terminal(
                ["classify", try writeOne()], environment: environment.mapValues { $0 as String? })
            #expect(try session.waitForExit() == .success)
            #expect(String(decoding: session.output, as: UTF8.self).contains("38;5;") == hasGreys)
        }

        @Test(arguments: [["LC_ALL": "C"], ["TERM": "vt100"]]) func theTableSuitsTheTerminal(
            environment: [String: String]
        ) throws {
            let session = try Inkling.terminal(
                ["classify", try writeOne()], environment: environment.mapValues { $0 as String? })
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.contains("one.png"))
            #expect(!String(decoding: session.output, as: UTF8.self).contains("38;5;"))
            if environment["LC_ALL"] != nil {
                #expect(session.output.allSatisfy { $0 < 128 })
                #expect(session.screen.contains("##"))
            }
        }

        @Test func readsTheTestSetAsItIs() throws {
            let result = try Inkling.run([
                "classify", "--as-is", Inkling.assets + "/mnist/t10k-images-idx3-ubyte.gz", "--model",
                Inkling.assets + "/models/pytorch-mnist-128-64.npz",
            ])
            #expect(result.lines.count == 10_000)
            #expect(result.lines[0].contains("\"index\":0,\"prediction\":7,"))
            #expect(result.lines[9999].contains("\"index\":9999,\"prediction\":6,"))
        }

        @Test func whatCannotBeReadIsNamed() throws {
            let file = try writeOne()
            let asIs = try Inkling.run(["classify", "--as-is", file])
            #expect(asIs.error.contains("\(file): expected 784 pixels, as 28 × 28, found 1200"))
            let other = try Inkling.run(["classify", "/bin/sh"])
            #expect(other.error.contains("/bin/sh: expected a PNG, JPEG, GIF, WebP, TIFF, BMP, PGM or IDX file"))
            let blank = folder.file("blank.pgm")
            try Data(Array("P5 2 1 255\n".utf8) + [9, 9]).write(to: URL(fileURLWithPath: blank))
            let empty = try Inkling.run(["classify", file, blank])
            #expect(empty.error.contains("\(blank): expected ink in picture 0"))
            for result in [asIs, other, empty] {
                #expect(result.status == .exited(1))
                #expect(result.error.split(separator: "\n").count == 1)
            }
            #expect(asIs.output.isEmpty && other.output.isEmpty)
            // One bad picture does not silence the others, whatever the order.
            #expect(empty.lines.count == 1)
            let mixed = try Inkling.run(["classify", "/bin/sh", blank, "/nowhere.png", file])
            #expect(mixed.status == .exited(1))
            #expect(mixed.lines.count == 1 && mixed.lines[0].contains("\"prediction\":1"))
            #expect(mixed.error.split(separator: "\n").count == 3)
            #expect(try Inkling.run(["classify"]).status == .exited(64))
        }
    }
}
