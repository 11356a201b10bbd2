import NeuralNetwork

/// Strokes of a pen, as vectors: x to the right, y down, in any unit.
public struct Drawing: Sendable, Equatable {
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Each stroke's points, in the order in which they were drawn; a single point is a dot.
    public var strokes: [[Point]]

    public init(strokes: [[Point]] = []) {
        self.strokes = strokes
    }

    public var isEmpty: Bool { strokes.allSatisfy(\.isEmpty) }

    /// Takes away what lies within `radius` of the way from `start` to `end`; a stroke may fall into several.
    public mutating func erase(from start: Point, to end: Point, radius: Double) {
        strokes = strokes.flatMap { stroke -> [[Point]] in
            var parts: [[Point]] = [[]]
            for point in Self.densified(stroke, step: radius / 2) {
                if Self.distance(from: point, toSegment: start, end) > radius {
                    parts[parts.count - 1].append(point)
                } else if !parts[parts.count - 1].isEmpty {
                    parts.append([])
                }
            }
            let isWhole = parts.count == 1 && parts[0].first == stroke.first && parts[0].last == stroke.last
            return isWhole ? [stroke] : parts.filter { !$0.isEmpty }
        }
    }

    /// The ink in a picture of `width × height` pixels, row by row, 0…255, anti-aliased. A point is scaled and then
    /// moved; `penRadius` is in pixels.
    public func rasterized(
        width: Int, height: Int, scale: Double = 1, offset: Point = Point(x: 0, y: 0), penRadius: Double
    ) -> [UInt8] {
        coverage(width: width, height: height, scale: scale, offset: offset, penRadius: penRadius)
            .map { UInt8(($0 * 255).rounded()) }
    }

    /// The pen's radius in a picture of 28 × 28: what MNIST's lines have, about two and a half pixels across.
    public static let networkPenRadius = 1.25

    /// The drawing as MNIST's pictures were made: the ink's longer side scaled to 20 pixels, in a picture of 28 × 28
    /// with the centre of its mass in the middle (LeCun et al., yann.lecun.com/exdb/mnist); set upright first, as people
    /// lean differently. nil without ink.
    ///
    /// - Parameters:
    ///   - penRadius: in pixels of a picture of 28 × 28.
    ///   - size: of the picture, in which all has the share that it has in one of 28 × 28.
    public func networkImage(penRadius: Double = networkPenRadius, size: Shape = .mnist) -> [UInt8]? {
        let (side, width, height) = (Double(min(size.width, size.height)), size.width, size.height)
        let penRadius = penRadius * (side / 28)
        // To a size of 1 first, in which no number overflows.
        guard let normalized = fitted(to: 1)?.upright().fitted(to: 20 * side / 28 - 2 * penRadius) else { return nil }
        // Ink of at most 20 pixels has its mass within 28 × 28 whatever its place, so one look is enough.
        let corner = 4 * side / 28
        let trial = normalized.coverage(
            width: width, height: height, scale: 1, offset: Point(x: corner, y: corner), penRadius: penRadius)
        var (mass, x, y) = (0.0, 0.0, 0.0)
        for (index, ink) in trial.enumerated() {
            mass += ink
            x += ink * (Double(index % width) + 0.5)
            y += ink * (Double(index / width) + 0.5)
        }
        guard mass > 0 else { return nil }
        let offset = Point(
            x: corner + Double(width) / 2 - x / mass, y: corner + Double(height) / 2 - y / mass)
        return normalized.rasterized(width: width, height: height, offset: offset, penRadius: penRadius)
    }

    /// Its finite points, the leftmost and the topmost at 0, and `extent` from the first to the last on the longer side; a
    /// dot stays one. nil without points, or if they are too far apart for numbers.
    private func fitted(to extent: Double) -> Drawing? {
        let strokes = strokes.map { $0.filter { $0.x.isFinite && $0.y.isFinite } }
        guard let first = strokes.joined().first else { return nil }
        let (low, high) = strokes.joined().reduce(into: (first, first)) { corners, point in
            corners.0 = Point(x: min(corners.0.x, point.x), y: min(corners.0.y, point.y))
            corners.1 = Point(x: max(corners.1.x, point.x), y: max(corners.1.y, point.y))
        }
        // Halved first, so that no finite extent overflows.
        let present = 2 * max(high.x / 2 - low.x / 2, high.y / 2 - low.y / 2)
        let scale = present > 0 ? extent / present : 0
        guard scale.isFinite, present.isFinite else { return nil }
        return Drawing(
            strokes: strokes.map { $0.map { Point(x: ($0.x - low.x) * scale, y: ($0.y - low.y) * scale) } })
    }

    /// The share of each pixel that the ink covers, 0…1, taken from the distance of its centre to the stroke.
    private func coverage(
        width: Int, height: Int, scale: Double, offset: Point, penRadius: Double
    ) -> [Double] {
        var pixels = [Double](repeating: 0, count: max(width, 0) * max(height, 0))
        let reach = penRadius + 0.5
        func range(_ a: Double, _ b: Double, _ limit: Int) -> Range<Int> {
            let lower = Int(min(max(min(a, b) - reach, 0), Double(limit)))
            let upper = Int(min(max(max(a, b) + reach + 1, 0), Double(limit)))
            return lower..<max(lower, upper)
        }
        for stroke in strokes {
            let points = stroke.map { Point(x: $0.x * scale + offset.x, y: $0.y * scale + offset.y) }
            for (index, end) in points.enumerated() where index > 0 || points.count == 1 {
                let start = points[max(index - 1, 0)]
                for y in range(start.y, end.y, height) {
                    for x in range(start.x, end.x, width) {
                        let centre = Point(x: Double(x) + 0.5, y: Double(y) + 0.5)
                        let ink = reach - Self.distance(from: centre, toSegment: start, end)
                        if ink > pixels[y * width + x] { pixels[y * width + x] = min(ink, 1) }
                    }
                }
            }
        }
        return pixels
    }

    private static func distance(from point: Point, toSegment start: Point, _ end: Point) -> Double {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let length = dx * dx + dy * dy
        let along = length > 0 ? ((point.x - start.x) * dx + (point.y - start.y) * dy) / length : 0
        let share = min(max(along, 0), 1)
        let (x, y) = (point.x - start.x - share * dx, point.y - start.y - share * dy)
        return (x * x + y * y).squareRoot()
    }

    /// The same way with points at most `step` apart.
    private static func densified(_ stroke: [Point], step: Double) -> [Point] {
        guard let first = stroke.first, step > 0 else { return stroke }
        return zip(stroke, stroke.dropFirst()).reduce(into: [first]) { result, ends in
            let (dx, dy) = (ends.1.x - ends.0.x, ends.1.y - ends.0.y)
            let count = max(Int(((dx * dx + dy * dy).squareRoot() / step).rounded(.up)), 1)
            for index in 1...count {
                let share = Double(index) / Double(count)
                result.append(Point(x: ends.0.x + share * dx, y: ends.0.y + share * dy))
            }
        }
    }
}
