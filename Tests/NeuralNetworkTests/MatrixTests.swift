import NeuralNetwork
import TestSupport
import Testing

@Suite struct MatrixTests {
    static let sizes = [0, 1, 7, 8, 9, 17, 33]

    static func random(_ rows: Int, _ columns: Int, _ seed: UInt64 = 1) -> Matrix {
        var generator = RandomGenerator(seed: seed, stream: .initialization, index: rows * 1000 + columns)
        return Matrix(rows: rows, columns: columns, (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    /// The product as its definition has it, in double precision, and the sum of the magnitudes: what its error scales
    /// with.
    static func threeLoops(
        _ m: Int, _ n: Int, _ k: Int, _ a: (Int, Int) -> Float, _ b: (Int, Int) -> Float
    ) -> [(value: Double, magnitude: Double)] {
        (0..<m * n).map { index in
            var (value, magnitude) = (0.0, 0.0)
            for p in 0..<k {
                let product = Double(a(index / n, p)) * Double(b(p, index % n))
                value += product
                magnitude += abs(product)
            }
            return (value, magnitude)
        }
    }

    /// A sum of k products in float is off by at most about k units in the last place of the sum of magnitudes.
    static func expect(
        _ result: Matrix, equals expected: [(value: Double, magnitude: Double)], terms k: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.count == expected.count, sourceLocation: sourceLocation)
        let worst =
            zip(result.elements, expected).map { element, expected in
                abs(Double(element) - expected.value) / max(expected.magnitude * Double(k + 1) * 0x1p-24, 1e-30)
            }.largest ?? 0
        #expect(worst <= 1, "off by \(worst) of what rounding explains", sourceLocation: sourceLocation)
    }

    @Test(arguments: sizes, sizes) func productsAgreeWithThreeLoops(m: Int, n: Int) {
        for k in Self.sizes {
            let (a, b) = (Self.random(m, k), Self.random(k, n, 2))
            Self.expect(
                a.multiplied(by: b), equals: Self.threeLoops(m, n, k, { a[$0, $1] }, { b[$0, $1] }), terms: k)
            let c = Self.random(k, m, 3)
            Self.expect(
                c.transposeMultiplied(by: b), equals: Self.threeLoops(m, n, k, { c[$1, $0] }, { b[$0, $1] }), terms: k)
            let d = Self.random(n, k, 4)
            Self.expect(
                a.multiplied(byTransposeOf: d), equals: Self.threeLoops(m, n, k, { a[$0, $1] }, { d[$1, $0] }), terms: k
            )
        }
    }

    @Test func biasIsAddedToEachRow() {
        let product = Matrix(rows: 2, columns: 2).multiplied(
            by: Matrix(rows: 2, columns: 3), adding: Matrix(rows: 1, columns: 3, [1, 2, 3]))
        #expect(product.elements == [1, 2, 3, 1, 2, 3])
    }

    @Test func columnSumsAddTheRows() {
        #expect(Matrix(rows: 3, columns: 2, [1, 2, 3, 4, 5, 6]).columnSums().elements == [9, 12])
        #expect(Matrix(rows: 0, columns: 2).columnSums().elements == [0, 0])
    }

    @Test func transposeTurnsRowsIntoColumns() {
        let matrix = Self.random(17, 33)
        let transposed = matrix.transposed()
        #expect((0..<17).allSatisfy { row in (0..<33).allSatisfy { matrix[row, $0] == transposed[$0, row] } })
        #expect(transposed.transposed() == matrix)
    }

    @Test func copiesAreIndependent() {
        let original = Matrix(rows: 1, columns: 2, [1, 2])
        var copy = original
        copy[0, 1] = 5
        #expect(original.elements == [1, 2])
        #expect(copy.elements == [1, 5])
    }

    @Test func bytesBecomeSharesOf255() {
        let bytes: [UInt8] = [0, 255, 51, 102]
        let matrix = bytes.withUnsafeBufferPointer { Matrix(bytes: $0, width: 2, rows: [1, 0, 1]) }
        #expect(matrix.rows == 3)
        #expect(matrix.row(1) == [0, 1])
        #expect(zip(matrix.row(2), [0.2, 0.4]).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}
