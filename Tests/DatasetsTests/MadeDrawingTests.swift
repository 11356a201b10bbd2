import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Datasets

/// What is made at random or worked out, all of it in one number for each kind: another constant or bound shows, also where
/// what is made looks as well. Whoever means it takes the number anew.
@Suite struct MadeDrawingTests {
    private static func drawings(_ generator: inout RandomGenerator) -> [Drawing] {
        Doodle.allCases.flatMap { doodle in (0..<12).map { _ in doodle.drawing(using: &generator) } }
            + (0..<30).map { Doodle.digit($0 % 10, using: &generator) }
    }

    private static func take(_ drawing: Drawing, into digest: inout Digest) {
        for stroke in drawing.strokes {
            digest.take(stroke.count)
            // To a millionth, as the last bits may be other ones with another library of sines.
            for point in stroke { for value in [point.x, point.y] { digest.take(Int((value * 1e6).rounded())) } }
        }
    }

    @Test func doodlesAreMadeAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 5, stream: .strangeImages), Digest())
        for drawing in Self.drawings(&generator) { Self.take(drawing, into: &digest) }
        #expect(digest.words == "bf5fac5ec75f6093")
    }

    /// Of other sizes and pens, too.
    @Test func drawingsBecomeImagesAsBefore() throws {
        var (generator, digest) = (RandomGenerator(seed: 6, stream: .strangeImages), Digest())
        for (number, drawing) in Self.drawings(&generator).enumerated() {
            let size = [Shape.mnist, Shape(height: 20, width: 31), Shape(height: 64, width: 64)][number % 3]
            let image = try #require(
                drawing.networkImage(penRadius: number.isMultiple(of: 2) ? Drawing.networkPenRadius : 2.2, size: size))
            #expect(image.count == size.height * size.width)
            digest.take(image)
            Self.take(drawing.upright(), into: &digest)
        }
        #expect(digest.words == "834dc4413f4fe6fd")
    }

    @Test func erasedAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 7, stream: .strangeImages), Digest())
        for var drawing in Self.drawings(&generator) {
            let strokes = drawing.strokes
            drawing.erase(from: Drawing.Point(x: -0.3, y: -1), to: Drawing.Point(x: 0.4, y: 1), radius: 0.1)
            digest.take(drawing.strokes == strokes ? 1 : 0)
            Self.take(drawing, into: &digest)
        }
        #expect(digest.words == "e3e24bc660bc13ae")
    }

    @Test func varietyIsAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 8, stream: .teaching), Digest())
        let labels = (0..<40).map { UInt8($0 % 4) }
        let drawings = labels.map { Doodle.digit(Int($0) * 2, using: &generator) }
        let variety = DrawingVariety(drawings, labels: labels)
        for index in drawings.indices {
            Self.take(variety.onTheWay(from: index, using: &generator), into: &digest)
            Self.take(variety.drawing(index, using: &generator), into: &digest)
        }
        #expect(digest.words == "a630c5b16dcc5c4e")
    }

    @Test func warpsAreAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 3, stream: .teaching), Digest())
        let stroke = (0..<20).map { Drawing.Point(x: Double($0) / 10 - 1, y: 1 - Double($0 * $0) / 200) }
        for _ in 0..<20 {
            let drawing = Drawing(strokes: [stroke, Array(stroke.prefix(5))])
            Self.take(DrawingWarp(using: &generator).warped(drawing), into: &digest)
        }
        #expect(digest.words == "9a092253b9dbcf50")
    }

    @Test func toySetsAreDrawnAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 9, stream: .points), Digest())
        for set in ToySet.allCases {
            for point in set.points(count: 17, noise: set.usualNoise, using: &generator) {
                digest.take(point.label)
                for value in [point.x, point.y] { digest.take(Int((value * 1e4).rounded())) }
            }
        }
        #expect(digest.words == "b3a9c05ef2dc8394")
    }

    /// Grey pictures of many sizes, whole and with little ink at an edge.
    @Test func picturesAreCentredAsBefore() {
        var (generator, digest) = (RandomGenerator(seed: 10, stream: .points), Digest())
        for (number, side) in [1, 2, 5, 14, 20, 28, 29, 57, 140].enumerated() {
            for width in [side, side * 2] {
                let pixels = (0..<side * width).map { place -> UInt8 in
                    let isInk = place % width > width / 3 && place / width < (side + number) / 2
                    return isInk ? UInt8(255 - generator.uniform(below: 120)) : UInt8(generator.uniform(below: 3))
                }
                let picture = GreyImage(width: width, height: side, pixels: pixels)
                for size in [Shape.mnist, Shape(height: 12, width: 18)] {
                    for image in [picture.networkImage(size: size), picture.withBrightInk().networkImage(size: size)] {
                        digest.take(image == nil ? 0 : 1)
                        digest.take(image ?? [])
                    }
                }
            }
        }
        #expect(digest.words == "eb6ec0c554c127ab")
    }
}
