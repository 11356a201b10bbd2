import CKernels

/// What the kernels of a convolution compute, in plain loops. Sixteen images lie side by side, pixel by pixel:
/// `[channels × height × width × 16]`; weights are `[in channels × kernel × kernel × out channels]`.
extension inkling_convolution {
    func forward(_ input: [Float], _ weights: [Float], _ bias: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for o in 0..<out_channels {
            for y in 0..<out_height {
                for x in 0..<out_width {
                    var pixel = [Sum](repeating: Sum(bias[o]), count: 16)
                    for i in 0..<in_channels {
                        for (ky, v) in taps(at: y - pad, of: in_height) {
                            for (kx, u) in taps(at: x - pad, of: in_width) {
                                let weight = weights[((i * kernel + ky) * kernel + kx) * out_channels + o]
                                let first = ((i * in_height + v) * in_width + u) * 16
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

    func inputGradient(_ delta: [Float], _ weights: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for i in 0..<in_channels {
            for y in 0..<in_height {
                for x in 0..<in_width {
                    var pixel = [Sum](repeating: Sum(), count: 16)
                    for o in 0..<out_channels {
                        for v in 0..<out_height where (0..<kernel).contains(y - v + pad) {
                            for u in 0..<out_width where (0..<kernel).contains(x - u + pad) {
                                let tap = (i * kernel + y - v + pad) * kernel + x - u + pad
                                let weight = weights[tap * out_channels + o]
                                let first = ((o * out_height + v) * out_width + u) * 16
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

    func weightGradient(_ input: [Float], _ delta: [Float]) -> [Sum] {
        var sums: [Sum] = []
        for i in 0..<in_channels {
            for ky in 0..<kernel {
                for kx in 0..<kernel {
                    for o in 0..<out_channels {
                        var images = [Sum](repeating: Sum(), count: 16)
                        for y in 0..<out_height where (0..<in_height).contains(y + ky - pad) {
                            for x in 0..<out_width where (0..<in_width).contains(x + kx - pad) {
                                let v = y + ky - pad
                                let first = ((i * in_height + v) * in_width + x + kx - pad) * 16
                                let deltas = ((o * out_height + y) * out_width + x) * 16
                                for lane in 0..<16 { images[lane].add(input[first + lane], delta[deltas + lane]) }
                            }
                        }
                        sums.append(Sum.total(images))
                    }
                }
            }
        }
        return sums
    }

    func biasGradient(_ delta: [Float]) -> [Sum] {
        (0..<out_channels).map { o in
            var parts = [[Sum]](repeating: [Sum](repeating: Sum(), count: 16), count: 4)
            for y in 0..<out_height {
                for x in 0..<out_width {
                    for lane in 0..<16 {
                        parts[x % 4][lane].add(delta[((o * out_height + y) * out_width + x) * 16 + lane], 1)
                    }
                }
            }
            return Sum.total(
                (0..<16).map { lane in (parts[0][lane] + parts[2][lane]) + (parts[1][lane] + parts[3][lane]) })
        }
    }

    /// The taps of a window that begins at `start` and the positions under them, as far as these exist.
    private func taps(at start: Int, of size: Int) -> [(tap: Int, position: Int)] {
        (0..<kernel).map { ($0, start + $0) }.filter { (0..<size).contains($0.1) }
    }
}

/// A sum in the order that the kernels promise, each multiply-add rounded once, and the same sum in Double.
struct Sum {
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

    /// Of the 16 images side by side: those 8 apart, then 4, 2 and 1.
    static func total(_ images: [Sum]) -> Sum {
        var sums = images
        while sums.count > 1 {
            let half = sums.count / 2
            sums = (0..<half).map { sums[$0] + sums[$0 + half] }
        }
        return sums[0]
    }
}
