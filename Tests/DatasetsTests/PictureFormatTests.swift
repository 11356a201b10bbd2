import DatasetsTestSupport
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct PictureFormatTests: ReadsPictures {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func difference(_ one: GreyImage, _ other: GreyImage) -> Int {
        guard one.width == other.width, one.height == other.height else { return .max }
        return zip(one.pixels, other.pixels).map { abs(Int($0.0) - Int($0.1)) }.max() ?? 0
    }

    @Test(arguments: PictureFiles.Kind.allCases) func aPictureComesBack(kind: PictureFiles.Kind) throws {
        let plain = GreyImage.slope(width: 37, height: 29)
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
        let image = GreyImage.slope(width: 20, height: 12)
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
        let image = GreyImage.slope(width: width, height: height)
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
        let image = GreyImage.slope(width: width, height: height)
        let found = try read(PictureFiles.file(kind, width: width, height: height, pixels: image.pixels))
        #expect(found.width * found.height <= GreyImage.keptCount)
        #expect(found.width == (width + found.shrink - 1) / found.shrink)
        let place = (found.height / 2) * found.width + found.width / 2
        #expect(abs(Int(found.pixels[place]) - 95) < 4)
    }

    /// The older of two versions, without what the newer one added.
    @Test func gifOf1987IsRead() throws {
        let image = GreyImage.slope(width: 20, height: 12)
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
        let image = GreyImage.slope(width: 48, height: 32)
        let plain = PictureFiles.file(.losslessWebP, width: 48, height: 32, pixels: image.pixels)
        let turned = try read(PictureFiles.withEXIF(webP: plain, orientation: 6, isMarked: isMarked))
        #expect((turned.width, turned.height) == (32, 48) && turned.pixels[31] == image.pixels[0])
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
                bytes.replaceSubrange(
                    13 + 3 * 256 + 5..<13 + 3 * 256 + 9, with: littleEndian(width, 2) + littleEndian(height, 2))
            } else {
                // Behind the marker of a frame, its length and the bits of a sample: height and width.
                let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xff, 0xc0]) })
                bytes.replaceSubrange(
                    place + 5..<place + 9, with: bigEndian(height, 2) + bigEndian(width, 2))
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
}
