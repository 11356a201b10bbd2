import CKernels
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Every set of kernels that this processor runs, against three loops, over odd shapes and strides. Each in a process
/// of its own: the choice of the kernels is one for the whole process, and other tests run at the same time.
@Suite struct KernelTests {
    @Test(.enabled(if: inkling_kernels_supported("avx512"))) func avx512() async {
        await #expect(processExitsWith: .success) { KernelChecks.run("avx512") }
    }

    @Test(.enabled(if: inkling_kernels_supported("avx2"))) func avx2() async {
        await #expect(processExitsWith: .success) { KernelChecks.run("avx2") }
    }

    @Test(.enabled(if: inkling_kernels_supported("neon"))) func neon() async {
        await #expect(processExitsWith: .success) { KernelChecks.run("neon") }
    }

    @Test(.enabled(if: inkling_kernels_supported("portable"))) func portable() async {
        await #expect(processExitsWith: .success) { KernelChecks.run("portable") }
    }
}

/// Each result must be the one of a loop that adds product after product in ascending order, each multiply-add rounded
/// once: 0 units in the last place. Portable kernels may round the products too, so there a sum of k products may be
/// off by k + 1 units in the last place of the sum of their magnitudes.
struct KernelChecks {
    private static let sizes = [1, 2, 7, 16, 17, 33, 100]

    private let isPortable: Bool
    private var generator = RandomGenerator(seed: 1, stream: .initialization)

    static func run(_ name: String) {
        precondition(inkling_kernels_select(name), "This processor runs \(name).")
        var checks = KernelChecks(isPortable: name == "portable")
        for count in 1...40 {
            checks.momentumUpdate(count: count)
            for hasMeans in [false, true] { checks.adaptiveUpdate(count: count, hasMeans: hasMeans) }
        }
        for classes in [1, 2, 3, 10, 17, 33] { checks.softmax(rows: 5, classes: classes) }
        for m in sizes {
            for hasMeans in [false, true] { checks.adaptiveUpdate(count: m, hasMeans: hasMeans) }
            for n in sizes {
                for k in [0, 1, 5, 64] { checks.products(m, n, k) }
                checks.transpose(m, n)
                checks.sparse(rows: m, pixels: n, outputs: 37)
                checks.sparse(rows: m, pixels: 3 * n, outputs: 300)
            }
        }
        // Panels of each width in vectors, and of a part of one.
        for lanes in [4, 8, 16] {
            for vectors in 1...8 { checks.sparse(rows: 5, pixels: 70, outputs: vectors * lanes + vectors % 2) }
        }
        // Large enough for the blocks that are copied to where they stay in the cache.
        checks.products(300, 300, 1000)
        // The same where rows of A would compete for the same places in it.
        checks.products(142, 260, 1030, strideOfA: 256)
        checks.weightUpdate(inputs: 1030, outputs: 260, batch: 9, strideOfX: 256)
    }

    private init(isPortable: Bool) { self.isPortable = isPortable }

    /// Rows `stride` apart; what lies between them must stay as it is.
    private struct Strided: Equatable {
        let rows, columns, stride: Int
        var values: [Float]

        subscript(row: Int, column: Int) -> Float {
            get { values[row * stride + column] }
            set { values[row * stride + column] = newValue }
        }
    }

    /// - Parameter multiple: the stride is one of it; nil for some stride.
    private mutating func strided(_ rows: Int, _ columns: Int, multiple: Int? = nil) -> Strided {
        let stride =
            multiple.map { (columns + $0 - 1) / $0 * $0 } ?? columns + generator.uniform(below: 4)
        // The last row ends with its last column: whoever reads on reads what is not there.
        let count = rows == 0 ? 0 : (rows - 1) * stride + columns
        return Strided(
            rows: rows, columns: columns, stride: stride,
            values: (0..<count).map { _ in Float(2 * generator.uniform() - 1) })
    }

    private func expectEqual(_ a: Strided, _ b: Strided, units: Float, _ what: String) {
        let worst = zip(a.values, b.values).map { abs($0 - $1) }.largest ?? 0
        #expect(isPortable ? worst <= units * Float(1).ulp : a == b, "\(what): off by \(worst)")
    }

