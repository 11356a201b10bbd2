import CZlib
import TestSupport
import Testing

@testable import Datasets

/// The kinds of pixels that PNG files have.
@Suite struct PNGTests: ReadsPictures {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file of PNG: chunks of a size, a kind, contents and a checksum.
    private func png(
        width: Int, height: Int = 1, bits: Int, kind: Int, chunks: [(String, [UInt8])] = [], isInterlaced: Bool = false,
        _ rows: [UInt8]
    ) -> [UInt8] {
        func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
            let bytes = Array(kind.utf8) + content
            return bigEndian(content.count) + bytes + bigEndian(Int(crc32(0, bytes, uInt(bytes.count))))
        }
        var (packed, size) = ([UInt8](repeating: 0, count: 1000), uLong(1000))
        compress(&packed, &size, rows, uLong(rows.count))
        let header = bigEndian(width) + bigEndian(height) + [UInt8(bits), UInt8(kind), 0, 0, isInterlaced ? 1 : 0]
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
