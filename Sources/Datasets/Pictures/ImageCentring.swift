import NeuralNetwork

extension GreyImage {
    /// The picture with bright ink, up to 255, on black, whichever way round it was.
    ///
    /// The background is what most of the border has; ink is what differs from it, on the side where it differs more.
    /// A tenth of that difference is taken for noise.
    public func withBrightInk() -> GreyImage {
        let rows = [0, height - 1].flatMap { y in (0..<width).map { pixels[y * width + $0] } }
        let columns = [0, width - 1].flatMap { x in (0..<height).map { pixels[$0 * width + x] } }
        let border = (rows + columns).sorted()
        let background = Int(border[border.count / 2])
        let (darkest, brightest) = (Int(pixels.min() ?? 0), Int(pixels.max() ?? 0))
        let isDark = background - darkest > brightest - background
        let contrast = max(isDark ? background - darkest : brightest - background, 1)
        return GreyImage(
            width: width, height: height,
            pixels: pixels.map { pixel in
                let ink = isDark ? background - Int(pixel) : Int(pixel) - background
                return ink * 10 < contrast ? 0 : UInt8(ink * 255 / contrast)
            })
    }

    /// The picture as MNIST's were made: the ink's longer side scaled to 20 pixels by the areas that pixels cover, in a
    /// picture of 28 × 28 with the centre of its mass in the middle (LeCun et al., yann.lecun.com/exdb/mnist). nil
    /// without ink. The picture has bright ink on black.
    ///
    /// - Parameter size: of the picture to make, in which all has the share that it has in one of 28 × 28.
    public func networkImage(size: Shape = .mnist) -> [UInt8]? {
        var (left, right, top, bottom) = (width, 0, height, 0)
        var (mass, x, y) = (0.0, 0.0, 0.0)
        for row in 0..<height {
            for column in 0..<width {
                let ink = Double(pixels[row * width + column])
                guard ink > 0 else { continue }
                (left, right) = (min(left, column), max(right, column + 1))
                (top, bottom) = (min(top, row), max(bottom, row + 1))
                mass += ink
                x += ink * (Double(column) + 0.5)
                y += ink * (Double(row) + 0.5)
            }
        }
        guard mass > 0 else { return nil }
        let scale = Double(20 * min(size.width, size.height)) / 28 / Double(max(right - left, bottom - top))
        let across = Self.weights(scale: scale, centre: x / mass, ink: left..<right, side: size.width)
        let down = Self.weights(scale: scale, centre: y / mass, ink: top..<bottom, side: size.height)
        // First across, `[height × new width]`, then down.
        let newWidth = size.width
        var narrow = [Double](repeating: 0, count: height * newWidth)
        for row in top..<bottom {
            for (column, cells) in across.enumerated() {
                narrow[row * newWidth + column] = cells.reduce(0) {
                    $0 + $1.weight * Double(pixels[row * width + $1.index])
                }
            }
        }
        return down.flatMap { cells in
            (0..<newWidth).map { column in
                let value = cells.reduce(0) { $0 + $1.weight * narrow[$1.index * newWidth + column] }
                return UInt8(min(max(value.rounded(), 0), 255))
            }
        }
    }

    /// For each of `side` pixels, the pixels of the ink that it covers and the share that each has in it.
    ///
    /// - Parameters:
    ///   - scale: how many of them a pixel becomes.
    ///   - centre: what comes to the middle, unless ink would be lost.
    ///   - ink: where there is some, shorter than they are when scaled.
    private static func weights(
        scale: Double, centre: Double, ink: Range<Int>, side: Int
    ) -> [[(index: Int, weight: Double)]] {
        let ideal = Double(side) / 2 - centre * scale
        let offset = min(max(ideal, -Double(ink.lowerBound) * scale), Double(side) - Double(ink.upperBound) * scale)
        return (0..<side).map { pixel in
            let start = (Double(pixel) - offset) / scale
            let end = (Double(pixel + 1) - offset) / scale
            let first = max(Int(start.rounded(.down)), ink.lowerBound)
            let last = min(Int(end.rounded(.up)), ink.upperBound)
            guard first < last else { return [] }
            return (first..<last).map { index in
                (index, max(0, min(end, Double(index + 1)) - max(start, Double(index))) * scale)
            }
        }
    }
}
