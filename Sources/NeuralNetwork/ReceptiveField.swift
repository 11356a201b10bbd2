/// The part of the image that a place of a feature map looks at: what lies outside has no say in its value.
public struct ReceptiveField: Sendable, Equatable {
    /// Within the image, in pixels.
    public var rows, columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) { (self.rows, self.columns) = (rows, columns) }
}

extension Network {
    /// The receptive field of a place of what a layer gives. From layer to layer down to the image, it grows by the
    /// pattern of a convolution, k − 1 rows and columns, and `size` times with pooling; a dense layer looks at everything.
    ///
    /// - Parameters:
    ///   - row, column: of the place, within the layer's output.
    public func receptiveField(row: Int, column: Int, layer: Int) -> ReceptiveField {
        var field = ReceptiveField(rows: row..<row + 1, columns: column..<column + 1)
        for index in (0...layer).reversed() {
            let shape = index == 0 ? input : layers[index - 1].output
            field.rows = layers[index].inputs(for: field.rows).clamped(to: 0..<shape.height)
            field.columns = layers[index].inputs(for: field.columns).clamped(to: 0..<shape.width)
        }
        return field
    }
}

extension Layer {
    /// Which rows, or columns, of the input some of the output look at; also such as lie beyond the input.
    fileprivate func inputs(for outputs: Range<Int>) -> Range<Int> {
        switch self {
        case .dense: 0..<Int.max
        case .convolution(let convolution):
            outputs.lowerBound - convolution.paddingBefore..<outputs.upperBound - convolution.paddingBefore
                + convolution.kernel - 1
        case .maxPool(let pool): outputs.lowerBound * pool.size..<outputs.upperBound * pool.size
        }
    }
}
