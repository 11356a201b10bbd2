import TestSupport
import Testing

@testable import Datasets

/// Bitmaps, which we read ourselves.
@Suite struct BMPTests: ReadsPictures {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A bitmap with a header of 40 bytes or another size, and what stands behind it.
    private func bitmap(
        header: Int = 40, width: Int = 2, height: Int = 1, bits: Int, packing: Int = 0, colours: Int = 0,
        palette: [[UInt8]] = [], start: Int? = nil, _ pixels: [UInt8]
    ) -> [UInt8] {
        let table = Array(palette.joined())
        var bytes = Array("BM".utf8)
        for value in [0, 0, start ?? 14 + header + table.count, header, width, height] { bytes += littleEndian(value) }
        bytes += littleEndian(1, 2)
        bytes += littleEndian(bits, 2)
        for value in [packing, 0, 0, 0, colours, 0] { bytes += littleEndian(value) }
        bytes += [UInt8](repeating: 0, count: max(header - 40, 0))
        return bytes + table + pixels
    }

    private func said(_ bytes: [UInt8]) -> String {
        do { return "\(try BMP.image(bytes, file: "file").pixels)" } catch {
            return "\(error)".replacing("file: expected ", with: "")
        }
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
        func file(_ header: Int, packing: Int, masks: [Int], _ pixels: [[UInt8]]) -> [UInt8] {
            let inside = masks.flatMap { littleEndian($0) }
            let filling = [UInt8](repeating: 0, count: max(header - 40 - inside.count, 0))
            let start = 54 + inside.count + filling.count
            let size = start + 4 * pixels.count
            var bytes = Array("BM".utf8)
            for value in [size, 0, start, header, pixels.count, 1] { bytes += littleEndian(value) }
            bytes += littleEndian(1, 2)
            bytes += littleEndian(32, 2)
            bytes += littleEndian(packing)
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
            #expect(said(bitmap(width: 1, bits: 16, littleEndian(value))) == "[\(grey)]")
        }
        // Or as the file says: 5, 6 and 5.
        let masks = [0xf800, 0x7e0, 0x1f].flatMap { littleEndian($0) }
        for (value, grey) in [(0xf800, 76), (0x7e0, 150), (0x1f, 29), (0xffff, 255), (0x400, 76)] {
            #expect(said(bitmap(width: 1, bits: 16, packing: 3, start: 66, masks + littleEndian(value))) == "[\(grey)]")
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
}
