import Datasets
import NeuralNetwork

/// What is on the canvas: strokes in the unit square, over a picture where one was opened.
struct Sketch: Sendable, Equatable {
    /// The pen's radius at width 1, a share of the canvas.
    static let penRadius = 0.03

    var drawing = Drawing()
    /// `[rows × baseWidth]`, 0…255
    var base: [UInt8]?
    var baseWidth = 28
    /// Where the picture comes from.
    var title: String?
    /// What is on the picture; nil where that is not known.
    var label: Int?

    var isEmpty: Bool { drawing.isEmpty && base == nil }

    /// Erases along a line, in the strokes and in the picture.
    mutating func erase(from start: Drawing.Point, to end: Drawing.Point, radius: Double) {
        drawing.erase(from: start, to: end, radius: radius)
        guard let base else { return }
        let (width, height) = (baseWidth, base.count / max(baseWidth, 1))
        let size = Double(max(width, height))
        let mask = Drawing(strokes: [[start, end]]).rasterized(
            width: width, height: height, scale: size, penRadius: radius * size)
        self.base = zip(base, mask).map { $1 > 127 ? 0 : $0 }
    }

    /// The canvas in `side × side` pixels, 0…255.
    func picture(side: Int, penWidth: Double) -> [UInt8] {
        let size = Double(side)
        let ink = drawing.rasterized(
            width: side, height: side, scale: size, penRadius: max(Self.penRadius * penWidth * size, 0.5))
        guard let base else { return ink }
        let (width, height) = (baseWidth, base.count / max(baseWidth, 1))
        let whole = max(width, height)
        return ink.indices.map { index in
            let (x, y) = (index % side * whole / side, index / side * whole / side)
            return x < width && y < height ? max(ink[index], base[y * width + x]) : ink[index]
        }
    }

    /// What the network gets: strokes are set upright, scaled and centred like MNIST's digits, unless they are on a
    /// picture, which stays as it is. nil where there is nothing.
    ///
    /// - Parameter size: of the network's images; a picture is of it.
    func networkImage(penWidth: Double, size: Shape = .mnist) -> [UInt8]? {
        let radius = Drawing.networkPenRadius * penWidth
        guard let base else { return drawing.networkImage(penRadius: radius, size: size) }
        let height = base.count / max(baseWidth, 1)
        let side = Double(max(baseWidth, height))
        let ink = drawing.rasterized(
            width: baseWidth, height: height, scale: side, penRadius: radius * (side / 28))
        return zip(base, ink).map { max($0, $1) }
    }
}
