import CPictures

/// Windows bitmaps that are not compressed, of 1, 4, 8, 16, 24 and 32 bits a pixel:
/// <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>.
enum BMP {
    static func image(_ bytes: [UInt8], file: String) throws(DatasetError) -> GreyImage {
        func number(at place: Int, size: Int) throws(DatasetError) -> Int {
            guard place >= 0, place <= bytes.count - size else {
                throw DatasetError(file, .truncated(expected: place + size, found: bytes.count))
            }
            return (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        func wrong(_ expected: String, _ found: String) -> DatasetError {
            DatasetError(file, .picture(expected: expected, found: found))
        }
        let pixels = try number(at: 10, size: 4)
        let header = try number(at: 14, size: 4)
        // The oldest header has 12 bytes and shorter numbers; those after it begin all alike.
        let isOld = header == 12
        guard isOld || header >= 40 else { throw wrong("a BMP file with a header of 12 or 40 bytes", "\(header)") }
        let width = try number(at: 18, size: isOld ? 2 : 4)
        let signed = try number(at: isOld ? 20 : 22, size: isOld ? 2 : 4)
        // A height below 0 says that the first row is the uppermost; else it is the lowest.
        let height = isOld ? signed : abs(Int(Int32(truncatingIfNeeded: signed)))
        let isTopDown = !isOld && signed > Int(Int32.max)
        let bits = try number(at: isOld ? 24 : 28, size: 2)
        let packing = isOld ? 0 : try number(at: 30, size: 4)
        guard [1, 4, 8, 16, 24, 32].contains(bits) else {
            throw wrong("a BMP file of 1, 4, 8, 16, 24 or 32 bits a pixel", "\(bits)")
        }
        guard packing == 0 || (packing == 3 || packing == 6) && bits >= 16 else {
            throw wrong("a BMP file that is not compressed", "compression \(packing)")
        }
        var grid = try PictureGrid(width: width, height: height, file: file)
        let rowSize = (width * bits + 31) / 32 * 4
        guard pixels + rowSize * height <= bytes.count else {
            throw DatasetError(file, .truncated(expected: pixels + rowSize * height, found: bytes.count))
        }

        var greys: [UInt8] = []
        if bits <= 8 {
            let size = isOld ? 3 : 4
            let said = isOld ? 0 : try number(at: 46, size: 4)
            for index in 0..<(said > 0 ? said : 1 << bits) {
                let place = 14 + header + index * size
                guard place + size <= pixels else { break }
                greys.append(grey(Int(bytes[place + 2]), Int(bytes[place + 1]), Int(bytes[place])))
            }
        }
        // Red, green, blue and opacity in a pixel of 16 or 32 bits.
        var masks = bits == 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0]
        if packing != 0 {
            for index in 0..<(packing == 6 || header >= 56 ? 4 : 3) {
                masks[index] = try number(at: 54 + 4 * index, size: 4)
            }
        }
        func part(_ value: Int, _ mask: Int) -> Int {
            mask == 0 ? 0 : (value & mask) >> mask.trailingZeroBitCount * 255 / (mask >> mask.trailingZeroBitCount)
        }
        for row in 0..<height {
            let start = pixels + row * rowSize
            let y = isTopDown ? row : height - 1 - row
            for x in 0..<width {
                if bits <= 8 {
                    let value = Int(bytes[start + x * bits / 8]) >> (8 - bits - x * bits % 8) & (1 << bits - 1)
                    guard value < greys.count else { throw wrong("\(greys.count) colours", "number \(value)") }
                    grid.add(x: x, y: y, grey: greys[value])
                } else if bits == 24 {
                    let place = start + 3 * x
                    grid.add(x: x, y: y, grey: grey(Int(bytes[place + 2]), Int(bytes[place + 1]), Int(bytes[place])))
                } else {
                    let value = try number(at: start + x * bits / 8, size: bits / 8)
                    grid.add(
                        x: x, y: y, grey: grey(part(value, masks[0]), part(value, masks[1]), part(value, masks[2])),
                        opacity: masks[3] == 0 ? 255 : UInt8(part(value, masks[3])))
                }
            }
        }
        return grid.image()
    }

    private static func grey(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        UInt8(CPicture_grey(UInt32(red), UInt32(green), UInt32(blue)))
    }
}
