import NeuralNetwork

/// Some of the first layer's neurons, with the weights that come into them and the weights that go out of them: the
/// columns of the first layer's weights, and the rows of the second's (as Megatron-LM cuts layers, Shoeybi et al., 2019,
/// arXiv:1909.08053).
///
/// Whoever works on a shard through a whole step needs from others only the images and what all shards' sums come to in
/// the second layer. So most weights stay in one core's cache from step to step: a core that writes what another has read
/// waits 10 ns for each cache line where the cores share a cache (measured on an AMD Zen 4), and longer where they do not.
struct Shard: Sendable, Equatable {
    let neurons: Range<Int>
    /// The columns of the first layer's weights in the order in which `Learner` keeps them: panels of columns, row-major
    /// in themselves. A core fetches what lies next to what it reads, so columns of several shards must not lie side by
    /// side; and rows of a few cache lines, one after the other, use all of a cache, which rows with long strides do not.
    let panels: [Range<Int>]

    /// All neurons, whose weights lie row by row, as in a `Matrix`.
    static func whole(outputs: Int) -> [Shard] {
        [Shard(neurons: 0..<outputs, panels: [0..<outputs])]
    }

    /// The shards of a network to train; none where the first layer is not dense. They depend on its sizes alone, since the second layer sums shard by shard and
    /// its results must not depend on the number of threads.
    static func shards(of network: Network) -> [Shard] {
        guard network.layers[0].isDense else { return [] }
        let outputs = network.layers[0].outputs
        // In narrow ones each lit pixel costs a moment besides its products. Each makes sums of the second layer's size.
        let count =
            switch outputs {
            case _ where network.layers.count == 1: 1
            case ..<64: 1
            case _ where network.layers[1].outputs > 512: 2
            case ..<256: 2
            case ..<512: 4
            default: 8
            }
        return cut(0..<outputs, into: count).map { neurons in
            let panels = (neurons.count + widestPanel - 1) / widestPanel
            return Shard(neurons: neurons, panels: cut(neurons, into: panels))
        }
    }

    /// The kernels' widest, eight vectors of AVX-512.
    private static let widestPanel = 128

    /// Pieces of about the same size, but for the last one multiples of a cache line.
    private static func cut(_ range: Range<Int>, into count: Int) -> [Range<Int>] {
        let lines = (range.count + 15) / 16
        func bound(_ piece: Int) -> Int { min(range.lowerBound + lines * piece / count * 16, range.upperBound) }
        return (0..<count).map { bound($0)..<bound($0 + 1) }.filter { !$0.isEmpty }
    }
}
