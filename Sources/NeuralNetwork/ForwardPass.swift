import CKernels

/// Takes a batch of images through a network to losses and predictions, block of rows by block of rows, in memory that
/// is taken once. Rows do not depend on each other, so threads may be at different blocks of one batch.
final class ForwardPass: @unchecked Sendable {
    /// The first layer's input.
    private enum Input {
        /// `[rows × pixels]` bytes, and where they are not zero.
        case sparse(UnsafeMutableRawPointer)
        /// `[rows × pixels]` floats in 0…1.
        case dense(RowMemory)
    }

    /// A pixel of 255 is an input of 1.
    static let pixelScale: Float = 1 / 255

    /// The most images that a batch may have.
    let capacity: Int
    /// What each layer gives, `[capacity × outputs]`: after the activation for the hidden ones; for the last, first the
    /// logits, then the gradient of the loss with respect to them.
    let activations: [RowMemory]
    /// The derivative of each hidden layer's activation with respect to the weighted sum, `[capacity × outputs]`, with
    /// dropout's factor. Empty without training, and for ReLU alone, which the activation tells as much of.
    let slopes: [RowMemory]
    /// The cross-entropy of each image in nats, `[capacity]`.
    let losses: UnsafeMutablePointer<Float>
    /// The class of the largest logit of each image, the lowest among equals, `[capacity]`.
    let predictions: UnsafeMutablePointer<Int32>
    /// `[capacity]`
    let labels: UnsafeMutablePointer<UInt8>

    private let profile: StepProfile?
    private let activation: Activation
    private let dropout: Dropout?
    private let input: Input
    private var step = 0
    private var sparseBatch = inkling_sparse_batch()
    private var images: ImageBatch?
    private var layers: [Layer]

    private struct Layer {
        let inputs, outputs: Int
        var weights, biases: UnsafePointer<Float>?
    }

    /// - Parameters:
    ///   - network: decides the sizes and the activation.
    ///   - capacity: the most images that a batch may have.
    ///   - skipsZeros: whether so many pixels are zero that the first layer had better skip them. The results are equal.
    ///   - trains: whether a backward pass follows.
    ///   - dropout: while training.
    init(
        for network: Network, capacity: Int, skipsZeros: Bool, trains: Bool = false, dropout: Dropout? = nil,
        profile: StepProfile? = nil
    ) {
        self.profile = profile
        self.capacity = capacity
        self.dropout = dropout
        activation = network.activation
        let needsSlopes = trains && (network.activation != .relu || dropout != nil)
        slopes = needsSlopes ? network.layers.dropLast().map { RowMemory(rows: capacity, columns: $0.outputs) } : []
        layers = network.layers.map { Layer(inputs: $0.inputs, outputs: $0.outputs) }
        activations = network.layers.map { RowMemory(rows: capacity, columns: $0.outputs) }
        losses = .allocate(capacity: capacity)
        predictions = .allocate(capacity: capacity)
        labels = .allocate(capacity: capacity)
        if skipsZeros {
            let size = inkling_sparse_batch_size(capacity, network.inputs)
            input = .sparse(.allocate(byteCount: size, alignment: 64))
        } else {
            input = .dense(RowMemory(rows: capacity, columns: network.inputs))
        }
    }

    deinit {
        losses.deallocate()
        predictions.deallocate()
        labels.deallocate()
        if case .sparse(let memory) = input { memory.deallocate() }
    }

    /// Prepares for a batch. The network must stay alive, and the images where they are, until the last row is through.
    ///
    /// - Parameter step: updates before this one, which with the seed decides what dropout leaves out.
    func begin(_ images: ImageBatch, through network: Network, step: Int = 0) {
        precondition(network.activation == activation, "The activation is the one given at first.")
        precondition(images.count <= capacity, "The batch has at most \(capacity) images.")
        precondition(images.pixelsPerImage == network.inputs, "The network has an input for each pixel.")
        self.images = images
        self.step = step
        if case .sparse(let memory) = input {
            sparseBatch = inkling_sparse_batch_in(memory, images.count, images.pixelsPerImage)
        }
        for index in layers.indices {
            layers[index].weights = network.layers[index].weights.elementsPointer
            layers[index].biases = network.layers[index].biases.elementsPointer
        }
    }

    /// Takes some images of the batch through the network.
    ///
    /// - Parameter gradientScale: a factor on the gradient of each image's loss.
    func run(rows: Range<Int>, gradientScale: Float) {
        guard let images else { return }
        let classes = layers[layers.count - 1].outputs
        for row in rows {
            labels[row] = images.label(row)
            precondition(labels[row] < classes, "The network has an output for each class.")
        }
        runFirstLayer(images, rows: rows)
        profile?.add(.firstForward)
        for index in layers.indices.dropFirst() {
            activate(layer: index - 1, rows: rows)
            let input = activations[index - 1]
            multiply(input.row(rows.lowerBound), stride: input.stride, layer: index, rows: rows)
        }
        profile?.add(.forward)
        let logits = activations[layers.count - 1]
        let first = rows.lowerBound
        inkling_softmax_cross_entropy(
            rows.count, classes, logits.row(first), logits.stride, labels + first,
            gradientScale, logits.row(first), logits.stride, losses + first, predictions + first)
        profile?.add(.loss)
    }