    private mutating func products(_ m: Int, _ n: Int, _ k: Int, strideOfA multiple: Int? = nil) {
        let (b, bias, c) = (strided(k, n), strided(1, n), strided(m, n))
        for transposed in [false, true] {
            let a = transposed ? strided(k, m, multiple: multiple) : strided(m, k, multiple: multiple)
            for accumulates in [false, true] {
                var sums = c
                for i in 0..<m {
                    var row = (0..<n).map { accumulates ? c[i, $0] : bias[0, $0] }
                    for p in 0..<k {
                        let factor = transposed ? a[p, i] : a[i, p]
                        for j in 0..<n { row[j].addProduct(factor, b[p, j]) }
                    }
                    for j in 0..<n { sums[i, j] = row[j] }
                }
                for relu in accumulates ? [false] : [false, true] {
                    var (result, expected) = (c, sums)
                    inkling_multiply(
                        m, n, k, a.values, transposed ? 1 : a.stride, transposed ? a.stride : 1, b.values, b.stride,
                        bias.values, accumulates, relu, &result.values, c.stride)
                    if relu {
                        for i in 0..<m {
                            for j in 0..<n { expected[i, j] = max(0, sums[i, j]) }
                        }
                    }
                    expectEqual(
                        result, expected, units: Float((k + 1) * (k + 1)), "[\(m) × \(k)] · [\(k) × \(n)]")
                }
            }
        }
        weightUpdate(inputs: m, outputs: n, batch: k)
    }

    private let sgd = inkling_sgd(learning_rate: 0.1, momentum: 0.9, weight_decay: 0.01)

    /// g += λ w;  v = µ v + g;  w −= η v, as `inkling_sgd` says.
    private func step(_ gradient: Float, _ velocity: inout Float, _ weight: inout Float) {
        velocity = gradient.addingProduct(sgd.weight_decay, weight).addingProduct(sgd.momentum, velocity)
        weight.addProduct(-sgd.learning_rate, velocity)
    }

    private mutating func weightUpdate(inputs: Int, outputs: Int, batch: Int, strideOfX multiple: Int? = nil) {
        let x = strided(batch, inputs, multiple: multiple)
        let (delta, weights) = (strided(batch, outputs), strided(inputs, outputs))
        var velocities = weights
        velocities.values = velocities.values.map { _ in Float(generator.uniform()) }
        var (newWeights, newVelocities) = (weights, velocities)
        // In two slices, as two workers would.
        for (first, end) in [(0, inputs / 3), (inputs / 3, inputs)] {
            inkling_weight_update(
                batch, first, end, outputs, x.values, x.stride, delta.values, delta.stride, sgd,
                &newVelocities.values, &newWeights.values, weights.stride)
        }
        var (expectedWeights, expectedVelocities) = (weights, velocities)
        for i in 0..<inputs {
            for j in 0..<outputs {
                var gradient: Float = 0
                for b in 0..<batch { gradient.addProduct(x[b, i], delta[b, j]) }
                step(gradient, &expectedVelocities[i, j], &expectedWeights[i, j])
            }
        }
        let units = Float((batch + 3) * (batch + 3))
        expectEqual(newVelocities, expectedVelocities, units: units, "velocities of [\(inputs) × \(outputs)]")
        expectEqual(newWeights, expectedWeights, units: units, "weights of [\(inputs) × \(outputs)]")
    }

    private mutating func momentumUpdate(count: Int) {
        let (gradient, velocities, weights) = (strided(1, count), strided(1, count), strided(1, count))
        var (newVelocities, newWeights) = (velocities, weights)
        inkling_momentum_update(count, sgd, gradient.values, &newVelocities.values, &newWeights.values)
        var (expectedVelocities, expectedWeights) = (velocities, weights)
        for i in 0..<count { step(gradient[0, i], &expectedVelocities[0, i], &expectedWeights[0, i]) }
        expectEqual(newVelocities, expectedVelocities, units: 9, "velocities of \(count)")
        expectEqual(newWeights, expectedWeights, units: 9, "weights of \(count)")
    }

