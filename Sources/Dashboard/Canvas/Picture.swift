import Datasets

/// Grey pictures in half blocks: two pixels to a cell, one above the other, so that pixels are square.
enum Picture {
    /// Draws `pixels` `[rows × width]`, 0…255, an odd last row with black below; those in `mark`, in pixels, marked.
    static func draw(
        _ pixels: [UInt8], width: Int, mark: Rect? = nil, x: Int, y: Int, on grid: inout CellGrid
    ) {
        guard width > 0 else { return }
        let rows = pixels.count / width
        func ink(_ row: Int, _ column: Int) -> Ink {
            let pixel = row < rows ? pixels[row * width + column] : 0
            return mark?.contains(x: column, y: row) == true ? .marked(level(pixel)) : .grey(level(pixel))
        }
        for row in stride(from: 0, to: rows, by: 2) {
            for column in 0..<width {
                grid[x + column, y + row / 2] = Cell("▀", Style(ink(row, column), on: ink(row + 1, column)))
            }
        }
    }

    /// How many times its size images have room for, in so many cells; 0 where they have none.
    static func factor(width: Int, height: Int, of images: ImageSet) -> Int {
        max(min(width / max(images.width, 1), 2 * height / max(images.height, 1)), 0)
    }

    /// Each pixel a square of pixels.
    static func enlarged<Pixel>(_ pixels: [Pixel], width: Int, by factor: Int) -> [Pixel] {
        guard width > 0, factor > 1 else { return pixels }
        let (wide, rows) = (factor * width, pixels.count / width)
        return (0..<factor * rows).flatMap { row in
            (0..<wide).map { pixels[row / factor * width + $0 / factor] }
        }
    }

    /// The middle of a picture, at most `side` pixels wide and high; with its width.
    static func middle(_ pixels: [UInt8], width: Int, side: Int) -> (pixels: [UInt8], width: Int) {
        guard width > 0 else { return ([], 0) }
        let rows = pixels.count / width
        let (wide, high) = (min(side, width), min(side, rows))
        let (left, top) = ((width - wide) / 2, (rows - high) / 2)
        return ((0..<high * wide).map { pixels[(top + $0 / wide) * width + left + $0 % wide] }, wide)
    }

    /// So small that both sides are at most so many pixels: each pixel the mean of a square of some; with its width.
    static func shrunk(_ pixels: [UInt8], width: Int, toFit side: Int) -> (pixels: [UInt8], width: Int) {
        let factor = shrinking(width: width, height: pixels.count / max(width, 1), toFit: side)
        guard factor > 1 else { return (pixels, width) }
        let (wide, rows) = (width / factor, pixels.count / width / factor)
        let small = (0..<wide * rows).map { index -> UInt8 in
            let corner = index / wide * factor * width + index % wide * factor
            let sum = (0..<factor * factor).reduce(0) { $0 + Int(pixels[corner + $1 / factor * width + $1 % factor]) }
            return UInt8(sum / (factor * factor))
        }
        return (small, wide)
    }

    /// How many times smaller a picture has to be.
    static func shrinking(width: Int, height: Int, toFit side: Int) -> Int {
        max((max(width, height) - 1) / max(side, 1) + 1, 1)
    }

    /// Half as wide and as high: each pixel the mean of four.
    static func halved(_ pixels: [UInt8], width: Int) -> [UInt8] {
        guard width > 1 else { return pixels }
        let (half, rows) = (width / 2, pixels.count / width / 2)
        return (0..<half * rows).map { index in
            let corner = index / half * 2 * width + index % half * 2
            let sum =
                Int(pixels[corner]) + Int(pixels[corner + 1]) + Int(pixels[corner + width])
                + Int(pixels[corner + width + 1])
            return UInt8(sum / 4)
        }
    }

    private static func level(_ pixel: UInt8) -> UInt8 { UInt8((Int(pixel) * 23 + 127) / 255) }
}
