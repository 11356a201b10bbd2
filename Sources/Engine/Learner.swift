import NeuralNetwork

/// A network and its optimizer while they train. A value.
///
/// The first layer's weights and their moments are kept in the panels of its shards, each row-major in itself, one after
/// the other: see `Shard`.
public struct Learner: Sendable {
    private let structure: Network
    let shards: [Shard]
    /// With the first layer's weights in panels.
    var parameters: Parameters
    /// With the moments of the first layer's weights in panels.
    var packedOptimizer: Optimizer

    /// - Parameter optimizer: with moments of the network's sizes.
    public init(_ network: Network, _ optimizer: Optimizer) {
        parameters = network.parameters
        for moment in optimizer.moments {
            precondition(moment.matches(parameters), "The optimizer has a moment for each parameter.")
        }
        structure = network
        shards = Shard.shards(of: network)
        packedOptimizer = optimizer
        rearrangeFirstLayer(of: &parameters, .pack)
        for index in optimizer.moments.indices { rearrangeFirstLayer(of: &packedOptimizer.moments[index], .pack) }
    }

    public var network: Network {
        var (network, parameters) = (structure, parameters)
        rearrangeFirstLayer(of: &parameters, .unpack)
        network.parameters = parameters
        return network
    }

    public var optimizer: Optimizer {
        var optimizer = packedOptimizer
        for index in optimizer.moments.indices { rearrangeFirstLayer(of: &optimizer.moments[index], .unpack) }
        return optimizer
    }

    private func rearrangeFirstLayer(of parameters: inout Parameters, _ direction: Matrix.Direction) {
        parameters.matrices[0].rearrange(panels: shards.flatMap(\.panels), direction)
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
