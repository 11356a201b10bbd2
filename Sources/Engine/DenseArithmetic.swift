import CKernels
import NeuralNetwork

/// The products of a dense layer for some rows or some slices, in the memory of stages.
struct DenseArithmetic {
    let inputs, outputs: Int
    var weights = ParameterPlace()
    var biases = ParameterPlace()
    var update: ParameterUpdate?

    /// Of the weights, for the optimizers that take it from memory, `[1 × inputs · outputs]`; nil before one does.
    private var weightGradient: RowMemory?
    /// `[1 × outputs]`; nil without training.
    private let biasGradient: RowMemory?

    init(inputs: Int, outputs: Int, trains: Bool) {
        self.inputs = inputs
        self.outputs = outputs
        biasGradient = trains ? RowMemory(rows: 1, columns: outputs) : nil
    }

    func deallocate() {
        weightGradient?.deallocate()
        biasGradient?.deallocate()
    }

    var weightCount: Int { inputs * outputs }

    /// The weights of a part of the inputs are each rank's own.
    func sharedWeights(matrix: Int, _ share: Share) -> SharedParameters {
        SharedParameters(
            matrix: matrix,
            parts: share.parts(of: 0..<inputs, unit: Share.inputUnit).map {
                $0.lowerBound * outputs..<$0.upperBound * outputs
            })
    }

    mutating func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>) {
        (weights, biases) = (places[places.startIndex], places[places.startIndex + 1])
        update = step.update
        if let update, update.fused == nil, weightGradient == nil {
            weightGradient = RowMemory(rows: 1, columns: weightCount)
        }
    }

    /// The products of some rows with the weights of some of the inputs, and the biases if they are to be added.
    ///
    /// - Parameters:
    ///   - input: `[rows × chosen]`
    ///   - sums: `[rows × outputs]`, which is overwritten.
    func multiply(
        _ input: RowMemory, inputs chosen: Range<Int>, rows: Range<Int>, addsBiases: Bool, relu: Bool, _ sums: RowMemory
    ) {
        inkling_multiply(
            rows.count, outputs, chosen.count, input.row(rows.lowerBound), input.stride, 1,
            weights.values.map { $0 + chosen.lowerBound * outputs }, outputs, addsBiases ? biases.values : nil, false,
            relu, sums.row(rows.lowerBound), sums.stride)
    }

    /// ∂L/∂x = ∂L/∂z Wᵀ of some rows for the inputs that are some neurons of the layer before, taken on to their sums.
    /// Computed as W (∂L/∂z)ᵀ, transposed: the gradients of some rows are quicker to transpose than the weights.
    ///
    /// - Parameters:
    ///   - outputGradient: ∂L/∂z, `[rows × outputs]`
    ///   - scratch: `[outputs + neurons × rows]`
    func propagateBack(
        _ outputGradient: RowMemory, to before: NeuronRows, rows: Range<Int>, scratch: RowMemory
    ) {
        let (count, first, neurons) = (rows.count, rows.lowerBound, before.neurons)
        let (outputTransposed, inputTransposed, stride) = (scratch.base, scratch.row(outputs), scratch.stride)
        inkling_transpose(
            count, outputs, outputGradient.row(first), outputGradient.stride, outputTransposed, stride)
        inkling_multiply(
            neurons.count, count, outputs, weights.values.map { $0 + neurons.lowerBound * outputs }, outputs, 1,
            outputTransposed, stride, nil, false, false, inputTransposed, stride)
        inkling_transpose(
            neurons.count, count, inputTransposed, stride, before.gradient.row(first), before.gradient.stride)
        before.differentiate(rows: rows)
    }

    /// Sums the gradient of the weights of some inputs over the batch and applies it.
    ///
    /// - Parameters:
    ///   - slice: inputs that are neurons of `before`.
    ///   - outputGradient: ∂L/∂z, `[batchCount × outputs]`
    func updateWeights(
        of slice: Range<Int>, from before: NeuronRows, _ outputGradient: RowMemory, batchCount: Int
    ) {
        guard let update else { return }
        let start = before.neurons.lowerBound
        let columns = slice.lowerBound - start..<slice.upperBound - start
        let input = before.values
        if let sgd = update.fused {
            let place = weights + start * outputs
            inkling_weight_update(
                batchCount, columns.lowerBound, columns.upperBound, outputs, input.base, input.stride,
                outputGradient.base, outputGradient.stride, sgd, place.moments.first, place.values, outputs)
        } else if let gradient = weightGradient?.base {
            let offset = slice.lowerBound * outputs
            inkling_multiply(
                columns.count, outputs, batchCount, input.base + columns.lowerBound, 1, input.stride,
                outputGradient.base, outputGradient.stride, nil, false, false, gradient + offset, outputs)
            apply(gradient, from: offset, count: slice.count * outputs)
        }
    }

    /// Sums the gradient of the biases of some neurons over the batch and applies it.
    ///
    /// - Parameter gradient: ∂L/∂z of the neurons, `[batchCount × neurons]`
    func updateBiases(of neurons: Range<Int>, _ gradient: RowMemory, batchCount: Int) {
        let place = biases + neurons.lowerBound
        guard let update, let sums = biasGradient?.base, let values = place.values else { return }
        inkling_column_sums(
            batchCount, neurons.count, gradient.base, gradient.stride, false, sums + neurons.lowerBound)
        update.apply(
            count: neurons.count, gradient: sums + neurons.lowerBound, moments: place.moments, parameters: values)
    }

    /// Memory for a gradient that is summed by others, `[1 × inputs · outputs]`; nil where the optimizer takes none.
    var gradientMemory: UnsafeMutablePointer<Float>? { weightGradient?.base }

    /// Applies some of the weights' gradient from memory.
    func apply(_ gradient: UnsafeMutablePointer<Float>, from offset: Int, count: Int) {
        let place = weights + offset
        guard let update, let values = place.values else { return }
        update.apply(count: count, gradient: gradient + offset, moments: place.moments, parameters: values)
    }
}
