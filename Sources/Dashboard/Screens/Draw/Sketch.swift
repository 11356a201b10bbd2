import Datasets

/// What is on the canvas: strokes in the unit square, over a picture of 28 × 28 where one was opened.
struct Sketch: Sendable, Equatable {
    private static let side = 28
    /// What the network gets.
    static let pixels = side * side
    /// The pen's radius at width 1, a share of the canvas.
    static let penRadius = 0.03

    var drawing = Drawing()
    /// `[28 × 28]`, 0…255
    var base: [UInt8]?
    /// Where the picture comes from.
    var title: String?
    /// What is on the picture; nil where that is not known.
    var label: Int?

    var isEmpty: Bool { drawing.isEmpty && base == nil }

    /// Erases along a line, in the strokes and in the picture.
    mutating func erase(from start: Drawing.Point, to end: Drawing.Point, radius: Double) {
        drawing.erase(from: start, to: end, radius: radius)
        guard let base else { return }
        let size = Double(Self.side)
        let mask = Drawing(strokes: [[start, end]]).rasterized(
            width: Self.side, height: Self.side, scale: size, penRadius: radius * size)
        self.base = zip(base, mask).map { $1 > 127 ? 0 : $0 }
    }

    /// The canvas in `side × side` pixels, 0…255.
    func picture(side: Int, penWidth: Double) -> [UInt8] {
        let size = Double(side)
        let ink = drawing.rasterized(
            width: side, height: side, scale: size, penRadius: max(Self.penRadius * penWidth * size, 0.5))
        guard let base else { return ink }
        return ink.indices.map { index in
            let (x, y) = (index % side * Self.side / side, index / side * Self.side / side)
            return max(ink[index], base[y * Self.side + x])
        }
    }

    /// What the network gets: strokes are centred and scaled like MNIST's digits, unless they are on a picture, which
    /// is so already. nil where there is nothing.
    func networkImage(penWidth: Double) -> [UInt8]? {
        let radius = Drawing.networkPenRadius * penWidth
        guard let base else { return drawing.networkImage(penRadius: radius) }
        let ink = drawing.rasterized(
            width: Self.side, height: Self.side, scale: Double(Self.side), penRadius: radius)
        return zip(base, ink).map { max($0, $1) }
    }
}
