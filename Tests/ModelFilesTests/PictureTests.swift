import Datasets
import DatasetsTestSupport
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Pictures of digits, as `classify` reads them.
@Suite struct PictureTests {
    private let test: ImageSet
    private let network: Network

    init() throws {
        test = try DatasetLocation.find("mnist", dataDirectory: packageFolder + "/Assets").load().test
        network = try Model(file: packageFolder + "/Assets/models/lenet-mnist.safetensors").network
    }

    private func read(_ pixels: [UInt8]) -> Int {
        let logits = network.logits(Matrix(rows: 1, columns: 784, pixels.map { Float($0) / 255 })).elements
        return logits.firstIndex(of: logits.max() ?? 0) ?? -1
    }

    /// The digits of a picture, a line of text for each line of them.
    private func text(_ picture: GreyImage) -> String { text(PictureReading(of: picture)) }

    private func text(_ reading: PictureReading) -> String {
        reading.lines.map { line in line.map { "\(read($0.image))" }.joined() }
            .joined(separator: "\n")
    }

    /// What was found in a picture: a bound or a size that is another one shows in the digest, also where as many digits
    /// are read right. Whoever means it takes the number anew.
    private static func take(_ reading: PictureReading, into digest: inout Digest) {
        for part in reading.lines.joined() {
            for number in part.image.map(Int.init) + [part.box.left, part.box.top, part.box.right, part.box.bottom] {
                digest.take(number)
            }
        }
    }

    private func digit(_ index: Int) -> GreyImage {
        GreyImage(width: 28, height: 28, pixels: Array(test.image(index)))
    }

    /// The share of MNIST's first 1,000 test images that are read after `change`.
    private func accuracy(_ change: (GreyImage) -> GreyImage) throws -> Double {
        let correct = (0..<1000).count { text(change(digit($0))) == "\(test.labels[$0])" }
        return Double(correct) / 1000
    }

    @Test func whatIsDoneToPicturesDoesNotHarm() throws {
        #expect(try accuracy { $0 } >= 0.98)
    }

    @Test func largeDarkOnLightAndOffCentreIsReadAsWell() throws {
        let accuracy = try accuracy { image in
            // Three times as large, ink 40 on paper 220, in the lower right of 150 × 120.
            var pixels = Array(repeating: UInt8(220), count: 150 * 120)
            for y in 0..<84 {
                for x in 0..<84 {
                    pixels[(34 + y) * 150 + 60 + x] -= UInt8(Int(image.pixels[y / 3 * 28 + x / 3]) * 180 / 255)
                }
            }
            return GreyImage(width: 150, height: 120, pixels: pixels)
        }
        #expect(accuracy >= 0.98)
    }

    @Test func photographsOfPaperAreRead() {
        var generator = RandomGenerator(seed: 18, stream: .shuffling)
        let count = 200
        var digest = Digest()
        let correct = (0..<count).count { _ in
            let index = generator.uniform(below: test.count)
            let photograph = RenderedPicture.photograph(of: Array(test.image(index)), &generator)
            let reading = PictureReading(of: photograph)
            Self.take(reading, into: &digest)
            return text(reading) == "\(test.labels[index])"
        }
        #expect(digest.value == 4_618_714_737_845_689_954)
        print("photographs: \(correct) of \(count) right")
        #expect(correct >= count * 95 / 100)
    }

    @Test func numbersAreReadWhole() {
        var generator = RandomGenerator(seed: 19, stream: .shuffling)
        let count = 100
        var digest = Digest()
        let correct = (0..<count).count { _ in
            let indices = (0..<2 + generator.uniform(below: 5)).map { _ in generator.uniform(below: test.count) }
            let number = RenderedPicture.number(of: indices.map { Array(test.image($0)) }, &generator)
            let reading = PictureReading(of: number)
            Self.take(reading, into: &digest)
            return text(reading) == indices.map { "\(test.labels[$0])" }.joined()
        }
        #expect(digest.value == 6_245_379_067_910_852_730)
        print("numbers: \(correct) of \(count) right")
        #expect(correct >= count * 90 / 100)
    }

