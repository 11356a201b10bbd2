import CKernels

/// Takes a batch of images through a network to losses and predictions, block of rows by block of rows, in memory that
/// is taken once. Rows do not depend on each other, nor do the first layer's shards, so threads may be at different ones
/// of a batch.
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
    /// What each layer gives, `[capacity × outputs]`, piece by piece, which are the shards of the first layer and else
    /// just one: after the activation for the hidden layers; for the last, first the logits, then the gradient of the
    /// loss with respect to them.
    let activations: [[RowMemory]]
    /// The derivative of each hidden layer's activation with respect to the weighted sum, with dropout's factor, in the
    /// pieces of `activations`. Empty without training, and for ReLU alone, which the activation tells as much of.
    let slopes: [[RowMemory]]
    /// The cross-entropy of each image in nats, `[capacity]`.
    let losses: UnsafeMutablePointer<Float>
    /// The class of the largest logit of each image, the lowest among equals, `[capacity]`.
    let predictions: UnsafeMutablePointer<Int32>
    /// `[capacity]`
    let labels: UnsafeMutablePointer<UInt8>

    private let profile: StepProfile?
    /// Of the first layer, whose weights lie in their panels.
    private let shards: [Shard]
    /// Each shard's part of the second layer's sums, `[capacity × outputs]`; empty if one shard makes them whole.
    private let partialSums: [RowMemory]
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
    ///   - shards: in whose panels the first layer's weights will lie; nil if they lie row by row, as in a `Matrix`.
    ///   - capacity: the most images that a batch may have.
    ///   - skipsZeros: whether so many pixels are zero that the first layer had better skip them. Batches then come with
    ///     their lit pixels. The results are the same.
    ///   - trains: whether a backward pass follows.
    ///   - dropout: while training.
    init(
        for network: Network, shards: [Shard]? = nil, capacity: Int, skipsZeros: Bool, trains: Bool = false,
        dropout: Dropout? = nil, profile: StepProfile? = nil
    ) {
        self.profile = profile
        self.capacity = capacity
        self.dropout = dropout
        activation = network.activation
        let shards = shards ?? Shard.whole(outputs: network.layers[0].outputs)
        self.shards = shards
        layers = network.layers.map { Layer(inputs: $0.inputs, outputs: $0.outputs) }
        activations = Shard.memory(rows: capacity, for: network.layers, shards)
        let needsSlopes = trains && (network.activation != .relu || dropout != nil)
        slopes = needsSlopes ? Shard.memory(rows: capacity, for: network.layers.dropLast(), shards) : []
        partialSums =
            shards.count == 1 ? [] : shards.map { _ in RowMemory(rows: capacity, columns: network.layers[1].outputs) }
        losses = Self.allocate(capacity)
        predictions = Self.allocate(capacity)
        labels = Self.allocate(capacity)
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
        for memory in (activations + slopes + [partialSums]).joined() { memory.deallocate() }
        switch input {
        case .sparse(let columnBits): columnBits.deallocate()
        case .dense(let memory): memory.deallocate()
        }
    }

    /// Memory from a cache line's start, so that blocks of whole lines do not take them from each other.
    private static func allocate<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
        UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
            .bindMemory(to: Element.self, capacity: count)
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
        // All at once: as they are bytes, blocks of rows would share cache lines.
        images.copyLabels(to: labels)
        let highest = UnsafeBufferPointer(start: labels, count: images.count).max() ?? 0
        precondition(highest < network.outputs, "The network has an output for each class.")
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

    /// Whether some rows have to be gathered before a shard goes through them.
    var gathersImages: Bool {
        if case .dense = input { true } else { false }
    }

    /// Makes the input of some images of the batch.
    func gather(rows: Range<Int>) {
        guard case .dense(let input) = input, let part = images?[rows] else { return }
        inkling_gather(
            part.pixels, part.indices, part.count, part.pixelsPerImage, Self.pixelScale, input.row(rows.lowerBound),
            input.stride)
        profile?.add(.images)
    }

    /// Takes some images of the batch through a shard: to its neurons' activations, and to its part of the second
    /// layer's sums.
    func run(shard index: Int, rows: Range<Int>) {
        let (layer, neurons, output) = (layers[0], shards[index].neurons, activations[0][index])
        let first = rows.lowerBound
        for panelIndex in shards[index].panels.indices {
            let panel = shards[index].panels[panelIndex]
            let weights = layer.weights.map { $0 + layer.inputs * panel.lowerBound }
            let biases = layer.biases.map { $0 + panel.lowerBound }
            let out = output.base + (panel.lowerBound - neurons.lowerBound)
            switch input {
            case .sparse:
                withUnsafePointer(to: sparseBatch) { batch in
                    inkling_sparse_forward(
                        batch, first, rows.upperBound, Self.pixelScale, panel.count, weights, panel.count, biases,
                        appliesReLU(layer: 0), out, output.stride)
                }
            case .dense(let input):
                inkling_multiply(
                    rows.count, panel.count, layer.inputs, input.row(first), input.stride, 1, weights, panel.count,
                    biases, false, appliesReLU(layer: 0), out + first * output.stride, output.stride)
            }
        }
        activate(layer: 0, neurons: neurons, piece: index, rows: rows)
        profile?.add(.firstForward)
        guard layers.count > 1 else { return }
        let sums = partialSums.isEmpty ? activations[1][0] : partialSums[index]
        multiply(
            output, layer: 1, inputs: neurons, rows: rows, startsWithBiases: index == 0,
            relu: partialSums.isEmpty && appliesReLU(layer: 1), sums)
        profile?.add(.forward)
    }

    /// Takes some images of the batch, which are through all shards, through the other layers.
    ///
    /// - Parameter gradientScale: a factor on the gradient of each image's loss.
    func run(rows: Range<Int>, gradientScale: Float) {
        let (first, classes) = (rows.lowerBound, layers[layers.count - 1].outputs)
        for index in partialSums.indices.dropFirst() {
            let (part, sums) = (partialSums[index], activations[1][0])
            let former = index == 1 ? partialSums[0] : sums
            inkling_add(
                rows.count, layers[1].outputs, former.row(first), former.stride, part.row(first), part.stride,
                index == partialSums.count - 1 && appliesReLU(layer: 1), sums.row(first), sums.stride)
        }
        for index in layers.indices.dropFirst() {
            if index > 1 {
                multiply(
                    activations[index - 1][0], layer: index, inputs: 0..<layers[index].inputs, rows: rows,
                    startsWithBiases: true, relu: appliesReLU(layer: index), activations[index][0])
            }
            activate(layer: index, neurons: 0..<layers[index].outputs, piece: 0, rows: rows)
        }
        profile?.add(.forward)
        let logits = logits
        inkling_softmax_cross_entropy(
            rows.count, classes, logits.row(first), logits.stride, labels + first,
            gradientScale, logits.row(first), logits.stride, losses + first, predictions + first)
        profile?.add(.loss)
    }

    /// The probability of the predicted class, 0…1, after a run with a gradient scale of 1: there p − [is the label].
    func confidence(_ row: Int) -> Float {
        let prediction = Int(predictions[row])
        return logits.row(row)[prediction] + (prediction == Int(labels[row]) ? 1 : 0)
    }

    private var logits: RowMemory { activations[layers.count - 1][0] }

    /// Whether a kernel applies the activation while the sums are still in registers.
    private func appliesReLU(layer index: Int) -> Bool {
        index < layers.count - 1 && activation == .relu && slopes.isEmpty
    }

    /// Replaces a hidden layer's sums by their activations, and keeps the slopes for the way back.
    private func activate(layer index: Int, neurons: Range<Int>, piece: Int, rows: Range<Int>) {
        guard index < layers.count - 1, !appliesReLU(layer: index) else { return }
        for row in rows {
            let values = activations[index][piece].row(row)
            if slopes.isEmpty {
                for i in 0..<neurons.count { values[i] = Float(activation.value(Double(values[i]))) }
                continue
            }
            let slopes = slopes[index][piece].row(row)
            for i in 0..<neurons.count {
                let sum = Double(values[i])
                values[i] = Float(activation.value(sum))
                slopes[i] = Float(activation.slope(sum))
            }
            guard let dropout else { continue }
            var generator = dropout.generator(step: step, layer: index, row: row)
            for _ in 0..<neurons.lowerBound { _ = dropout.factor(&generator) }
            for i in 0..<neurons.count {
                let factor = dropout.factor(&generator)
                values[i] *= factor
                slopes[i] *= factor
            }
        }
    }

    /// The products of some of a layer's inputs, `[rows × inputs]`, with their weights.
    private func multiply(
        _ input: RowMemory, layer index: Int, inputs: Range<Int>, rows: Range<Int>, startsWithBiases: Bool, relu: Bool,
        _ sums: RowMemory
    ) {
        let layer = layers[index]
        inkling_multiply(
            rows.count, layer.outputs, inputs.count, input.row(rows.lowerBound), input.stride, 1,
            layer.weights.map { $0 + inputs.lowerBound * layer.outputs }, layer.outputs,
            startsWithBiases ? layer.biases : nil, false, relu, sums.row(rows.lowerBound), sums.stride)
    }
}

