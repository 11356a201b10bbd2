import Datasets
import NeuralNetwork

/// A picture out of a file, with what a network is to read in it.
struct PictureToRead {
    /// Something that a network reads: a digit, or a whole picture.
    struct Part {
        let width: Int
        /// Row-major, bright ink on black.
        let pixels: [UInt8]
        /// Where it is in the file, in its pixels; nil where the whole picture is meant.
        let box: Box?
    }

    /// How pictures are made ready.
    enum Way {
        /// Unchanged.
        case asIs
        /// Whatever is on it, centred as MNIST's digits are.
        case centred
        /// Its digits, found and brought to the pen of those learnt; all ink as one digit, or line by line.
        case digits(asOne: Bool)
    }

    let file: String
    /// Its place in the file, counted from 0; nil in a file of one.
    let index: Int?
    let original: GreyImage
    /// What was taken for ink; nil where nothing was.
    let ink: GreyImage?
    /// Lines from the top to the bottom, in each what is read from the left to the right.
    let lines: [[Part]]

    /// - Parameter size: of the network's images.
    /// - Returns: for each picture of the file, itself or why there is nothing to read in it.
    /// - Throws: `DatasetError` when the file holds no picture.
    static func pictures(
        inFile file: String, _ way: Way, size: Shape = .mnist
    ) throws(DatasetError) -> [Result<PictureToRead, DatasetError>] {
        let images = try GreyImage.images(inFile: file)
        return images.enumerated().map { number, image in
            let index = images.count == 1 ? nil : number
            let (ink, lines) = parts(of: image, way, size)
            guard !lines.isEmpty else {
                return .failure(
                    DatasetError(
                        file, .picture(expected: "ink in picture \(number)", found: "pixels that are all alike")))
            }
            return .success(PictureToRead(file: file, index: index, original: image, ink: ink, lines: lines))
        }
    }

    /// The first picture of a file as one digit, its ink made bright and centred as MNIST's, `[28 × 28]`.
    static func ink(inFile file: String) throws(DatasetError) -> [UInt8] {
        guard let part = try pictures(inFile: file, .digits(asOne: true)).first?.get().lines.first?.first else {
            throw DatasetError(file, .picture(expected: "a picture", found: "none"))
        }
        return part.pixels
    }

    private static func parts(of image: GreyImage, _ way: Way, _ size: Shape) -> (ink: GreyImage?, lines: [[Part]]) {
        switch way {
        case .asIs: return (nil, [[Part(width: image.width, pixels: image.pixels, box: nil)]])
        case .centred:
            let pixels = image.withBrightInk().networkImage(size: size)
            return (nil, pixels.map { [[Part(width: size.width, pixels: $0, box: nil)]] } ?? [])
        case .digits(let asOne):
            // One of a data set is one.
            let reading = PictureReading(of: image, asOne: asOne || max(image.width, image.height) <= 28)
            let lines = reading.lines.map { line in
                line.map { Part(width: 28, pixels: $0.image, box: $0.box) }
            }
            return (reading.ink, lines)
        }
    }
}

/// Pictures in characters, two pixels high each.
enum HalfBlocks {
    /// Shades of grey by escape sequences, or without colours the upper or lower half where there is ink.
    static func lines(of pixels: [UInt8], width: Int, _ abilities: TableAbilities) -> [String] {
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

extension PictureToRead {
    /// The picture, and beside it what was taken for ink; what the network sees of it comes with the answers.
    func steps(_ abilities: TableAbilities) -> String {
        let columns = [("picture", original), ("ink", ink)].compactMap { title, image -> [String]? in
            guard let small = image?.fitting(width: 36, height: 28) else { return nil }
            let padding = String(repeating: " ", count: max(small.width - title.count, 0))
            let lines = HalfBlocks.lines(of: small.pixels, width: small.width, abilities)
            // Both are as high, but for a frame that was taken away.
            let blank = String(repeating: " ", count: max(small.width, title.count))
            return [title + padding]
                + lines.map { $0 + String(repeating: " ", count: max(title.count - small.width, 0)) }
                + [String](repeating: blank, count: max(14 - lines.count, 0))
        }
        return (0..<(columns.first?.count ?? 0)).map { row in columns.map { $0[row] }.joined(separator: "  ") }
            .joined(separator: "\n")
    }
}

/// What the terminal that a table is written to can show.
struct TableAbilities {
    let isUTF8: Bool
    /// 24 shades of grey, as terminals of 256 colours have them, written in half blocks.
    let hasGreys: Bool
}
