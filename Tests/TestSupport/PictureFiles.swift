import CPictureFiles
import CZlib

/// Files of pictures, as the libraries write them that people's programs use. Empty where a library fails.
public enum PictureFiles {
    /// The kinds that are made here, with their variants.
    public enum Kind: CaseIterable, Sendable {
        case jpeg, progressiveJPEG, jpegOfCMYK, gif, interlacedGIF, webP, losslessWebP, tiff, tiledTIFF, interlacedPNG
        case bmp, topDownBMP, bmpOf32Bits, bmpOf16Bits, bmpOf1Bit

        /// Whether the pixels come back as they were.
        public var isExact: Bool {
            switch self {
            case .jpeg, .progressiveJPEG, .jpegOfCMYK, .webP, .bmpOf16Bits, .bmpOf1Bit: false
            default: true
            }
        }
    }

    /// - Parameters:
    ///   - pixels: `[height × width]`, grey.
    ///   - orientation: how the camera was held, 1…8, as EXIF counts; JPEG, WebP, PNG and TIFF can say so.
    public static func file(_ kind: Kind, width: Int, height: Int, pixels: [UInt8], orientation: Int = 1) -> [UInt8] {
        let (w, h) = (Int32(width), Int32(height))
        func made(_ make: (UnsafeMutablePointer<UInt8>?, Int) -> Int) -> [UInt8] { bytes(of: pixels, make) }
        switch kind {
        case .jpeg, .progressiveJPEG, .jpegOfCMYK:
            let plain = made {
                CPictureFiles_jpeg(pixels, w, h, kind == .progressiveJPEG ? 0 : 1, kind == .jpegOfCMYK ? 1 : 0, $0, $1)
            }
            return orientation == 1 ? plain : withEXIF(jpeg: plain, orientation: orientation)
        case .gif, .interlacedGIF: return made { CPictureFiles_gif(pixels, w, h, kind == .gif ? 0 : 1, $0, $1) }
        case .webP, .losslessWebP: return made { CPictureFiles_webp(pixels, w, h, kind == .webP ? 0 : 1, $0, $1) }
        case .tiff, .tiledTIFF:
            return made { CPictureFiles_tiff(pixels, w, h, kind == .tiff ? 0 : 16, Int32(orientation), $0, $1) }
        case .interlacedPNG: return made { CPictureFiles_interlacedPNG(pixels, w, h, $0, $1) }
        case .bmp: return bmp(width, height, bits: 8) { [pixels[$0]] }
        case .topDownBMP: return bmp(width, -height, bits: 24) { [pixels[$0], pixels[$0], pixels[$0]] }
        case .bmpOf32Bits: return bmp(width, height, bits: 32) { [pixels[$0], pixels[$0], pixels[$0], 0] }
        case .bmpOf16Bits:
            return bmp(width, height, bits: 16) { place in
                let grey = UInt16(pixels[place] >> 3)
                let value = grey << 10 | grey << 5 | grey
                return [UInt8(value & 255), UInt8(value >> 8)]
            }
        case .bmpOf1Bit:
            return bmp(width, height, bits: 1) { place in
                let row = place / width
                let bits = (place..<min(place + 8, (row + 1) * width)).map { pixels[$0] > 127 ? 1 : 0 }
                return [UInt8(bits.enumerated().reduce(0) { $0 | $1.element << (7 - $1.offset) })]
            }
        }
    }

    /// - Parameter scans: how often its rows come, each time with more of the picture: 2…253.
    public static func progressiveJPEG(width: Int, height: Int, pixels: [UInt8], scans: Int) -> [UInt8] {
        bytes(of: pixels) { CPictureFiles_jpeg(pixels, Int32(width), Int32(height), Int32(scans), 0, $0, $1) }
    }

    private static func bytes(of pixels: [UInt8], _ make: (UnsafeMutablePointer<UInt8>?, Int) -> Int) -> [UInt8] {
        let most = pixels.count * 4 + 65_536
        return [UInt8](unsafeUninitializedCapacity: most) { bytes, count in count = make(bytes.baseAddress, most) }
    }

    /// With a note of how the camera was held, after the first two bytes.
    public static func withEXIF(jpeg: [UInt8], orientation: Int) -> [UInt8] {
        let block = Array("Exif\0\0".utf8) + exif(orientation)
        return Array(jpeg[..<2]) + [0xff, 0xe1] + bigEndian(block.count + 2, 2) + block + jpeg[2...]
    }

    /// With a chunk that notes how the camera was held, after the header.
    public static func withEXIF(png: [UInt8], orientation: Int) -> [UInt8] {
        let content = Array("eXIf".utf8) + exif(orientation)
        let sum = Int(crc32(0, content, UInt32(content.count)))
        let chunk = bigEndian(content.count - 4) + content + bigEndian(sum)
        return Array(png[..<33]) + chunk + png[33...]
    }

    /// With a chunk that notes how the camera was held, at the end.
    ///
    /// - Parameter isMarked: whether the note begins as it does in JPEG.
    public static func withEXIF(webP: [UInt8], orientation: Int, isMarked: Bool) -> [UInt8] {
        let content = (isMarked ? Array("Exif\0\0".utf8) : []) + exif(orientation)
        let bytes = webP + Array("EXIF".utf8) + littleEndian(content.count) + content
        return Array(bytes[..<4]) + littleEndian(bytes.count - 8) + bytes[8...]
    }

    /// A small TIFF file of one entry, the high byte first.
    private static func exif(_ orientation: Int) -> [UInt8] {
        Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0]
    }

    /// - Parameters:
    ///   - height: below 0 where the first row is the uppermost.
    ///   - pixel: the bytes of the pixel at a place, of eight pixels where each has one bit.
    private static func bmp(_ width: Int, _ height: Int, bits: Int, pixel: (Int) -> [UInt8]) -> [UInt8] {
        let greys = bits > 8 ? [] : (0..<1 << bits).map { $0 * 255 / (1 << bits - 1) }
        let colours: [UInt8] = greys.flatMap { (grey: Int) -> [UInt8] in
            [UInt8(grey), UInt8(grey), UInt8(grey), 0]
        }
        var rows: [UInt8] = []
        for row in 0..<abs(height) {
            let y = height < 0 ? row : height - 1 - row
            var line: [UInt8] = []
            for x in stride(from: 0, to: width, by: bits == 1 ? 8 : 1) { line += pixel(y * width + x) }
            rows += line + [UInt8](repeating: 0, count: (4 - line.count % 4) % 4)
        }
        let start = 54 + colours.count
        let sizes = [start + rows.count, 0, start, 40, width, height].flatMap { littleEndian($0) }
        let kind = littleEndian(1, 2) + littleEndian(bits, 2) + littleEndian(0) + littleEndian(rows.count)
        return Array("BM".utf8) + sizes + kind + [UInt8](repeating: 0, count: 16) + colours + rows
    }
}
