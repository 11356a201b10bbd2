import CKernels
import Testing

extension ConvolutionChecks {
    /// The ways between images and lanes, sixteen images side by side.
    mutating func lanes() {
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
