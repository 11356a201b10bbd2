import CKernels
import NeuralNetwork
import Testing

/// Every set of kernels that this processor runs, against plain loops. Each in a process of its own, as in KernelTests.
@Suite struct ConvolutionKernelTests {
    @Test(.enabled(if: inkling_kernels_supported("avx512"))) func avx512() async {
        await #expect(processExitsWith: .success) { ConvolutionChecks.run("avx512") }
    }

    @Test(.enabled(if: inkling_kernels_supported("avx2"))) func avx2() async {
        await #expect(processExitsWith: .success) { ConvolutionChecks.run("avx2") }
    }

    @Test(.enabled(if: inkling_kernels_supported("neon"))) func neon() async {
        await #expect(processExitsWith: .success) { ConvolutionChecks.run("neon") }
    }

    @Test(.enabled(if: inkling_kernels_supported("portable"))) func portable() async {
        await #expect(processExitsWith: .success) { ConvolutionChecks.run("portable") }
    }
}

/// What a kernel writes, between elements that it must leave alone.
private struct Guarded<Element: Equatable> {
    private static var margin: Int { 64 }

    private let canary: Element
    private let count: Int
    private var storage: [Element]

    /// Elements that are all `unwritten` so far.
    init(_ count: Int, unwritten: Element, canary: Element) {
        self.count = count
        self.canary = canary
        let guards = [Element](repeating: canary, count: Self.margin)
        storage = guards + [Element](repeating: unwritten, count: count) + guards
    }

    var values: ArraySlice<Element> { storage[Self.margin..<Self.margin + count] }

    var isIntact: Bool {
        let margins = storage.prefix(Self.margin) + storage.suffix(Self.margin)
        return margins.allSatisfy { $0 == canary }
    }

    mutating func write(_ kernel: (UnsafeMutablePointer<Element>) -> Void) {
        storage.withUnsafeMutableBufferPointer { storage in
            if let start = storage.baseAddress { kernel(start + Self.margin) }
        }
    }
}

extension Guarded<Float> {
    /// What is never written stays no number, which fails every comparison.
    fileprivate init(_ count: Int) { self.init(count, unwritten: .nan, canary: 12345) }
}

/// A sum in the order that the kernels promise, each multiply-add rounded once, and the same sum in Double.
private struct Sum {
    var ordered: Float
    var exact: Double
    private(set) var magnitude: Double

    init(_ start: Float = 0) {
        ordered = start
        exact = Double(start)
        magnitude = abs(exact)
    }

    mutating func add(_ a: Float, _ b: Float) {
        ordered.addProduct(a, b)
        exact += Double(a) * Double(b)
        magnitude += abs(Double(a) * Double(b))
    }

    static func + (a: Sum, b: Sum) -> Sum {
        var sum = a
        sum.ordered += b.ordered
        sum.exact += b.exact
        sum.magnitude += b.magnitude
        return sum
    }

    var rectified: Sum {
        var sum = self
        if !(ordered > 0) { sum.ordered = 0 }
        if !(exact > 0) { sum.exact = 0 }
        return sum
    }
}

private struct ConvolutionChecks {
    private let isPortable: Bool
    private var generator = RandomGenerator(seed: 1, stream: .initialization)

    static func run(_ name: String) {
        precondition(inkling_kernels_select(name), "This processor runs \(name).")
        var checks = ConvolutionChecks(isPortable: name == "portable")
        checks.convolutions()
        checks.pooling()
        checks.lanes()
    }

    private init(isPortable: Bool) { self.isPortable = isPortable }

