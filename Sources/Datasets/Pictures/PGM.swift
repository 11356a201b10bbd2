/// Portable grey maps, binary (P5) and in letters (P2): <https://netpbm.sourceforge.net/doc/pgm.html>.
enum PGM {
    static func isMagic(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == 0x50 && (bytes[1] == 0x35 || bytes[1] == 0x32) && isSpace(bytes[2])
    }

    static func image(_ bytes: [UInt8], file: String) throws(DatasetError) -> GreyImage {
        var position = 2
        func number(_ what: String, upTo limit: Int) throws(DatasetError) -> Int {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
                } else if isSpace(bytes[position]) {
                    position += 1
                } else {
                    break
                }
            }
            var value: Int?
            while position < bytes.count, (0x30...0x39).contains(bytes[position]), value ?? 0 <= limit {
                value = (value ?? 0) * 10 + Int(bytes[position] - 0x30)
                position += 1
            }
            guard let value, value <= limit else {
                throw DatasetError(
                    file, .picture(expected: "\(what) of at most \(limit) at byte \(position)", found: "something else")
                )
            }
            return value
        }
        let width = try number("a width", upTo: 1_000_000)
        let height = try number("a height", upTo: 1_000_000)
        let white = try number("a value of white", upTo: 65_535)
        guard white >= 1 else {
            throw DatasetError(file, .picture(expected: "a value of white above 0", found: "\(white)"))
        }
        var grid = try PictureGrid(width: width, height: height, file: file)
        let count = width * height
        func grey(_ value: Int) -> UInt8 { UInt8((min(value, white) * 255 + white / 2) / white) }
        if bytes[1] == UInt8(ascii: "2") {
            guard count <= bytes.count else {
                throw DatasetError(file, .truncated(expected: count, found: bytes.count))
            }
            for index in 0..<count {
                grid.add(x: index % width, y: index / width, grey: grey(try number("a value", upTo: white)))
            }
        } else {
            // One byte of white space, then one or two bytes a pixel.
            let size = white > 255 ? 2 : 1
            let start = position + 1
            guard bytes.count >= start + count * size else {
                throw DatasetError(file, .truncated(expected: start + count * size, found: bytes.count))
            }
            for index in 0..<count {
                let place = start + index * size
                let value = size == 1 ? Int(bytes[place]) : Int(bytes[place]) << 8 | Int(bytes[place + 1])
                grid.add(x: index % width, y: index / width, grey: grey(value))
            }
        }
        return grid.image()
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
