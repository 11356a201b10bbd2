import Datasets

/// Grey pictures in half blocks: two pixels to a cell, one above the other, so that pixels are square.
enum Picture {
    /// Draws `pixels` `[rows × width]`, 0…255, an odd last row with black below.
    static func draw(_ pixels: [UInt8], width: Int, x: Int, y: Int, on grid: inout CellGrid) {
        guard width > 0 else { return }
        let rows = pixels.count / width
        for row in stride(from: 0, to: rows, by: 2) {
            for column in 0..<width {
                let upper = pixels[row * width + column]
                let lower = row + 1 < rows ? pixels[(row + 1) * width + column] : 0
                grid[x + column, y + row / 2] = Cell("▀", Style(level(upper), on: level(lower)))
            }
        }
    }

    /// How many times its size images have room for, in so many cells; 0 where they have none.
    static func factor(width: Int, height: Int, of images: ImageSet) -> Int {
        max(min(width / max(images.width, 1), 2 * height / max(images.height, 1)), 0)
    }

    /// Each pixel a square of pixels.
    static func enlarged(_ pixels: [UInt8], width: Int, by factor: Int) -> [UInt8] {
        guard width > 0, factor > 1 else { return pixels }
        let (wide, rows) = (factor * width, pixels.count / width)
        return (0..<factor * rows).flatMap { row in
            (0..<wide).map { pixels[row / factor * width + $0 / factor] }
        }
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

    private static func level(_ pixel: UInt8) -> Ink { .grey(UInt8((Int(pixel) * 23 + 127) / 255)) }
}
