/// Dots two to a cell across and four down, drawn with the braille patterns of Unicode (U+2800 to U+28FF).
struct BrailleCanvas {
    /// In dots.
    let width: Int
    let height: Int
    private let columns: Int
    private var cells: [UInt8]

    /// A canvas over the given number of cells.
    init(columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        width = 2 * self.columns
        height = 4 * max(rows, 0)
        cells = Array(repeating: 0, count: self.columns * max(rows, 0))
    }

    /// The bit of each dot in a cell, row by row.
    private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

    /// Lights a dot; beyond the edges nothing happens.
    mutating func set(x: Int, y: Int) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        cells[y / 4 * columns + x / 2] |= Self.bits[y % 4 * 2 + x % 2]
    }

    /// A line, its ends included; without gaps, or dotted.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), isDotted: Bool = false) {
        let steps = max(abs(end.x - start.x), abs(end.y - start.y))
        for step in stride(from: 0, through: max(steps, 1), by: isDotted ? 3 : 1) {
            let share = Double(step) / Double(max(steps, 1))
            set(
                x: start.x + Int((Double(end.x - start.x) * share).rounded()),
                y: start.y + Int((Double(end.y - start.y) * share).rounded()))
        }
    }

    /// The character of a cell; nil where no dot is lit.
    func character(column: Int, row: Int) -> Unicode.Scalar? {
        let dots = cells[row * columns + column]
        return dots == 0 ? nil : Unicode.Scalar(0x2800 + UInt32(dots))
    }

    /// The dots of two braille patterns in one; the first where the second is another character.
    static func union(_ character: Unicode.Scalar, _ other: Unicode.Scalar) -> Unicode.Scalar {
        guard let dots = dots(of: character), let others = Self.dots(of: other) else { return character }
        return Unicode.Scalar(0x2800 + UInt32(dots | others)) ?? character
    }

    /// One dot of a full pattern, those of a line as they are: what recedes without a colour.
    static func thinned(_ character: Unicode.Scalar) -> Unicode.Scalar {
        guard let dots = dots(of: character), dots.nonzeroBitCount >= 4, dots & 0x10 != 0 else { return character }
        return Unicode.Scalar(0x2800 + UInt32(dots & 0x10)) ?? character
    }

    /// The dots of a braille pattern; nil for any other character.
    static func dots(of character: Unicode.Scalar) -> UInt8? {
        (0x2800...0x28FF).contains(character.value) ? UInt8(character.value - 0x2800) : nil
    }
}
