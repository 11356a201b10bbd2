import CKernels
import Testing

extension ConvolutionChecks {
    /// Max pooling, against plain loops.
    mutating func pooling() {
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
}
