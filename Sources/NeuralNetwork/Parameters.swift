/// The parameters of a network, layer by layer: of each layer that has any the weights, then the biases. Gradients and what
/// optimizers remember have the same form.
public struct Parameters: Sendable, Equatable {
    public var matrices: [Matrix]

    public init(_ matrices: [Matrix]) {
        self.matrices = matrices
    }

    /// Zeros in the form of these.
    public var zeros: Parameters {
        Parameters(matrices.map { Matrix(rows: $0.rows, columns: $0.columns) })
    }

    /// Whether there are as many matrices, of the same sizes.
    public func matches(_ other: Parameters) -> Bool {
        matrices.count == other.matrices.count
            && zip(matrices, other.matrices).allSatisfy { $0.rows == $1.rows && $0.columns == $1.columns }
    }
}
