import Datasets
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing
import Training

@testable import Inkling

/// What `classify` says of a picture, from what a network made of it.
struct AnswerTests {
    private let plain = TableAbilities(isUTF8: true, hasGreys: false)
    private let ascii = TableAbilities(isUTF8: false, hasGreys: false)

    private func answer(
        _ probabilities: [Float], accepted: Bool? = nil, names: [String]? = nil, file: String? = nil, index: Int? = nil
    ) -> Answer {
        Answer(
            Calibration.Reading(probabilities: probabilities, isAccepted: accepted),
            names: names ?? probabilities.indices.map(String.init), file: file, index: index)
    }

    @Test func isALineOfJSON() throws {
        func line(_ answer: Answer) throws -> String { try JSONLine(answer).text }
        #expect(
            try line(answer([0.25, 0.75])) == #"{"calibrated":false,"prediction":1,"probabilities":[0.25,0.75]}"#)
        #expect(
            try line(answer([0.75, 0.25], accepted: false, names: ["Bag", "1"], file: "a/b.png", index: 0))
                == #"{"accepted":false,"calibrated":true,"file":"a/b.png","index":0,"name":"Bag","prediction":0,"#
                + #""probabilities":[0.75,0.25]}"#)
        // A class that is called by its number needs no name.
        let named = try line(answer([0.25, 0.75], accepted: true, names: ["Bag", "1"]))
        #expect(!named.contains("name") && named.contains(#""accepted":true"#))
    }

    @Test func isALineOfText() {
        let names = ["Bag", "Coat"]
        #expect(answer([0.0625, 0.9375], names: names).text(refusal: "no clothing") == "Prediction: Coat (93.8%)")
        let refused = answer([0.625, 0.375], accepted: false, names: names)
        #expect(refused.text(refusal: "no clothing") == "This looks like no clothing (nearest: Bag (62.5%))")
        #expect(answer([1, 0], accepted: true).text(refusal: "no digit") == "Prediction: 0 (100.0%)")
    }

