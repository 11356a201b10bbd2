extension Drawing {
    /// The steepest lean that is set upright, some 27°; what leans more means to, like a stroke of Z.
    private static let mostLean = 0.5

    /// Sheared so that the strokes stand upright, as far as people lean when they write: the less alike two hands are, the
    /// more a network has to learn. LeCun et al. did so with images ("Gradient-based learning applied to document
    /// recognition", 1998: deslanting by moments of inertia); here the moments are of the strokes, by length.
    ///
    /// Its points are finite.
    func upright() -> Drawing {
        let segments: [Segment] = strokes.flatMap { zip($0, $0.dropFirst()).map(Segment.init) }
        let length: Double = segments.reduce(0) { $0 + $1.length }
        guard length > 0 else { return self }
        let x: Double = segments.reduce(0) { $0 + $1.length * $1.middle.x } / length
        let y: Double = segments.reduce(0) { $0 + $1.length * $1.middle.y } / length
        // A segment's own moments around its middle are those of a rod.
        let (across, down) = segments.reduce((0.0, 0.0)) { sums, segment -> (Double, Double) in
            let (left, above): (Double, Double) = (segment.middle.x - x, segment.middle.y - y)
            return (
                sums.0 + segment.length * (left * above + segment.width * segment.height / 12),
                sums.1 + segment.length * (above * above + segment.height * segment.height / 12)
            )
        }
        guard down > 0 else { return self }
        let lean: Double = min(max(across / down, -Self.mostLean), Self.mostLean)
        return Drawing(strokes: strokes.map { $0.map { Point(x: $0.x - lean * ($0.y - y), y: $0.y) } })
    }

    private struct Segment {
        let middle: Point
        let width, height, length: Double

        init(_ start: Point, _ end: Point) {
            middle = Point(x: (start.x + end.x) / 2, y: (start.y + end.y) / 2)
            (width, height) = (end.x - start.x, end.y - start.y)
            length = (width * width + height * height).squareRoot()
        }
    }
}
