import CKernels
import NeuralNetwork
import Training

/// The arithmetic alone, on one core.
enum KernelBench {
    /// Floats in -1…1 on a 64-byte boundary, until the process ends.
    private static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        var generator = RandomGenerator(seed: 1, stream: .initialization)
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
        let floats = bytes.bindMemory(to: Float.self, capacity: count)
        for index in 0..<count { floats[index] = Float(2 * generator.uniform() - 1) }
        return floats
    }

    /// - Parameter products: that are added up; each is two operations.
    static func gigaflops(_ products: Int, seconds: Double) -> Double { 2e-9 * Double(products) / seconds }

    private static let convolutionBatch = 128
    /// Without those with zeros beyond the image: of the 3 × 14 rows, or columns, two do not lie under the pattern.
    static let convolutionProducts = convolutionBatch * 32 * 16 * (14 * 3 - 2) * (14 * 3 - 2)

    private static let sgd = inkling_sgd(learning_rate: 1e-3, momentum: 0.9, weight_decay: 0)

    /// The convolution 16→32 of 3 × 3 on 14 × 14, as a training goes through a batch of 128: 16 images at a time, in the
    /// same memory.
    static func convolutions(rounds: Int) -> [BenchReport.Convolution] {
        let shape = inkling_convolution(
            in_channels: 16, in_height: 14, in_width: 14, out_channels: 32, kernel: 3, pad: 1, out_height: 14,
            out_width: 14)
        let lanes = 16
        let input = floats(16 * 14 * 14 * lanes)
        let output = floats(32 * 14 * 14 * lanes)
        let (weights, biases) = (floats(16 * 9 * 32), floats(32))
        defer { for memory in [input, output, weights, biases] { memory.deallocate() } }
        let ways: [(name: String, run: () -> Void)] = [
            ("forward", { inkling_convolution_forward(shape, input, weights, biases, true, output) }),
            ("input gradient", { inkling_convolution_input_gradient(shape, output, weights, input) }),
            ("weight gradient", { inkling_convolution_weight_gradient(shape, input, output, weights, biases) }),
        ]
        return ways.map { name, run in
            // Before and after, since the clock changes with what else the processor does.
            var peak = inkling_fma_peak(0.02)
            let time = Stopwatch.best(within: 0.05 * Double(rounds)) {
                for _ in 0..<convolutionBatch / lanes { run() }
            }
            peak = max(peak, inkling_fma_peak(0.02))
            let rate = gigaflops(convolutionProducts, seconds: time)
            return BenchReport.Convolution(name: name, gigaflops: rate, shareOfPeak: rate / peak)
        }
    }

    static func products(rounds: Int) -> (peak: Double, products: [BenchReport.Product]) {
        let shapes: [(name: String, m: Int, k: Int, n: Int, isUpdate: Bool)] = [
            ("forward", 64, 784, 128, false), ("forward", 64, 128, 64, false), ("forward", 64, 64, 10, false),
            ("weight gradient", 784, 64, 128, false), ("weight gradient and update", 784, 64, 128, true),
            ("forward", 128, 784, 800, false), ("weight gradient", 784, 128, 800, false),
            ("square", 2048, 2048, 2048, false),
        ]
        var peak = 0.0
        let rates = shapes.map { shape in
            let (m, k, n) = (shape.m, shape.k, shape.n)
            let (a, b, c, velocities) = (floats(m * k), floats(k * n), floats(m * n), floats(m * n))
            defer { for matrix in [a, b, c, velocities] { matrix.deallocate() } }
            // Before and after, since the clock changes with what else the processor does.
            peak = max(peak, inkling_fma_peak(0.02))
            let time = Stopwatch.best(within: 0.05 * Double(rounds)) {
                if shape.isUpdate {
                    inkling_weight_update(k, 0, m, n, a, m, b, n, sgd, velocities, c, n)
                } else if shape.name == "weight gradient" {
                    inkling_multiply(m, n, k, a, 1, m, b, n, nil, false, false, c, n)
                } else {
                    inkling_multiply(m, n, k, a, k, 1, b, n, nil, false, false, c, n)
                }
            }
            return gigaflops(m * k * n, seconds: time)
        }
        let products = zip(shapes, rates).map { shape, rate in
            BenchReport.Product(
                name: shape.name, m: shape.m, k: shape.k, n: shape.n, gigaflops: rate, shareOfPeak: rate / peak)
        }
        return (peak, products)
    }
}
