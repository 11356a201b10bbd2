import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct GreyImageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func problem(_ bytes: [UInt8]) throws -> String? {
        let path = try folder.write(bytes, to: "picture")
        do {
            _ = try GreyImage.images(inFile: path)
            return nil
        } catch {
            return error.description
        }
    }

    private let sample = GreyImage(width: 5, height: 3, pixels: (0..<15).map { UInt8($0 * 17) })

    @Test func aPNGComesBack() throws {
        let bytes = try #require(PNG.encoded(sample))
        let path = try folder.write(bytes, to: "picture")
        #expect(try GreyImage.images(inFile: path) == [sample])
    }

    @Test func readsPortableGreyMaps() throws {
        func image(_ header: String, _ bytes: [UInt8] = []) throws -> GreyImage {
            try PGM.image(Array(header.utf8) + bytes, file: "file")
        }
        let expected = GreyImage(width: 2, height: 1, pixels: [0, 255])
        #expect(try image("P5 2 1 255\n", [0, 255]) == expected)
        #expect(try image("P5 # a comment 7\n2\t1 # another\n15\n", [0, 15]) == expected)
        #expect(try image("P5 2 1 65535\n", [0, 0, 255, 255]) == expected)
        // Two bytes a pixel, the high one first.
        #expect(
            try image("P5 2 1 65535\n", [0x80, 0, 0, 0x80]) == GreyImage(width: 2, height: 1, pixels: [128, 0]))
        #expect(try image("P2\n2 1\n9\n0\n9\n") == expected)
        #expect(try image("P2 2 1 255 51 102") == GreyImage(width: 2, height: 1, pixels: [51, 102]))
    }

    /// A pencil hardly darker than the paper counts as ink, a tenth of its difference as noise.
    @Test func faintStrokesBecomeBright() {
        let faint = GreyImage(width: 3, height: 3, pixels: [200, 200, 200, 200, 180, 199, 200, 190, 200])
        #expect(faint.withBrightInk().pixels == [0, 0, 0, 0, 255, 0, 0, 127, 0])
        let light = GreyImage(width: 3, height: 3, pixels: [50, 50, 50, 50, 70, 51, 50, 53, 50])
        #expect(light.withBrightInk().pixels == [0, 0, 0, 0, 255, 0, 0, 38, 0])
    }

    @Test func readsEveryPictureOfAnIDXFile() throws {
        let path = try folder.write(Sample.images(count: 3), to: "picture")
        let images = try GreyImage.images(inFile: path)
        #expect(images.count == 3)
        #expect(images[2] == GreyImage(width: 3, height: 2, pixels: [12, 13, 14, 15, 16, 17]))
        let packed = try folder.write(try folder.gzip(Sample.images(count: 3)), to: "packed")
        #expect(try GreyImage.images(inFile: packed) == images)
    }

    @Test(arguments: [
        ("", "something else"), ("P6 1 1 255\n...", "something else"), ("P5 0 1 255\n", "without pixels"),
        ("P5 1000000 1000000 255\n", "1000000 × 1000000 pixels, more than 200000000"), ("P5 2 1 0\n", "found 0"),
        ("P5 2 1 255\n.", "13 bytes"),
        ("P2 2 1 9 1", "a value"), ("P2 1 1 9 10", "at most 9"), ("P5 99999999999999999999 1 9\n", "a width"),
        ("P5 2", "a height"), ("P2 9999 999 9\n1", "only 15"),
    ]) func aBadMapIsNamed(text: String, words: String) throws {
        let line = try problem(Array(text.utf8))
        #expect(line?.contains(words) == true, "\(line ?? "no problem")")
    }

    @Test func everyTruncationIsNoticed() throws {
        let png = try #require(PNG.encoded(sample))
        // What is left of the end marker does not matter.
        for count in 0..<(png.count - 16) { #expect(try problem(Array(png[..<count])) != nil, "\(count)") }
        let pgm = Array("P5 5 3 255\n".utf8) + sample.pixels
        for count in 0..<pgm.count { #expect(try problem(Array(pgm[..<count])) != nil) }
    }
}

@Suite struct ImageCentringTests {
    /// A digit-like shape: a thick slanted line with a foot.
    private func shape(width: Int, height: Int, scale: Double, x: Double, y: Double) -> GreyImage {
        var pixels = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let (u, v) = ((Double(column) + 0.5 - x) / scale, (Double(row) + 0.5 - y) / scale)
                let isLine = (0...10).contains(v) && abs(u - 3 - v / 3) < 1
                let isFoot = (9...11).contains(v) && (0...8).contains(u)
                if isLine || isFoot { pixels[row * width + column] = 255 }
            }
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    private func centre(_ pixels: [UInt8]) -> (x: Double, y: Double) {
        var (mass, x, y) = (0.0, 0.0, 0.0)
        for (index, ink) in pixels.enumerated() {
            mass += Double(ink)
            x += Double(ink) * (Double(index % 28) + 0.5)
            y += Double(ink) * (Double(index / 28) + 0.5)
        }
        return (x / mass, y / mass)
    }

    @Test(arguments: [1.0, 3.5, 20], [0.0, 37.3]) func theSizeAndThePlaceDoNotMatter(scale: Double, place: Double)
        throws
    {
        let image = shape(width: 300, height: 290, scale: scale, x: place, y: place / 2)
        let pixels = try #require(image.networkImage())
        #expect(abs(centre(pixels).x - 14) < 0.05)
        #expect(abs(centre(pixels).y - 14) < 0.05)
        let rows = (0..<28).filter { row in (0..<28).contains { pixels[row * 28 + $0] > 25 } }
        #expect((20...21).contains((rows.last ?? 0) - (rows.first ?? 0) + 1), "20 pixels, that may begin within one")
        let reference = try #require(shape(width: 300, height: 290, scale: 25, x: 0, y: 0).networkImage())
        let difference = zip(pixels, reference).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(scale == 1 || difference < 784 * 6, "the same picture: \(difference)")
    }

    @Test func inkIsNeverLost() throws {
        // A thin long tail with a heavy head: the mass is so far off that centring would push the tail out.
        var pixels = [UInt8](repeating: 0, count: 100 * 100)
        for x in 0..<100 { pixels[50 * 100 + x] = 255 }
        for y in 35..<65 { for x in 92..<100 { pixels[y * 100 + x] = 255 } }
        let image = try #require(GreyImage(width: 100, height: 100, pixels: pixels).networkImage())
        #expect((0..<28).filter { x in (0..<28).contains { image[$0 * 28 + x] > 0 } }.count >= 20)
    }

    @Test(arguments: [(1, 1), (1, 500), (500, 1), (28, 28), (3, 2)]) func anySizeIsTaken(width: Int, height: Int) throws
    {
        let full = GreyImage(width: width, height: height, pixels: Array(repeating: 255, count: width * height))
        let pixels = try #require(full.networkImage())
        #expect(pixels.count == 784)
        #expect(pixels.contains { $0 > 0 })
        let empty = GreyImage(width: width, height: height, pixels: Array(repeating: 0, count: width * height))
        #expect(empty.networkImage() == nil)
        #expect(full.withBrightInk().networkImage() == nil, "no ink where all is alike")
    }

    @Test func darkInkOnPaperIsTurnedRound() {
        let ink = shape(width: 60, height: 60, scale: 3, x: 10, y: 10)
        let paper = GreyImage(width: 60, height: 60, pixels: ink.pixels.map { 230 - $0 / 2 - UInt8($0 == 0 ? 3 : 0) })
        #expect(ink.withBrightInk() == ink)
        #expect(paper.withBrightInk().pixels.max() == 255)
        #expect(paper.withBrightInk().networkImage() == ink.networkImage())
    }
}
