import NeuralNetwork

/// New drawings like those of one person: each lies on the way between a drawing and one of those most like it, or a
/// little before it, stroke by stroke, as SMOTE makes new samples between old ones (Chawla et al., 2002; there between vectors of features), and is
/// warped a little.
public struct DrawingVariety: Sendable {
    /// Points of a stroke, at equal distances along it.
    private static let points = 24
    /// How many drawings count as most like another.
    private static let neighbours = 4
    /// How far from a drawing to the other; below 0 away from it, as the next drawing need not lie between those known.
    private static let reach = -0.2...0.8
    /// Of the same size, around the origin.
    private let drawings: [Drawing]
    /// Of each drawing, those most like it: of the same label and with as many strokes.
    private let similar: [[Drawing]]

    /// - Parameter labels: `[drawings.count]`
    public init(_ drawings: [Drawing], labels: [UInt8]) {
        let normalized = drawings.map(Self.normalized)
        self.drawings = normalized
        similar = normalized.indices.map { index in
            let drawing = normalized[index]
            return normalized.indices
                .filter {
                    $0 != index && labels[$0] == labels[index] && !drawing.isEmpty
                        && normalized[$0].strokes.count == drawing.strokes.count
                }
                .map { Self.turned(normalized[$0], like: drawing) }
                .sorted { Self.distance($0, drawing) < Self.distance($1, drawing) }
                .prefix(Self.neighbours).map { $0 }
        }
    }

    /// A new drawing like one of them, around the origin.
    public func drawing(_ index: Int, using generator: inout RandomGenerator) -> Drawing {
        let warp = DrawingWarp(using: &generator)
        return warp.warped(onTheWay(from: index, using: &generator))
    }

    /// A drawing on the way from one of them to another; the same where there is none like it.
    func onTheWay(from index: Int, using generator: inout RandomGenerator) -> Drawing {
        guard !similar[index].isEmpty else { return drawings[index] }
        let other = similar[index][generator.uniform(below: similar[index].count)]
        let share = Self.reach.lowerBound + (Self.reach.upperBound - Self.reach.lowerBound) * generator.uniform()
        return Drawing(
            strokes: zip(drawings[index].strokes, other.strokes).map { stroke, end in
                zip(stroke, end).map {
                    Drawing.Point(x: $0.x + share * ($1.x - $0.x), y: $0.y + share * ($1.y - $0.y))
                }
            })
    }

    /// With all strokes of as many points, the centre at the origin and a mean square distance of 1 from it.
    private static func normalized(_ drawing: Drawing) -> Drawing {
        let strokes = drawing.strokes.filter { !$0.isEmpty }.map { resampled($0) }
        let all = strokes.joined()
        let count = Double(max(all.count, 1))
        let (x, y) = (all.reduce(0) { $0 + $1.x } / count, all.reduce(0) { $0 + $1.y } / count)
        let square = all.reduce(0) { $0 + ($1.x - x) * ($1.x - x) + ($1.y - y) * ($1.y - y) } / count
        let scale = square > 0 ? 1 / square.squareRoot() : 1
        return Drawing(
            strokes: strokes.map { $0.map { Drawing.Point(x: ($0.x - x) * scale, y: ($0.y - y) * scale) } })
    }

    private static func resampled(_ stroke: [Drawing.Point]) -> [Drawing.Point] {
        var lengths = [0.0]
        for (start, end) in zip(stroke, stroke.dropFirst()) {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            lengths.append(lengths[lengths.count - 1] + (dx * dx + dy * dy).squareRoot())
        }
        let length = lengths[lengths.count - 1]
        guard length > 0 else { return Array(repeating: stroke[0], count: points) }
        var segment = 0
        return (0..<points).map { point in
            let target = length * Double(point) / Double(points - 1)
            while segment < stroke.count - 2, lengths[segment + 1] < target { segment += 1 }
            let span = lengths[segment + 1] - lengths[segment]
            let share = span > 0 ? min(max((target - lengths[segment]) / span, 0), 1) : 0
            let (start, end) = (stroke[segment], stroke[segment + 1])
            return Drawing.Point(x: start.x + share * (end.x - start.x), y: start.y + share * (end.y - start.y))
        }
    }

    /// With each stroke in the direction that lies nearer to the other's: where the pen began matters to no image.
    private static func turned(_ drawing: Drawing, like other: Drawing) -> Drawing {
        Drawing(
            strokes: zip(drawing.strokes, other.strokes).map { stroke, model in
                let reversed = Array(stroke.reversed())
                return distance(reversed, model) < distance(stroke, model) ? reversed : stroke
            })
    }

    private static func distance(_ a: Drawing, _ b: Drawing) -> Double {
        zip(a.strokes, b.strokes).reduce(0) { $0 + distance($1.0, $1.1) }
    }

    private static func distance(_ a: [Drawing.Point], _ b: [Drawing.Point]) -> Double {
        zip(a, b).reduce(0) { sum, points in
            let (dx, dy) = (points.0.x - points.1.x, points.0.y - points.1.y)
            return sum + dx * dx + dy * dy
        }
    }
}
