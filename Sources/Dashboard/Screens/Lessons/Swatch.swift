/// The pixel of a table as a patch of its brightness: as high as its line, or higher where there is much room.
struct Swatch {
    /// In cells, twice as wide as high, so that it is a square.
    let width: Int, height: Int

    init(_ room: Rect) { (width, height) = room.height >= 30 && room.width >= 70 ? (6, 3) : (2, 1) }

    /// The lines of a row of the table whose text stands at `y`.
    func rows(around y: Int) -> Range<Int> { y - height / 2..<y + height / 2 + 1 }

    /// A brightness of 0…1, in the row whose text stands at `y`.
    func draw(_ brightness: Float, x: Int, y: Int, on grid: inout CellGrid) {
        let pixels = Array(repeating: UInt8(brightness * 255), count: width * 2 * height)
        Picture.draw(pixels, width: width, x: x, y: rows(around: y).lowerBound, on: &grid)
    }

    /// A weight, the stronger its colour the further from zero.
    func draw(weight: Float, scale: Float, x: Int, y: Int, on grid: inout CellGrid) {
        let values = Array(repeating: weight, count: width * 2 * height)
        SignedPicture.draw(values, width: width, scale: scale, x: x, y: rows(around: y).lowerBound, on: &grid)
    }
}
