import Foundation
import Testing

@testable import NeuralNetwork

@Suite struct PrincipalPlaneTests {
    /// Points of chosen deviations along chosen directions at right angles, and some noise.
    private func points(count: Int, columns: Int, deviations: [Double], noise: Double = 0.05) -> Matrix {
        var generator = RandomGenerator(seed: 7, stream: .points)
        // Directions of a Hadamard matrix: at right angles without further ado.
        func direction(_ number: Int, _ column: Int) -> Double {
            (number & column).nonzeroBitCount.isMultiple(of: 2) ? 1 : -1
        }
        let length = Double(columns).squareRoot()
        return Matrix(
            rows: count, columns: columns,
            (0..<count).flatMap { _ in
                let shares = deviations.map { $0 * generator.normal() }
                return (0..<columns).map { column in
                    let value = shares.enumerated().reduce(3.0) {
                        $0 + $1.element * direction($1.offset + 1, column) / length
                    }
                    return Float(value + noise * generator.normal())
                }
            })
    }

    private func dot(_ a: Matrix, _ i: Int, _ b: Matrix, _ j: Int) -> Double {
        (0..<a.rows).reduce(0) { $0 + Double(a[$1, i]) * Double(b[$1, j]) }
    }

    /// Fewer columns than points, and more.
    @Test(arguments: [(400, 32), (60, 256)]) func findsTheDirectionsThatThePointsWereMadeWith(count: Int, columns: Int)
    {
        let plane = PrincipalPlane(of: points(count: count, columns: columns, deviations: [1, 4, 0.5, 2]))
        #expect(abs(dot(plane.directions, 0, plane.directions, 0) - 1) < 1e-5)
        #expect(abs(dot(plane.directions, 1, plane.directions, 1) - 1) < 1e-5)
        #expect(abs(dot(plane.directions, 0, plane.directions, 1)) < 1e-5)
        for (axis, number) in [2, 4].enumerated() {
            let known = Matrix(
                rows: columns, columns: 1,
                (0..<columns).map {
                    ((number & $0).nonzeroBitCount.isMultiple(of: 2) ? 1 : -1) / Float(columns).squareRoot()
                })
            #expect(abs(dot(plane.directions, axis, known, 0)) > 0.97, "direction \(axis)")
        }
        #expect(plane.share > 0.85 && plane.share < 0.97, "(16 + 4) of (16 + 4 + 1 + 0.25), and some noise")
    }

    /// C v = λ v, with C computed anew in double, and nothing at right angles to the plane has more variance.
    @Test func theDirectionsAreEigenvectorsOfTheCovariance() {
        let points = points(count: 300, columns: 64, deviations: [3, 2.9, 2.8, 2.7, 1, 1, 1], noise: 0.5)
        let plane = PrincipalPlane(of: points)
        let rows = (0..<points.rows).map { row in
            (0..<64).map { Double(points[row, $0]) - Double(plane.mean[0, $0]) }
        }
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: 64), count: 64)
        for row in rows {
            for i in 0..<64 { for j in 0...i { covariance[i][j] += row[i] * row[j] } }
        }
        for i in 0..<64 { for j in 0..<i { covariance[j][i] = covariance[i][j] } }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        /// vᵀ C v and C v
        func variance(_ direction: [Double]) -> (Double, [Double]) {
            let image = covariance.map { dot($0, direction) }
            return (dot(direction, image), image)
        }
        var values: [Double] = []
        for axis in 0..<2 {
            let direction = (0..<64).map { Double(plane.directions[$0, axis]) }
            let (value, image) = variance(direction)
            let error = zip(image, direction).reduce(0) { $0 + pow($1.0 - value * $1.1, 2) }.squareRoot()
            #expect(error < 1e-3 * value, "direction \(axis)")
            values.append(value)
        }
        #expect(values[0] >= values[1])
        var generator = RandomGenerator(seed: 1, stream: .points)
        var other = (0..<64).map { _ in generator.normal() }
        for _ in 0..<500 {
            for axis in 0..<2 {
                let share = (0..<64).reduce(0) { $0 + other[$1] * Double(plane.directions[$1, axis]) }
                for column in 0..<64 { other[column] -= share * Double(plane.directions[column, axis]) }
            }
            let length = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
            other = variance(other.map { $0 / length }).1
        }
        let length = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(variance(other.map { $0 / length }).0 <= values[1] * 1.0001)
    }

    /// Whatever turns and mirrors the coordinates, they come back to where they are wanted.
    @Test func turnedPlanesLieAsTheOthersDo() {
        let points = points(count: 200, columns: 16, deviations: [2, 1])
        let plane = PrincipalPlane(of: points)
        let wanted = plane.coordinates(of: points)
        for angle in stride(from: 0.0, to: 6, by: 0.7) {
            for mirror: Float in [1, -1] {
                let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
                let turn = Matrix(rows: 2, columns: 2, [cosine, -sine * mirror, sine, cosine * mirror])
                let other = plane.turned(towards: wanted.multiplied(by: turn), from: wanted)
                let found = other.coordinates(of: points)
                let expected = wanted.multiplied(by: turn)
                #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-3 })
            }
        }
    }

    @Test func pointsWithoutAnExtentHaveNoDirections() {
        let same = Matrix(rows: 5, columns: 3, Array(repeating: Float(2), count: 15))
        #expect(PrincipalPlane(of: same).directions.elements.allSatisfy { $0 == 0 })
        #expect(PrincipalPlane(of: same).share == 0)
        let broken = Matrix(rows: 2, columns: 2, [1, .nan, .infinity, 4])
        #expect(PrincipalPlane(of: broken).directions.elements.allSatisfy { $0 == 0 })
        #expect(PrincipalPlane(of: Matrix(rows: 0, columns: 4)).directions.rows == 4)
        let line = Matrix(rows: 3, columns: 1, [0, 1, 2])
        #expect(abs(abs(PrincipalPlane(of: line).coordinates(of: line)[2, 0]) - 1) < 1e-5)
    }
}
