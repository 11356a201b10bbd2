import Datasets
import NeuralNetwork

/// A picture out of a file, made ready for a network.
struct PictureToRead {
    let file: String
    /// Its place in the file, counted from 0; nil in a file of one.
    let index: Int?
    let width: Int
    /// Row-major, bright ink on black.
    let pixels: [UInt8]

    /// - Parameters:
    ///   - asIs: whether to leave the pictures unchanged; otherwise ink is made bright and centred as MNIST's.
    ///   - size: of the network's images.
    /// - Returns: for each picture of the file, itself or why there is nothing to read in it.
    /// - Throws: `DatasetError` when the file holds no picture.
    static func pictures(
        inFile file: String, asIs: Bool, size: Shape = .mnist
    ) throws(DatasetError) -> [Result<PictureToRead, DatasetError>] {
        let images = try GreyImage.images(inFile: file)
        return images.enumerated().map { number, image in
            let index = images.count == 1 ? nil : number
            if asIs {
                return .success(PictureToRead(file: file, index: index, width: image.width, pixels: image.pixels))
            }
            guard let pixels = image.withBrightInk().networkImage(size: size) else {
                return .failure(
                    DatasetError(
                        file, .picture(expected: "ink in picture \(number)", found: "pixels that are all alike")))
            }
            return .success(PictureToRead(file: file, index: index, width: size.width, pixels: pixels))
        }
    }

    /// The picture in characters, two pixels high each: shades of grey by escape sequences, or without colours the upper
    /// or lower half where there is ink.
    func halfBlocks(_ abilities: TableAbilities) -> [String] {
        let height = pixels.count / max(width, 1)
        func pixel(_ x: Int, _ y: Int) -> Int { y < height ? Int(pixels[y * width + x]) : 0 }
        return stride(from: 0, to: height, by: 2).map { y in
            let cells = (0..<width).map { x in
                let (upper, lower) = (pixel(x, y), pixel(x, y + 1))
                // 232 to 255 are 24 shades of grey.
                if abilities.hasGreys {
                    return "\u{1B}[38;5;\(232 + upper * 23 / 255);48;5;\(232 + lower * 23 / 255)m▀"
                }
                let blocks = abilities.isUTF8 ? [" ", "▄", "▀", "█"] : [" ", ".", "'", "#"]
                return blocks[(upper < 128 ? 0 : 2) + (lower < 128 ? 0 : 1)]
            }
            return cells.joined() + (abilities.hasGreys ? "\u{1B}[0m" : "")
        }
    }
}

/// What the terminal that a table is written to can show.
struct TableAbilities {
    let isUTF8: Bool
    /// 24 shades of grey, as terminals of 256 colours have them, written in half blocks.
    let hasGreys: Bool
}
