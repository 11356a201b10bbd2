import TestSupport
import Testing

@testable import Datasets

/// How the camera was held, as notes in files say.
@Suite struct OrientationTests {
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
        func part(_ value: Int, _ size: Int) -> [UInt8] {
            isBig ? bigEndian(value, size) : littleEndian(value, size)
        }
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
            bytes += bigEndian(segment.content.count + 2, 2)
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
        let webP: [UInt8] = Array("RIFF....WEBPODD ".utf8) + littleEndian(3) + [1, 2, 3, 0]
        #expect(orientation(webP + Array("EXIF".utf8) + littleEndian(turned.count) + turned, .webP) == 6)
        #expect(orientation(webP + Array("EXIF".utf8) + littleEndian(turned.count + 6) + mark + turned, .webP) == 6)
        let png: [UInt8] = [UInt8](repeating: 0, count: 8) + bigEndian(2) + Array("abcd......".utf8)
        let note: [UInt8] = bigEndian(turned.count) + Array("eXIf".utf8) + turned
        #expect(orientation(png + note, .png) == 6)
        #expect(orientation(png, .png) == 1 && orientation(webP, .webP) == 1)
    }
}
