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

    /// WebP notes how the camera was held in a chunk of its own, in two ways.
    @Test(arguments: [true, false]) func aTurnedWebPStandsUpright(isMarked: Bool) throws {
        let image = slope(width: 48, height: 32)
        let plain = PictureFiles.file(.losslessWebP, width: 48, height: 32, pixels: image.pixels)
        let turned = try read(PictureFiles.withEXIF(webP: plain, orientation: 6, isMarked: isMarked))
        #expect((turned.width, turned.height) == (32, 48) && turned.pixels[31] == image.pixels[0])
    }

    /// The oldest header of BMP has 12 bytes, shorter numbers, and colours of three bytes; pixels of 1, 4 or 8 bits stand
    /// in rows of whole words, the lowest row first.
    @Test(arguments: [1, 4, 8, 24]) func theOldestBMPIsRead(bits: Int) throws {
        let (width, height) = (5, 3)
        let numbers = (0..<width * height).map { ($0 * 7 + $0 / 5) % (bits == 1 ? 2 : 16) }
        let colours = bits == 24 ? [] : (0..<min(1 << bits, 16)).map { UInt8($0 * 17) }
        var rows: [UInt8] = []
        for y in (0..<height).reversed() {
            let row = numbers[y * width..<(y + 1) * width]
            var line: [UInt8] = []
            if bits == 24 {
                for number in row { line += [UInt8](repeating: UInt8(number * 17), count: 3) }
            } else {
                let words = row.map { String($0, radix: 2) }.map { String(repeating: "0", count: bits - $0.count) + $0 }
                var text = Substring(words.joined())
                while !text.isEmpty {
                    let byte = text.prefix(8)
                    line.append(try #require(UInt8(byte + String(repeating: "0", count: 8 - byte.count), radix: 2)))
                    text = text.dropFirst(8)
                }
            }
            rows += line + [UInt8](repeating: 0, count: (4 - line.count % 4) % 4)
        }
        let palette = colours.flatMap { [$0, $0, $0] }
        let start = UInt8(26 + palette.count)
        var bytes = Array("BM".utf8) + [0, 0, 0, 0, 0, 0, 0, 0, start, 0, 0, 0, 12, 0, 0, 0]
        bytes += [UInt8(width), 0, UInt8(height), 0, 1, 0, UInt8(bits), 0]
        let found = try read(bytes + palette + rows)
        #expect((found.width, found.height) == (width, height))
        #expect(found.pixels == numbers.map { UInt8($0 * 17) })
    }

    /// Where the colours lie in a pixel stands in the file: after the header, or, of newer ones, within it.
    @Test(arguments: [(40, 3, false), (40, 6, true), (56, 3, true), (108, 3, true)]) func coloursOfBMPLieAsItSays(
        header: Int, packing: Int, hasOpacity: Bool
    ) throws {
        func number(_ value: Int, _ size: Int = 4) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        func file(_ header: Int, packing: Int, masks: [Int], _ pixels: [[UInt8]]) -> [UInt8] {
            let inside = masks.flatMap { number($0) }
            let filling = [UInt8](repeating: 0, count: max(header - 40 - inside.count, 0))
            let start = 54 + inside.count + filling.count
            let size = start + 4 * pixels.count
            var bytes = Array("BM".utf8)
            for value in [size, 0, start, header, pixels.count, 1] { bytes += number(value) }
            bytes += number(1, 2)
            bytes += number(32, 2)
            bytes += number(packing)
            bytes += [UInt8](repeating: 0, count: 20)
            bytes += inside
            bytes += filling
            for pixel in pixels { bytes += pixel }
            return bytes
        }
        // Blue, green, red, and what is left over.
        let usual: [[UInt8]] = [[10, 80, 200, 0], [200, 10, 80, 0], [80, 200, 10, 0]]
        let expected = try read(file(40, packing: 0, masks: [], usual))
        #expect(Set(expected.pixels).count == 3)
        let masks = [0xff00_0000, 0xff, 0xff00, 0xff_0000]
        let other = usual.map { [$0[1], $0[0], 255, $0[2]] }
        let found = try read(file(header, packing: packing, masks: hasOpacity ? masks : Array(masks.prefix(3)), other))
        #expect(found == expected)
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
