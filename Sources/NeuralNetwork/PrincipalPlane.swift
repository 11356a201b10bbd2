import Foundation

/// The plane in which points differ most: principal component analysis (Pearson, 1901).
///
/// Its two directions are the eigenvectors of the covariance with the largest eigenvalues. Orthogonal iteration brings a
/// block of vectors near the main ones, and the eigenvectors within the block are exact (Rayleigh and Ritz; Golub and
/// Van Loan, "Matrix Computations", section 8.2). The same points give the same plane.
public struct PrincipalPlane: Sendable, Equatable {
    /// The middle of the points, `[1 × columns]`
    public let mean: Matrix
    /// Of length 1 and at right angles, `[columns × 2]`; zero where the points do not differ, or are no numbers.
    public private(set) var directions: Matrix
    /// The share of all squared distances from the middle that lies within the plane, 0…1.
    public let share: Double

    /// - Parameter points: `[count × columns]`
    public init(of points: Matrix) {
        let (count, columns) = (points.rows, points.columns)
        mean = Matrix(rows: 1, columns: columns, points.columnSums().elements.map { $0 / Float(max(count, 1)) })
        let centred = Self.subtract(mean, from: points)
        // Both products of the points with themselves have the same eigenvalues; the smaller is the quicker.
        let isWide = columns > count
        let product = isWide ? centred.multiplied(byTransposeOf: centred) : centred.transposeMultiplied(by: centred)
        let total = (0..<product.rows).reduce(0.0) { $0 + Double(product[$1, $1]) }
        guard total > 0, total.isFinite else {
            (directions, share) = (Matrix(rows: columns, columns: 2), 0)
            return
        }
        var block = Self.start(rows: product.rows)
        for _ in 0..<Self.iterations { block = Self.orthonormal(product.multiplied(by: block)) }
        let (values, vectors) = Self.eigen(block.transposeMultiplied(by: product.multiplied(by: block)))
        let main = block.multiplied(by: vectors)
        directions = isWide ? Self.orthonormal(centred.transposeMultiplied(by: main)) : main
        share = min(max(values.reduce(0, +) / total, 0), 1)
    }

    /// The points seen from the middle, in the plane: `[count × columns]` → `[count × 2]`
    public func coordinates(of points: Matrix) -> Matrix {
        Self.subtract(mean, from: points).multiplied(by: directions)
    }

    /// The same plane, turned and perhaps mirrored, so that the coordinates come as near as they can to others: the
    /// orthogonal Procrustes problem (Schönemann, 1966) in two dimensions. Directions alone have no sign, and where two
    /// are of nearly the same importance a small change swaps them; turned, the coordinates stay where they are.
    ///
    /// - Parameters:
    ///   - others: `[count × 2]`
    ///   - coordinates: of the same points, `[count × 2]`
    public func turned(towards others: Matrix, from coordinates: Matrix) -> PrincipalPlane {
        let m = coordinates.transposeMultiplied(by: others)
        let (a, b, c, d) = (m[0, 0], m[0, 1], m[1, 0], m[1, 1])
        let rotation = (cosine: a + d, sine: c - b)
        let reflection = (cosine: a - d, sine: b + c)
        func length(_ way: (cosine: Float, sine: Float)) -> Float {
            (way.cosine * way.cosine + way.sine * way.sine).squareRoot()
        }
        let isReflection = length(reflection) > length(rotation)
        let way = isReflection ? reflection : rotation
        guard length(way) > 0, length(way).isFinite else { return self }
        let (cosine, sine) = (way.cosine / length(way), way.sine / length(way))
        var plane = self
        plane.directions = directions.multiplied(
            by: Matrix(
                rows: 2, columns: 2, isReflection ? [cosine, sine, sine, -cosine] : [cosine, -sine, sine, cosine]))
        return plane
    }

    /// More than the two that are wanted: the more, the fewer iterations bring the first two near.
    private static let blockSize = 12
    private static let iterations = 16

    private static func start(rows: Int) -> Matrix {
        var generator = RandomGenerator(seed: 0, stream: .directions)
        let columns = max(min(blockSize, rows), 2)
        return Matrix(rows: rows, columns: columns, (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    private static func subtract(_ mean: Matrix, from points: Matrix) -> Matrix {
        var result = points
        let columns = points.columns
        mean.withUnsafeElements { mean in
            result.withUnsafeMutableElements { values in
                for row in 0..<points.rows {
                    for column in 0..<columns { values[row * columns + column] -= mean[column] }
                }
            }
        }
        return result
    }

    /// Gram and Schmidt, twice for the sake of rounding. A column that the ones before it make up is zero.
    private static func orthonormal(_ matrix: Matrix) -> Matrix {
        var columns = (0..<matrix.columns).map { column in (0..<matrix.rows).map { Double(matrix[$0, column]) } }
        for index in columns.indices {
            let before = norm(columns[index])
            for _ in 0..<2 {
                for other in 0..<index {
                    let share = zip(columns[index], columns[other]).reduce(0) { $0 + $1.0 * $1.1 }
                    for row in 0..<matrix.rows { columns[index][row] -= share * columns[other][row] }
                }
            }
            let left = norm(columns[index])
            let scale = left > 1e-6 * before ? 1 / left : 0
            for row in 0..<matrix.rows { columns[index][row] *= scale }
        }
        return Matrix(
            rows: matrix.rows, columns: matrix.columns,
            (0..<matrix.rows).flatMap { row in columns.map { Float($0[row]) } })
    }

    private static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// The two largest eigenvalues of a small symmetric matrix `[n × n]` and their eigenvectors `[n × 2]`, by Jacobi's
    /// rotations.
    private static func eigen(_ matrix: Matrix) -> (values: [Double], vectors: Matrix) {
        let n = matrix.rows
        var a = (0..<n).map { row in (0..<n).map { Double(matrix[row, $0] + matrix[$0, row]) / 2 } }
        var vectors = (0..<n).map { row in (0..<n).map { $0 == row ? 1.0 : 0 } }
        // Each sweep squares the error.
        for _ in 0..<10 {
            for p in 0..<n {
                for q in p + 1..<max(n, p + 1) where abs(a[p][q]) > 0 {
                    let angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p])
                    let (cosine, sine) = (cos(angle), sin(angle))
                    for k in 0..<n {
                        (a[k][p], a[k][q]) = (cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q])
                        (vectors[k][p], vectors[k][q]) = (
                            cosine * vectors[k][p] - sine * vectors[k][q], sine * vectors[k][p] + cosine * vectors[k][q]
                        )
                    }
                    for k in 0..<n {
                        (a[p][k], a[q][k]) = (cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k])
                    }
                }
            }
        }
        let order = (0..<n).sorted { (a[$0][$0], $1) > (a[$1][$1], $0) }.prefix(2)
        return (
            order.map { a[$0][$0] },
            Matrix(rows: n, columns: 2, (0..<n).flatMap { row in order.map { Float(vectors[row][$0]) } })
        )
    }
}
