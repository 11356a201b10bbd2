import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct PictureFormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A slope with a bright corner, so that no turn leaves it as it is.
    private func slope(width: Int, height: Int) -> GreyImage {
        let pixels = (0..<width * height).map { place -> UInt8 in
            let (x, y) = (place % width, place / width)
            return x < width / 4 && y < height / 3 ? 250 : UInt8((x * 100 / width + y * 90 / height))
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    private func read(_ bytes: [UInt8]) throws -> GreyImage {
        try #require(GreyImage.images(inFile: folder.write(bytes, to: "picture")).first)
    }

    private func difference(_ one: GreyImage, _ other: GreyImage) -> Int {
        guard one.width == other.width, one.height == other.height else { return .max }
        return zip(one.pixels, other.pixels).map { abs(Int($0.0) - Int($0.1)) }.max() ?? 0
    }

    @Test(arguments: PictureFiles.Kind.allCases) func aPictureComesBack(kind: PictureFiles.Kind) throws {
        let plain = slope(width: 37, height: 29)
        // One bit a pixel is black or white.
        let image =
            kind == .bmpOf1Bit
            ? GreyImage(width: 37, height: 29, pixels: plain.pixels.map { $0 > 60 ? 255 : 0 }) : plain
        let bytes = PictureFiles.file(kind, width: 37, height: 29, pixels: image.pixels)
        let found = try read(bytes)
        #expect(difference(found, image) <= (kind.isExact || kind == .bmpOf1Bit ? 0 : 24))
        #expect(found.shrink == 1)
    }

    @Test(arguments: PictureFiles.Kind.allCases) func everyCutIsNoticed(kind: PictureFiles.Kind) throws {
        let image = slope(width: 20, height: 12)
        let bytes = PictureFiles.file(kind, width: 20, height: 12, pixels: image.pixels)
        // The last bytes may mark the end only, or fill a row up.
        for count in stride(from: 0, to: bytes.count - 24, by: 3) {
            let path = try folder.write(Array(bytes[..<count]), to: "cut")
            #expect(throws: DatasetError.self, "\(kind), \(count) of \(bytes.count)") {
                try GreyImage.images(inFile: path)
            }
        }
    }

    /// The first row and the first column, wherever EXIF says that they are, come to the top and to the left.
    @Test(arguments: 1...8) func aTurnedPictureStandsUpright(orientation: Int) throws {
        let (width, height) = (48, 32)
        let image = slope(width: width, height: height)
        // Which pixel of the file is the one at the upper left, which the one at the upper right of what is seen.
        let corners = [
            1: [(0, 0), (47, 0)], 2: [(47, 0), (0, 0)], 3: [(47, 31), (0, 31)], 4: [(0, 31), (47, 31)],
            5: [(0, 0), (0, 31)], 6: [(0, 31), (0, 0)], 7: [(47, 31), (47, 0)], 8: [(47, 0), (47, 31)],
        ]
        let expected = try #require(corners[orientation]).map { Int(image.pixels[$0.1 * width + $0.0]) }
        let png = try #require(PNG.encoded(image))
        let files = [
            PictureFiles.file(.jpeg, width: width, height: height, pixels: image.pixels, orientation: orientation),
            PictureFiles.file(.tiff, width: width, height: height, pixels: image.pixels, orientation: orientation),
            PictureFiles.withEXIF(png: png, orientation: orientation),
        ]
        for file in files {
            let found = try read(file)
            #expect((found.width, found.height) == (orientation < 5 ? (48, 32) : (32, 48)))
            #expect(abs(Int(found.pixels[0]) - expected[0]) < 8)
            #expect(abs(Int(found.pixels[found.width - 1]) - expected[1]) < 8)
        }
    }

    /// As a telephone of 16 megapixels takes it.
    @Test(arguments: [PictureFiles.Kind.jpeg, .webP, .tiff, .gif]) func aLargePictureIsShrunkWhileItIsRead(
        kind: PictureFiles.Kind
    ) throws {
        let (width, height) = kind == .jpeg ? (4640, 3480) : (2600, 1800)
        let image = slope(width: width, height: height)
        let found = try read(PictureFiles.file(kind, width: width, height: height, pixels: image.pixels))
        #expect(found.width * found.height <= GreyImage.keptCount)
        #expect(found.width == (width + found.shrink - 1) / found.shrink)
        let place = (found.height / 2) * found.width + found.width / 2
        #expect(abs(Int(found.pixels[place]) - 95) < 4)
    }

    /// The older of two versions, without what the newer one added.
    @Test func gifOf1987IsRead() throws {
        let image = slope(width: 20, height: 12)
        var bytes = PictureFiles.file(.gif, width: 20, height: 12, pixels: image.pixels)
        bytes.replaceSubrange(0..<6, with: Array("GIF87a".utf8))
        #expect(difference(try read(bytes), image) == 0)
    }

    @Test func whatOthersReadIsSaidSo() throws {
        func problem(_ text: String) throws -> String {
            let path = try folder.write(Array(text.utf8), to: "other")
            return (#expect(throws: DatasetError.self) { try GreyImage.images(inFile: path) })?.description ?? ""
        }
        #expect(try problem("\0\0\0\u{18}ftypheic....").contains("HEIC"))
        #expect(try problem("%PDF-1.7").contains("PDF"))
        #expect(try problem("version https://git-lfs.github.com/spec/v1").contains("Git LFS"))
        #expect(try problem("BM" + String(repeating: "\0", count: 60)).contains("header of 12 or 40 bytes, found 0"))
    }

    /// Opacity comes to the ground that suits the ink; paper that is opaque for the most part goes on.
    @Test func transparencyShowsTheGroundThatSuits() throws {
        func composed(_ pixels: [(grey: UInt8, opacity: UInt8)]) throws -> [UInt8] {
            var grid = try PictureGrid(width: pixels.count, height: 1, file: "")
            for (x, pixel) in pixels.enumerated() { grid.add(x: x, y: 0, grey: pixel.grey, opacity: pixel.opacity) }
            return grid.image().pixels
        }
        #expect(try composed([(255, 0), (255, 255), (255, 128)]) == [0, 255, 128])
        #expect(try composed([(0, 0), (0, 255), (0, 128)]) == [255, 0, 127])
        #expect(try composed([(200, 255), (0, 0)]) == [200, 0], "bright ink on black")
        #expect(try composed([(20, 255), (20, 51), (0, 0)]) == [20, 208, 255], "a fifth of the ink in the middle")
        #expect(try composed([(240, 0), (240, 255), (240, 255), (30, 255)]) == [255, 240, 240, 30], "a round corner")
    }
}