    /// Each row with its own label; where two classes are the most probable, the lower is the prediction.
    private mutating func softmax(rows: Int, classes: Int) {
        var logits = strided(rows, classes)
        for row in 0..<rows {
            let (first, second) = (generator.uniform(below: classes), generator.uniform(below: classes))
            (logits[row, first], logits[row, second]) = (3, 3)
        }
        let labels = (0..<rows).map { UInt8(($0 * 7 + 1) % classes) }
        var gradient = logits
        var losses = [Float](repeating: -1, count: rows)
        var predictions = [Int32](repeating: -1, count: rows)
        // In two blocks, as two workers would: the second begins at a row of its own.
        for (first, end) in [(0, 2), (2, rows)] {
            losses.withUnsafeMutableBufferPointer { losses in
                predictions.withUnsafeMutableBufferPointer { predictions in
                    gradient.values.withUnsafeMutableBufferPointer { gradient in
                        logits.values.withUnsafeBufferPointer { values in
                            labels.withUnsafeBufferPointer { labels in
                                inkling_softmax_cross_entropy(
                                    end - first, classes, values.baseAddress.map { $0 + first * logits.stride },
                                    logits.stride, labels.baseAddress.map { $0 + first }, 0.5,
                                    gradient.baseAddress.map { $0 + first * logits.stride }, logits.stride,
                                    losses.baseAddress.map { $0 + first }, predictions.baseAddress.map { $0 + first })
                            }
                        }
                    }
                }
            }
        }
        for row in 0..<rows {
            let z = (0..<classes).map { Double(logits[row, $0]) }
            let sum = z.reduce(0) { $0 + exp($1) }
            #expect(abs(Double(losses[row]) - (log(sum) - z[Int(labels[row])])) < 1e-5)
            #expect(Int(predictions[row]) == z.firstIndex(of: 3), "the lowest of the largest")
            for i in 0..<classes {
                let expected = 0.5 * (exp(z[i]) / sum - (i == Int(labels[row]) ? 1 : 0))
                #expect(abs(Double(gradient[row, i]) - expected) < 1e-6)
            }
        }
    }

    /// As `inkling_adaptive` says; two units in the last place for each operation that may or may not be fused.
    private mutating func adaptiveUpdate(count: Int, hasMeans: Bool) {
        let adaptive = inkling_adaptive(
            learning_rate: 0.1, weight_decay: 0.01, weight_kept: 0.99, mean_kept: 0.9, mean_taken: 0.1,
            square_kept: 0.75, square_taken: 0.25, root_scale: 1.5, epsilon: 0.01)
        let (gradient, weights, means) = (strided(1, count), strided(1, count), strided(1, count))
        var squares = strided(1, count)
        squares.values = squares.values.map(abs)
        var (newWeights, newMeans, newSquares) = (weights.values, means.values, squares.values)
        newMeans.withUnsafeMutableBufferPointer { means in
            inkling_adaptive_update(
                count, adaptive, gradient.values, hasMeans ? means.baseAddress : nil, &newSquares, &newWeights)
        }
        for i in 0..<count {
            let g = gradient[0, i] + 0.01 * weights[0, i]
            let mean = (hasMeans ? 0.9 * means[0, i] : 0) + 0.1 * g
            let square = 0.75 * squares[0, i] + 0.25 * g * g
            let weight = 0.99 * weights[0, i] - 0.1 * mean / (square.squareRoot() * 1.5 + 0.01)
            #expect(abs(newMeans[i] - (hasMeans ? mean : means[0, i])) <= 2 * Float(1).ulp)
            #expect(abs(newSquares[i] - square) <= 4 * Float(1).ulp)
            #expect(abs(newWeights[i] - weight) <= 16 * Float(1).ulp)
        }
    }

    private mutating func transpose(_ rows: Int, _ columns: Int) {
        let (a, b) = (strided(rows, columns), strided(columns, rows))
        var (result, expected) = (b, b)
        inkling_transpose(rows, columns, a.values, a.stride, &result.values, b.stride)
        for i in 0..<rows { for j in 0..<columns { expected[j, i] = a[i, j] } }
        #expect(result == expected)

        for relu in [false, true] {
            let other = strided(rows, columns)
            var (sum, sumInPlace, expected) = (a, a, a)
            inkling_add(
                rows, columns, a.values, a.stride, other.values, other.stride, relu, &sum.values, sum.stride)
            sumInPlace.values.withUnsafeMutableBufferPointer { sums in
                inkling_add(
                    rows, columns, sums.baseAddress, a.stride, other.values, other.stride, relu, sums.baseAddress,
                    a.stride)
            }
            for i in 0..<rows {
                for j in 0..<columns { expected[i, j] = relu ? max(a[i, j] + other[i, j], 0) : a[i, j] + other[i, j] }
            }
            #expect(sum == expected)
            #expect(sumInPlace == expected)
        }

        var (gradient, sums) = (strided(rows, columns), [Float](repeating: 0, count: columns))
        let before = gradient
        inkling_relu_backward(rows, columns, a.values, a.stride, &gradient.values, gradient.stride)
        inkling_column_sums(rows, columns, a.values, a.stride, false, &sums)
        var (expectedGradient, expectedSums) = (before, [Float](repeating: 0, count: columns))
        for i in 0..<rows {
            for j in 0..<columns {
                if !(a[i, j] > 0) { expectedGradient[i, j] = 0 }
                expectedSums[j] += a[i, j]
            }
        }
        #expect(gradient == expectedGradient)
        #expect(sums == expectedSums)
    }

