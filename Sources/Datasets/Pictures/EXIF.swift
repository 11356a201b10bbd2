/// How a camera was held, as it notes in its files: tag 0x0112 of EXIF (CIPA DC-008), which counts in eight ways which
/// side of the picture the first row is, and which one the first column.
enum Orientation: Int {
    case upright = 1
    case mirrored, upsideDown, upsideDownMirrored, transposed, turnedLeft, transversed, turnedRight

    /// Whether rows have become columns.
    var isOnItsSide: Bool { rawValue >= 5 }
}

enum EXIF {
    /// What a picture file says of how it was held; upright where it says nothing that makes sense.
    static func orientation(in file: [UInt8], _ format: PictureFormat) -> Orientation {
        block(in: file, format).flatMap { orientation(inBlock: $0) } ?? .upright
    }

    /// The block of EXIF, which is a small TIFF file.
    private static func block(in file: [UInt8], _ format: PictureFormat) -> ArraySlice<UInt8>? {
        let bytes = Bytes(file[...])
        switch format {
        case .tiff: return file[...]
        case .jpeg:
            // Segments of a marker and a length, up to the one with which the pixels begin.
            var place = 2
            while let marker = bytes.number(at: place, size: 2), marker >> 8 == 0xff, marker != 0xffda,
                let size = bytes.number(at: place + 2, size: 2), size >= 2
            {
                let content = bytes.part(at: place + 4, size: size - 2)
                if marker == 0xffe1, let content, content.starts(with: Array("Exif\0\0".utf8)) {
                    return content.dropFirst(6)
                }
                place += 2 + size
            }
        case .png:
            var place = 8
            while let size = bytes.number(at: place, size: 4), let kind = bytes.part(at: place + 4, size: 4) {
                if kind.elementsEqual("eXIf".utf8) { return bytes.part(at: place + 8, size: size) }
                place += 12 + size
            }
        case .webP:
            var place = 12
            while let kind = bytes.part(at: place, size: 4),
                let size = bytes.number(at: place + 4, size: 4, isBigEndian: false)
            {
                if kind.elementsEqual("EXIF".utf8), let content = bytes.part(at: place + 8, size: size) {
                    return content.starts(with: Array("Exif\0\0".utf8)) ? content.dropFirst(6) : content
                }
                place += 8 + size + size % 2
            }
        case .gif, .bmp, .pgm: break
        }
        return nil
    }

    private static func orientation(inBlock block: ArraySlice<UInt8>) -> Orientation? {
        let isBigEndian = block.first == UInt8(ascii: "M")
        let bytes = Bytes(block)
        func number(at place: Int, size: Int) -> Int? { bytes.number(at: place, size: size, isBigEndian: isBigEndian) }
        guard number(at: 2, size: 2) == 42, let start = number(at: 4, size: 4), let count = number(at: start, size: 2)
        else { return nil }
        // Entries of twelve bytes: tag, type, count, value; the type 3 is a number of two bytes.
        for place in stride(from: start + 2, to: start + 2 + 12 * count, by: 12) {
            guard let tag = number(at: place, size: 2) else { return nil }
            if tag == 0x0112, number(at: place + 2, size: 2) == 3 {
                return number(at: place + 8, size: 2).flatMap(Orientation.init)
            }
        }
        return nil
    }

    /// Bytes that are asked for by their place, counted from 0; nil beyond their end.
    private struct Bytes {
        let all: ArraySlice<UInt8>

        init(_ all: ArraySlice<UInt8>) { self.all = all }

        func part(at place: Int, size: Int) -> ArraySlice<UInt8>? {
            guard place >= 0, size >= 0, place <= all.count, size <= all.count - place else { return nil }
            return all[all.startIndex + place..<all.startIndex + place + size]
        }

        func number(at place: Int, size: Int, isBigEndian: Bool = true) -> Int? {
            guard let part = part(at: place, size: size) else { return nil }
            return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
        }
    }
}

extension GreyImage {
    /// The picture upright, from how it was held.
    func turned(_ orientation: Orientation) -> GreyImage {
        guard orientation != .upright else { return self }
        let size = orientation.isOnItsSide ? (width: height, height: width) : (width: width, height: height)
        let (right, bottom) = (width - 1, height - 1)
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { turned, count in
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let (column, row) =
                        switch orientation {
                        case .upright: (x, y)
                        case .mirrored: (right - x, y)
                        case .upsideDown: (right - x, bottom - y)
                        case .upsideDownMirrored: (x, bottom - y)
                        case .transposed: (y, x)
                        case .turnedLeft: (y, bottom - x)
                        case .transversed: (right - y, bottom - x)
                        case .turnedRight: (right - y, x)
                        }
                    turned[y * size.width + x] = pixels[row * width + column]
                }
            }
            count = pixels.count
        }
        return GreyImage(width: size.width, height: size.height, pixels: turned, shrink: shrink)
    }
}
