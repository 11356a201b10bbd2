import Foundation
import NeuralNetwork

/// Points of the plane with their classes, about within -1…1 in both directions: problems small enough to look at.
public enum ToySet: String, Sendable, CaseIterable {
    /// Three arms that wind about each other.
    case spiral
    /// Two half circles, each reaching into the other.
    case moons
    /// A ring about a ring.
    case circles
    /// Four squares, opposite ones of a class: what no straight line can part.
    case xor
    /// Three round clouds.
    case blobs
    /// None but those that the user places.
    case own

    public struct Point: Sendable, Equatable {
        public let x: Float
        public let y: Float
        /// The class, below `classes`.
        public let label: UInt8

        public init(x: Float, y: Float, label: UInt8) {
            self.x = x
            self.y = y
            self.label = label
        }
    }

    /// Those that are drawn at random.
    public static let generated = allCases.filter { $0 != .own }

    public var title: String {
        switch self {
        case .spiral: "spiral"
        case .moons: "two moons"
        case .circles: "circles"
        case .xor: "XOR"
        case .blobs: "blobs"
        case .own: "your points"
        }
    }

    public var classes: Int {
        switch self {
        case .spiral, .blobs, .own: 3
        case .moons, .circles, .xor: 2
        }
    }

    /// A noise that leaves a little to be wrong about.
    public var usualNoise: Double {
        switch self {
        case .spiral, .blobs: 0.2
        case .moons, .circles: 0.1
        case .xor, .own: 0
        }
    }

    /// - Parameters:
    ///   - count: points of each class.
    ///   - noise: the standard deviation from the place without noise: of the spiral's angle in radians, else of both
    ///     coordinates.
    public func points(count: Int, noise: Double, using generator: inout RandomGenerator) -> [Point] {
        guard self != .own else { return [] }
        return (0..<classes).flatMap { label in
            (0..<count).map { index in
                let share = Double(index + 1) / Double(count)
                let (x, y) = place(label, share, noise, &generator)
                return Point(x: Float(x), y: Float(y), label: UInt8(label))
            }
        }
    }

    /// A point of a class; `share` in 0…1 is how far along the class's curve it lies, where there is one.
    private func place(
        _ label: Int, _ share: Double, _ noise: Double, _ generator: inout RandomGenerator
    ) -> (Double, Double) {
        var (x, y) = (0.0, 0.0)
        switch self {
        case .spiral:
            // As in Karpathy's notes for CS231n, "Putting it together: minimal neural network case study": the radius
            // grows evenly while the arm turns by 4 radians.
            let angle = 2 * .pi * Double(label) / 3 + 4 * share + noise * generator.normal()
            return (share * cos(angle), share * sin(angle))
        case .moons:
            let angle = .pi * share
            (x, y) = label == 0 ? (cos(angle) - 0.5, sin(angle) - 0.25) : (0.5 - cos(angle), 0.25 - sin(angle))
            (x, y) = (x * 0.65, y * 0.65)
        case .circles:
            let angle = 2 * .pi * share
            let radius = label == 0 ? 0.35 : 0.85
            (x, y) = (radius * cos(angle), radius * sin(angle))
        case .xor:
            (x, y) = (generator.uniform(), generator.uniform() * (generator.uniform() < 0.5 ? 1 : -1))
            if y < 0 { x = -x }
            if label == 1 { x = -x }
        case .blobs:
            let angle = 2 * .pi * (Double(label) / 3 + 0.25)
            (x, y) = (0.55 * cos(angle), 0.55 * sin(angle))
        case .own: break
        }
        return (x + noise * generator.normal(), y + noise * generator.normal())
    }
}
