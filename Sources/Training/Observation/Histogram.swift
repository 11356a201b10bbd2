/// How numbers are spread: the share of them in each of a fixed number of bins, evenly from -scale to scale.
public struct Histogram: Sendable, Equatable {
    public static let binCount = 128

    /// A power of two, so that the bins of one histogram are whole numbers of bins of another.
    public let scale: Float
    /// 0…1 each, from the lowest values to the highest, `[binCount]`; what lies beyond the ends counts in the outer two.
    public let shares: [Float]

    /// The scale is the power of two that six root mean squares fit into: hardly anything lies beyond, and a few
    /// outliers do not squeeze the rest. Numbers that are not finite are left out.
    init(_ values: UnsafeBufferPointer<Float>) {
        var sum = 0.0
        var count = 0
        for value in values where value.isFinite {
            sum += Double(value) * Double(value)
            count += 1
        }
        let reach = 6 * (sum / Double(max(count, 1))).squareRoot()
        let scale = reach.isNormal ? Float(sign: .plus, exponent: Int(reach.exponent) + 1, significand: 1) : 1
        let (half, perUnit) = (Float(Self.binCount / 2), Float(Self.binCount / 2) / scale)
        var counts = [Int32](repeating: 0, count: Self.binCount)
        for value in values where value.isFinite {
            counts[Int(min(max(value * perUnit + half, 0), Float(Self.binCount - 1)))] += 1
        }
        self.scale = scale
        shares = counts.map { Float($0) / Float(max(count, 1)) }
    }

    /// The same values in other bins, evenly from `lower` to `upper`; what lies beyond counts in the outer two.
    public func shares(from lower: Float, to upper: Float, bins: Int) -> [Float] {
        // The share of the values below each edge.
        var below: [Float] = [0]
        for share in shares { below.append((below.last ?? 0) + share) }
        let (total, perUnit) = (below[Self.binCount], Float(Self.binCount) / (2 * scale))
        var last: Float = 0
        return (1...max(bins, 1)).map { edge in
            let value = lower + (upper - lower) * Float(edge) / Float(bins)
            let place = min(max((value + scale) * perUnit, 0), Float(Self.binCount))
            let bin = min(Int(place), Self.binCount - 1)
            let next = edge == bins ? total : below[bin] + (place - Float(bin)) * shares[bin]
            defer { last = next }
            return next - last
        }
    }

    /// Whether hardly a value is below zero, as after ReLU.
    public var isPositive: Bool { shares.prefix(Self.binCount / 2).allSatisfy { $0 == 0 } }
}

/// The spread of a layer's weights, of their gradients and of what its neurons give.
public struct LayerHistograms: Sendable, Equatable {
    public let weights: Histogram
    /// Of the gradient of the mean loss over the images looked at.
    public let gradients: Histogram
    /// Over all neurons and all images looked at; logits in the last layer.
    public let activations: Histogram
}
