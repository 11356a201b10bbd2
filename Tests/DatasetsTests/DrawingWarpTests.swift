import Foundation
import NeuralNetwork
import Testing

@testable import Datasets

/// How much drawings are warped, on average over many, against what the parts of the formula come to.
@Suite struct DrawingWarpTests {
    /// Variances of the parts, as their documentation gives their ranges and deviations.
    private static let bend = 0.12 * 0.12, sway = 0.09 * 0.09, waves = 3.0

    /// The mean of what is made of each of many warps, the same each time.
    private static func mean(_ value: (DrawingWarp) -> Double) -> Double {
        var generator = RandomGenerator(seed: 1, stream: .teaching)
        let count = 40_000
        return (0..<count).reduce(0) { sum, _ in sum + value(DrawingWarp(using: &generator)) } / Double(count)
    }

    private static func dots(_ points: (x: Double, y: Double)...) -> Drawing {
        Drawing(strokes: points.map { [Drawing.Point(x: $0.x, y: $0.y)] })
    }

    /// The mean over the waves' frequencies and directions, of the phase between the middle and a point 1 from it.
    private static func meanOverPlane(_ value: (Double) -> Double) -> Double {
        let steps = 400
        return (0..<steps * steps).reduce(0) { sum, step in
            let frequency = 0.75 + 1.5 * (Double(step / steps) + 0.5) / Double(steps)
            let direction = 2 * Double.pi * (Double(step % steps) + 0.5) / Double(steps)
            return sum + value(frequency * cos(direction))
        } / Double(steps * steps)
    }

    private static func square(_ value: Double) -> Double { value * value }

    private static func expect(_ measured: Double, is expected: Double, _ name: Comment) {
        #expect(abs(measured / expected - 1) < 0.04, name)
    }

    /// In the middle nothing is turned or scaled, so what moves are waves; half of each one's square on average.
    @Test func theMiddleIsMovedByWavesAlone() {
        let middle = Self.dots((0, 0))
        for (name, part) in [("x", \Drawing.Point.x), ("y", \.y)] as [(Comment, KeyPath<Drawing.Point, Double>)] {
            Self.expect(
                Self.mean { Self.square($0.warped(middle).strokes[0][0][keyPath: part]) },
                is: Self.waves * (Self.bend + Self.sway) / 2, name)
        }
    }

    /// Points opposite each other are turned and scaled to places that are opposite each other, and waves move both alike.
    @Test func planeWavesAreAsLongAsADigit() {
        let opposite = Self.dots((1, 0), (-1, 0))
        Self.expect(
            Self.mean {
                let warped = $0.warped(opposite)
                return Self.square(warped.strokes[0][0].x + warped.strokes[1][0].x)
            }, is: Self.waves * (Self.bend * (1 + Self.meanOverPlane { cos(2 * $0) }) + 2 * Self.sway), "sum")
    }

    /// At one place of the plane, a quarter and a half of the stroke further: waves along strokes are a half to two and a
    /// half of it long.
    @Test func strokesSwayAgainstThemselves() {
        let count = 24
        var stroke = Array(repeating: Drawing.Point(x: 0, y: 0), count: count)
        stroke[count - 1].x = 1e-9
        for (place, cosine) in [(count / 4, (sin(5 * Double.pi / 4) - sin(Double.pi / 4)) / .pi), (count / 2, 0)] {
            Self.expect(
                Self.mean {
                    let warped = $0.warped(Drawing(strokes: [stroke])).strokes[0]
                    return Self.square(warped[place].x - warped[0].x)
                }, is: Self.waves * Self.sway * (1 - cosine), "\(place) of \(count)")
        }
    }

    /// A point to the right is moved up and down by the turn, a point below to the sides by turn and slant.
    @Test func turnsScalesAndSlants() {
        let (angle, width, slant) = (12 * Double.pi / 180, 0.15, 0.2)
        let sineSquare = (1 - sin(2 * angle) / (2 * angle)) / 2
        let (scale, scaleSquare) = (sinh(width) / width, sinh(2 * width) / (2 * width))
        let waves = Self.waves * Self.bend * Self.meanOverPlane { Self.square(sin($0)) } / 2
        func half(_ warp: DrawingWarp, _ x: Double, _ y: Double) -> Drawing.Point {
            let warped = warp.warped(Self.dots((x, y), (-x, -y)))
            return Drawing.Point(
                x: (warped.strokes[0][0].x - warped.strokes[1][0].x) / 2,
                y: (warped.strokes[0][0].y - warped.strokes[1][0].y) / 2)
        }
        Self.expect(Self.mean { half($0, 1, 0).x }, is: scale * sin(angle) / angle, "to the right")
        Self.expect(Self.mean { Self.square(half($0, 1, 0).x) }, is: scaleSquare * (1 - sineSquare) + waves, "width")
        Self.expect(Self.mean { Self.square(half($0, 1, 0).y) }, is: scaleSquare * sineSquare + waves, "turn")
        Self.expect(
            Self.mean { Self.square(half($0, 0, 1).x) },
            is: (1 - sineSquare) * slant * slant / 3 + sineSquare + waves, "slant")
    }
}