    /// The first layer on images of which a quarter is lit, against the dense one on the gathered images.
    private mutating func sparse(rows: Int, pixels: Int, outputs: Int) {
        let images = (0..<(rows + 2) * pixels).map { _ in
            generator.uniform(below: 4) == 0 ? UInt8(generator.uniform(below: 256)) : 0
        }
        let indices = (0..<rows).map { _ in Int32(generator.uniform(below: rows + 2)) }
        let words = (pixels + 63) / 64
        var lit = [UInt64](repeating: 0, count: (rows + 2) * words)
        inkling_find_lit(rows + 2, pixels, images, &lit)
        for image in 0..<rows + 2 {
            for pixel in 0..<words * 64 {
                let isLit = pixel < pixels && images[image * pixels + pixel] != 0
                #expect(lit[image * words + pixel / 64] >> (pixel % 64) & 1 == (isLit ? 1 : 0))
            }
        }
        var columnBits = [UInt64](repeating: 0, count: pixels * ((rows + 63) / 64))
        func withBatch(_ body: (inout inkling_sparse_batch) -> Void) {
            images.withUnsafeBufferPointer { images in
                lit.withUnsafeBufferPointer { lit in
                    indices.withUnsafeBufferPointer { indices in
                        columnBits.withUnsafeMutableBufferPointer { columnBits in
                            var batch = inkling_sparse_batch(
                                rows: rows, pixels: pixels, images: images.baseAddress, lit: lit.baseAddress,
                                indices: indices.baseAddress, column_bits: columnBits.baseAddress)
                            body(&batch)
                        }
                    }
                }
            }
        }
        var gathered = strided(rows, pixels)
        inkling_gather(images, indices, rows, pixels, 1 / 255, &gathered.values, gathered.stride)

        let (weights, bias, out) = (strided(pixels, outputs), strided(1, outputs), strided(rows, outputs))
        var (result, expectedResult) = (out, out)
        withBatch { batch in
            inkling_sparse_prefetch(&batch, 0, rows)
            for (first, end) in [(0, rows / 2), (rows / 2, rows)] {
                inkling_sparse_forward(
                    &batch, first, end, 1 / 255, outputs, weights.values, weights.stride, bias.values, true,
                    &result.values, out.stride)
            }
        }
        inkling_multiply(
            rows, outputs, pixels, gathered.values, gathered.stride, 1, weights.values, weights.stride, bias.values,
            false, true, &expectedResult.values, out.stride)
        #expect(result == expectedResult)

        let delta = strided(rows, outputs)
        var (velocities, newWeights) = (weights, weights)
        withBatch { batch in
            for part in [0..<words / 2, words / 2..<words] {
                inkling_sparse_transpose(&batch, part.lowerBound, part.upperBound)
            }
            for (first, end) in [(0, pixels / 2), (pixels / 2, pixels)] {
                inkling_sparse_weight_update(
                    &batch, first, end, 1 / 255, outputs, delta.values, delta.stride, sgd, &velocities.values,
                    &newWeights.values, weights.stride)
            }
        }
        var (expectedVelocities, expectedWeights) = (weights, weights)
        inkling_weight_update(
            rows, 0, pixels, outputs, gathered.values, gathered.stride, delta.values, delta.stride, sgd,
            &expectedVelocities.values, &expectedWeights.values, weights.stride)
        #expect(velocities == expectedVelocities)
        #expect(newWeights == expectedWeights)
    }
}