// MARK: - The first layer's gradient

extension ForwardPass {
    /// Finds what the gradient of some of the pixels, 64 a word, needs to know about the images.
    func prepareGradient(words: Range<Int>) {
        withUnsafePointer(to: sparseBatch) { inkling_sparse_transpose($0, words.lowerBound, words.upperBound) }
        profile?.add(.images)
    }

    /// Asks for some images of the batch to come, as many as are known.
    func prefetchUpcoming(rows: Range<Int>) {
        guard case .sparse = input, let images, let indices = images.indices else { return }
        var upcoming = sparseBatch
        upcoming.indices = indices + images.count
        inkling_sparse_prefetch(
            &upcoming, min(rows.lowerBound, images.upcomingCount), min(rows.upperBound, images.upcomingCount))
    }

    /// Weight gradient and update of a panel in one, for some of its inputs; all rows must be through, and the gradient
    /// prepared.
    ///
    /// - Parameters:
    ///   - outputGradient: of the panel's neurons, `[rows × outputs]`.
    ///   - velocities: of the optimizer, in the panel, `[inputs × outputs]`.
    ///   - weights: in the panel, `[inputs × outputs]`.
    func updateFirstLayer(
        inputs: Range<Int>, outputs: Int, outputGradient: UnsafeMutablePointer<Float>, stride: Int, sgd: inkling_sgd,
        velocities: UnsafeMutablePointer<Float>?, weights: UnsafeMutablePointer<Float>?
    ) {
        switch input {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_update(
                    batch, inputs.lowerBound, inputs.upperBound, Self.pixelScale, outputs, outputGradient, stride, sgd,
                    velocities, weights, outputs)
            }
        case .dense(let input):
            inkling_weight_update(
                images?.count ?? 0, inputs.lowerBound, inputs.upperBound, outputs, input.base, input.stride,
                outputGradient, stride, sgd, velocities, weights, outputs)
        }
    }

    /// The weight gradient of a panel, for some of its inputs; all rows must be through, and the gradient prepared.
    ///
    /// - Parameters:
    ///   - outputGradient: of the panel's neurons, `[rows × outputs]`.
    ///   - gradient: in the panel, `[inputs × outputs]`.
    func firstLayerGradient(
        inputs: Range<Int>, outputs: Int, outputGradient: UnsafeMutablePointer<Float>, stride: Int,
        gradient: UnsafeMutablePointer<Float>
    ) {
        switch input {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_gradient(
                    batch, inputs.lowerBound, inputs.upperBound, Self.pixelScale, outputs, outputGradient, stride,
                    gradient, outputs)
            }
        case .dense(let input):
            inkling_multiply(
                inputs.count, outputs, images?.count ?? 0, input.base + inputs.lowerBound, 1, input.stride,
                outputGradient, stride, nil, false, false, gradient + inputs.lowerBound * outputs, outputs)
        }
    }
}

extension Shard {
    /// Memory for what each of some layers gives, in a piece for each shard of the first one.
    static func memory(rows: Int, for layers: some Sequence<Dense>, _ shards: [Shard]) -> [[RowMemory]] {
        layers.enumerated().map { index, layer in
            (index == 0 ? shards.map(\.neurons.count) : [layer.outputs]).map { RowMemory(rows: rows, columns: $0) }
        }
    }
}