    private mutating func randoms(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(2 * generator.uniform() - 1) }
    }

    private func expect(_ results: ArraySlice<Float>, _ sums: [Sum], _ what: String) {
        let worst = zip(results, sums).map { abs(Double($0) - $1.exact) / ($1.magnitude + 1e-30) }.largest ?? 0
        #expect(worst <= 1e-5, "\(what): off by \(worst) of the sum of magnitudes")
        // Portable kernels may round the products too.
        if !isPortable { #expect(results.elementsEqual(sums.map(\.ordered)), "\(what): summed in another order") }
    }

    // MARK: - Convolution

    private mutating func convolutions() {
        let channels = [1, 2, 3, 5, 6, 16, 17, 33]
        for kernel in 1...7 {
            for i in channels {
                let o = channels[generator.uniform(below: channels.count)]
                let paddings = [(0, 0), ((kernel - 1) / 2, kernel / 2), (kernel, generator.uniform(below: kernel))]
                for (before, after) in paddings {
                    var (height, width) = (1 + generator.uniform(below: 9), 1 + generator.uniform(below: 17))
                    // As large as the plain loops bear, and no smaller than the window.
                    while i * o * kernel * kernel * height * width > 60000 && height * width > 1 {
                        if height > width { height -= 1 } else { width -= 1 }
                    }
                    let smallest = max(1, kernel - before - after)
                    convolution(
                        i, max(height, smallest), max(width, smallest), o, kernel: kernel, before: before, after: after)
                }
                convolution(i, kernel, kernel, o, kernel: kernel, before: 0, after: 0)
            }
        }
        // Layers of real networks, and channels by the hundred, which are done in blocks.
        convolution(1, 28, 28, 6, kernel: 5, before: 2, after: 2)
        convolution(6, 14, 14, 16, kernel: 5, before: 0, after: 0)
        convolution(16, 14, 14, 32, kernel: 3, before: 1, after: 1)
        convolution(130, 3, 5, 40, kernel: 5, before: 1, after: 2)
        convolution(40, 4, 3, 260, kernel: 4, before: 2, after: 1)
        convolution(1500, 3, 2, 7, kernel: 3, before: 1, after: 1)
    }

    private mutating func convolution(
        _ inChannels: Int, _ height: Int, _ width: Int, _ outChannels: Int, kernel: Int, before: Int, after: Int
    ) {
        let c = inkling_convolution(
            in_channels: inChannels, in_height: height, in_width: width, out_channels: outChannels, kernel: kernel,
            pad: before, out_height: height + before + after - kernel + 1,
            out_width: width + before + after - kernel + 1)
        let what = "\(inChannels)×\(height)×\(width) → \(outChannels)×\(c.out_height)×\(c.out_width) by \(kernel)"
        let images = 1 + generator.uniform(below: 16)
        let input = randoms(inChannels * height * width * 16)
        let weights = randoms(inChannels * kernel * kernel * outChannels)
        let bias = randoms(outChannels)
        // Lanes without an image have a gradient of zero, whatever their input.
        var delta = randoms(outChannels * c.out_height * c.out_width * 16)
        for n in delta.indices where n % 16 >= images { delta[n] = 0 }

        let sums = forward(c, input, weights, bias)
        for relu in [false, true] {
            var output = Guarded<Float>(delta.count)
            output.write { inkling_convolution_forward(c, input, weights, bias, relu, $0) }
            expect(output.values, relu ? sums.map(\.rectified) : sums, "forward \(what)")
            #expect(output.isIntact, "forward \(what)")
        }

        var inputGradient = Guarded<Float>(input.count)
        inputGradient.write { inkling_convolution_input_gradient(c, delta, weights, $0) }
        expect(inputGradient.values, self.inputGradient(c, delta, weights), "gradient at the input \(what)")
        #expect(inputGradient.isIntact, "gradient at the input \(what)")

        var gradient = Guarded<Float>(weights.count)
        var biasGradient = Guarded<Float>(bias.count)
        gradient.write { gradient in
            biasGradient.write { inkling_convolution_weight_gradient(c, input, delta, gradient, $0) }
        }
        expect(gradient.values, weightGradient(c, input, delta), "gradient of the weights \(what)")
        expect(biasGradient.values, self.biasGradient(c, delta), "gradient of the bias \(what)")
        #expect(gradient.isIntact && biasGradient.isIntact, "gradient of the weights \(what)")
    }

    private func forward(_ c: inkling_convolution, _ input: [Float], _ weights: [Float], _ bias: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for o in 0..<c.out_channels {
            for y in 0..<c.out_height {
                for x in 0..<c.out_width {
                    var pixel = [Sum](repeating: Sum(bias[o]), count: 16)
                    for i in 0..<c.in_channels {
                        for (ky, v) in taps(c.kernel, at: y - c.pad, of: c.in_height) {
                            for (kx, u) in taps(c.kernel, at: x - c.pad, of: c.in_width) {
                                let weight = weights[((i * c.kernel + ky) * c.kernel + kx) * c.out_channels + o]
                                let first = ((i * c.in_height + v) * c.in_width + u) * 16
                                for lane in 0..<16 { pixel[lane].add(input[first + lane], weight) }
                            }
                        }
                    }
                    sums += pixel
                }
            }
        }
        return sums
    }

    private func inputGradient(_ c: inkling_convolution, _ delta: [Float], _ weights: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for i in 0..<c.in_channels {
            for y in 0..<c.in_height {
                for x in 0..<c.in_width {
                    var pixel = [Sum](repeating: Sum(), count: 16)
                    for o in 0..<c.out_channels {
                        for v in 0..<c.out_height where (0..<c.kernel).contains(y - v + c.pad) {
                            for u in 0..<c.out_width where (0..<c.kernel).contains(x - u + c.pad) {
                                let tap = (i * c.kernel + y - v + c.pad) * c.kernel + x - u + c.pad
                                let weight = weights[tap * c.out_channels + o]
                                let first = ((o * c.out_height + v) * c.out_width + u) * 16
                                for lane in 0..<16 { pixel[lane].add(delta[first + lane], weight) }
                            }
                        }
                    }
                    sums += pixel
                }
            }
        }
        return sums
    }

    private func weightGradient(_ c: inkling_convolution, _ input: [Float], _ delta: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for i in 0..<c.in_channels {
            for ky in 0..<c.kernel {
                for kx in 0..<c.kernel {
                    for o in 0..<c.out_channels {
                        var images = [Sum](repeating: Sum(), count: 16)
                        for y in 0..<c.out_height where (0..<c.in_height).contains(y + ky - c.pad) {
                            for x in 0..<c.out_width where (0..<c.in_width).contains(x + kx - c.pad) {
                                let v = y + ky - c.pad
                                let first = ((i * c.in_height + v) * c.in_width + x + kx - c.pad) * 16
                                let deltas = ((o * c.out_height + y) * c.out_width + x) * 16
                                for lane in 0..<16 { images[lane].add(input[first + lane], delta[deltas + lane]) }
                            }
                        }
                        sums.append(total(images))
                    }
                }
            }
        }
        return sums
    }

    private func biasGradient(_ c: inkling_convolution, _ delta: [Float]) -> [Sum] {
        (0..<c.out_channels).map { o in
            var parts = [[Sum]](repeating: [Sum](repeating: Sum(), count: 16), count: 4)
            for y in 0..<c.out_height {
                for x in 0..<c.out_width {
                    for lane in 0..<16 {
                        parts[x % 4][lane].add(delta[((o * c.out_height + y) * c.out_width + x) * 16 + lane], 1)
                    }
                }
            }
            return total(
                (0..<16).map { lane in (parts[0][lane] + parts[2][lane]) + (parts[1][lane] + parts[3][lane]) })
        }
    }

    /// The sum over the images: those 8 apart, then 4, 2 and 1.
    private func total(_ images: [Sum]) -> Sum {
        var sums = images
        while sums.count > 1 {
            let half = sums.count / 2
            sums = (0..<half).map { sums[$0] + sums[$0 + half] }
        }
        return sums[0]
    }

    /// The taps of a window that begins at `start` and the positions under them, as far as these exist.
    private func taps(_ kernel: Int, at start: Int, of size: Int) -> [(tap: Int, position: Int)] {
        (0..<kernel).map { ($0, start + $0) }.filter { (0..<size).contains($0.1) }
    }

    // MARK: - Max pooling

    private mutating func pooling() {
        for size in 1...4 {
            for (height, width) in [(1, 1), (2, 2), (4, 4), (5, 7), (7, 9), (8, 12), (14, 3)] {
                for channels in [1, 3] { pooling(channels, height, width, size) }
            }
        }
    }

    private mutating func pooling(_ channels: Int, _ height: Int, _ width: Int, _ size: Int) {
        let what = "\(channels)×\(height)×\(width) in windows of \(size)"
        let (outHeight, outWidth) = (height / size, width / size)
        let count = channels * outHeight * outWidth * 16
        // Few different values, so that many are equal, and some that are no numbers.
        let input = (0..<channels * height * width * 16).map { _ in
            generator.uniform(below: 50) == 0 ? Float.nan : Float(generator.uniform(below: 5) - 2)
        }
        var output = Guarded<Float>(count)
        var choice = Guarded<UInt8>(count, unwritten: 255, canary: 77)
        output.write { output in
            choice.write { inkling_max_pool_forward(channels, height, width, size, input, output, $0) }
        }
        var (largest, cells) = ([Float](), [UInt8]())
        var indices: [Int] = []
        for c in 0..<channels {
            for y in 0..<outHeight {
                for x in 0..<outWidth {
                    for lane in 0..<16 {
                        let window = (0..<size * size).map { cell in
                            let (v, u) = (y * size + cell / size, x * size + cell % size)
                            return ((c * height + v) * width + u) * 16 + lane
                        }
                        let values = window.map { input[$0] }
                        // As torch.nn.MaxPool2d: of several that are no numbers, the last.
                        let cell = values.lastIndex(where: \.isNaN) ?? values.firstIndex(of: values.max() ?? 0) ?? 0
                        largest.append(values[cell])
                        cells.append(UInt8(cell))
                        indices.append(window[cell])
                    }
                }
            }
        }
        #expect(output.values.map(\.bitPattern) == largest.map(\.bitPattern), "\(what)")
        #expect(Array(choice.values) == cells, "\(what)")
        #expect(output.isIntact && choice.isIntact, "\(what)")

        let gradient = randoms(count)
        for hasActivation in [false, true] {
            var inputGradient = Guarded<Float>(input.count)
            inputGradient.write { inputGradient in
                largest.withUnsafeBufferPointer { activation in
                    inkling_max_pool_backward(
                        channels, height, width, size, gradient, cells, hasActivation ? activation.baseAddress : nil,
                        inputGradient)
                }
            }
            var expected = [Float](repeating: 0, count: input.count)
            for n in 0..<count where !hasActivation || largest[n] > 0 { expected[indices[n]] = gradient[n] }
            #expect(Array(inputGradient.values) == expected, "backward \(what)")
            #expect(inputGradient.isIntact, "backward \(what)")
        }
    }

    // MARK: - Between images and lanes

    private mutating func lanes() {
        for count in 0...16 {
            for pixels in [1, 7, 15, 16, 17, 49, 100] { bytes(count, pixels) }
            for features in [1, 3, 4, 10, 16, 17, 84] { rows(count, features) }
        }
        for count in [0, 1, 15, 16, 17, 160] { relu(count) }
    }

    private mutating func bytes(_ count: Int, _ pixels: Int) {
        let images = (0..<20 * pixels).map { _ in UInt8(generator.uniform(below: 256)) }
        let indices = (0..<count).map { _ in Int32(generator.uniform(below: 20)) }
        for isIndexed in [false, true] {
            var lanes = Guarded<Float>(pixels * 16)
            lanes.write { lanes in
                indices.withUnsafeBufferPointer { indices in
                    inkling_lanes_from_bytes(
                        images, isIndexed ? indices.baseAddress : nil, count, pixels, 1 / 255, lanes)
                }
            }
            let expected = (0..<pixels * 16).map { n in
                let lane = n % 16
                if lane >= count { return Float(0) }
                let image = isIndexed ? Int(indices[lane]) : lane
                return Float(images[image * pixels + n / 16]) * (1 / 255)
            }
            #expect(Array(lanes.values) == expected, "\(count) images of \(pixels)")
            #expect(lanes.isIntact, "\(count) images of \(pixels)")
        }
    }

    private mutating func rows(_ count: Int, _ features: Int) {
        let stride = features + generator.uniform(below: 3)
        let what = "\(count) rows of \(features)"
        let lanes = randoms(features * 16)
        var rows = Guarded<Float>(count * stride, unwritten: -9, canary: 12345)
        rows.write { inkling_lanes_to_rows(features, count, lanes, $0, stride) }
        let expectedRows = (0..<count * stride).map { n in
            n % stride < features ? lanes[n % stride * 16 + n / stride] : -9
        }
        #expect(Array(rows.values) == expectedRows, "\(what)")
        #expect(rows.isIntact, "\(what)")

        var back = Guarded<Float>(features * 16)
        back.write { inkling_rows_to_lanes(features, count, expectedRows, stride, $0) }
        #expect(Array(back.values) == lanes.indices.map { $0 % 16 < count ? lanes[$0] : 0 }, "\(what)")
        #expect(back.isIntact, "\(what)")
    }

    private mutating func relu(_ count: Int) {
        var activation = randoms(count)
        for n in stride(from: 0, to: count, by: 7) { activation[n] = [0, .nan, -0.0][n / 7 % 3] }
        let before = randoms(count)
        var gradient = Guarded<Float>(count)
        gradient.write { gradient in
            for n in 0..<count { gradient[n] = before[n] }
            inkling_lanes_relu_backward(count, activation, gradient)
        }
        #expect(Array(gradient.values) == before.indices.map { activation[$0] > 0 ? before[$0] : 0 })
        #expect(gradient.isIntact)
    }
}