    /// The probability of the predicted class, 0…1, after a run with a gradient scale of 1: there p − [is the label].
    func confidence(_ row: Int) -> Float {
        let prediction = Int(predictions[row])
        return activations[layers.count - 1].row(row)[prediction] + (prediction == Int(labels[row]) ? 1 : 0)
    }

    private func runFirstLayer(_ images: ImageBatch, rows: Range<Int>) {
        switch input {
        case .sparse:
            let (layer, output) = (layers[0], activations[0])
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparsify(batch, rows.lowerBound, rows.upperBound, images.pixels, images.indices)
                profile?.add(.images)
                inkling_sparse_forward(
                    batch, rows.lowerBound, rows.upperBound, Self.pixelScale, layer.outputs, layer.weights,
                    layer.outputs, layer.biases, appliesReLU(layer: 0), output.base, output.stride)
            }
        case .dense(let input):
            let part = images[rows]
            inkling_gather(
                part.pixels, part.indices, part.count, part.pixelsPerImage, Self.pixelScale,
                input.row(rows.lowerBound), input.stride)
            profile?.add(.images)
            multiply(input.row(rows.lowerBound), stride: input.stride, layer: 0, rows: rows)
        }
    }

    /// Whether the product applies the activation while its sums are still in registers.
    private func appliesReLU(layer index: Int) -> Bool {
        index < layers.count - 1 && activation == .relu && slopes.isEmpty
    }

    /// Replaces a hidden layer's sums by their activations, and keeps the slopes for the way back.
    private func activate(layer index: Int, rows: Range<Int>) {
        guard !appliesReLU(layer: index) else { return }
        let outputs = layers[index].outputs
        for row in rows {
            let values = activations[index].row(row)
            if slopes.isEmpty {
                for i in 0..<outputs { values[i] = Float(activation.value(Double(values[i]))) }
                continue
            }
            let slopes = slopes[index].row(row)
            for i in 0..<outputs {
                let sum = Double(values[i])
                values[i] = Float(activation.value(sum))
                slopes[i] = Float(activation.slope(sum))
            }
            guard let dropout else { continue }
            var generator = dropout.generator(step: step, layer: index, row: row)
            for i in 0..<outputs {
                let factor = dropout.factor(&generator)
                values[i] *= factor
                slopes[i] *= factor
            }
        }
    }

    private func multiply(_ input: UnsafePointer<Float>, stride: Int, layer index: Int, rows: Range<Int>) {
        let (layer, output) = (layers[index], activations[index])
        inkling_multiply(
            rows.count, layer.outputs, layer.inputs, input, stride, 1, layer.weights, layer.outputs, layer.biases,
            false, appliesReLU(layer: index), output.row(rows.lowerBound), output.stride)
    }

    /// Weight gradient and update of the first layer in one, for some of its inputs; all rows must be through.
    ///
    /// - Parameters:
    ///   - outputGradient: of the first layer, `[rows × outputs]`.
    ///   - velocities: of the optimizer, `[inputs × outputs]`.
    ///   - weights: `[inputs × outputs]`
    func updateFirstLayer(
        inputs: Range<Int>, outputGradient: RowMemory, sgd: inkling_sgd, velocities: UnsafeMutablePointer<Float>?,
        weights: UnsafeMutablePointer<Float>?
    ) {
        let outputs = layers[0].outputs
        switch input {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_update(
                    batch, inputs.lowerBound, inputs.upperBound, Self.pixelScale, outputs, outputGradient.base,
                    outputGradient.stride, sgd, velocities, weights, outputs)
            }
        case .dense(let input):
            inkling_weight_update(
                images?.count ?? 0, inputs.lowerBound, inputs.upperBound, outputs, input.base, input.stride,
                outputGradient.base, outputGradient.stride, sgd, velocities, weights, outputs)
        }
    }

    /// The weight gradient of the first layer, for some of its inputs; all rows must be through.
    ///
    /// - Parameters:
    ///   - outputGradient: of the first layer, `[rows × outputs]`.
    ///   - gradient: `[inputs × outputs]`
    func firstLayerGradient(
        inputs: Range<Int>, outputGradient: RowMemory, gradient: UnsafeMutablePointer<Float>
    ) {
        let outputs = layers[0].outputs
        switch input {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_gradient(
                    batch, inputs.lowerBound, inputs.upperBound, Self.pixelScale, outputs, outputGradient.base,
                    outputGradient.stride, gradient, outputs)
            }
        case .dense(let input):
            inkling_multiply(
                inputs.count, outputs, images?.count ?? 0, input.base + inputs.lowerBound, 1, input.stride,
                outputGradient.base, outputGradient.stride, nil, false, false,
                gradient + inputs.lowerBound * outputs, outputs)
        }
    }
}
