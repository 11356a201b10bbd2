import Datasets

/// A picture out of a file, made ready for a network.
struct PictureToRead {
    let file: String
    /// Its place in the file, counted from 0; nil in a file of one.
    let index: Int?
    let width: Int
    /// Row-major, bright ink on black.
    let pixels: [UInt8]

    /// - Parameter asIs: whether to leave the pictures unchanged; otherwise ink is made bright and centred as MNIST's.
    /// - Throws: `DatasetError` when the file holds no picture, or one without ink.
    static func pictures(inFile file: String, asIs: Bool) throws(DatasetError) -> [PictureToRead] {
        let images = try GreyImage.images(inFile: file)
        var pictures: [PictureToRead] = []
        for (number, image) in images.enumerated() {
            let index = images.count == 1 ? nil : number
            if asIs {
                pictures.append(PictureToRead(file: file, index: index, width: image.width, pixels: image.pixels))
            } else if let pixels = image.withBrightInk().networkImage() {
                pictures.append(PictureToRead(file: file, index: index, width: 28, pixels: pixels))
            } else {
                throw DatasetError(
                    file, .picture(expected: "ink in picture \(number)", found: "pixels that are all alike"))
            }
        }
        return pictures
    }

    /// The picture in characters, two pixels high each: shades of grey by escape sequences, or without colours the upper
    /// or lower half where there is ink.
    func halfBlocks(colours: Bool) -> [String] {
        let height = pixels.count / max(width, 1)
        func pixel(_ x: Int, _ y: Int) -> Int { y < height ? Int(pixels[y * width + x]) : 0 }
        return stride(from: 0, to: height, by: 2).map { y in
            let cells = (0..<width).map { x in
                let (upper, lower) = (pixel(x, y), pixel(x, y + 1))
                // 232 to 255 are 24 shades of grey.
                if colours { return "\u{1B}[38;5;\(232 + upper * 23 / 255);48;5;\(232 + lower * 23 / 255)m▀" }
                return upper < 128 ? (lower < 128 ? " " : "▄") : (lower < 128 ? "▀" : "█")
            }
            return cells.joined() + (colours ? "\u{1B}[0m" : "")
        }
    }
}
