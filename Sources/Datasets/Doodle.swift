import Foundation
import NeuralNetwork

/// Drawings that are no digits, made at random: what people draw to see what the network makes of it.
public enum Doodle: Sendable, CaseIterable {
    /// One that looks like no digit, by hand.
    case letter
    case scribble
    /// Stars, hearts, arrows, houses and the like.
    case figure
    case face
    case dots

    public func drawing(using generator: inout RandomGenerator) -> Drawing {
        switch self {
        case .letter: Self.letter(&generator)
        case .scribble: Self.scribble(&generator)
        case .figure: Self.figure(&generator)
        case .face: Self.face(&generator)
        case .dots: Self.dots(&generator)
        }
    }

    private typealias Stroke = [Drawing.Point]

    private static let letters = StrokePattern.letters
    private static let digits = StrokePattern.digits

    /// A digit of a plain shape, by another hand than the data set's.
    ///
    /// - Parameter label: 0…9
    public static func digit(_ label: Int, using generator: inout RandomGenerator) -> Drawing {
        let shapes = digits[label]
        return drawing(shapes[generator.uniform(below: shapes.count)], &generator)
    }

    private static func letter(_ generator: inout RandomGenerator) -> Drawing {
        drawing(letters[generator.uniform(below: letters.count)], &generator)
    }

    private static func drawing(_ pattern: StrokePattern, _ generator: inout RandomGenerator) -> Drawing {
        let isRound = generator.uniform() < 0.15
        return leaning(
            pattern.strokes.map { stroke in
                let points = shaken(stroke.points, by: 0.05, &generator)
                return stroke.isSmooth || isRound ? smooth(points) : points
            }, &generator)
    }

    private static func scribble(_ generator: inout RandomGenerator) -> Drawing {
        let (kind, count) = (generator.uniform(below: 4), 1 + generator.uniform(below: 3))
        let strokes = (0..<count).map { _ in
            var stroke = scribble(kind, &generator)
            if kind != 3, generator.uniform() < 0.6 { stroke = smooth(stroke) }
            let angle = 2 * .pi * generator.uniform()
            let reach = kind == 0 ? 0 : 0.3
            let (x, y) = (between(-reach, reach, &generator), between(-reach, reach, &generator))
            return stroke.map { point in
                Drawing.Point(
                    x: point.x * cos(angle) - point.y * sin(angle) + x,
                    y: point.x * sin(angle) + point.y * cos(angle) + y)
            }
        }
        return Drawing(strokes: strokes)
    }

    /// From point to point, a walk, to and fro, or round and round.
    private static func scribble(_ kind: Int, _ generator: inout RandomGenerator) -> Stroke {
        let count = 4 + generator.uniform(below: 12)
        switch kind {
        case 0: return (0..<count).map { _ in Drawing.Point(x: generator.uniform(), y: generator.uniform()) }
        case 1:
            var point = Drawing.Point(x: 0, y: 0)
            return (0..<count).map { _ in
                point = Drawing.Point(x: point.x + 0.3 * generator.normal(), y: point.y + 0.3 * generator.normal())
                return point
            }
        case 2:
            return (0..<count).map { index in
                Drawing.Point(
                    x: Double(index) / Double(count) + 0.05 * generator.normal(),
                    y: Double(index % 2) + 0.15 * generator.normal())
            }
        default:
            let (turn, growth) = (between(0.4, 0.7, &generator), between(-0.03, 0.03, &generator))
            let (width, drift) = (between(0.3, 1, &generator), between(0, 0.15, &generator))
            return (0..<20 + generator.uniform(below: 50)).map { index in
                let angle = Double(index) * turn
                let radius = 1 + growth * angle
                return Drawing.Point(x: radius * width * cos(angle) + drift * angle, y: radius * sin(angle))
            }
        }
    }

    private static func figure(_ generator: inout RandomGenerator) -> Drawing {
        func polygon(_ corners: Int, from angle: Double, step: Int = 1) -> Stroke {
            (0...corners).map { corner in
                let angle = angle + 2 * .pi * Double(corner * step) / Double(corners)
                return Drawing.Point(x: cos(angle), y: sin(angle))
            }
        }
        let strokes: [Stroke]
        switch generator.uniform(below: 8) {
        case 0: strokes = [polygon(5, from: -.pi / 2, step: 2)]
        case 1: strokes = [polygon(3, from: -.pi / 2)]
        case 2: strokes = [polygon(4, from: .pi / 4)]
        case 3:
            let angle = 2 * .pi * generator.uniform()
            strokes = [[(0, 0), (1, 0)], [(0.7, -0.3), (1, 0), (0.7, 0.3)]].map { stroke in
                points(stroke).map {
                    Drawing.Point(
                        x: $0.x * cos(angle) - $0.y * sin(angle), y: $0.x * sin(angle) + $0.y * cos(angle))
                }
            }
        case 4:
            strokes = [-1.0, 1].map { side in
                smooth(points([(0, 0.3), (0.5 * side, -0.3), (side, 0.2), (0, 1.2)]))
            }
        case 5: strokes = [points([(-1, 0), (-1, 1), (1, 1), (1, 0), (-1, 0), (0, -1), (1, 0)])]
        case 6:
            let cross = [[(0, -1), (0, 1)], [(-1, 0), (1, 0)]].map { points($0) }
            let rays = [[(-0.7, -0.7), (0.7, 0.7)], [(0.7, -0.7), (-0.7, 0.7)]].map { points($0) }
            strokes = generator.uniform() < 0.6 ? cross + rays : cross
        default:
            strokes =
                generator.uniform() < 0.5
                ? [ring(0, 0, 1, 1), ring(0, 0, 0.5, 0.5)] : (0..<3).map { ring(0.8 * Double($0), 0, 0.4, 0.4) }
        }
        return leaning(strokes.map { shaken($0, by: 0.04, &generator) }, &generator)
    }

