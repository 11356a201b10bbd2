import TestSupport
import Testing

@testable import Datasets

/// Grey maps, which we read ourselves.
@Suite struct PGMTests {
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
}
