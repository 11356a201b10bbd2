/// Pictures of numbers above and below zero, two pixels to a cell: the one colour for positive, the other for negative,
/// the brighter the further from zero.
enum SignedPicture {
    /// Draws `values` `[rows × width]`; `scale` is the magnitude that is brightest.
    static func draw(_ values: [Float], width: Int, scale: Float, x: Int, y: Int, on grid: inout CellGrid) {
        guard width > 0 else { return }
        let rows = values.count / width
        for row in stride(from: 0, to: rows, by: 2) {
            for column in 0..<width {
                let upper = values[row * width + column]
                let lower = row + 1 < rows ? values[(row + 1) * width + column] : 0
                grid[x + column, y + row / 2] = Cell("▀", Style(ink(upper, scale), on: ink(lower, scale)))
            }
        }
    }

    /// So small that both sides are at most so many values: each the mean of a square of some; with its width.
    static func shrunk(_ values: [Float], width: Int, toFit side: Int) -> (values: [Float], width: Int) {
        let factor = Picture.shrinking(width: width, height: values.count / max(width, 1), toFit: side)
        guard factor > 1 else { return (values, width) }
        let (wide, rows) = (width / factor, values.count / width / factor)
        let small = (0..<wide * rows).map { index in
            let corner = index / wide * factor * width + index % wide * factor
            let sum = (0..<factor * factor).reduce(Float(0)) { $0 + values[corner + $1 / factor * width + $1 % factor] }
            return sum / Float(factor * factor)
        }
        return (small, wide)
    }

    /// Half as wide and as high: each pixel the mean of four.
    static func halved(_ values: [Float], width: Int) -> [Float] {
        guard width > 1 else { return values }
        let (half, rows) = (width / 2, values.count / width / 2)
        return (0..<half * rows).map { index in
            let corner = index / half * 2 * width + index % half * 2
            return (values[corner] + values[corner + 1] + values[corner + width] + values[corner + width + 1]) / 4
        }
    }

    /// Each value a square of values.
    static func enlarged(_ values: [Float], width: Int, by factor: Int) -> [Float] {
        guard width > 0, factor > 1 else { return values }
        let (wide, rows) = (factor * width, factor * (values.count / width))
        return (0..<rows * wide).map { values[$0 / wide / factor * width + $0 % wide / factor] }
    }

    /// The largest magnitude.
    static func scale(of values: [Float]) -> Float { values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 } }

    static func ink(_ value: Float, _ scale: Float) -> Ink {
        guard value.isFinite, scale > 0 else { return .positive(0) }
        // The small ones recede a little more than in proportion, so that noise does not shout.
        let share = min(abs(value) / scale, 1)
        let level = UInt8(share * share.squareRoot() * 6 + 0.5)
        return value < 0 && level > 0 ? .negative(level) : .positive(level)
    }
}

extension Ink {
    /// Of a signed picture: -6 to 6; nil for other inks.
    var signedLevel: Int? {
        switch self {
        case .positive(let level): Int(level)
        case .negative(let level): -Int(level)
        default: nil
        }
    }
}
