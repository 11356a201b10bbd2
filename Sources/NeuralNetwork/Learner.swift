/// A network and its optimizer while they train. A value.
///
/// The first layer's weights and their moments are kept in the panels of its shards, each row-major in itself, one after
/// the other: see `Shard`.
public struct Learner: Sendable {
    let shards: [Shard]
    /// With the first layer's weights in panels.
    var packedNetwork: Network
    /// With the moments of the first layer's weights in panels.
    var packedOptimizer: Optimizer

    /// - Parameter optimizer: with moments of the network's sizes.
    public init(_ network: Network, _ optimizer: Optimizer) {
        for moment in optimizer.moments {
            precondition(
                moment.count == network.layers.count
                    && zip(moment, network.layers).allSatisfy {
                        ($0.weights.rows, $0.weights.columns, $0.biases.count) == ($1.inputs, $1.outputs, $1.outputs)
                    }, "The optimizer has a moment for each parameter.")
        }
        shards = Shard.shards(of: network)
        packedNetwork = network
        packedOptimizer = optimizer
        rearrangeFirstLayer(of: &packedNetwork, .pack)
        rearrangeFirstLayer(of: &packedOptimizer, .pack)
    }

    public var network: Network {
        var network = packedNetwork
        rearrangeFirstLayer(of: &network, .unpack)
        return network
    }

    public var optimizer: Optimizer {
        var optimizer = packedOptimizer
        rearrangeFirstLayer(of: &optimizer, .unpack)
        return optimizer
    }

    private func rearrangeFirstLayer(of network: inout Network, _ direction: Matrix.Direction) {
        network.layers[0].weights.rearrange(panels: shards.flatMap(\.panels), direction)
    }

    private func rearrangeFirstLayer(of optimizer: inout Optimizer, _ direction: Matrix.Direction) {
        for index in optimizer.moments.indices {
            optimizer.moments[index][0].weights.rearrange(panels: shards.flatMap(\.panels), direction)
        }
    }
}

extension Matrix {
    fileprivate enum Direction { case pack, unpack }

    /// Puts the elements, which are row-major, panel of columns by panel of columns, or back.
    fileprivate mutating func rearrange(panels: [Range<Int>], _ direction: Direction) {
        guard panels.count > 1 else { return }
        var result = Matrix(rows: rows, columns: columns)
        result.withUnsafeMutableElements { result in
            withUnsafeElements { source in
                guard let source = source.baseAddress, let result = result.baseAddress else { return }
                for panel in panels {
                    for row in 0..<rows {
                        let plain = row * columns + panel.lowerBound
                        let packed = rows * panel.lowerBound + row * panel.count
                        let (from, to) = direction == .pack ? (plain, packed) : (packed, plain)
                        (result + to).update(from: source + from, count: panel.count)
                    }
                }
            }
        }
        self = result
    }
}
