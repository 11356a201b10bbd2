import CKernels

/// Takes a batch of images through a network to losses and predictions, block of rows by block of rows, in memory that
/// is taken once. Rows do not depend on each other, so threads may be at different blocks of one batch.
final class ForwardPass: @unchecked Sendable {
    /// The first layer's input.
    private enum Input {
        /// The images themselves, and which of their pixels are lit: the bits by pixel, `[pixels × capacity/64, up]`.
        case sparse(columnBits: UnsafeMutablePointer<UInt64>)
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

    /// The parts of the first layer's sum, in words of 64 pixels.
    ///
    /// While training on sparse images there are two, always, as the order of summation must not depend on the number of
    /// threads. Each has its own half of the weights, which then can stay in one core's cache from step to step.
    let parts: [Range<Int>]

    private let profile: StepProfile?
    /// The second part of the first layer's sum, `[capacity × outputs]`.
    private let secondSums: RowMemory
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
    ///   - skipsZeros: whether so many pixels are zero that the first layer had better skip them. Batches then come with
    ///     their lit pixels, and the results are equal up to the rounding of a sum in two parts.
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
        let words = LitPixels.words(network.inputs)
        parts = trains && skipsZeros && words > 1 ? [0..<words / 2, words / 2..<words] : [0..<words]
        secondSums = RowMemory(rows: parts.count == 1 ? 0 : capacity, columns: network.layers[0].outputs)
        if skipsZeros {
            input = .sparse(columnBits: .allocate(capacity: network.inputs * ((capacity + 63) / 64)))
        } else {
            input = .dense(RowMemory(rows: capacity, columns: network.inputs))
        }
    }

    deinit {
        losses.deallocate()
        predictions.deallocate()
        labels.deallocate()
        for memory in activations + slopes + [secondSums] { memory.deallocate() }
        switch input {
        case .sparse(let columnBits): columnBits.deallocate()
        case .dense(let memory): memory.deallocate()
        }
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
        if case .sparse(let columnBits) = input {
            precondition(images.lit != nil, "Images of which zeros are skipped come with their lit pixels.")
            sparseBatch = inkling_sparse_batch(
                rows: images.count, pixels: images.pixelsPerImage, images: images.pixels, lit: images.lit,
                indices: images.indices, column_bits: columnBits)
        }
        for index in layers.indices {
            layers[index].weights = network.layers[index].weights.elementsPointer
            layers[index].biases = network.layers[index].biases.elementsPointer
        }
    }

    /// Does a part of the first layer's sum for some images of the batch.
    func runFirstLayer(rows: Range<Int>, part: Int) {
        guard let images else { return }
        switch input {
        case .sparse:
            let (layer, sums) = (layers[0], part == 0 ? activations[0] : secondSums)
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_forward(
                    batch, rows.lowerBound, rows.upperBound, parts[part].lowerBound, parts[part].upperBound,
                    Self.pixelScale, layer.outputs, layer.weights, layer.outputs, part == 0 ? layer.biases : nil,
                    parts.count == 1 && appliesReLU(layer: 0), sums.base, sums.stride)
            }
        case .dense(let input):
            let part = images[rows]
            inkling_gather(
                part.pixels, part.indices, part.count, part.pixelsPerImage, Self.pixelScale,
                input.row(rows.lowerBound), input.stride)
            profile?.add(.images)
            multiply(input.row(rows.lowerBound), stride: input.stride, layer: 0, rows: rows)
        }
        profile?.add(.firstForward)
    }

    /// Finds what the gradient of the first layer needs to know about the images.
    func prepareGradient() {
        guard case .sparse = input else { return }
        withUnsafePointer(to: sparseBatch) { inkling_sparse_transpose($0) }
        profile?.add(.images)
    }

    /// Takes some images of the batch, which are through the first layer, through the others.
    ///
    /// - Parameter gradientScale: a factor on the gradient of each image's loss.
    func run(rows: Range<Int>, gradientScale: Float) {
        guard let images else { return }
        let classes = layers[layers.count - 1].outputs
        for row in rows {
            labels[row] = images.label(row)
            precondition(labels[row] < classes, "The network has an output for each class.")
        }
        if parts.count > 1 {
            let sums = activations[0]
            inkling_add(
                rows.count, layers[0].outputs, secondSums.row(rows.lowerBound), secondSums.stride,
                appliesReLU(layer: 0), sums.row(rows.lowerBound), sums.stride)
            profile?.add(.firstForward)
        }
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

    /// Weight gradient and update of the first layer in one, for some of its inputs; all rows must be through, and
    /// the gradient prepared.
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

    /// The weight gradient of the first layer, for some of its inputs; all rows must be through, and the gradient
    /// prepared.
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
