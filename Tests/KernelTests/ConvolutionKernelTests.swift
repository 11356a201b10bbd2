import CKernels
import NeuralNetwork
import TestSupport
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

struct ConvolutionChecks {
    private let isPortable: Bool
    var generator = RandomGenerator(seed: 1, stream: .initialization)

    static func run(_ name: String) {
        precondition(inkling_kernels_select(name), "This processor runs \(name).")
        var checks = ConvolutionChecks(isPortable: name == "portable")
        checks.convolutions()
        checks.pooling()
        checks.lanes()
    }

    private init(isPortable: Bool) { self.isPortable = isPortable }

    mutating func randoms(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(2 * generator.uniform() - 1) }
    }

    func expect(_ results: ArraySlice<Float>, _ sums: [Sum], _ what: String) {
        let worst = zip(results, sums).map { abs(Double($0) - $1.exact) / ($1.magnitude + 1e-30) }.largest ?? 0
        #expect(worst <= 1e-5, "\(what): off by \(worst) of the sum of magnitudes")
        // Portable kernels may round the products too.
        if !isPortable { #expect(results.elementsEqual(sums.map(\.ordered)), "\(what): summed in another order") }
    }

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

        let sums = c.forward(input, weights, bias)
        for relu in [false, true] {
            var output = Guarded<Float>(delta.count)
            output.write { inkling_convolution_forward(c, input, weights, bias, relu, $0) }
            expect(output.values, relu ? sums.map(\.rectified) : sums, "forward \(what)")
            #expect(output.isIntact, "forward \(what)")
        }

        var inputGradient = Guarded<Float>(input.count)
        inputGradient.write { inkling_convolution_input_gradient(c, delta, weights, $0) }
        expect(inputGradient.values, c.inputGradient(delta, weights), "gradient at the input \(what)")
        #expect(inputGradient.isIntact, "gradient at the input \(what)")

        var gradient = Guarded<Float>(weights.count)
        var biasGradient = Guarded<Float>(bias.count)
        gradient.write { gradient in
            biasGradient.write { inkling_convolution_weight_gradient(c, input, delta, gradient, $0) }
        }
        expect(gradient.values, c.weightGradient(input, delta), "gradient of the weights \(what)")
        expect(biasGradient.values, c.biasGradient(delta), "gradient of the bias \(what)")
        #expect(gradient.isIntact && biasGradient.isIntact, "gradient of the weights \(what)")
    }
}
