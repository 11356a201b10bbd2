import CZlib
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

    // MARK: - Kinds

    @Test func kindsAreToldByTheirFirstBytes() {
        func kind(_ text: String) -> PictureFormat? { PictureFormat(of: text.unicodeScalars.map { UInt8($0.value) }) }
        let kinds: [(String, PictureFormat)] = [
            ("\u{89}PNG\r\n\u{1a}\n", .png), ("\u{ff}\u{d8}\u{ff}", .jpeg), ("GIF87a", .gif), ("GIF89a", .gif),
            ("RIFF....WEBP", .webP), ("II*\0", .tiff), ("MM\0*", .tiff), ("II+\0", .tiff), ("MM\0+", .tiff),
            ("BM", .bmp),
            ("P5 ", .pgm), ("P2\n", .pgm), ("P5\t", .pgm), ("P2\r", .pgm), ("P5\u{b}", .pgm), ("P5\u{c}", .pgm),
        ]
        for (text, expected) in kinds {
            #expect(kind(text) == expected, "\(text)")
            #expect(kind(String(text.unicodeScalars.dropLast().map(Character.init))) == nil, "\(text)")
        }
        for text in [
            "", "GIF88a", "RIFF....WAVE", "XRIF....WEBP", "II\0*", "P6 ", "P3 ", "P55", "P5\u{8}", "P5\u{e}", "Q5 ",
        ] {
            #expect(kind(text) == nil, "\(text)")
        }
    }

    @Test func whatOthersReadIsNamed() {
        for (text, words) in [
            ("....ftypavif", "an AVIF file; save it as JPEG or PNG"),
            ("....ftypheic", "a HEIC file or a film; save it as JPEG or PNG"),
            ("....ftypmp42", "a HEIC file or a film; save it as JPEG or PNG"),
            ("%PDF-1.7", "a PDF file; save its page as JPEG or PNG"), ("<svg ", "an SVG file; save it as PNG"),
            ("<?xml ", "an SVG file; save it as PNG"),
            ("version https://git-lfs", "a pointer of Git LFS; fetch the file itself with git lfs pull"),
            ("...ftyp", nil),
            ("<html", nil), ("", nil),
        ] as [(String, String?)] { #expect(PictureFormat.foreign(Array(text.utf8)) == words, "\(text)") }
    }

    @Test func picturesAreToldFromOtherFiles() throws {
        for (text, isPicture) in [
            ("P5 1 1 9\n1", true), ("\0\0\u{8}\u{3}", true), ("\0\0\u{8}\u{1}", false), ("a,b", false),
        ] {
            #expect(GreyImage.isPicture(try folder.write(Array(text.utf8), to: "picture")) == isPicture, "\(text)")
        }
        #expect(!GreyImage.isPicture(folder.file("none")))
    }

    // MARK: - Grey maps

    @Test func greyMapsAreReadToTheirLimits() throws {
        func map(_ text: String, _ bytes: [UInt8] = []) -> String {
            do {
                let image = try PGM.image(Array(text.utf8) + bytes, file: "file")
                return "\(image.width)x\(image.height) \(image.pixels)"
            } catch { return "\(error)".replacing("file: expected ", with: "") }
        }
        // Two bytes a pixel from 256 on; what is brighter than white is white; halves are rounded up.
        #expect(
            map("P5 2 1 255\n", [1, 254]) == "2x1 [1, 254]" && map("P5 2 1 256\n", [0, 128, 1, 0]) == "2x1 [128, 255]")
        #expect(
            map("P5 3 1 15\n", [7, 15, 200]) == "3x1 [119, 255, 255]" && map("P2 3 1 2 0 1 2") == "3x1 [0, 128, 255]")
        #expect(map("P5\u{b}1\t1\r#x\n\u{c}1\n", [1]) == "1x1 [255]" && map("P2 1 1 9 # 7\n 3") == "1x1 [85]")
        for (text, words) in [
            ("P5 1000001 1 9\n", "a width of at most 1000000 at byte 10, found something else"),
            ("P5 1 1000001 9\n", "a height of at most 1000000 at byte 12, found something else"),
            ("P5 1 1 65536\n", "a value of white of at most 65535 at byte 12, found something else"),
            ("P5 1 1 0\n", "a value of white above 0, found 0"),
            ("P5 x", "a width of at most 1000000 at byte 3, found something else"),
            ("P5 :1 1 9\n", "a width of at most 1000000 at byte 3, found something else"),
            ("P5 /1 1 9\n", "a width of at most 1000000 at byte 3, found something else"),
            ("P2 1 1 9 10", "a value of at most 9 at byte 11, found something else"),
            ("P2 1 1 9", "a value of at most 9 at byte 8, found something else"),
            ("P2 4 3 9 1", "12 bytes, found only 10"), ("P5 2 2 9\n123", "13 bytes, found only 12"),
            ("P5 2 1 300\n123", "15 bytes, found only 14"),
        ] { #expect(map(text) == words, "\(text)") }
        #expect(map("P5 1000000 1 9\n").hasSuffix("bytes, found only 15"))
        #expect(map("P5 1 1 65535\n", [255, 255]) == "1x1 [255]")
    }

    // MARK: - Bitmaps

    private func number(_ value: Int, _ size: Int = 4) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A bitmap with a header of 40 bytes or another size, and what stands behind it.
    private func bitmap(
        header: Int = 40, width: Int = 2, height: Int = 1, bits: Int, packing: Int = 0, colours: Int = 0,
        palette: [[UInt8]] = [], start: Int? = nil, _ pixels: [UInt8]
    ) -> [UInt8] {
        let table = Array(palette.joined())
        var bytes = Array("BM".utf8)
        for value in [0, 0, start ?? 14 + header + table.count, header, width, height] { bytes += number(value) }
        bytes += number(1, 2)
        bytes += number(bits, 2)
        for value in [packing, 0, 0, 0, colours, 0] { bytes += number(value) }
        bytes += [UInt8](repeating: 0, count: max(header - 40, 0))
        return bytes + table + pixels
    }

    private func said(_ bytes: [UInt8]) -> String {
        do { return "\(try BMP.image(bytes, file: "file").pixels)" } catch {
            return "\(error)".replacing("file: expected ", with: "")
        }
    }

    /// Blue, green, red; as bright as Rec. 601 says: 0.299 R + 0.587 G + 0.114 B.
    @Test func coloursOfBMPAreGrey() {
        let (orange, teal): ([UInt8], [UInt8]) = ([10, 80, 200], [200, 80, 10])
        #expect(said(bitmap(bits: 24, orange + teal + [0, 0])) == "[108, 73]")
        #expect(said(bitmap(bits: 32, orange + [9] + teal + [0])) == "[108, 73]")
        let palette = [orange + [0], teal + [0]]
        #expect(said(bitmap(bits: 8, palette: palette, [1, 0, 0, 0])) == "[73, 108]")
        #expect(said(bitmap(bits: 4, palette: palette, [0x10, 0, 0, 0])) == "[73, 108]")
        #expect(said(bitmap(bits: 1, palette: palette, [0x80, 0, 0, 0])) == "[73, 108]")
        // Five bits of each colour, of which the uppermost is none.
        for (value, grey) in [(0x7c00, 76), (0x3e0, 150), (0x1f, 29), (0x8000, 0), (0x7fff, 255)] {
            #expect(said(bitmap(width: 1, bits: 16, number(value))) == "[\(grey)]")
        }
        // Or as the file says: 5, 6 and 5.
        let masks = [0xf800, 0x7e0, 0x1f].flatMap { number($0) }
        for (value, grey) in [(0xf800, 76), (0x7e0, 150), (0x1f, 29), (0xffff, 255), (0x400, 76)] {
            #expect(said(bitmap(width: 1, bits: 16, packing: 3, start: 66, masks + number(value))) == "[\(grey)]")
        }
    }

    /// A table of colours ends where it says, or where the pixels begin.
    @Test func tablesOfColoursHaveAnEnd() {
        let palette: [[UInt8]] = [[10, 10, 10, 0], [20, 20, 20, 0], [30, 30, 30, 0]]
        #expect(said(bitmap(bits: 8, palette: palette, [2, 1, 0, 0])) == "[30, 20]")
        #expect(said(bitmap(bits: 8, palette: palette, [3, 1, 0, 0])) == "3 colours, found number 3")
        #expect(said(bitmap(bits: 8, colours: 2, palette: palette, [2, 1, 0, 0])) == "2 colours, found number 2")
        #expect(said(bitmap(bits: 8, colours: 2, palette: palette, [1, 0, 0, 0])) == "[20, 10]")
        // The row begins with the last byte of the third colour, which does not count then.
        #expect(said(bitmap(bits: 8, palette: palette, start: 65, [1, 0, 0, 0])) == "[10, 20]")
        #expect(said(bitmap(bits: 8, palette: palette, start: 65, [2, 0, 0, 0])) == "2 colours, found number 2")
    }

    @Test func whatIsNoBitmapIsNamed() {
        let pixels: [UInt8] = [1, 2, 3, 4, 5, 6, 0, 0]
        let sizes = "a BMP file of 1, 4, 8, 16, 24 or 32 bits a pixel, found "
        for bits in [0, 2, 3, 5, 7, 9, 15, 17, 23, 25, 31, 33] {
            #expect(said(bitmap(bits: bits, pixels)) == sizes + "\(bits)")
        }
        for header in [11, 13, 39] {
            #expect(
                said(bitmap(header: header, bits: 24, pixels))
                    == "a BMP file with a header of 12 or 40 bytes, found \(header)")
        }
        for header in [40, 41, 124] { #expect(said(bitmap(header: header, bits: 24, pixels)) == "[2, 5]") }
        for (bits, packing) in [(24, 1), (8, 3), (8, 6), (4, 2), (32, 4), (32, 5), (32, 7), (32, 2)] {
            #expect(
                said(bitmap(bits: bits, packing: packing, pixels))
                    == "a BMP file that is not compressed, found compression \(packing)")
        }
        let whole = bitmap(bits: 24, pixels)
        #expect(said(Array(whole.dropLast())) == "62 bytes, found only 61")
        #expect(said(bitmap(width: 2, height: 2, bits: 24, pixels)) == "70 bytes, found only 62")
        #expect(
            said(Array(whole.prefix(17))) == "18 bytes, found only 17"
                && said(Array(whole.prefix(13))) == "14 bytes, found only 13")
        #expect(said(bitmap(width: 0, bits: 24, pixels)) == "an undamaged picture, found \"a picture without pixels\"")
        #expect(said(bitmap(height: -1, bits: 24, pixels)) == "[2, 5]", "the first row is the uppermost")
        #expect(said(bitmap(width: 1, height: 2, bits: 24, [1, 1, 1, 0, 2, 2, 2, 0])) == "[2, 1]")
        #expect(said(bitmap(width: 1, height: -2, bits: 24, [1, 1, 1, 0, 2, 2, 2, 0])) == "[1, 2]")
    }

    // MARK: - How it was held

    /// Two rows of three, as each of the eight ways says that they lie.
    @Test(
        arguments: [
            (1, [1, 2, 3, 4, 5, 6]), (2, [3, 2, 1, 6, 5, 4]), (3, [6, 5, 4, 3, 2, 1]), (4, [4, 5, 6, 1, 2, 3]),
            (5, [1, 4, 2, 5, 3, 6]), (6, [4, 1, 5, 2, 6, 3]), (7, [6, 3, 5, 2, 4, 1]), (8, [3, 6, 2, 5, 1, 4]),
        ] as [(Int, [UInt8])]) func everyPixelIsTurned(orientation: Int, pixels: [UInt8]) throws
    {
        let image = GreyImage(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6], shrink: 4)
        let turned = image.turned(try #require(Orientation(rawValue: orientation)))
        let size = orientation < 5 ? (3, 2) : (2, 3)
        #expect(turned == GreyImage(width: size.0, height: size.1, pixels: pixels, shrink: 4))
    }

    /// A block of EXIF: entries of a tag, a type and a number.
    private func block(_ entries: [(tag: Int, type: Int, value: Int)], isBig: Bool, count: Int? = nil) -> [UInt8] {
        func part(_ value: Int, _ size: Int) -> [UInt8] { isBig ? number(value, size).reversed() : number(value, size) }
        var bytes = Array((isBig ? "MM" : "II").utf8) + part(42, 2) + part(8, 4) + part(count ?? entries.count, 2)
        for entry in entries {
            bytes += part(entry.tag, 2) + part(entry.type, 2)
            bytes += part(1, 4) + part(entry.value, 2) + [0, 0]
        }
        return bytes
    }

    private func jpeg(_ segments: [(marker: UInt8, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [0xff, 0xd8]
        for segment in segments {
            bytes += [0xff, segment.marker]
            bytes += number(segment.content.count + 2, 2).reversed()
            bytes += segment.content
        }
        return bytes + [0xff, 0xda, 0, 2]
    }

    @Test(arguments: [true, false]) func cameraNotesAreFoundAmongOthers(isBig: Bool) {
        let mark = Array("Exif\0\0".utf8)
        let turned = block([(0x10f, 2, 7), (0x0112, 3, 6), (0x0112, 3, 3)], isBig: isBig)
        func orientation(_ bytes: [UInt8], _ format: PictureFormat = .jpeg) -> Int {
            EXIF.orientation(in: bytes, format).rawValue
        }
        let others: [(marker: UInt8, content: [UInt8])] = [
            (0xe0, [1, 2, 3]), (0xe1, Array("http://".utf8)), (0xfe, []),
        ]
        #expect(orientation(jpeg([(0xe1, mark + turned)])) == 6)
        #expect(orientation(jpeg(others + [(0xe1, mark + turned)])) == 6)
        #expect(orientation(jpeg(others)) == 1 && orientation(jpeg([(0xe2, mark + turned)])) == 1)
        #expect(orientation(jpeg([(0xda, []), (0xe1, mark + turned)])) == 1, "the pixels have begun")
        #expect(orientation(turned, .tiff) == 6 && orientation(turned, .bmp) == 1)
        for (entries, expected) in [
            ([(0x0112, 4, 6)], 1), ([(0x0111, 3, 6)], 1), ([(0x0113, 3, 6)], 1), ([(0x0112, 3, 0)], 1),
            ([(0x0112, 3, 9)], 1),
            ([(0x0112, 3, 8)], 8), ([], 1),
        ] as [([(tag: Int, type: Int, value: Int)], Int)] {
            #expect(orientation(block(entries, isBig: isBig), .tiff) == expected, "\(entries)")
        }
        #expect(orientation(block([(0x0112, 3, 6)], isBig: isBig, count: 0), .tiff) == 1)
        #expect(orientation(block([(1, 1, 1)], isBig: isBig, count: 9), .tiff) == 1, "an end too early")
        var other = turned
        other[isBig ? 3 : 2] = 43
        #expect(orientation(other, .tiff) == 1, "no such file")
        // Chunks of WebP fill up to an even number; those of PNG have a checksum.
        let webP: [UInt8] = Array("RIFF....WEBPODD ".utf8) + number(3) + [1, 2, 3, 0]
        #expect(orientation(webP + Array("EXIF".utf8) + number(turned.count) + turned, .webP) == 6)
        #expect(orientation(webP + Array("EXIF".utf8) + number(turned.count + 6) + mark + turned, .webP) == 6)
        let png: [UInt8] = [UInt8](repeating: 0, count: 8) + number(2).reversed() + Array("abcd......".utf8)
        let note: [UInt8] = number(turned.count).reversed() + Array("eXIf".utf8) + turned
        #expect(orientation(png + note, .png) == 6)
        #expect(orientation(png, .png) == 1 && orientation(webP, .webP) == 1)
    }

    // MARK: - What libraries read

    /// Of a palette one colour may be none at all, which a note before the picture says.
    @Test func gifsMayBeTransparent() throws {
        let pixels: [UInt8] = [0, 200, 200, 200]
        let plain = PictureFiles.file(.gif, width: 4, height: 1, pixels: pixels)
        // Behind the header, the size of the screen and 256 colours.
        let start = 13 + 3 * 256
        #expect(plain[start] == 0x2c)
        func read(_ notes: [UInt8]) throws -> [UInt8] {
            try self.read(Array(plain[..<start]) + notes + plain[start...]).pixels
        }
        let control: [UInt8] = [0x21, 0xf9, 4, 1, 0, 0, 200, 0]
        #expect(try read([]) == pixels && read(control) == [0, 255, 255, 255])
        #expect(try read([0x21, 0xfe, 3, 1, 2, 3, 0]) == pixels, "a comment")
        #expect(try read([0x21, 0xf9, 4, 0, 0, 0, 200, 0]) == pixels, "none is transparent")
        #expect(try read(control + [0x21, 0xfe, 1, 1, 2, 9, 9, 0]) == [0, 255, 255, 255], "a comment of two parts")
    }

    @Test func whatIsTooLargeIsNamed() throws {
        func problem(_ bytes: [UInt8]) throws -> String {
            let path = try folder.write(bytes, to: "large")
            let error = #expect(throws: DatasetError.self) { try GreyImage.images(inFile: path) }
            return error?.description.replacing(path + ": expected an undamaged ", with: "") ?? "read"
        }
        func patched(_ kind: PictureFiles.Kind, _ width: Int, _ height: Int) throws -> [UInt8] {
            var bytes = PictureFiles.file(kind, width: 8, height: 8, pixels: Array(repeating: 9, count: 64))
            if kind == .gif {
                bytes.replaceSubrange(13 + 3 * 256 + 5..<13 + 3 * 256 + 9, with: number(width, 2) + number(height, 2))
            } else {
                // Behind the marker of a frame, its length and the bits of a sample: height and width.
                let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xff, 0xc0]) })
                bytes.replaceSubrange(
                    place + 5..<place + 9, with: number(height, 2).reversed() + number(width, 2).reversed())
            }
            return bytes
        }
        #expect(
            try problem(patched(.gif, 65_535, 65_535))
                == "GIF file, found \"65535 × 65535 pixels, more than 200000000\"")
        #expect(
            try problem(patched(.jpeg, 20_000, 10_001))
                == "JPEG file, found \"20000 × 10001 pixels, more than 200000000\"")
        // As large as may be, but without its pixels.
        #expect(try problem(patched(.jpeg, 20_000, 10_000)).hasPrefix("JPEG file, found \""))
        let gif = PictureFiles.file(.gif, width: 4, height: 1, pixels: [0, 1, 2, 3])
        #expect(try problem(Array(gif[..<(13 + 3 * 256)]) + [0x3b]) == "GIF file, found \"no picture\"")
    }

    /// Each scan goes over the whole picture, so that a small file of many takes hours.
    @Test func aJPEGFileHasAtMostTwoHundredScans() throws {
        func bytes(scans: Int) -> [UInt8] {
            let pixels = (0..<256).map { UInt8($0 % 16 * 16) }
            return PictureFiles.progressiveJPEG(width: 16, height: 16, pixels: pixels, scans: scans)
        }
        #expect(bytes(scans: 201).count > bytes(scans: 200).count)
        #expect(try read(bytes(scans: 200)).pixels.count == 256)
        let error = #expect(throws: DatasetError.self) { try read(bytes(scans: 201)) }
        #expect(error?.problem == .picture(expected: "an undamaged JPEG file", found: "\"more than 200 scans\""))
    }

    /// At most 4,194,304 pixels are kept, of at most 200,000,000.
    @Test func largePicturesAreShrunk() throws {
        for (width, height, shrink) in [(2048, 2048, 1), (2048, 2049, 2), (4096, 4096, 2), (20_000, 10_000, 7)] {
            let image = try PictureGrid(width: width, height: height, file: "").image()
            #expect(image.shrink == shrink, "\(width) × \(height)")
            #expect(image.width == (width + shrink - 1) / shrink && image.height == (height + shrink - 1) / shrink)
        }
        for (width, height, words) in [
            (20_000, 10_001, "20000 × 10001 pixels, more than 200000000"), (0, 1, "a picture without pixels"),
            (1, 0, "a picture without pixels"), (-1, 1, "a picture without pixels"),
        ] {
            #expect(throws: DatasetError("f", .picture(expected: "an undamaged picture", found: "\"\(words)\""))) {
                _ = try PictureGrid(width: width, height: height, file: "f").image()
            }
        }
        // Cells at the right and at the bottom have fewer pixels.
        var grid = try PictureGrid(width: 2049, height: 2049, file: "")
        for y in 0..<2049 { for x in 0..<2049 { grid.add(x: x, y: y, grey: x == 2048 ? 40 : y == 2048 ? 90 : 200) } }
        let image = grid.image()
        #expect(image.width == 1025 && image.pixels[0] == 200 && image.pixels[1023] == 200 && image.pixels[1024] == 40)
        #expect(image.pixels[1024 * 1025] == 90 && image.pixels[1025 * 1025 - 1] == 40)
    }

    /// A file of PNG: chunks of a size, a kind, contents and a checksum.
    private func png(
        width: Int, height: Int = 1, bits: Int, kind: Int, chunks: [(String, [UInt8])] = [], isInterlaced: Bool = false,
        _ rows: [UInt8]
    ) -> [UInt8] {
        func big(_ value: Int) -> [UInt8] { number(value).reversed() }
        func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
            let bytes = Array(kind.utf8) + content
            return big(content.count) + bytes + big(Int(crc32(0, bytes, uInt(bytes.count))))
        }
        var (packed, size) = ([UInt8](repeating: 0, count: 1000), uLong(1000))
        compress(&packed, &size, rows, uLong(rows.count))
        let header = big(width) + big(height) + [UInt8(bits), UInt8(kind), 0, 0, isInterlaced ? 1 : 0]
        let others = chunks.flatMap { chunk($0.0, $0.1) }
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header) + others
            + chunk("IDAT", Array(packed.prefix(Int(size)))) + chunk("IEND", [])
    }

    /// Grey, colours, a palette, each with opacity or without, of 1 to 16 bits.
    @Test func everyKindOfPNGIsRead() throws {
        func pixels(_ bytes: [UInt8]) throws -> [UInt8] { try read(bytes).pixels }
        #expect(try pixels(png(width: 3, bits: 8, kind: 0, [0, 1, 128, 254])) == [1, 128, 254])
        #expect(try pixels(png(width: 3, bits: 16, kind: 0, [0, 0, 0, 128, 128, 255, 255])) == [0, 128, 255])
        #expect(try pixels(png(width: 4, bits: 1, kind: 0, [0, 0b1011_0000])) == [255, 0, 255, 255])
        #expect(try pixels(png(width: 2, bits: 4, kind: 0, [0, 0x3c])) == [0x33, 0xcc])
        #expect(try pixels(png(width: 2, bits: 8, kind: 2, [0, 200, 80, 10, 10, 80, 200])) == [108, 73])
        let palette = [("PLTE", [200, 80, 10, 10, 80, 200])] as [(String, [UInt8])]
        #expect(try pixels(png(width: 2, bits: 8, kind: 3, chunks: palette, [0, 1, 0])) == [73, 108])
        // Half of the ink on white, as the ink is dark.
        #expect(try pixels(png(width: 2, bits: 8, kind: 4, [0, 20, 255, 55, 0])) == [20, 255])
        #expect(try pixels(png(width: 2, bits: 8, kind: 6, [0, 20, 20, 20, 255, 20, 20, 20, 51])) == [20, 208])
        let clear = palette + [("tRNS", [0])]
        #expect(try pixels(png(width: 2, bits: 8, kind: 3, chunks: clear, [0, 1, 0])) == [73, 255])
    }

    @Test func aBrokenPNGIsNamed() throws {
        let whole = png(width: 3, bits: 8, kind: 0, [0, 1, 128, 254])
        for (bytes, words) in [
            (Array(whole.prefix(60)), "the end of the file before that of the picture"),
            (png(width: 1_000_001, bits: 8, kind: 0, [0]), "Invalid IHDR data"),
        ] {
            let path = try folder.write(bytes, to: "broken")
            let error = #expect(throws: DatasetError.self) { try GreyImage.images(inFile: path) }
            #expect(error?.problem == .picture(expected: "an undamaged PNG file", found: "\"\(words)\""))
        }
    }
}
