import CKernels
import NeuralNetwork

/// What some neurons of a layer give for each image of a batch, and the gradient of the loss with respect to their sums.
/// Just addresses, like `RowMemory`.
struct NeuronRows {
    /// Which of the layer's neurons these are.
    let neurons: Range<Int>
    /// `[capacity × neurons]`: the sums, then what the activation makes of them.
    let values: RowMemory
    /// ∂L/∂sums, `[capacity × neurons]`; without training, and for the last layer, the memory of `values`.
    let gradient: RowMemory
    /// The derivative of the activation at each sum, with dropout's factor, `[capacity × neurons]`. nil without training,
    /// and for ReLU alone, of which the values tell as much.
    let slopes: RowMemory?

    private let activation: Activation?
    private let dropout: Dropout?
    /// Among the network's layers, for dropout.
    private let layer: Int

    /// - Parameters:
    ///   - activation: of the neurons; nil where the sums are what they give.
    ///   - dropout: of the neurons; nil without.
    ///   - layer: among the network's layers.
    ///   - capacity: the most images of a batch.
    ///   - trains: whether a backward pass follows.
    ///   - isLast: whether the loss comes next, which puts its gradient in the place of the values.
    init(
        _ neurons: Range<Int>, activation: Activation?, dropout: Dropout?, layer: Int, capacity: Int, trains: Bool,
        isLast: Bool
    ) {
        self.neurons = neurons
        self.activation = activation
        self.dropout = activation == nil ? nil : dropout
        self.layer = layer
        values = RowMemory(rows: capacity, columns: neurons.count)
        gradient = trains && !isLast ? RowMemory(rows: capacity, columns: neurons.count) : values
        let needsSlopes = trains && activation != nil && (activation != .relu || dropout != nil)
        slopes = needsSlopes ? RowMemory(rows: capacity, columns: neurons.count) : nil
    }

    func deallocate() {
        values.deallocate()
        if gradient.base != values.base { gradient.deallocate() }
        slopes?.deallocate()
    }

    /// What updates of this layer and of the next one need of all rows.
    var shared: [SharedRows] {
        gradient.base == values.base ? [SharedRows(gradient)] : [SharedRows(values), SharedRows(gradient)]
    }

    /// Whether a kernel applies the activation while the sums are still in registers.
    var takesReLU: Bool { activation == .relu && slopes == nil }

    /// Replaces the sums of some rows by their activations, and keeps the slopes for the way back.
    ///
    /// - Parameter step: updates before this one.
    func activate(rows: Range<Int>, step: Int) {
        guard let activation, !takesReLU else { return }
        for row in rows {
            let values = values.row(row)
            guard let slopes = slopes?.row(row) else {
                for i in 0..<neurons.count { values[i] = Float(activation.value(Double(values[i]))) }
                continue
            }
            for i in 0..<neurons.count {
                let sum = Double(values[i])
                values[i] = Float(activation.value(sum))
                slopes[i] = Float(activation.slope(sum))
            }
            guard let dropout else { continue }
            var generator = dropout.generator(step: step, layer: layer, row: row)
            for _ in 0..<neurons.lowerBound { _ = dropout.factor(&generator) }
            for i in 0..<neurons.count {
                let factor = dropout.factor(&generator)
                values[i] *= factor
                slopes[i] *= factor
            }
        }
    }

    /// Takes the gradient of some rows from the activations, where the next layer has put it, to the sums.
    func differentiate(rows: Range<Int>) {
        if let slopes {
            for row in rows {
                let (gradient, slopes) = (gradient.row(row), slopes.row(row))
                for i in 0..<neurons.count { gradient[i] *= slopes[i] }
            }
        } else if activation == .relu {
            inkling_relu_backward(
                rows.count, neurons.count, values.row(rows.lowerBound), values.stride, gradient.row(rows.lowerBound),
                gradient.stride)
        }
    }
}