    /// Strokes of a seven, `side` pixels high with its margin.
    private func seven(side: Int, pen: Double, ink: UInt8 = 0) -> GreyImage {
        let points = [(0.3, 0.2), (0.75, 0.2), (0.4, 0.85)].map {
            Drawing.Point(x: $0.0 * Double(side), y: $0.1 * Double(side))
        }
        let strokes = Drawing(strokes: [points]).rasterized(width: side, height: side, penRadius: pen / 2)
        return GreyImage(
            width: side, height: side, pixels: strokes.map { UInt8(255 - Int($0) * Int(255 - ink) / 255) })
    }

    @Test(arguments: [(280, 1.0), (1000, 1), (2000, 3), (600, 2), (280, 24), (280, 60)])
    func anyPenIsRead(side: Int, pen: Double) {
        #expect(text(seven(side: side, pen: pen)) == "7")
        #expect(text(seven(side: side, pen: pen, ink: 220)) == "7", "hardly darker than the paper")
    }

    @Test func framesAndSpecksAreNoInk() {
        for (first, last) in [(0, 6), (8, 12)] {
            var pixels = seven(side: 280, pen: 20).pixels
            for place in pixels.indices {
                let depth = min(place % 280, place / 280, 279 - place % 280, 279 - place / 280)
                if (first..<last).contains(depth) { pixels[place] = 0 }
            }
            pixels[20 * 280 + 30] = 0
            #expect(text(GreyImage(width: 280, height: 280, pixels: pixels)) == "7", "a frame from \(first) to \(last)")
        }
    }

    /// Squared paper whose lines are as dark as ink, straight and askew.
    @Test(arguments: [0.0, 0.1]) func printedLinesAreNoInk(slope: Double) {
        var pixels = seven(side: 600, pen: 50, ink: 40).pixels
        for place in pixels.indices {
            let (x, y) = (Double(place % 600), Double(place / 600))
            let (across, down) = (x - slope * y + 90, y + slope * x)
            if Int(across) % 45 < 2 || Int(down) % 45 < 2 { pixels[place] = 40 }
        }
        #expect(text(GreyImage(width: 600, height: 600, pixels: pixels)) == "7")
    }

    /// A column of numbers: the boxes say where they are.
    @Test func linesGoFromTheTopToTheBottom() {
        var pixels = [UInt8](repeating: 240, count: 400 * 300)
        // The first test images are 7, 2, 1, 0, 4, 1.
        for (number, place) in [(40, 30), (140, 36), (40, 180), (150, 170), (260, 176)].enumerated() {
            for (index, ink) in test.image(number).enumerated() {
                for y in 0..<3 {
                    for x in 0..<3 {
                        let (column, row) = (place.0 + index % 28 * 3 + x, place.1 + index / 28 * 3 + y)
                        pixels[row * 400 + column] = 240 - UInt8(Int(ink) * 200 / 255)
                    }
                }
            }
        }
        let picture = GreyImage(width: 400, height: 300, pixels: pixels)
        #expect(text(picture) == "72\n104")
        let boxes = PictureReading(of: picture).lines.map { $0.map(\.box) }
        #expect(boxes.first?.first.map { $0.left > 40 && $0.right < 124 && $0.top > 30 && $0.bottom < 114 } == true)
        #expect(PictureReading(of: picture, asOne: true).digits.count == 1)
    }

    /// A five whose bar does not touch it.
    @Test func theBarOfAFiveBelongsToIt() {
        let strokes = [
            [(0.42, 0.2), (0.4, 0.45), (0.55, 0.42), (0.65, 0.55), (0.6, 0.72), (0.45, 0.78), (0.35, 0.72)],
            [(0.5, 0.19), (0.72, 0.17)],
        ].map { $0.map { Drawing.Point(x: $0.0 * 300, y: $0.1 * 300) } }
        let ink = Drawing(strokes: strokes).rasterized(width: 300, height: 300, penRadius: 9)
        #expect(text(GreyImage(width: 300, height: 300, pixels: ink)) == "5")
    }

    @Test func paperAloneHasNoDigits() {
        var generator = RandomGenerator(seed: 20, stream: .shuffling)
        let pixels = (0..<300 * 300).map { UInt8(200 - Double($0 % 300) / 6 + 3 * generator.normal()) }
        #expect(PictureReading(of: GreyImage(width: 300, height: 300, pixels: pixels)).digits.isEmpty)
        let blank = GreyImage(width: 1, height: 1, pixels: [9])
        #expect(PictureReading(of: blank).digits.isEmpty)
    }
}