    /// The picture on the left, its upper and lower halves in a character; on the right the three most probable classes.
    @Test func isATable() {
        let part = PictureToRead.Part(width: 3, pixels: [255, 0, 128, 0, 255, 127, 9, 200, 0], box: nil)
        let four = answer([0.05, 0.125, 0.8, 0.025], names: ["a", "Shirt", "Coat", "d"])
        #expect(
            four.table(part, title: "one.png", refusal: "no clothing", plain) == """
                ▀▄▀  one.png
                 ▀   \("")
                     Coat    80.0%  ████████████████
                     Shirt   12.5%  ███
                     a        5.0%  █

                """)
        #expect(
            answer([0.5, 0.5], accepted: false).table(part, title: "x", refusal: "no digit", ascii) == """
                '.'  x
                 '   This looks like no digit (nearest: 0)
                     0   50.0%  ##########
                     1   50.0%  ##########

                """)
        // A picture that is higher than what stands beside it.
        let bar = PictureToRead.Part(width: 1, pixels: Array(repeating: 200, count: 12), box: nil)
        #expect(
            answer([1]).table(bar, title: "t", refusal: "", plain).split(separator: "\n") == [
                "█  t", "█  ", "█  0  100.0%  ████████████████████", "█", "█", "█",
            ])
    }

    @Test func shadesOfGreyAreColours() {
        let colours = TableAbilities(isUTF8: true, hasGreys: true)
        #expect(
            HalfBlocks.lines(of: [0, 255, 128, 11, 12, 254], width: 2, colours) == [
                "\u{1B}[38;5;232;48;5;243m▀\u{1B}[38;5;255;48;5;232m▀\u{1B}[0m",
                "\u{1B}[38;5;233;48;5;232m▀\u{1B}[38;5;254;48;5;232m▀\u{1B}[0m",
            ])
        #expect(HalfBlocks.lines(of: [], width: 0, colours).isEmpty)
        let blocks = HalfBlocks.lines(of: [0, 0, 128, 128, 127, 128, 127, 255], width: 4, plain)
        #expect(blocks == [" ▄▀█"])
        #expect(HalfBlocks.lines(of: [0, 0, 128, 128, 127, 128, 127, 255], width: 4, ascii) == [" .'#"])
    }

    // MARK: - What the options say

    @Test func optionsThatContradictAreRefused() throws {
        for taken in [
            ["a.png"], ["--strokes", "-"], ["a.png", "--strokes", "-"], ["a.png", "--one"], ["a.png", "--as-is"],
            ["a.png", "--show-steps"], ["a.png", "--json"], ["a.png", "--one", "--json"],
            ["a.png", "--as-is", "--show-steps"],
        ] {
            #expect(throws: Never.self, "\(taken)") { try ClassifyCommand.parse(taken) }
        }
        for refused in [[], ["a.png", "--one", "--as-is"], ["a.png", "--show-steps", "--json"]] {
            #expect(throws: (any Error).self, "\(refused)") { try ClassifyCommand.parse(refused) }
        }
    }

    /// As the options say, or as the model does, or else by their numbers.
    @Test func classesAreCalledAsTheDataSetCallsThem() throws {
        func command(_ options: [String]) throws -> ClassifyCommand { try ClassifyCommand.parse(["a.png"] + options) }
        func model(_ outputs: Int, _ metadata: [String: String] = [:]) -> Model {
            Model(network: Network(sizes: [1, outputs], seed: 0), metadata: metadata)
        }
        let (none, fashion) = (try command([]), try command(["--dataset", "fashion-mnist"]))
        let told = ["dataset": "fashion-mnist", "classes": "a\nb"]
        #expect(none.datasetName(model(2)) == "mnist" && none.datasetName(model(2, told)) == "fashion-mnist")
        #expect(try command(["--dataset", "mnist"]).datasetName(model(2, told)) == "mnist")
        let digits = (0..<10).map(String.init)
        #expect(try none.classNames(model(10)) == digits && none.classNames(model(3)) == ["0", "1", "2"])
        #expect(
            try none.classNames(model(2, told)) == ["a", "b"] && none.classNames(model(3, told)) == ["0", "1", "2"])
        let clothes = Dataset.classNames(of: "fashion-mnist")
        #expect(clothes[0] == "T-shirt/top")
        #expect(try none.classNames(model(10, ["dataset": "fashion-mnist"])) == clothes)
        let ten = ["classes": "abcdefghij".map(String.init).joined(separator: "\n")]
        #expect(try none.classNames(model(10, ten))[9] == "j" && fashion.classNames(model(10, ten)) == clothes)
        // One that is not known by name is read.
        let folder = try TemporaryFolder()
        for prefix in ["train", "t10k"] {
            try folder.write(
                [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8], to: "\(prefix)-images-idx3-ubyte")
            try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 11], to: "\(prefix)-labels-idx1-ubyte")
        }
        let own = try command(["--dataset", folder.path])
        #expect(try own.classNames(model(12, told)) == (0..<12).map(String.init))
        #expect(throws: ModelFileError.self) { try own.classNames(model(2, told)) }
    }

    @Test func picturesAreMadeReadyAsTheOptionsAndTheNetworkSay() throws {
        let digits = (0..<10).map(String.init)
        func way(_ options: [String], _ names: [String], _ size: Shape = .mnist) throws -> String {
            "\(try ClassifyCommand.parse(["a.png"] + options).way(names: names, size: size))"
        }
        #expect(try way([], digits) == "digits(asOne: false)" && way(["--one"], digits) == "digits(asOne: true)")
        #expect(try way(["--as-is"], digits) == "asIs" && way(["--as-is"], ["Bag"]) == "asIs")
        #expect(try way([], digits + ["Bag"]) == "centred", "no writing")
        #expect(try way(["--one"], digits, Shape(height: 12, width: 12)) == "centred")
    }

    /// What the model holds, or what its data set gives, if that is there and suits it.
    @Test func modelsAreCalibrated() throws {
        let folder = try TemporaryFolder()
        for prefix in ["train", "t10k"] {
            let pixels = (0..<16 * 40).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }
            try folder.write(
                [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0, 4] + pixels, to: "mnist/\(prefix)-images-idx3-ubyte")
            try folder.write(
                [0, 0, 8, 1, 0, 0, 0, 40] + (0..<40).map { $0 % 10 }, to: "mnist/\(prefix)-labels-idx1-ubyte")
        }
        let command = try ClassifyCommand.parse(["a.png", "--data", folder.path])
        func model(_ sizes: [Int], _ metadata: [String: String] = [:]) -> Model {
            Model(network: Network(sizes: sizes, seed: 3), metadata: metadata)
        }
        let found = try #require(command.calibration(of: model([16, 10])))
        // Whatever else the model is.
        #expect(command.calibration(of: model([15, 9], found.metadata)) == found)
        for sizes in [[15, 10], [16, 9], [16, 11]] { #expect(command.calibration(of: model(sizes)) == nil, "\(sizes)") }
        #expect(command.calibration(of: model([16, 10], ["dataset": "/nowhere"])) == nil)
        var lost = model([16, 10])
        lost.network.layers[0].weights[0, 0] = .nan
        #expect(command.calibration(of: lost) == nil)
    }

    // MARK: - Pictures with several digits

    @Test func eachDigitHasATable() throws {
        let command = try ClassifyCommand.parse(["a.png"])
        func table(_ answers: [[Answer]], _ file: String, index: Int? = nil) -> String {
            let lines = answers.map { $0.map { _ in part(1) } }
            let picture = PictureToRead(
                file: file, index: index, original: GreyImage(width: 1, height: 1, pixels: [0]), ink: nil, lines: lines)
            return command.table(answers, of: picture, refusal: "no digit", plain)
        }
        let (one, two) = (answer([0, 1]), answer([1, 0]))
        // A name may hold what a terminal would act on.
        #expect(
            table([[one]], "a\u{1B}[31m\u{9C}\n.png", index: 0) == """
                   a[31m.png, picture 0
                 \("  ")
                   1  100.0%  ████████████████████
                   0    0.0%  \("")

                """)
        #expect(
            table([[one, two], [two]], "a.png") == """
                a.png: 10, 0
                   digit 1 of 3
                 \("  ")
                   1  100.0%  ████████████████████
                   0    0.0%  \("")

                   digit 2 of 3
                 \("  ")
                   0  100.0%  ████████████████████
                   1    0.0%  \("")

                   digit 3 of 3
                 \("  ")
                   0  100.0%  ████████████████████
                   1    0.0%  \("")

                """)
    }

    private func part(_ left: Int?) -> PictureToRead.Part {
        PictureToRead.Part(
            width: 1, pixels: [0], box: left.map { Box(left: $0, top: 2, right: $0 + 3, bottom: 6) })
    }

    private func picture(_ lines: [[PictureToRead.Part]], ink: GreyImage? = nil, width: Int = 3) -> PictureToRead {
        PictureToRead(
            file: "f.png", index: nil,
            original: GreyImage(width: width, height: 2, pixels: Array(repeating: 255, count: width * 2)), ink: ink,
            lines: lines)
    }

    @Test func digitsAreToldWithTheirPlaces() throws {
        let (one, two) = (answer([0.25, 0.75], accepted: true), answer([0.625, 0.375], accepted: false))
        let single = try #require(PictureAnswer([[one]], of: picture([[part(7)]])))
        #expect(
            try JSONLine(single).text == #"{"accepted":true,"calibrated":true,"digits":[{"accepted":true,"#
                + #""box":{"height":4,"width":3,"x":7,"y":2},"prediction":1,"probabilities":[0.25,0.75]}],"#
                + #""file":"f.png","prediction":1,"probabilities":[0.25,0.75],"text":"1"}"#)
        let lines = [[one, two], [two]]
        let several = try #require(PictureAnswer(lines, of: picture([[part(7), part(9)], [part(1)]])))
        #expect(several.text == "10\n0" && several.prediction == nil && several.accepted == nil)
        #expect(several.digits.map(\.box.x) == [7, 9, 1] && several.calibrated && several.probabilities == nil)
        let uncalibrated = try #require(
            PictureAnswer([[one, answer([1])]], of: picture([[part(1), part(2)]])))
        #expect(!uncalibrated.calibrated)
        #expect(PictureAnswer([[one, two]], of: picture([[part(7), part(nil)]])) == nil, "all of it is meant")
    }

    @Test func stepsStandBesideEachOther() {
        let ink = GreyImage(width: 5, height: 2, pixels: [0, 200, 0, 0, 0, 0, 200, 200, 0, 0])
        var lines = picture([], ink: ink).steps(plain).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 15)
        #expect(lines[0] == "picture  ink  " && lines[1] == "███       █▄  ")
        #expect(lines[2...].allSatisfy { $0 == "              " })
        lines = picture([], width: 9).steps(ascii).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "picture  " && lines[1] == "#########" && lines.count == 15)
        let high = PictureToRead(
            file: "f.png", index: nil,
            original: GreyImage(width: 7, height: 28, pixels: Array(repeating: 255, count: 196)), ink: nil, lines: [])
        lines = high.steps(ascii).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1...].allSatisfy { $0 == "#######" } && lines.count == 15)
    }
}
