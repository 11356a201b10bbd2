import Datasets
import Foundation

/// A straight line or an arc of a circle between two points of the unit square.
struct Arc: Sendable, Equatable {
    let start: Drawing.Point
    let end: Drawing.Point
    /// How far the middle of the arc stands off the straight line, in halves of the distance of the two points: 0 is
    /// straight, ±1 half a circle, more the larger part of one. Positive to the right, as `)`, or, where the points lie
    /// rather beside than above each other, down; negative to the left or up.
    let bend: Double

    /// No further apart than this, a share of the canvas.
    private static let spacing = 1.0 / 56

    /// The way from start to end, both included.
    ///
    /// With half the distance c and the height s = bend · c, the radius is r = (c² + s²) / 2s, and the arc spans the
    /// angle 2 · atan(s / c) on either side of its middle.
    var points: [Drawing.Point] {
        let (dx, dy) = ((end.x - start.x) / 2, (end.y - start.y) / 2)
        let half = (dx * dx + dy * dy).squareRoot()
        guard bend != 0, half > 0 else { return [start, end] }
        let height = abs(bend) * half
        let radius = (half * half + height * height) / (2 * height)
        let angle = 2 * atan(height / half)
        // Along the straight line, and at right angles to it towards the belly of the arc.
        let along = Drawing.Point(x: dx / half, y: dy / half)
        let isLeftOrUp = abs(along.y) >= abs(along.x) ? along.y > 0 : along.x < 0
        let sign = isLeftOrUp == (bend < 0) ? 1.0 : -1
        let across = Drawing.Point(x: -along.y * sign, y: along.x * sign)
        // Even, so that the middle is among the points.
        let count = 2 * max(Int((angle * radius / Self.spacing).rounded(.up)), 1)
        let between = (1..<count).map { index in
            let turn = angle * (2 * Double(index) / Double(count) - 1)
            let (right, up) = (radius * sin(turn), radius * cos(turn) + height - radius)
            return Drawing.Point(
                x: (start.x + end.x) / 2 + right * along.x + up * across.x,
                y: (start.y + end.y) / 2 + right * along.y + up * across.y)
        }
        return [start] + between + [end]
    }
}
