import Datasets
import NeuralNetwork
import TestSupport
import Testing

@testable import Inkling

struct PictureToReadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ images: [[UInt8]], side: Int, to name: String) throws -> String {
        try folder.write(
            [0, 0, 8, 3, 0, 0, 0, UInt8(images.count), 0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side)] + images.joined(),
            to: name)
    }

    /// Two bars beside each other.
    private func bars(side: Int) -> [UInt8] {
        (0..<side * side).map { place in
            let (x, y) = (place % side, place / side)
            return (side / 5..<side * 4 / 5).contains(y) && (x == side / 4 || x == side * 3 / 4) ? 255 : 0
        }
    }

    @Test func eachWayMakesItsParts() throws {
        let large = try write([bars(side: 40)], side: 40, to: "large")
        func picture(_ file: String, _ way: PictureToRead.Way, size: Shape = .mnist) throws -> PictureToRead {
            let pictures = try PictureToRead.pictures(inFile: file, way, size: size)
            #expect(pictures.count == 1)
            return try pictures[0].get()
        }
        let asIs = try picture(large, .asIs)
        #expect(asIs.lines.count == 1 && asIs.lines[0].count == 1 && asIs.ink == nil && asIs.index == nil)
        #expect(
            asIs.lines[0][0].pixels == bars(side: 40) && asIs.lines[0][0].width == 40 && asIs.lines[0][0].box == nil)
        let centred = try picture(large, .centred, size: Shape(height: 12, width: 10))
        #expect(centred.lines[0][0].pixels.count == 120 && centred.lines[0][0].width == 10 && centred.ink == nil)
        let digits = try picture(large, .digits(asOne: false))
        #expect(digits.lines.map { $0.map(\.box) } == [[box(10, 1), box(30, 1)]])
        #expect(digits.lines[0].allSatisfy { $0.pixels.count == 784 && $0.width == 28 } && digits.ink != nil)
        #expect(try picture(large, .digits(asOne: true)).lines.map { $0.map(\.box) } == [[box(10, 21)]])
        // One of the size of a data set's is one.
        let small = try write([bars(side: 28)], side: 28, to: "small")
        #expect(try picture(small, .digits(asOne: false)).lines.joined().count == 1)
        let larger = try write([bars(side: 29)], side: 29, to: "larger")
        #expect(try picture(larger, .digits(asOne: false)).lines.joined().count == 2)
    }

    private func box(_ left: Int, _ width: Int) -> Box? { Box(left: left, top: 8, right: left + width, bottom: 32) }

    @Test func picturesOfAFileAreCounted() throws {
        let blank = [UInt8](repeating: 0, count: 1600)
        let file = try write([blank, bars(side: 40)], side: 40, to: "two")
        let pictures = try PictureToRead.pictures(inFile: file, .digits(asOne: false))
        let second = try pictures[1].get()
        #expect(pictures.count == 2 && second.index == 1 && second.file == file)
        #expect(throws: DatasetError.self) { try pictures[0].get() }
        do { _ = try pictures[0].get() } catch {
            #expect("\(error)" == "\(file): expected ink in picture 0, found pixels that are all alike")
        }
        let centred = try PictureToRead.pictures(inFile: file, .centred)
        #expect(throws: DatasetError.self) { try centred[0].get() }
        #expect(throws: DatasetError.self) { try PictureToRead.ink(inFile: file) }
        let other = try write([bars(side: 40), blank], side: 40, to: "other")
        // The two bars of its first picture are one digit then.
        let one = try PictureToRead.pictures(inFile: other, .digits(asOne: true))[0].get()
        let first = try PictureToRead.pictures(inFile: other, .digits(asOne: false))[0].get().lines[0][0]
        let ink = try PictureToRead.ink(inFile: other)
        #expect(ink.count == 784 && ink == one.lines[0][0].pixels && ink != first.pixels)
        let none = try write([], side: 40, to: "none")
        #expect(throws: DatasetError.self) { try PictureToRead.ink(inFile: none) }
    }
}
