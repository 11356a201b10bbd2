import Datasets

/// The pen that keys move over the canvas, in the unit square.
struct Pen: Sendable, Equatable {
    enum Hold: Sendable, Equatable {
        case up
        /// It draws wherever it goes.
        case down
        /// It stretches a line from a point, bent so many times (`Arc.bend` counts in halves).
        case line(from: Drawing.Point, bends: Int)
    }

    private static let middle = Drawing.Point(x: 0.5, y: 0.5)

    private(set) var point = middle
    private(set) var hold = Hold.up
    /// Whether it goes by strides, and with Shift by steps, rather than the other way round.
    private(set) var goesByStrides = false

    /// A share of the canvas: a pixel of the network's picture.
    private static let step = 1.0 / 28
    /// In steps.
    private static let stride = 4.0
    /// At three, an arc is most of a circle.
    private static let mostBends = 3

    /// Moves by a step or a stride in each direction, no further than the edges.
    mutating func move(dx: Double, dy: Double, withShift: Bool) {
        let distance = goesByStrides == withShift ? Self.step : Self.step * Self.stride
        point = Drawing.Point(
            x: min(max(point.x + dx * distance, 0), 1), y: min(max(point.y + dy * distance, 0), 1))
    }

    mutating func turnStrides() { goesByStrides.toggle() }

    mutating func lift() { hold = .up }

    /// Lifts it for another drawing.
    mutating func liftToMiddle() { (point, hold) = (Self.middle, .up) }

    mutating func press() { hold = .down }

    /// Stretches a line from where the pen is.
    mutating func stretch() { hold = .line(from: point, bends: 0) }

    /// Whether the line that it stretches has begun elsewhere.
    var stretchesFar: Bool {
        if case .line(let start, _) = hold { start != point } else { false }
    }

    mutating func bend(by count: Int) {
        guard case .line(let start, let bends) = hold else { return }
        hold = .line(from: start, bends: min(max(bends + count, -Self.mostBends), Self.mostBends))
    }

    /// The line that it stretches, within the canvas; nil where it does not.
    var line: [Drawing.Point]? {
        guard case .line(let start, let bends) = hold else { return nil }
        return Arc(start: start, end: point, bend: Double(bends) / 2).points.map {
            Drawing.Point(x: min(max($0.x, 0), 1), y: min(max($0.y, 0), 1))
        }
    }
}