    private static func face(_ generator: inout RandomGenerator) -> Drawing {
        var strokes = [ring(0, 0, between(0.75, 1.1, &generator), 1)]
        let (x, y) = (between(0.25, 0.45, &generator), -between(0.15, 0.45, &generator))
        let eyes = generator.uniform(below: 3)
        for eye in [-x, x] {
            switch eyes {
            case 0: strokes.append([Drawing.Point(x: eye, y: y)])
            case 1: strokes.append(ring(eye, y, 0.1, 0.13, corners: 8))
            default: strokes.append(points([(eye, y - 0.15), (eye, y + 0.15)]))
            }
        }
        let (width, bend) = (between(0.35, 0.6, &generator), between(-0.35, 0.45, &generator))
        let height = between(0.3, 0.45, &generator) - max(bend, 0) / 2
        strokes.append(
            smooth(
                points([
                    (-width, height), (-width / 2, height + 0.75 * bend), (0, height + bend),
                    (width / 2, height + 0.75 * bend), (width, height),
                ])))
        if generator.uniform() < 0.3 { strokes.append(points([(0, -0.1), (0, 0.2)])) }
        return leaning(strokes.map { shaken($0, by: 0.02, &generator) }, &generator)
    }

    private static func dots(_ generator: inout RandomGenerator) -> Drawing {
        Drawing(
            strokes: (0..<3 + generator.uniform(below: 37)).map { _ in
                [Drawing.Point(x: generator.uniform(), y: generator.uniform())]
            })
    }

    private static func points(_ pairs: [(Double, Double)]) -> Stroke {
        pairs.map { Drawing.Point(x: $0.0, y: $0.1) }
    }

    private static func ring(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, corners: Int = 13
    ) -> Stroke {
        (0...corners).map { corner in
            let angle = 2 * .pi * Double(corner) / Double(corners)
            return Drawing.Point(x: x + width * cos(angle), y: y + height * sin(angle))
        }
    }

    private static func between(_ low: Double, _ high: Double, _ generator: inout RandomGenerator) -> Double {
        low + (high - low) * generator.uniform()
    }

    private static func shaken(_ stroke: Stroke, by deviation: Double, _ generator: inout RandomGenerator) -> Stroke {
        stroke.map {
            Drawing.Point(x: $0.x + deviation * generator.normal(), y: $0.y + deviation * generator.normal())
        }
    }

    /// Turned, slanted and narrower or wider, as hands differ.
    private static func leaning(_ strokes: [Stroke], _ generator: inout RandomGenerator) -> Drawing {
        let (angle, slant) = (between(-0.25, 0.25, &generator), between(-0.3, 0.3, &generator))
        let width = between(0.55, 1.1, &generator)
        return Drawing(
            strokes: strokes.map { stroke in
                stroke.map { point in
                    let x = width * point.x + slant * point.y
                    return Drawing.Point(
                        x: x * cos(angle) - point.y * sin(angle), y: x * sin(angle) + point.y * cos(angle))
                }
            })
    }

    /// A curve through the same points (Catmull and Rom, 1974).
    private static func smooth(_ stroke: Stroke) -> Stroke {
        guard stroke.count > 2, let first = stroke.first, let last = stroke.last else { return stroke }
        let padded = [first] + stroke + [last]
        let steps = 5
        return (1..<padded.count - 2).flatMap { index -> Stroke in
            let part = padded[index - 1...index + 2]
            return (0..<steps).map { step in
                let t = Double(step) / Double(steps)
                func value(_ path: KeyPath<Drawing.Point, Double>) -> Double {
                    let p = part.map { $0[keyPath: path] }
                    let (linear, square) = (p[2] - p[0], 2 * p[0] - 5 * p[1] + 4 * p[2] - p[3])
                    return (2 * p[1] + t * (linear + t * (square + t * (3 * p[1] - 3 * p[2] + p[3] - p[0])))) / 2
                }
                return Drawing.Point(x: value(\.x), y: value(\.y))
            }
        } + [last]
    }
}
