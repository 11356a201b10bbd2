import Foundation
import NeuralNetwork

/// A random smooth change of a drawing, as a hand makes when it writes the same again. What is warped are strokes, not
/// pixels: the pen stays as wide as it is, and the picture is scaled and centred afterwards like any other.
struct DrawingWarp {
    /// A sine along a line through the plane, or along a stroke.
    private struct Wave {
        /// In radians, for each unit: of a drawing's size to the right and down, of a stroke's length.
        let right, down, along: Double
        let phase: Double
        /// How far it moves what it meets.
        let x, y: Double

        func height(_ point: Drawing.Point, along share: Double) -> Double {
            sin(right * point.x + down * point.y + along * share + phase)
        }
    }

    /// `[2 × 2]`, row-major.
    private let matrix: (Double, Double, Double, Double)
    private let waves: [Wave]

    /// Turned and slanted, wider or narrower by up to so much either way.
    private static let degrees = 12.0, slant = 0.2, width = 0.15
    /// Standard deviations of the waves, which are for drawings whose points are at a mean square distance of 1 from the
    /// middle: those of the plane bend it, those of a stroke move its parts against each other.
    private static let bend = 0.12, sway = 0.09
    /// Waves of either kind; their sum is much like any smooth change.
    private static let wavesOfAKind = 3

    init(using generator: inout RandomGenerator) {
        func symmetric(_ strength: Double) -> Double { (2 * generator.uniform() - 1) * strength }
        let angle = symmetric(Self.degrees) * .pi / 180
        let (scale, shear) = (exp(symmetric(Self.width)), symmetric(Self.slant))
        let (sine, cosine) = (sin(angle), cos(angle))
        // rotation · shear · scale
        matrix = (cosine * scale, cosine * shear - sine, sine * scale, sine * shear + cosine)
        func wave(right: Double, down: Double, along: Double, strength: Double) -> Wave {
            Wave(
                right: right, down: down, along: along, phase: 2 * .pi * generator.uniform(),
                x: strength * generator.normal(), y: strength * generator.normal())
        }
        // A digit, some three units long, is a third of a wave to one; a stroke is half a wave to two and a half.
        let bending = (0..<Self.wavesOfAKind).map { _ in
            let direction = 2 * .pi * generator.uniform()
            let frequency = 0.75 + 1.5 * generator.uniform()
            return wave(
                right: frequency * cos(direction), down: frequency * sin(direction), along: 0, strength: Self.bend)
        }
        let swaying = (0..<Self.wavesOfAKind).map { _ in
            wave(right: 0, down: 0, along: .pi * (1 + 4 * generator.uniform()), strength: Self.sway)
        }
        waves = bending + swaying
    }

    /// - Parameter drawing: around the origin, with points at equal distances along each stroke.
    func warped(_ drawing: Drawing) -> Drawing {
        Drawing(
            strokes: drawing.strokes.map { stroke in
                // A dot moves as a whole, so that it stays one.
                let isDot = stroke.allSatisfy { $0 == stroke[0] }
                return stroke.enumerated().map { index, point in
                    let share = isDot ? 0 : Double(index) / Double(stroke.count)
                    var x = matrix.0 * point.x + matrix.1 * point.y
                    var y = matrix.2 * point.x + matrix.3 * point.y
                    for wave in waves {
                        let height = wave.height(point, along: share)
                        x += wave.x * height
                        y += wave.y * height
                    }
                    return Drawing.Point(x: x, y: y)
                }
            })
    }
}
